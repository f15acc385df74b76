//! The bytes of a connection, which are counted and held to the guest's limits: those of TLS and of HTTP as well.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use super::failure::Stopped;
use crate::audit::Cause;
use crate::guard::link::{Link, Wait, Way};
use crate::guard::open::Open;

/// A connection of a request.
pub(super) struct Metered {
    stream: TcpStream,
    open: Arc<Open>,
    input: Side,
    output: Side,
}

/// What goes one way.
struct Side {
    link: Link,
    way: Way,
    /// Until a rate lets something pass.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Metered {
    pub(super) fn new(stream: TcpStream, open: Arc<Open>) -> Self {
        let side = |way| Side {
            link: Link::new(Arc::clone(&open), way),
            way,
            waiting: None,
        };
        let (input, output) = (side(Way::In), side(Way::Out));
        Self {
            stream,
            open,
            input,
            output,
        }
    }

    pub(super) fn open(&self) -> &Arc<Open> {
        &self.open
    }
}

impl Side {
    /// How much of `wanted` may pass, as soon as anything may.
    fn poll_room(
        &mut self,
        open: &Open,
        context: &mut Context<'_>,
        wanted: usize,
    ) -> Poll<io::Result<usize>> {
        loop {
            if let Some(waiting) = &mut self.waiting {
                ready!(waiting.as_mut().poll(context));
                self.waiting = None;
            }
            let room = match self.way {
                Way::In => self.link.room(wanted),
                Way::Out => self.link.room_to_send(wanted),
            };
            match room {
                Ok(0) if wanted > 0 => {}
                Ok(room) => return Poll::Ready(Ok(room)),
                Err(_) => return Poll::Ready(Err(stopped(open, self.way))),
            }
            if let Wait::Rate(time) = self.link.wait() {
                self.waiting = Some(Box::pin(sleep(time)));
            }
        }
    }

    /// Count what has passed.
    fn pass(&mut self, open: &Open, bytes: usize) -> io::Result<usize> {
        let passed = self.link.pass(bytes);
        passed.map_err(|_| stopped(open, self.way))
    }
}

impl AsyncRead for Metered {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let room = ready!(
            this.input
                .poll_room(&this.open, context, buffer.remaining())
        )?;
        let before = buffer.filled().len();
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(room));
        ready!(Pin::new(&mut this.stream).poll_read(context, &mut part))?;
        let read = part.filled().len();
        let passed = this.input.pass(&this.open, read)?;
        // What is beyond it has come in vain: the next read fails.
        buffer.set_filled(before + passed);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Metered {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let room = ready!(this.output.poll_room(&this.open, context, bytes.len()))?;
        let part = bytes.get(..room).unwrap_or(bytes);
        let written = ready!(Pin::new(&mut this.stream).poll_write(context, part))?;
        this.output.pass(&this.open, written)?;
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// The error that carries why no more bytes pass.
fn stopped(open: &Open, way: Way) -> io::Error {
    let cause = open.ended().unwrap_or(Cause::Limit(way.bytes()));
    io::Error::other(Stopped(cause))
}
