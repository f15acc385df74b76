//! The two streams of a connection, as the guest holds them.
//!
//! wasmtime-wasi hands out `Box<dyn InputStream>` and `Box<dyn OutputStream>`; the boxes are exchanged for these in
//! the resource table, so that handles and their parents stay what they are. Every byte of a
//! connection passes here.

use std::mem;

use tokio::runtime::Handle;
use wasmtime::component::{Resource, ResourceTable, ResourceTableError};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::pipe::{ClosedInputStream, ClosedOutputStream};
use wasmtime_wasi::p2::{
    DynInputStream, DynOutputStream, InputStream, OutputStream, Pollable, StreamResult,
};
use wasmtime_wasi_io::bytes::Bytes;

use super::linger::Lingering;

/// Put our streams in the place of wasmtime-wasi's.
pub(crate) fn wrap(
    table: &mut ResourceTable,
    input: &Resource<DynInputStream>,
    output: &Resource<DynOutputStream>,
    lingering: &Lingering,
) -> Result<(), ResourceTableError> {
    let slot = table.get_mut(input)?;
    let inner = mem::replace(slot, Box::new(ClosedInputStream));
    *slot = Box::new(Input { inner });

    let slot = table.get_mut(output)?;
    let inner = mem::replace(slot, Box::new(ClosedOutputStream));
    *slot = Box::new(Output {
        inner,
        written: false,
        lingering: lingering.clone(),
        runtime: Handle::try_current().ok(),
    });
    Ok(())
}

/// What the guest reads from.
struct Input {
    inner: DynInputStream,
}

/// What the guest writes to.
struct Output {
    inner: DynOutputStream,
    /// Whether bytes may still be on their way: set by a write, cleared when the stream asks for more.
    written: bool,
    lingering: Lingering,
    runtime: Option<Handle>,
}

#[async_trait]
impl InputStream for Input {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        self.inner.read(size)
    }

    // The provided method traps when the stream is ready ten times in a row and has nothing. That is for the
    // scheduler to cause, not for the guest to die of.
    async fn blocking_read(&mut self, size: usize) -> StreamResult<Bytes> {
        loop {
            self.ready().await;
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
        self.inner.ready().await;
    }
}

#[async_trait]
impl OutputStream for Output {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.written |= !bytes.is_empty();
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.inner.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        let permit = self.inner.check_write();
        // It asks for more, or has failed: either way the write before is over.
        if !matches!(permit, Ok(0)) {
            self.written = false;
        }
        permit
    }

    // As for `blocking_read`: the provided method traps after ten rounds.
    async fn write_ready(&mut self) -> StreamResult<usize> {
        loop {
            self.ready().await;
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
        self.inner.ready().await;
    }
}

/// Closed by the guest, or by the end of its store.
impl Drop for Output {
    fn drop(&mut self) {
        // Not asked again here whether the write is over: the runtime that it is on may be gone.
        if self.written {
            let inner = mem::replace(&mut self.inner, Box::new(ClosedOutputStream));
            self.lingering.keep(inner, self.runtime.as_ref());
        }
    }
}
