//! Trials that hang must not hang the run.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// After how long a trial counts as hanging: far longer than the slowest one takes on a slow machine.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Runs `trial` in a thread of its own and waits for it no longer than [`LIMIT`].
///
/// A thread that does not end is left behind; the process ends without it.
///
/// # Errors
/// The failure of the trial, or that it did not end.
pub fn within_limit(
    trial: impl FnOnce() -> Result<(), String> + Send + 'static,
) -> Result<(), String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(trial()));
    match receiver.recv_timeout(LIMIT) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(format!("it did not end within {LIMIT:?}")),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            Err("it panicked; the message is above".to_owned())
        }
    }
}
