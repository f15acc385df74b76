//! The two streams of a connection, as the guest holds them.
//!
//! wasmtime-wasi hands out `Box<dyn InputStream>` and `Box<dyn OutputStream>`; the boxes are exchanged for these in
//! the resource table, so that handles and their parents stay what they are. Every byte of a
//! connection passes here, and is counted: see [`link`](super::link) for what it is asked.

use std::future::Future;
use std::mem;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};
use wasmtime::component::{Resource, ResourceTable, ResourceTableError};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::pipe::{ClosedInputStream, ClosedOutputStream};
use wasmtime_wasi::p2::{
    DynInputStream, DynOutputStream, InputStream, OutputStream, Pollable, StreamError, StreamResult,
};
use wasmtime_wasi_io::bytes::Bytes;

use super::guard::Guard;
use super::linger::Lingering;
use super::link::{Link, Wait, Way};
use super::open::Open;

/// Put our streams in the place of wasmtime-wasi's.
pub(crate) fn wrap(
    table: &mut ResourceTable,
    input: &Resource<DynInputStream>,
    output: &Resource<DynOutputStream>,
    open: &Arc<Open>,
    lingering: &Lingering,
) -> Result<(), ResourceTableError> {
    let slot = table.get_mut(input)?;
    let inner = mem::replace(slot, Box::new(ClosedInputStream));
    *slot = Box::new(Input {
        inner,
        link: Link::new(Arc::clone(open), Way::In),
        held: Bytes::new(),
    });

    let slot = table.get_mut(output)?;
    let inner = mem::replace(slot, Box::new(ClosedOutputStream));
    *slot = Box::new(Output {
        inner,
        link: Link::new(Arc::clone(open), Way::Out),
        permit: 0,
        written: false,
        lingering: lingering.clone(),
        runtime: Handle::try_current().ok(),
    });
    Ok(())
}

/// What the guest reads from.
struct Input {
    inner: DynInputStream,
    link: Link,
    /// What has come and may not pass: it has to be received to be known of.
    held: Bytes,
}

/// What the guest writes to.
struct Output {
    inner: DynOutputStream,
    link: Link,
    /// How much the next write may have.
    permit: usize,
    /// Whether bytes may still be on their way: set by a write, cleared when the stream asks for more.
    written: bool,
    lingering: Lingering,
    runtime: Option<Handle>,
}

#[async_trait]
impl InputStream for Input {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        let room = self.link.room(size)?;
        if self.held.is_empty() && (room > 0 || size == 0) {
            self.held = self.inner.read(room)?;
        }
        if room == 0 || self.held.is_empty() {
            return Ok(Bytes::new());
        }
        let passed = self.link.pass(self.held.len().min(room))?;
        Ok(self.held.split_to(passed))
    }

    // The provided method traps when the stream is ready ten times in a row and has nothing. That is for the
    // scheduler to cause, not for the guest to die of.
    async fn blocking_read(&mut self, size: usize) -> StreamResult<Bytes> {
        loop {
            let guard = self.link.guard().clone();
            ready_or_changed(&guard, self.ready()).await;
            let bytes = self.read(size)?;
            if size == 0 || !bytes.is_empty() {
                return Ok(bytes);
            }
        }
    }

    async fn cancel(&mut self) {
        self.inner.cancel().await;
    }
}

#[async_trait]
impl Pollable for Input {
    async fn ready(&mut self) {
        loop {
            match self.link.wait() {
                Wait::Over => return,
                Wait::Rate(time) => sleep(time).await,
                _ if !self.held.is_empty() => return,
                Wait::End(time) => {
                    if timeout(time, self.inner.ready()).await.is_ok() {
                        return;
                    }
                }
                Wait::None => return self.inner.ready().await,
            }
        }
    }
}

#[async_trait]
impl OutputStream for Output {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        if bytes.is_empty() {
            return self.inner.write(bytes);
        }
        let length = bytes.len();
        if length > mem::take(&mut self.permit) {
            // As WASI demands.
            return Err(StreamError::trap(
                "a write of more than check-write permits",
            ));
        }
        self.link.pass_all(length)?;
        self.written = true;
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.link.check()?;
        self.inner.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        let room = self.link.room(usize::MAX)?;
        let permit = self.inner.check_write();
        // It asks for more, or has failed: either way the write before is over.
        if !matches!(permit, Ok(0)) {
            self.written = false;
        }
        self.permit = room.min(permit?);
        Ok(self.permit)
    }

    // As for `blocking_read`: the provided method traps after ten rounds.
    async fn write_ready(&mut self) -> StreamResult<usize> {
        loop {
            let guard = self.link.guard().clone();
            ready_or_changed(&guard, self.ready()).await;
            let permit = self.check_write()?;
            if permit > 0 {
                return Ok(permit);
            }
        }
    }

    // The guest drops the stream. It is not made to wait for the peer: `drop` below sees to the rest.
    async fn cancel(&mut self) {
        // Most often the system has taken everything, and the connection is closed there and then.
        _ = self.check_write();
    }
}

#[async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {
        loop {
            match self.link.wait() {
                Wait::Over => return,
                Wait::Rate(time) => sleep(time).await,
                Wait::End(time) => {
                    if timeout(time, self.inner.ready()).await.is_ok() {
                        return;
                    }
                }
                Wait::None => return self.inner.ready().await,
            }
        }
    }
}

/// Closed by the guest, or by the end of its store.
impl Drop for Output {
    fn drop(&mut self) {
        // Not asked again here whether the write is over: the runtime that it is on may be gone. What is taken from the
        // guest does not go on.
        if self.written && !self.link.is_over() {
            let inner = mem::replace(&mut self.inner, Box::new(ClosedOutputStream));
            self.lingering
                .keep(inner, self.runtime.as_ref(), self.link.guard());
        }
    }
}

/// Until a stream is ready, or the policy has changed. Streams that are waited for by `wasi:io/poll` need it not: that waits
/// for both.
async fn ready_or_changed(guard: &Guard, ready: impl Future<Output = ()>) {
    tokio::select! {
        biased;
        () = ready => {}
        () = guard.changed() => {}
    }
}
