//! Writes that outlive their stream.
//!
//! When a guest closes a connection, bytes that it has written may still wait for the peer to take
//! them. wasmtime-wasi makes the guest wait in `close`, for as long as the peer likes; at the end of the program it
//! throws the bytes away. Here they are handed to a task that has a time to live, as a kernel does:
//! `close` never hangs, and what can be delivered is delivered.

use std::future::Future;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::timeout;
use wasmtime_wasi::p2::DynOutputStream;

use super::guard::Guard;

/// How many streams of one context may linger at a time. One more is cut off at once: a guest that opens and closes
/// connections to a stalled peer holds a bounded number of sockets and buffers.
const MAX_LINGERING: usize = 256;

/// The streams of one context that are closed and still have bytes to deliver.
///
/// A clone refers to the same streams; whoever owns the process keeps one, and waits on it before the
/// process ends.
#[derive(Clone, Debug)]
pub struct Lingering {
    count: watch::Sender<usize>,
    time: Duration,
}

/// Counts one stream out when its task ends, however it ends.
struct Leave(watch::Sender<usize>);

impl Lingering {
    pub(crate) fn new(time: Duration) -> Self {
        Self {
            count: watch::Sender::new(0),
            time,
        }
    }

    /// How many streams still have bytes to deliver.
    #[must_use]
    pub fn len(&self) -> usize {
        *self.count.borrow()
    }

    /// Whether every byte is delivered or given up.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Wait until every byte is delivered or given up, but no longer than `at_most`. Returns whether
    /// none is left.
    ///
    /// A context's own linger time bounds this too, so that `Duration::MAX` does not wait forever.
    pub async fn finished(&self, at_most: Duration) -> bool {
        let mut count = self.count.subscribe();
        timeout(at_most, count.wait_for(|count| *count == 0))
            .await
            .is_ok_and(|waited| waited.is_ok())
    }

    /// Keep `stream` until its write is through, its time is over, or everything is taken from the guest. Never blocks;
    /// without a runtime to run on, or with too many there already, the stream is dropped.
    pub(crate) fn keep(
        &self,
        mut stream: DynOutputStream,
        runtime: Option<&Handle>,
        guard: &Guard,
    ) {
        let Some(runtime) = runtime else { return };
        let admitted = self.count.send_if_modified(|count| {
            let free = *count < MAX_LINGERING;
            *count += usize::from(free);
            free
        });
        if !admitted {
            tracing::debug!("too many streams linger: a write is cut off");
            return;
        }

        let leave = Leave(self.count.clone());
        let (time, guard) = (self.time, guard.clone());
        runtime.spawn(async move {
            let _leave = leave;
            tokio::select! {
                // Ready means written, or failed: there is nobody left to tell.
                written = within(time, stream.ready()) => if written.is_none() {
                    tracing::debug!("a peer took too long: a write is cut off");
                },
                () = guard.until_revoked() => {}
            }
        });
    }
}

impl Drop for Leave {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

async fn within<F: Future>(time: Duration, future: F) -> Option<F::Output> {
    timeout(time, future).await.ok()
}
