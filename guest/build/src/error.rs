//! What can be missing, and what can fail.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

use crate::{ROUTE_VARIABLE, Route, TARGET};

/// Why no compiler for the guests was found.
#[derive(Debug)]
pub enum Missing {
    /// `rustc` itself could not be asked where it lives.
    Rustc {
        /// What was run.
        program: PathBuf,
        /// What came of it.
        cause: String,
    },
    /// [`ROUTE_VARIABLE`] holds something that is not a route.
    UnknownRoute(String),
    /// Neither route, or not the forced one, has all its parts.
    Target {
        /// The route that was asked for; `None` if either would have done.
        forced: Option<Route>,
        /// The files and folders that were looked for and are not there.
        absent: Vec<PathBuf>,
    },
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rustc { program, cause } => write!(
                f,
                "`{}` could not be asked for its sysroot: {cause}; install Rust from https://rustup.rs, \
                 or point the environment variable RUSTC at a compiler",
                program.display()
            ),
            Self::UnknownRoute(value) => write!(
                f,
                "the environment variable {ROUTE_VARIABLE} is `{value}`; expected `rustup` or `debian`, or unset"
            ),
            Self::Target { forced, absent } => {
                write!(f, "no Rust compiler for {TARGET} was found")?;
                if let Some(route) = forced {
                    write!(f, " ({ROUTE_VARIABLE}={route} allows no other route)")?;
                }
                for (index, path) in absent.iter().enumerate() {
                    let lead = if index == 0 { "; not there: " } else { ", " };
                    write!(f, "{lead}{}", path.display())?;
                }
                write!(f, "; run `cargo xtask setup`, which installs one")
            }
        }
    }
}

impl Error for Missing {}

/// Why guests were not built, although a compiler was found.
#[derive(Debug)]
pub enum BuildError {
    /// A path could not be made absolute, or a program could not be started.
    Start {
        /// What was attempted.
        what: String,
        /// Why it did not work.
        source: io::Error,
    },
    /// cargo ran and failed; it has printed why to standard error.
    Cargo {
        /// The command, to be repeated by hand.
        command: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// cargo succeeded, but a component is not where it belongs.
    NoArtifact {
        /// The package that should have produced it.
        package: String,
        /// Where it was expected.
        path: PathBuf,
    },
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start { what, source } => write!(f, "{what}: {source}"),
            Self::Cargo { command, status } => {
                write!(
                    f,
                    "the guests were not built: {status} (cargo's own message is above) from: {command}"
                )
            }
            Self::NoArtifact { package, path } => write!(
                f,
                "cargo built `{package}`, but {} is not there; is it declared as a cdylib (`Package::lib`) or \
                 as a binary (`Package::bin`)?",
                path.display()
            ),
        }
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Start { source, .. } => Some(source),
            Self::Cargo { .. } | Self::NoArtifact { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_target_says_what_to_run() {
        let missing = Missing::Target {
            forced: None,
            absent: vec!["/a".into(), "/b".into()],
        };
        assert_eq!(
            missing.to_string(),
            "no Rust compiler for wasm32-wasip2 was found; not there: /a, /b; \
             run `cargo xtask setup`, which installs one"
        );
    }

    #[test]
    fn a_forced_route_is_named_when_it_is_missing() {
        let missing = Missing::Target {
            forced: Some(Route::Debian),
            absent: Vec::new(),
        };
        assert!(
            missing.to_string().contains("WASOCK_WASM_ROUTE=debian"),
            "{missing}"
        );
    }
}
