//! `wasi:http` under the policy: the requests that a guest makes.
//!
//! A request is what a lookup, a connection and the sending over it are for a guest that has sockets, and it is decided as these
//! are: the name before anybody is asked for its addresses, each address before it counts as an answer, the connection to
//! one of them before it is made. It counts as they do, too: a connection of a request is one of the guest's, ends with the
//! policy that allowed it, and has its own record when it is closed. What differs is that the guest never holds the connection. So the host of
//! the request's URL is all that can be reached over it: it is what TLS verifies, and it is the `Host` header.
//!
//! wasmtime-wasi-http has the resources of the interface, and hands each request to [`hooks`]. From there on nothing of
//! it is used: it would ask a resolver of its own and reach any address.
//!
//! | concept                                   | where     |
//! |-------------------------------------------|-----------|
//! | what wasmtime-wasi-http asks of us        | `hooks`   |
//! | host and port of a request                | `target`  |
//! | a request that will be on record          | `open`    |
//! | from the host to a connection             | `reach`   |
//! | what a connection may use, and its end    | `metered`, `over` |
//! | the certificates that are trusted         | `roots`   |
//! | TLS                                       | `tls`     |
//! | from the connection to the response       | `exchange` |
//! | the body of the response                  | `body`    |
//! | how a request fails, for guest and record | `failure` |

mod body;
mod exchange;
mod failure;
mod hooks;
mod metered;
mod open;
mod over;
mod reach;
mod roots;
mod target;
mod tls;

use std::sync::Arc;

use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView};

use self::hooks::Hooks;
use crate::NetCtxView;
use crate::clock::Clock;
use crate::guard::guard::Guard;
use crate::guard::sources::Sources;

pub use self::roots::{BadRoots, TlsRoots};

/// What one guest needs to make requests.
pub(crate) struct Http {
    ctx: WasiHttpCtx,
    hooks: Hooks,
}

impl Http {
    pub(crate) fn new(
        guard: Guard,
        sources: Sources,
        roots: TlsRoots,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            ctx: WasiHttpCtx::new(),
            hooks: Hooks::new(guard, sources, roots, clock),
        }
    }
}

impl<'a> NetCtxView<'a> {
    /// What wasmtime-wasi-http implements its interfaces for.
    pub(crate) fn http(self) -> WasiHttpCtxView<'a> {
        WasiHttpCtxView {
            ctx: &mut self.ctx.http.ctx,
            hooks: &mut self.ctx.http.hooks,
            table: self.table,
        }
    }
}
