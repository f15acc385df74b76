//! `wasock completions`: what shells complete with.

use std::process::Command;

use super::{file, wasock};

#[test]
fn each_shell_has_its_script() {
    for (shell, part) in [
        ("bash", "complete -F _wasock"),
        ("zsh", "#compdef wasock"),
        ("fish", "complete -c wasock"),
        ("elvish", "edit:completion:arg-completer[wasock]"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let output = wasock(["completions", shell]);
        assert_eq!(
            (output.status, output.stderr.as_str()),
            (Some(0), ""),
            "{shell}"
        );
        assert!(output.stdout.contains(part), "{shell}");
        assert!(output.stdout.contains("allow-outbound"), "{shell}");
    }
    let unknown = wasock(["completions", "cmd"]);
    assert_eq!(unknown.status, Some(2));
    assert!(
        unknown
            .stderr
            .contains("bash, elvish, fish, powershell, zsh"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn bash_completes_commands_and_options() {
    let script = wasock(["completions", "bash"]).stdout;
    let (_folder, path) = file("wasock.bash", script.as_bytes());
    for (words, word, expected) in [
        ("wasock che", 1, "check"),
        ("wasock check --resolves", 2, "--resolves-to"),
        ("wasock policy di", 2, "diff"),
    ] {
        let ask = format!(
            "source \"$0\"; COMP_WORDS=({words}); COMP_CWORD={word}; \
             _wasock wasock \"${{COMP_WORDS[$COMP_CWORD]}}\" \"\"; echo \"${{COMPREPLY[@]}}\""
        );
        let output = Command::new("bash")
            .arg("-c")
            .arg(ask)
            .arg(&path)
            .output()
            .unwrap();
        let completed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(
            completed.trim(),
            expected,
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
