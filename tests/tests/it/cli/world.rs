//! What a component sees of the world beside the network: arguments, variables, folders, its three streams.

use std::fs;

use wasock_tests::artifacts::WASI_PROGRAM;

use crate::support::host::{run_wasock, wasock};
use crate::support::program::{Program, run_with};

#[test]
fn bytes_pass_from_standard_input_to_standard_output_as_they_are() {
    // Every byte, and more of them than any pipe holds.
    let data: Vec<u8> = (0..=u8::MAX).cycle().take(1 << 20).collect();
    let (status, output) = run_with(&mut wasock(["run", WASI_PROGRAM, "cat"]), data.clone());
    assert!(status.success());
    assert!(output == data, "{} bytes of {}", output.len(), data.len());
}

#[test]
fn arguments_after_the_component_are_its_own() {
    let arguments = ["--env", "--help", "a b", "", "-x"];
    let all = ["run", WASI_PROGRAM, "args"].into_iter().chain(arguments);
    let ended = run_wasock(all).expect_success();
    assert_eq!(ended.stdout, "--env\n--help\na b\n\n-x\n");
}

#[test]
fn variables_are_handed_on_by_name_and_no_others() {
    for (options, expected) in [
        (&[][..], "not set\n"),
        (&["--env", "WASOCK_TEST=of its own"], "of its own\n"),
        (&["--env", "WASOCK_TEST="], "\n"),
        (&["--env", "WASOCK_TEST"], "of this process\n"),
        (&["--env", "WASOCK_TEST_THAT_IS_NOT_SET"], "not set\n"),
    ] {
        let mut command = wasock(["run"]);
        command.env("WASOCK_TEST", "of this process");
        command
            .args(options)
            .args([WASI_PROGRAM, "env", "WASOCK_TEST"]);
        let ended = Program::start(&mut command).finish().expect_success();
        assert_eq!(ended.stdout, expected, "{options:?}");
    }
}

#[test]
fn a_folder_is_there_under_its_name_and_nothing_around_it() {
    let outside = tempfile::tempdir().expect("a folder");
    let inside = outside.path().join("inside");
    fs::create_dir(&inside).expect("it can be made");
    fs::write(inside.join("file"), "what is inside").expect("it can be written");
    fs::write(outside.path().join("file"), "what is outside").expect("it can be written");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../file", inside.join("link")).expect("it can be made");
    let option = format!("{}::/data", inside.display());
    let run = |arguments: [&str; 2]| {
        let options = ["run", "--dir", &option, WASI_PROGRAM];
        let words = arguments.into_iter().filter(|word| !word.is_empty());
        run_wasock(options.into_iter().chain(words))
    };

    assert_eq!(run(["folders", ""]).expect_success().stdout, "/data\n");
    assert_eq!(
        run(["read", "file"]).expect_success().stdout,
        "what is inside"
    );
    let absolute = outside.path().join("file");
    for path in [
        "../file",
        "link",
        "../inside/file",
        absolute.to_str().expect("text"),
    ] {
        let ended = run(["read", path]);
        assert_eq!(ended.code(), Some(1), "{path}: {ended:?}");
        assert_eq!(ended.stdout, "", "{path}: {ended:?}");
        assert_eq!(ended.stderr, "error: not-permitted\n", "{path}");
    }
}

#[test]
fn without_a_folder_there_is_none() {
    let ended = run_wasock(["run", WASI_PROGRAM, "folders"]).expect_success();
    assert_eq!(ended.stdout, "");
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let ended = run_wasock(["run", "--dir", "nowhere::/", WASI_PROGRAM, "folders"]);
    assert_eq!(ended.code(), Some(1), "{ended:?}");
    assert!(
        ended.stderr.contains("cannot open the folder nowhere"),
        "{ended:?}"
    );
}
