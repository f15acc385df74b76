//! The puppet, from this side: see `tests/programs/puppet`.

use std::net::SocketAddr;
use std::process::Command;

use wasock_tests::artifacts::PUPPET;

use super::host::{Host, wasock};
use super::program::{Ended, Program};

/// A guest that does what it is told.
pub(crate) struct Puppet(Program);

impl Puppet {
    /// A puppet on a host that lets it do all it likes on loopback.
    pub(crate) fn on(host: Host) -> Self {
        Self(Program::start(&mut host.command(PUPPET)))
    }

    /// A puppet on a host that refuses everything.
    pub(crate) fn on_denying(host: Host) -> Self {
        Self(Program::start(&mut host.denying_command(PUPPET)))
    }

    /// A puppet on our host, with these options: the rules of a policy.
    pub(crate) fn under<'a>(options: impl IntoIterator<Item = &'a str>) -> Self {
        let mut command = wasock(["run"]);
        command.args(options).arg(PUPPET);
        Self(Program::start(&mut command))
    }

    /// A puppet on a host that lets it do all it likes on loopback, and may have so many descriptors.
    pub(crate) fn with_descriptors(host: Host, limit: usize) -> Self {
        Self(Program::start(&mut limited(
            &host.command(PUPPET),
            &limit.to_string(),
        )))
    }

    /// A puppet that this command runs.
    pub(crate) fn started(command: &mut Command) -> Self {
        Self(Program::start(command))
    }

    /// How many descriptors its host has open.
    pub(crate) fn descriptors(&self) -> usize {
        self.0.descriptors()
    }

    /// Tells it to do something, and does not wait for the answer.
    pub(crate) fn tell(&mut self, command: &str) {
        self.0.write_line(command);
    }

    /// The answer to what it was told.
    pub(crate) fn answer(&mut self) -> String {
        self.0.line()
    }

    /// Tells it to do something and returns the answer.
    pub(crate) fn ask(&mut self, command: &str) -> String {
        self.tell(command);
        self.answer()
    }

    /// Tells it to do something that succeeds; returns what it says beside that.
    #[track_caller]
    pub(crate) fn ok(&mut self, command: &str) -> String {
        let answer = self.ask(command);
        let detail = answer.strip_prefix("ok");
        let detail = detail.unwrap_or_else(|| panic!("{command}: {answer}"));
        detail.trim_start().to_owned()
    }

    /// As [`ok`](Self::ok), for an answer that is a number.
    #[track_caller]
    pub(crate) fn count(&mut self, command: &str) -> usize {
        let detail = self.ok(command);
        detail
            .parse()
            .unwrap_or_else(|_| panic!("{command}: {detail}"))
    }

    /// Makes it listen on a free port.
    #[track_caller]
    pub(crate) fn listen(&mut self, name: &str) -> SocketAddr {
        self.ok(&format!("create {name} v4"));
        self.ok(&format!("bind {name} 127.0.0.1:0"));
        let address = self.ok(&format!("listen {name}"));
        address.parse().unwrap_or_else(|_| panic!("{address}"))
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: &str) {
        self.0.signal(signal);
    }

    /// Sends it a signal, and waits until it has ended.
    pub(crate) fn end_by(mut self, signal: &str) -> Ended {
        self.0.signal(signal);
        self.0.outlast();
        self.0.finish()
    }

    /// Ends it with its sockets as they are, and waits for that.
    pub(crate) fn exit(mut self) -> Ended {
        self.tell("exit");
        self.finish()
    }

    /// Ends it after it has dropped its sockets, and waits for that.
    pub(crate) fn finish(self) -> Ended {
        self.0.finish()
    }
}

/// The command in a process that may have so many descriptors.
pub(crate) fn limited(command: &Command, limit: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -n \"$0\" && exec \"$@\"", limit]);
    shell.arg(command.get_program()).args(command.get_args());
    shell
}
