//! How a command ends when it does not end well.

use std::fmt;

use anyhow::Error;

/// The exit status of a program that the kernel stopped with SIGABRT; `wasmtime run` uses it for traps.
pub(crate) const TRAP: i32 = 128 + 6;

/// That of a program that the kernel stopped with SIGXCPU.
pub(crate) const CPU_TIME: i32 = 128 + 24;

/// An error, and whose fault it is.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line makes no sense.
    Usage(Error),
    /// Something that the command needs does not work.
    Other(Error),
    /// The component has trapped.
    Trap(Error),
    /// The component has computed as long as it may.
    CpuTime(Error),
}

impl Failure {
    /// The exit status of the process.
    pub(crate) fn status(&self) -> i32 {
        match self {
            Self::Usage(_) => 2,
            Self::Other(_) => 1,
            Self::Trap(_) => TRAP,
            Self::CpuTime(_) => CPU_TIME,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// The error and its causes, a line each.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Usage(error) | Self::Other(error) | Self::Trap(error) | Self::CpuTime(error)) =
            self;
        write!(f, "error: {error}")?;
        for cause in error.chain().skip(1) {
            write!(f, "\n  because: {cause}")?;
        }
        Ok(())
    }
}

/// wasmtime has an error type of its own.
pub(crate) fn from_wasmtime(error: wasmtime::Error) -> Error {
    Error::from_boxed(error.into_boxed_dyn_error())
}
