//! Who hears what a component does: the person at the terminal, and a file.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use cap_std::fs::File;
use clap::Args;
use wasock::audit::{CountRepeats, Entry, JsonLines};
use wasock::{AuditSink, Person};

use crate::files;

/// Where it is written down what the component does on the network.
#[derive(Args)]
#[command(next_help_heading = "Audit")]
pub(crate) struct AuditArgs {
    /// Append what the component does to this file: a line of JSON for each decision and each socket that is closed
    ///
    /// Refusals that repeat are counted. `wasock learn FILE` makes a policy of it.
    #[arg(long = "audit", value_name = "FILE", verbatim_doc_comment)]
    file: Option<PathBuf>,
}

/// The sinks of a run.
pub(crate) struct Audit {
    person: Person,
    file: Option<AuditFile>,
}

struct AuditFile {
    path: PathBuf,
    lines: Arc<JsonLines<File>>,
    /// Writes the lines, but for repetitions.
    sink: CountRepeats<Arc<JsonLines<File>>>,
}

impl AuditArgs {
    /// The sinks that the options make up, and the person.
    pub(crate) fn open(self, person: Person) -> Result<Audit> {
        let file = self.file.map(AuditFile::open).transpose()?;
        Ok(Audit { person, file })
    }
}

impl Audit {
    /// Say and write what is held back: when the run is over.
    pub(crate) fn summary(&self) {
        self.person.summary();
        if let Some(file) = &self.file {
            file.sink.flush();
            match file.lines.lost() {
                0 => {}
                lost => eprintln!("audit: {lost} records are not in {}", file.path.display()),
            }
        }
    }
}

impl AuditSink for Audit {
    fn record(&self, entry: &Entry<'_>) {
        self.person.record(entry);
        if let Some(file) = &self.file {
            file.sink.record(entry);
        }
    }

    fn flush(&self) {
        if let Some(file) = &self.file {
            file.sink.flush();
        }
    }
}

impl AuditFile {
    fn open(path: PathBuf) -> Result<Self> {
        let shown = path.display().to_string();
        let lines = JsonLines::new(files::append(&path)?).on_trouble(move |error| {
            eprintln!("audit: cannot write {shown}: {error}\n  records are lost until it can be written again");
        });
        let lines = Arc::new(lines);
        let sink = CountRepeats::new(Arc::clone(&lines));
        Ok(Self { path, lines, sink })
    }
}
