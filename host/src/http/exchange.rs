//! A request and its response, over a connection that is there for them alone.

use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper::{Request, Response, StatusCode, Uri};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use wasmtime_wasi_http::io::TokioIo;
use wasmtime_wasi_http::{Error, WasiBody};

use super::body::ResponseBody;
use super::failure::Failure;
use super::hooks::Limits;
use super::open::OpenRequest;
use super::reach::reach;
use super::tls::Tls;
use crate::audit::HttpScheme;
use crate::guard::sources::Sources;

/// The rest of a connection, which carries the bodies. Whoever drops it cuts them off.
pub(super) type Background = Box<dyn Future<Output = Result<(), Error>> + Send>;

/// A connection, with TLS or without.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Reach the host of the request, send it, and wait for the head of the response.
pub(super) async fn exchange(
    open: &mut OpenRequest,
    sources: &Sources,
    tls: &Tls,
    mut request: Request<WasiBody>,
    limits: Limits,
) -> Result<(Response<WasiBody>, Background), Failure> {
    let connected = timeout(limits.connect, connect(open, sources, tls, limits.connect)).await;
    let stream = connected.map_err(|_| Failure::ConnectTimeout)??;

    address(&mut request, open)?;
    let (response, background) = send(stream, request, limits.first_byte).await?;
    let body = |incoming| ResponseBody::new(incoming, limits.between_bytes).boxed_unsync();
    Ok((response.map(body), background))
}

async fn connect(
    open: &mut OpenRequest,
    sources: &Sources,
    tls: &Tls,
    limit: Duration,
) -> Result<Box<dyn Stream>, Failure> {
    let stream = reach(open, sources, limit).await?;
    Ok(match open.target().scheme {
        HttpScheme::Http => Box::new(stream),
        HttpScheme::Https => Box::new(tls.handshake(open.target(), stream).await?),
    })
}

/// Make the request one to the host that was reached: it is in the `Host` header, and nowhere else.
fn address(request: &mut Request<WasiBody>, open: &OpenRequest) -> Result<(), Failure> {
    let host = open.target().host_header().map_err(|_| Failure::NoHost)?;
    // In the place of every other.
    request.headers_mut().insert(HOST, host);
    let path = request.uri().path_and_query().cloned();
    *request.uri_mut() = path.map_or_else(Uri::default, Uri::from);
    Ok(())
}

/// Send the request and wait for the head of the response, while the connection is looked after.
async fn send(
    stream: Box<dyn Stream>,
    request: Request<WasiBody>,
    limit: Duration,
) -> Result<(Response<Incoming>, Background), Failure> {
    let shaken = http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = shaken.map_err(|error| Failure::of_http(&error))?;

    let mut connection = Some(Box::pin(connection));
    let answer = async {
        let answer = sender.send_request(request);
        tokio::pin!(answer);
        loop {
            let Some(driven) = connection.as_mut() else {
                return answer.await;
            };
            tokio::select! {
                biased;
                response = &mut answer => return response,
                // It has ended. Why is in the answer, which it has left behind.
                _ = driven => connection = None,
            }
        }
    };
    let answer = timeout(limit, answer).await;
    let response = answer
        .map_err(|_| Failure::Silent)?
        .map_err(|error| Failure::of_http(&error))?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return Err(Failure::Upgrade);
    }

    let background = async move {
        let Some(connection) = connection else {
            return Ok(());
        };
        let ended = connection.await;
        ended.map_err(|error| Failure::of_http(&error).into())
    };
    Ok((response, Box::new(background)))
}
