//! `wasock inspect`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde::Serialize;
use wasock::component::{Access, Door, Inspection, Outline, Role};

use crate::failure::Failure;
use crate::files::read_component;
use crate::output::print;

/// Tell what a component can reach, before it runs
///
/// Everything that a component can do outside of itself, it asks for by its imports. This lists them
/// by what they lead to, and says who decides what comes through: the policy, and by which rules;
/// whoever runs it, and by which options; or nobody. What `wasock run` does not have is named with
/// the reason.
#[derive(Args)]
#[command(after_long_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Inspect {
    /// The component
    #[arg(value_name = "APP.wasm")]
    app: PathBuf,

    /// Write JSON, for programs
    #[arg(long)]
    json: bool,
}

const EXAMPLE: &str = "\
Example:
  wasock inspect app.wasm
  wasock inspect --json app.wasm

Exit status:
  0, whether `wasock run` can run it or not; 1 if the file cannot be read or is no component";

/// What `--json` writes.
#[derive(Serialize)]
struct Report<'a> {
    file: String,
    role: &'static str,
    runs: bool,
    exports: &'a [String],
    doors: Vec<DoorReport<'a>>,
    unsupplied: Vec<UnsuppliedReport<'a>>,
}

#[derive(Serialize)]
struct DoorReport<'a> {
    door: &'static str,
    access: &'static str,
    options: &'static [&'static str],
    imports: &'a [String],
}

#[derive(Serialize)]
struct UnsuppliedReport<'a> {
    import: &'a str,
    door: &'static str,
    why: &'static str,
    text: String,
}

impl Inspect {
    pub(crate) fn execute(self) -> Result<i32, Failure> {
        let file = read_component(&self.app)?;
        let outline = Outline::read(&file)
            .with_context(|| format!("cannot inspect {}", self.app.display()))?;
        let inspection = Inspection::of(&outline);
        let text = if self.json {
            let report = report(&self.app, &outline, &inspection);
            let text = serde_json::to_string_pretty(&report).context("cannot write JSON")?;
            format!("{text}\n")
        } else {
            describe(&self.app, &outline, &inspection)
        };
        print(text.as_bytes())?;
        Ok(0)
    }
}

fn report<'a>(app: &Path, outline: &'a Outline, inspection: &'a Inspection) -> Report<'a> {
    let doors = inspection.doors.iter().map(|(door, imports)| DoorReport {
        door: door.as_str(),
        access: door.access().as_str(),
        options: options(*door),
        imports,
    });
    let unsupplied = inspection.unsupplied.iter();
    let unsupplied = unsupplied.map(|unsupplied| UnsuppliedReport {
        import: &unsupplied.import,
        door: Door::of(&unsupplied.import).as_str(),
        why: unsupplied.why.as_str(),
        text: unsupplied.to_string(),
    });
    Report {
        file: app.display().to_string(),
        role: inspection.role.as_str(),
        runs: inspection.runs(),
        exports: &outline.exports,
        doors: doors.collect(),
        unsupplied: unsupplied.collect(),
    }
}

/// In words. Names in a component are what somebody has put there: nothing in them disturbs a terminal.
fn describe(app: &Path, outline: &Outline, inspection: &Inspection) -> String {
    let mut text = format!("{}: {}\n", app.display(), summary(inspection));
    if !outline.exports.is_empty() {
        text.push_str("\nExports\n");
        for export in &outline.exports {
            _ = writeln!(text, "    {}", export.escape_debug());
        }
    }
    if inspection.doors.is_empty() && inspection.unsupplied.is_empty() {
        text.push_str("\nIt asks for nothing: it can compute, and that is all.\n");
    }
    for (door, imports) in &inspection.doors {
        let access = match door.access() {
            Access::Guarded => "guarded",
            Access::Handed => "what you hand it",
            Access::Open => "open",
        };
        _ = writeln!(text, "\n{} ({access})\n  {}", title(*door), meaning(*door));
        for import in imports {
            _ = writeln!(text, "    {}", import.escape_debug());
        }
    }
    if !inspection.unsupplied.is_empty() {
        text.push_str("\nNot linked\n");
        for unsupplied in &inspection.unsupplied {
            _ = writeln!(text, "  {}", unsupplied.to_string().escape_debug());
        }
    }
    text
}

