//! Every input that fuzzing has kept, once more: what held for it holds.

use std::fs;
use std::path::{Path, PathBuf};

use wasock_fuzz_targets::{TARGETS, run};

/// What all corpora together may weigh in the repository.
const LARGEST: u64 = 2 * 1024 * 1024;

macro_rules! targets {
    ($($name:ident)*) => {
        const REPLAYED: &[&str] = &[$(stringify!($name)),*];

        mod the_corpus_holds {
            $(
                #[test]
                fn $name() {
                    super::replay(stringify!($name));
                }
            )*
        }
    };
}

targets! {
    answers
    asked
    datagram
    decisions
    getaddrinfo
    inet
    rules
    stream
}

#[test]
fn each_target_is_replayed_and_has_a_program() {
    let names = TARGETS.map(|target| target.name);
    assert_eq!(names, REPLAYED);
    let programs = fuzz().join("fuzz_targets");
    for name in names {
        let source = fs::read_to_string(programs.join(name).with_extension("rs")).unwrap();
        assert!(source.contains(&format!("run(\"{name}\", data)")), "{name}");
    }
    assert_eq!(fs::read_dir(programs).unwrap().count(), names.len());
}

#[test]
fn the_corpora_are_small() {
    let size: u64 = REPLAYED
        .iter()
        .flat_map(|name| inputs(name))
        .map(|input| fs::metadata(input).unwrap().len())
        .sum();
    assert!(size < LARGEST, "{size} bytes; run `cargo fuzz cmin`");
}

fn replay(name: &str) {
    let inputs = inputs(name);
    assert!(!inputs.is_empty(), "there is nothing to replay");
    for input in inputs {
        // Shown where the test fails, and then the last line is the input that it fails for.
        println!("{}", input.display());
        run(name, &fs::read(input).unwrap());
    }
}

fn inputs(name: &str) -> Vec<PathBuf> {
    let mut inputs: Vec<PathBuf> = fs::read_dir(fuzz().join("corpus").join(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    inputs.sort();
    inputs
}

/// The folder of everything about fuzzing.
fn fuzz() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap()
}
