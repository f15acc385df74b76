//! The two hosts that run components: ours, and one that has nothing of wasock.

use std::env;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::OnceLock;

use super::program::{Ended, Program};
use super::repository;

/// A host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// The `wasock` program.
    Ours,
    /// wasmtime and its WASI.
    Stock,
}

impl Host {
    pub(crate) const BOTH: [Self; 2] = [Self::Ours, Self::Stock];

    /// The command that runs a component which may do all it likes on loopback. One that imports
    /// `wasock:net` gets the provider.
    pub(crate) fn command(self, component: &str) -> Command {
        match self {
            Self::Ours => {
                let mut command = wasock(["run"]);
                for address in ["127.0.0.0/8", "[::1]"] {
                    for protocol in ["tcp", "udp"] {
                        let outbound = format!("{protocol}://{address}:any");
                        command.args(["--allow-outbound", &outbound]);
                        for port in ["0", "any"] {
                            let inbound = format!("{protocol}://{address}:{port}");
                            command.args(["--allow-inbound", &inbound]);
                        }
                    }
                }
                command.arg(component);
                command
            }
            Self::Stock => {
                let mut command = stock_host();
                command.arg(composed(component));
                command
            }
        }
    }

    /// The command that runs a component which may do nothing on the network.
    pub(crate) fn denying_command(self, component: &str) -> Command {
        match self {
            Self::Ours => wasock(["run", component]),
            Self::Stock => {
                let mut command = stock_host();
                command.arg("--deny").arg(composed(component));
                command
            }
        }
    }
}

fn stock_host() -> Command {
    Command::new(env!("CARGO_BIN_EXE_stock-host"))
}

/// `wasock ARGUMENTS`.
pub(crate) fn wasock<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(program());
    command.args(arguments);
    command
}

/// `wasock run --allow-outbound tcp://ADDRESS COMPONENT`.
pub(crate) fn wasock_connecting_to(address: SocketAddr, component: &str) -> Command {
    let rule = format!("tcp://{address}");
    wasock(["run", "--allow-outbound", &rule, component])
}

/// Run `wasock ARGUMENTS` to its end.
pub(crate) fn run_wasock<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Ended {
    Program::start(&mut wasock(arguments)).finish()
}

/// The `wasock` program as the sources have it now. cargo builds programs of other packages not for tests, so
/// it is asked to.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let built = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--quiet", "--package", "wasock", "--bin", "wasock"])
            .current_dir(repository::root())
            .status();
        assert!(
            built.is_ok_and(|status| status.success()),
            "wasock cannot be built; the message is above"
        );
        // Beside the folder of the tests is that of the programs.
        let test = env::current_exe().expect("a test knows where it is");
        let programs = test.ancestors().nth(2).expect("it is in a folder");
        let name = format!("wasock{}", env::consts::EXE_SUFFIX);
        programs.join(name)
    })
}

/// The component with the provider in it, as `wasock compose` makes it, in a file.
fn composed(component: &str) -> PathBuf {
    let app = fs::read(component).expect("it was built");
    let imports_wasock =
        wasock::component::Outline::read(&app).is_ok_and(|app| app.imports_wasock());
    if !imports_wasock {
        return component.into();
    }
    let bytes = wasock::compose(&app, wasock::embedded::PROVIDER).expect("it can be composed");

    let name = Path::new(component).with_extension("composed.wasm");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name.file_name().expect("a file"));
    // Others may be running it: they keep the file that they have opened.
    let partial = format!("{}.{:?}", process::id(), std::thread::current().id());
    let partial = path.with_extension(partial);
    fs::write(&partial, bytes).expect("cargo's folder can be written to");
    fs::rename(&partial, &path).expect("a file can be renamed");
    path
}
