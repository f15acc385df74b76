//! What is fuzzed.
//!
//! A target is a function that takes any bytes and fails where something does not hold. The fuzzer calls it with bytes
//! that it makes up (`cargo xtask fuzz`, with the programs in `fuzz/fuzz_targets`), a test with those that were kept
//! (`fuzz/corpus`). What each target holds is in the documentation of its module.

mod answers;
mod asked;
mod decisions;
mod getaddrinfo;
mod inet;
mod input;
mod layer;
mod pattern;
mod rules;
mod sockets;

/// A function to fuzz.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name of its program, and of the folder of its corpus.
    pub name: &'static str,
    /// Fails where something does not hold.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: [Target; 8] = [
    Target {
        name: "answers",
        run: answers::answers,
    },
    Target {
        name: "asked",
        run: asked::asked,
    },
    Target {
        name: "datagram",
        run: sockets::datagram,
    },
    Target {
        name: "decisions",
        run: decisions::decisions,
    },
    Target {
        name: "getaddrinfo",
        run: getaddrinfo::getaddrinfo,
    },
    Target {
        name: "inet",
        run: inet::inet,
    },
    Target {
        name: "rules",
        run: rules::rules,
    },
    Target {
        name: "stream",
        run: sockets::stream,
    },
];

/// Runs the target with this name.
pub fn run(name: &str, data: &[u8]) {
    let Some(target) = TARGETS.iter().find(|target| target.name == name) else {
        panic!("there is no target `{name}`");
    };
    (target.run)(data);
}
