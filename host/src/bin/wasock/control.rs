//! The thread that the guest cannot hold up.
//!
//! A guest that computes keeps the thread that it runs on; one that writes into a full pipe keeps the audit. Whoever
//! presses Ctrl-C wants neither to matter, so signals are taken by a thread that waits for nothing else.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::audit::Audit;

/// How long the last words may take: whoever reads them may have stopped reading.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Take over Ctrl-C and SIGTERM: say what is left to say, then die of the signal, as the shell expects. With `reload`,
/// SIGHUP asks for it, and else it is left as it is.
pub(crate) fn start(audit: Arc<Audit>, reload: Option<Sender<()>>) -> Result<()> {
    let hangup = reload.is_some().then_some(SIGHUP);
    let wanted = [SIGINT, SIGTERM]
        .into_iter()
        .filter(|signal| !is_ignored(*signal))
        .chain(hangup);
    let mut signals = Signals::new(wanted).context("cannot take signals")?;
    thread::Builder::new()
        .name("wasock-control".to_owned())
        .spawn(move || {
            for signal in signals.forever() {
                match &reload {
                    // Nobody listens yet, or any more: then there is nothing to reload.
                    Some(reload) if signal == SIGHUP => _ = reload.send(()),
                    _ => {
                        say_last_words(Arc::clone(&audit));
                        // Does not return: the default of both signals is to end the process.
                        _ = emulate_default_handler(signal);
                    }
                }
            }
        })
        .context("cannot start the control thread")?;
    Ok(())
}

/// Whether the process was started deaf to a signal, as shells start background jobs: it stays so.
///
/// Linux tells; elsewhere it counts as not ignored.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or_default();
    // The lowest bit is signal 1.
    ignored & (1 << (signal - 1)) != 0
}

fn say_last_words(audit: Arc<Audit>) {
    let (done, said) = channel();
    let speaker = thread::Builder::new().spawn(move || {
        audit.summary();
        _ = done.send(());
    });
    if speaker.is_ok() {
        _ = said.recv_timeout(LAST_WORDS);
    }
}
