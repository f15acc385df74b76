//! What goes wrong beside the program: its peers, its host's resources, its neighbours. The table of all of it is
//! `docs/faults.md`, which names these tests and those of `traps` and the conformance cases that hold the rest.

mod buffers;
mod computing;
mod descriptors;
mod embedder;
mod half_open;
mod memory;
mod resets;
mod silence;
mod spinning;

use std::io::Write as _;

/// Says what cannot be tested here, where a test that passes is still seen to say it.
fn not_tested(name: &str, why: &str) {
    let line = format!("not tested: {name}: {why}\n");
    _ = std::io::stderr().write_all(line.as_bytes());
}
