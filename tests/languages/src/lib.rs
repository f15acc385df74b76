//! Components from programs in Python and JavaScript: the tools that make them, and how they are called.
//!
//! The tools are pinned (`python/requirements.txt`, `javascript/package-lock.json`) and installed below the target
//! folder, once. A component is built again when its program, its WIT or its tools have changed.
//! `docs/languages.md` has the same commands for use by hand.

#![forbid(unsafe_code)]

mod files;
mod step;
mod tools;
mod wit;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::files::Inputs;
use crate::step::step;
use crate::tools::Tools;

/// A language, and what runs it inside the component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// CPython, by componentize-py.
    Python,
    /// JavaScript on QuickJS, by jco.
    QuickJs,
    /// JavaScript on StarlingMonkey (SpiderMonkey), by jco.
    StarlingMonkey,
}

impl Language {
    /// All of them, the quickest to build first.
    pub const ALL: [Self; 3] = [Self::QuickJs, Self::Python, Self::StarlingMonkey];

    /// The name in file names.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::QuickJs => "quickjs",
            Self::StarlingMonkey => "starlingmonkey",
        }
    }

    fn tools(self) -> Tools {
        match self {
            Self::Python => Tools::Python,
            Self::QuickJs | Self::StarlingMonkey => Tools::JavaScript,
        }
    }
}

/// What an example does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// TCP, UDP, names and errors over `wasock:net`.
    Sockets,
    /// A request over `wasi:http`: of QuickJS there is none, as it has no `fetch`.
    Http,
}

impl Program {
    /// The folder in `examples`.
    fn example(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Sockets, Language::Python) => "python",
            (Self::Sockets, Language::QuickJs | Language::StarlingMonkey) => "javascript",
            (Self::Http, Language::Python) => "python-http",
            (Self::Http, Language::QuickJs | Language::StarlingMonkey) => "javascript-fetch",
        }
    }

    /// The name in file names.
    fn name(self, language: Language) -> String {
        match self {
            Self::Sockets => language.name().to_owned(),
            Self::Http => format!("{}-http", language.name()),
        }
    }
}

/// Builds the example of `language` that does `what` below `target`, the target folder of cargo, and returns the component.
///
/// What it does that takes long, it says on standard error. Several processes may do this at once.
///
/// # Errors
/// A program is missing that has to be installed by hand, there is no network to get the tools by, or the tools fail.
/// The message says which, with what the tool printed.
pub fn build(language: Language, what: Program, target: &Path) -> Result<PathBuf> {
    let folder = target.join("languages");
    let tools = language.tools();
    let installed = tools.install(&folder)?;

    let work = folder.join(what.name(language));
    fs::create_dir_all(&work).with_context(|| format!("cannot make {}", work.display()))?;
    let _lock = lock(&work)?;

    // A copy: the tools leave files behind where the program is, and change WIT.
    let example = repository().join("examples").join(what.example(language));
    let program = work.join("program");
    files::copy_fresh(&example, &program)?;
    let wit = wit::assemble(&example.join("wit"), &work.join("wit"))?;

    let component = folder.join(format!("{}.wasm", what.name(language)));
    let inputs = Inputs::read(&[&program, &wit, &tools.pin()])?;
    let built = work.join("built-from");
    if component.exists() && inputs.are_recorded(&built) {
        return Ok(component);
    }
    step(
        &format!("building {}", component.display()),
        &mut command(language, what, &installed, &program, &wit, &component),
    )?;
    inputs.record(&built)?;
    Ok(component)
}

/// The call of the tool that makes the component.
fn command(
    language: Language,
    what: Program,
    tools: &Path,
    program: &Path,
    wit: &Path,
    to: &Path,
) -> Command {
    if language == Language::Python {
        let mut python = Command::new(tools.join("bin/componentize-py"));
        python.arg("-d").arg(wit).args(["-w", "program"]);
        python.arg("componentize").arg("-p").arg(program);
        python.args(["app", "-o"]).arg(to);
        return python;
    }

    let mut jco = Command::new("node");
    jco.arg(tools.join("node_modules/@bytecodealliance/jco/dist/jco.js"));
    jco.arg("componentize").arg(program.join("app.js"));
    jco.arg("--wit").arg(wit).args(["-n", "program"]);
    if language == Language::QuickJs {
        jco.args(["--backend", "qjs", "--backend-qjs-disable-async"]);
    } else if what == Program::Http {
        // It makes requests, and waits for none.
        jco.args(["--disable", "fetch-event"]);
    } else {
        // Otherwise the component asks for wasi:http.
        jco.args(["--disable", "http", "fetch-event"]);
    }
    jco.arg("-o").arg(to);
    jco
}

/// Waits until no other process or thread works in `folder`.
fn lock(folder: &Path) -> Result<File> {
    let path = folder.join(".lock");
    let lock = File::create(&path).and_then(|file| file.lock().map(|()| file));
    lock.with_context(|| format!("cannot lock {}", path.display()))
}

/// The root of the repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
