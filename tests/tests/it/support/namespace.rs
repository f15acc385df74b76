//! A network namespace: a machine of its own for a test, which runs itself again inside.
//!
//! That takes Linux, `unshare` (util-linux), `ip` (iproute2) and the permission for it.

use std::env;
use std::io;
use std::process::{Command, Output};

/// Set where a test finds itself inside.
const INSIDE: &str = "WASOCK_TEST_INSIDE_NAMESPACE";

/// Whoever runs the tests is root inside, and need not be root outside. Where that is forbidden, root outside will do.
const NAMESPACES: [&[&str]; 2] = [&["--net", "--map-root-user"], &["--net"]];

/// Runs `test`, whose full name is `name`, inside, after the shell commands `set_up`.
///
/// # Errors
/// What this machine lacks for it.
pub(crate) fn inside(name: &str, set_up: &str, test: impl FnOnce()) -> Result<(), String> {
    if env::var_os(INSIDE).is_some() {
        test();
        return Ok(());
    }
    let script = format!("{set_up} && exec \"$@\"");
    let enter = |namespace: &[&str], arguments: &[&str]| -> io::Result<Output> {
        Command::new("unshare")
            .args(namespace)
            .args(["sh", "-c", &script, "sh"])
            .args(arguments)
            .env(INSIDE, "yes")
            .output()
    };

    let mut obstacles = Vec::new();
    for namespace in NAMESPACES {
        let output = enter(namespace, &["true"]).map_err(|error| format!("unshare: {error}"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            obstacles.push(said.trim().replace('\n', "; "));
            continue;
        }
        let program = env::current_exe().expect("a test knows where it is");
        let program = program.to_string_lossy();
        let output = enter(namespace, &[&program, "--exact", name, "--nocapture"]);
        let output = output.map_err(|error| format!("unshare: {error}"))?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(output.status.success(), "{said}");
        assert!(said.contains("1 passed"), "{said}");
        return Ok(());
    }
    obstacles.dedup();
    Err(obstacles.join("; "))
}
