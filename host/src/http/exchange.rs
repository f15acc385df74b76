//! A request and its response, over a connection that is there for them alone.

use std::sync::Arc;
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
use super::open::{OpenRequest, Route};
use super::over::over;
use super::reach::reach;
use super::tls::Tls;
use crate::audit::HttpScheme;
use crate::guard::open::Open;
use crate::guard::sources::Sources;

/// The rest of a connection, which carries the bodies. Whoever drops it cuts them off.
pub(super) type Background = Box<dyn Future<Output = Result<(), Error>> + Send>;

/// A connection, with TLS or without.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// HTTP over such a connection.
type Driver = http1::Connection<TokioIo<Box<dyn Stream>>, WasiBody>;

/// Reach the host of the request, send it, and wait for the head of the response.
pub(super) async fn exchange(
    open: &mut OpenRequest,
    route: Route,
    sources: &Sources,
    tls: &Tls,
    mut request: Request<WasiBody>,
    limits: Limits,
) -> Result<(Response<WasiBody>, Background), Failure> {
    address(&mut request, open)?;

    let connected = timeout(
        limits.connect,
        connect(open, route, sources, tls, limits.connect),
    )
    .await;
    let (stream, connection) = connected.map_err(|_| Failure::ConnectTimeout)??;
    let (response, driver) = tokio::select! {
        biased;
        cause = over(Arc::clone(&connection)) => return Err(cause.into()),
        sent = send(stream, request, limits.first_byte) => sent?,
    };

    let held = open.take_connection();
    let background = {
        let connection = Arc::clone(&connection);
        async move {
            let _held = held;
            drive(driver, connection).await.map_err(Into::into)
        }
    };
    let between_bytes = limits.between_bytes;
    let body = |incoming| ResponseBody::new(incoming, connection, between_bytes).boxed_unsync();
    Ok((response.map(body), Box::new(background)))
}

async fn connect(
    open: &mut OpenRequest,
    route: Route,
    sources: &Sources,
    tls: &Tls,
    limit: Duration,
) -> Result<(Box<dyn Stream>, Arc<Open>), Failure> {
    let stream = reach(open, route, sources, limit).await?;
    let connection = Arc::clone(stream.open());
    let stream: Box<dyn Stream> = match open.target().scheme {
        HttpScheme::Http => Box::new(stream),
        HttpScheme::Https => tokio::select! {
            biased;
            cause = over(Arc::clone(&connection)) => return Err(cause.into()),
            shaken = tls.handshake(open.target(), stream) => Box::new(shaken?),
        },
    };
    Ok((stream, connection))
}

/// Make the request one to the host that is reached: it is in the `Host` header, and nowhere else.
fn address(request: &mut Request<WasiBody>, open: &OpenRequest) -> Result<(), Failure> {
    let host = open.target().host_header().map_err(|_| Failure::NoHost)?;
    // In the place of every other.
    request.headers_mut().insert(HOST, host);
    let path = request.uri().path_and_query().cloned();
    *request.uri_mut() = path.map_or_else(Uri::default, Uri::from);
    Ok(())
}

/// Send the request and wait for the head of the response, while the connection is looked after. Returns what is left to
/// look after.
async fn send(
    stream: Box<dyn Stream>,
    request: Request<WasiBody>,
    limit: Duration,
) -> Result<(Response<Incoming>, Option<Driver>), Failure> {
    let shaken = http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, driver) = shaken.map_err(|error| Failure::of_http(&error))?;

    let mut driver = Some(driver);
    let answer = async {
        let mut answer = std::pin::pin!(sender.send_request(request));
        loop {
            let Some(driving) = driver.as_mut() else {
                return answer.await;
            };
            tokio::select! {
                biased;
                response = &mut answer => return response,
                // It has ended. Why is in the answer, which it has left behind.
                _ = driving => driver = None,
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
    Ok((response, driver))
}

/// Look after a connection until it has carried both bodies, or is over.
async fn drive(driver: Option<Driver>, connection: Arc<Open>) -> Result<(), Failure> {
    let Some(driver) = driver else {
        return Ok(());
    };
    tokio::select! {
        biased;
        cause = over(connection) => Err(cause.into()),
        ended = driver => ended.map_err(|error| Failure::of_http(&error)),
    }
}
