//! Records as lines of JSON, to any writer.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{AuditSink, Entry, json};

/// Writes each record as a line of JSON: the format is in `docs/audit.md`.
///
/// A line is handed to the writer whole, so that a file that is opened to append can take the lines of several
/// processes. The guest waits until it is written: a writer that is slow makes the guest slow, and no queue grows. A writer
/// that fails costs records and nothing else: they are counted, the next line that is written has the number, and
/// each record is a new attempt.
pub struct JsonLines<W> {
    state: Mutex<State<W>>,
    trouble: Box<dyn Fn(&io::Error) + Send + Sync>,
}

struct State<W> {
    out: W,
    /// Whether the last line has only its beginning there.
    torn: bool,
    /// Whether somebody was told that there is trouble.
    told: bool,
    /// What was lost since the last line that was written.
    missing: u64,
    lost: u64,
}

impl<W: Write + Send + 'static> JsonLines<W> {
    /// Lines to `out`: best a file without a buffer, or what is held back is lost when the process is killed.
    pub fn new(out: W) -> Self {
        let state = State {
            out,
            torn: false,
            told: false,
            missing: 0,
            lost: 0,
        };
        Self {
            state: Mutex::new(state),
            trouble: Box::new(|error| tracing::warn!(%error, "audit records are lost")),
        }
    }

    /// Whom to tell that a record could not be written. It is told once; [`lost`](Self::lost) has the number.
    #[must_use]
    pub fn on_trouble(mut self, tell: impl Fn(&io::Error) + Send + Sync + 'static) -> Self {
        self.trouble = Box::new(tell);
        self
    }

    /// How many records could not be written.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.state().lost
    }

    fn state(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Write + Send + 'static> AuditSink for JsonLines<W> {
    fn record(&self, entry: &Entry<'_>) {
        let mut state = self.state();
        let Err(error) = state.write(entry) else {
            return;
        };
        state.missing += entry.count;
        state.lost += entry.count;
        if !state.told {
            state.told = true;
            drop(state);
            (self.trouble)(&error);
        }
    }

    fn flush(&self) {
        // Whoever reads may have left, and then there is nobody to tell.
        _ = self.state().out.flush();
    }
}

impl<W: Write> State<W> {
    fn write(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        let mut line = String::new();
        if self.torn {
            line.push('\n');
        }
        line.push_str(&json::line_after(entry, self.missing));
        line.push('\n');

        let (written, result) = write_all(&mut self.out, line.as_bytes());
        // What is torn is ended by the line end that comes first.
        if written > 0 {
            self.torn = result.is_err() && written > usize::from(self.torn);
        }
        if result.is_ok() {
            self.missing = 0;
        }
        result
    }
}

/// Like [`Write::write_all`], which does not tell how far it came.
fn write_all(out: &mut impl Write, bytes: &[u8]) -> (usize, io::Result<()>) {
    let mut written = 0;
    while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
        match out.write(rest) {
            Ok(0) => return (written, Err(ErrorKind::WriteZero.into())),
            Ok(count) => written += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (written, Err(error)),
        }
    }
    (written, Ok(()))
}

impl<W> fmt::Debug for JsonLines<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonLines").finish_non_exhaustive()
    }
}
