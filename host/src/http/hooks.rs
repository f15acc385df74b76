//! What wasmtime-wasi-http asks of us: to send a request.

use std::sync::Arc;
use std::time::Duration;

use hyper::{Method, Request, Response};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use super::exchange::{Background, exchange};
use super::open::{OpenRequest, OpenRequests, Route};
use super::roots::TlsRoots;
use super::target::Target;
use super::tls::Tls;
use crate::clock::Clock;
use crate::guard::guard::Guard;
use crate::guard::sources::Sources;

/// How long each part of a request may take, unless the guest says otherwise: as long as on wasmtime.
const LIMIT: Duration = Duration::from_secs(600);

/// The longest method. The registry of IANA has none of more than 17.
const MAX_METHOD: usize = 32;

/// A request that is under way, and in the end the response and the rest of the connection.
type Sending = Box<dyn Future<Output = Result<(Response<WasiBody>, Background), Error>> + Send>;

/// The end of a request that nobody waits for here.
type Processing = Box<dyn Future<Output = Result<(), Error>> + Send>;

/// What sends the requests of one guest.
pub(super) struct Hooks {
    guard: Guard,
    sources: Sources,
    tls: Tls,
    open: OpenRequests,
}

/// How long each part of a request may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// For the lookup, the connection and TLS together.
    pub(super) connect: Duration,
    /// From the request to the response.
    pub(super) first_byte: Duration,
    /// For each piece of the response's body.
    pub(super) between_bytes: Duration,
}

impl Hooks {
    pub(super) fn new(
        guard: Guard,
        sources: Sources,
        roots: TlsRoots,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            guard,
            sources,
            tls: Tls::new(roots, clock),
            open: OpenRequests::default(),
        }
    }

    /// Decide what can be decided at once: while the guest waits, so that its records are in the order of its actions.
    fn begin(&mut self, request: &Request<WasiBody>) -> Result<(OpenRequest, Route), Error> {
        let method = request.method();
        // A tunnel: what goes through it leads somewhere else, and is not seen.
        if *method == Method::CONNECT || method.as_str().len() > MAX_METHOD {
            return Err(Error::HttpRequestMethodInvalid);
        }
        let target = Target::of(request.uri())?;
        let (guard, sources) = (&self.guard, &self.sources);
        Ok(self.open.begin(guard, sources, method, target))
    }
}

impl WasiHttpHooks for Hooks {
    /// It is set where the connection is: from what was decided on.
    fn set_host_header(&mut self) -> bool {
        false
    }

    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Processing,
    ) -> Sending {
        let begun = self.begin(&request);
        let (sources, tls) = (self.sources.clone(), self.tls.clone());
        let limits = Limits::of(options.unwrap_or_default());
        Box::new(async move {
            let (mut open, route) = begun?;
            match exchange(&mut open, route, &sources, &tls, request, limits).await {
                Ok((response, background)) => {
                    open.answered(response.status());
                    Ok((response, background))
                }
                Err(failure) => {
                    open.failed(&failure);
                    Err(failure.into())
                }
            }
        })
    }
}

impl Limits {
    fn of(options: RequestOptions) -> Self {
        Self {
            connect: options.connect_timeout.unwrap_or(LIMIT),
            first_byte: options.first_byte_timeout.unwrap_or(LIMIT),
            between_bytes: options.between_bytes_timeout.unwrap_or(LIMIT),
        }
    }
}
