//! The body of a response, of which each piece may be waited for only so long.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};
use wasmtime_wasi_http::Error;

use super::failure::Failure;
use crate::guard::open::Open;

/// What comes in, and how long it may take.
pub(super) struct ResponseBody {
    incoming: Incoming,
    connection: Arc<Open>,
    limit: Duration,
    /// The end of the wait, while somebody waits.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl ResponseBody {
    pub(super) fn new(incoming: Incoming, connection: Arc<Open>, limit: Duration) -> Self {
        Self {
            incoming,
            connection,
            limit,
            waiting: None,
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        let frame = Pin::new(&mut this.incoming).poll_frame(context);
        // What ends in this way has not come to its end, though it may look like it.
        if let Some(cause) = this.connection.ended() {
            return Poll::Ready(Some(Err(Failure::from(cause).into())));
        }
        if let Poll::Ready(frame) = frame {
            this.waiting = None;
            let failed = |error| Failure::of_http(&error).into();
            return Poll::Ready(frame.map(|frame| frame.map_err(failed)));
        }
        // The time counts from when there was nothing, not from the piece before: a guest may take its time with that one.
        let limit = this.limit;
        let waiting = this.waiting.get_or_insert_with(|| Box::pin(sleep(limit)));
        ready!(waiting.as_mut().poll(context));
        Poll::Ready(Some(Err(Failure::Silent.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
