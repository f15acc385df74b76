//! What makes the engine look.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use wasmtime::Engine;

/// Advances the epoch of an engine a hundred times a second, from a thread of its own: no guest can hold it up.
///
/// It ends when it is dropped, and when the engine is gone. One serves all stores of an engine.
#[derive(Debug)]
pub struct Ticker {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    /// The time from one tick to the next.
    pub const INTERVAL: Duration = Duration::from_millis(10);

    /// Start to tick.
    ///
    /// # Errors
    ///
    /// There is no thread to be had.
    pub fn start(engine: &Engine) -> io::Result<Self> {
        let engine = engine.weak();
        let (stop, stopped) = channel();
        let thread = Builder::new()
            .name("wasock-ticker".to_owned())
            .spawn(move || {
                while stopped.recv_timeout(Self::INTERVAL) == Err(RecvTimeoutError::Timeout) {
                    match engine.upgrade() {
                        Some(engine) => engine.increment_epoch(),
                        None => break,
                    }
                }
            })?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // It cannot panic.
            _ = thread.join();
        }
    }
}
