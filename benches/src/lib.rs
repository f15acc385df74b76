//! Work whose instructions are counted.
//!
//! Time depends on the machine and on who else is using it; the number of instructions hardly does, so that a change of
//! one per cent can be seen. `cargo xtask instructions` runs each program of this package under callgrind, twice for
//! each measurement, and divides the difference by the difference in rounds: what a program does to get ready cancels out.
//! A measurement is compared with another of the same program (guarded with plain, say), and all of them with those of
//! another commit.
//!
//! A program is a list of measurements handed to [`main`], and is listed in `xtask/src/instructions.rs`. One with
//! dependencies that take long to build is behind a feature of its own, so that the others stay quick.

use std::process::ExitCode;

/// Something that can be done as often as one likes.
#[derive(Clone, Copy, Debug)]
pub struct Measurement {
    /// What is measured, as the table says it.
    pub name: &'static str,
    /// A measurement of the same program, with which this one is compared.
    pub than: Option<&'static str>,
    /// Gets ready, and then does it that many times.
    pub run: fn(rounds: u64),
}

/// The command line of a program: nothing, to list what it measures, each with what it is compared with after a tab; or a
/// name and a number of rounds.
#[must_use]
pub fn main(measurements: &[Measurement]) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, rounds] = arguments.as_slice() else {
        for measurement in measurements {
            let than = measurement.than.unwrap_or_default();
            println!("{}\t{than}", measurement.name);
        }
        return ExitCode::SUCCESS;
    };
    let measurement = measurements
        .iter()
        .find(|measurement| measurement.name == name);
    let (Some(measurement), Ok(rounds)) = (measurement, rounds.parse()) else {
        eprintln!(
            "error: expected one of the names that are listed without arguments, and a number of rounds"
        );
        return ExitCode::FAILURE;
    };
    (measurement.run)(rounds);
    ExitCode::SUCCESS
}