fn summary(inspection: &Inspection) -> String {
    let role = match inspection.role {
        Role::Command => "a command",
        Role::HttpServer => "an HTTP server",
        Role::OtherGeneration => "a program of another generation of WASI",
        Role::Library => "a library",
        Role::Nothing => "a component",
    };
    let obstacle = inspection.role.obstacle();
    match (obstacle, inspection.unsupplied.is_empty()) {
        (None, true) => format!("{role}, which `wasock run` runs"),
        (None, false) => {
            format!("{role}, which `wasock run` does not run: see below what is not linked")
        }
        (Some(obstacle), _) => format!("{role}, which `wasock run` does not run: {obstacle}"),
    }
}

fn title(door: Door) -> &'static str {
    match door {
        Door::Tcp => "TCP",
        Door::Udp => "UDP",
        Door::Names => "Names",
        Door::Http => "HTTP requests",
        Door::Sockets => "BSD sockets",
        Door::Files => "Files",
        Door::Stdio => "Standard input and output",
        Door::Environment => "Arguments and environment",
        Door::Clocks => "Clocks",
        Door::Random => "Random numbers",
        Door::Plumbing => "Plumbing",
        Door::Unknown => "Unknown",
    }
}

/// What comes through a door, with the options of `wasock run` that say so.
fn meaning(door: Door) -> &'static str {
    match door {
        Door::Tcp => {
            "It connects where --allow-outbound tcp://HOST:PORT says, and listens where \
             --allow-inbound tcp://ADDRESS:PORT does."
        }
        Door::Udp => {
            "It sends where --allow-outbound udp://HOST:PORT says, and receives where \
             --allow-inbound udp://ADDRESS:PORT does."
        }
        Door::Names => {
            "It looks up the names that an --allow-outbound rule has, and those of --allow-resolve NAME."
        }
        Door::Http => {
            "It makes requests of https://HOST where --allow-outbound tcp://HOST:443 says so, \
             and of http://HOST with port 80."
        }
        Door::Sockets => {
            "The provider, which `wasock run` plugs in, supplies them over TCP, UDP and names; \
             all of that is guarded."
        }
        Door::Files => "It sees the folders of --dir HOST[::GUEST], and no others.",
        Door::Stdio => "It reads and writes what wasock itself reads and writes.",
        Door::Environment => {
            "It sees its arguments, and the variables of --env NAME[=VALUE], and no others."
        }
        Door::Clocks => "It knows what time it is, and how long things take.",
        Door::Random => "It gets random numbers of the system.",
        Door::Plumbing => {
            "Streams, readiness, handles and its own end, which lead nowhere by themselves."
        }
        Door::Unknown => "Nobody knows here what it leads to.",
    }
}

fn options(door: Door) -> &'static [&'static str] {
    match door {
        Door::Tcp => &[
            "--allow-outbound tcp://HOST:PORT",
            "--allow-inbound tcp://ADDRESS:PORT",
        ],
        Door::Udp => &[
            "--allow-outbound udp://HOST:PORT",
            "--allow-inbound udp://ADDRESS:PORT",
        ],
        Door::Names => &["--allow-resolve NAME", "--allow-outbound tcp://NAME:PORT"],
        Door::Http => &["--allow-outbound tcp://HOST:443"],
        Door::Sockets => &[
            "--allow-outbound RULE",
            "--allow-inbound RULE",
            "--allow-resolve NAME",
        ],
        Door::Files => &["--dir HOST[::GUEST]"],
        Door::Environment => &["--env NAME[=VALUE]"],
        Door::Stdio | Door::Clocks | Door::Random | Door::Plumbing | Door::Unknown => &[],
    }
}
