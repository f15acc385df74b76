//! Programs that run beside the test: whatever they do, the test ends, and they end with it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// After how long a program counts as hanging: far longer than anything takes on a slow machine.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// A program that runs. It is killed when this goes out of scope.
pub(crate) struct Program {
    shown: String,
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

/// How a program ended, and what it printed that nobody had read yet.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    pub(crate) fn start(command: &mut Command) -> Self {
        let shown = format!("{command:?}");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{shown} cannot be started: {error}"));
        let stdin = child.stdin.take();
        let stdout = lines(child.stdout.take().expect("it is piped"));
        let stderr = lines(child.stderr.take().expect("it is piped"));
        Self {
            shown,
            child,
            stdin,
            stdout,
            stderr,
        }
    }

    /// Write a line to its standard input.
    pub(crate) fn write_line(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("its input is closed");
        if let Err(error) = writeln!(stdin, "{line}") {
            self.give_up(&format!("it does not take {line:?}: {error}"));
        }
    }

    /// The next line of its standard output.
    pub(crate) fn line(&mut self) -> String {
        match self.stdout.recv_timeout(LIMIT) {
            Ok(line) => line.trim_end_matches('\n').to_owned(),
            Err(RecvTimeoutError::Timeout) => {
                self.give_up(&format!("it printed nothing for {LIMIT:?}"))
            }
            Err(RecvTimeoutError::Disconnected) => self.give_up("it ended, and a line is missing"),
        }
    }

    /// Send it a signal, by the name that `kill` knows.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("sh")
            .args(["-c", "kill -s \"$0\" \"$1\"", name])
            .arg(self.child.id().to_string())
            .status();
        assert!(sent.is_ok_and(|status| status.success()), "kill -s {name}");
    }

    /// How many descriptors it has open. Linux tells.
    pub(crate) fn descriptors(&self) -> usize {
        let folder = format!("/proc/{}/fd", self.child.id());
        let entries = std::fs::read_dir(&folder);
        entries
            .unwrap_or_else(|error| panic!("{folder}: {error}"))
            .count()
    }

    /// Wait until it has closed its standard output, while its input stays open.
    pub(crate) fn outlast(&mut self) {
        self.rest_of_stdout();
    }

    /// Close its standard input and wait until it has ended.
    pub(crate) fn finish(mut self) -> Ended {
        drop(self.stdin.take());
        let (stdout, stderr) = (self.rest_of_stdout(), self.rest_of_stderr());
        // It has closed its outputs, so it has ended or is about to.
        let status = self.child.wait().expect("it can be waited for");
        Ended {
            status,
            stdout,
            stderr,
        }
    }

    fn rest_of_stdout(&mut self) -> String {
        rest(&self.stdout).unwrap_or_else(|read| {
            self.give_up(&format!("it did not end within {LIMIT:?}: {read}"))
        })
    }

    fn rest_of_stderr(&mut self) -> String {
        rest(&self.stderr).unwrap_or_else(|read| {
            self.give_up(&format!("it did not end within {LIMIT:?}: {read}"))
        })
    }

    fn give_up(&mut self, why: &str) -> ! {
        _ = self.child.kill();
        _ = self.child.wait();
        let stderr: String = self.stderr.iter().collect();
        panic!("{}: {why}; its standard error:\n{stderr}", self.shown);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // An error means that it has ended already.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

impl Ended {
    pub(crate) fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// It has ended with status 0.
    #[track_caller]
    pub(crate) fn expect_success(self) -> Self {
        assert_eq!(self.code(), Some(0), "{self:?}");
        self
    }
}

/// Run a program to its end, with `input` as its standard input. Returns its standard output as bytes.
pub(crate) fn run_with(command: &mut Command, input: Vec<u8>) -> (ExitStatus, Vec<u8>) {
    let shown = format!("{command:?}");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{shown} cannot be started: {error}"));
    let mut stdin = child.stdin.take().expect("it is piped");
    thread::spawn(move || _ = stdin.write_all(&input));
    let mut stdout = child.stdout.take().expect("it is piped");
    let (sender, output) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        _ = stdout.read_to_end(&mut bytes);
        sender.send(bytes)
    });

    let Ok(output) = output.recv_timeout(LIMIT) else {
        _ = child.kill();
        _ = child.wait();
        panic!("{shown} did not end within {LIMIT:?}");
    };
    (child.wait().expect("it can be waited for"), output)
}

/// Read lines in a thread, so that one can wait for them and not for ever.
fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        loop {
            let mut line = Vec::new();
            let read = reader.read_until(b'\n', &mut line);
            let text = String::from_utf8_lossy(&line).into_owned();
            if !matches!(read, Ok(1..)) || sender.send(text).is_err() {
                return;
            }
        }
    });
    receiver
}

/// All lines up to the end; `Err` with what came, if there is no end.
fn rest(lines: &Receiver<String>) -> Result<String, String> {
    let mut text = String::new();
    loop {
        match lines.recv_timeout(LIMIT) {
            Ok(line) => text.push_str(&line),
            Err(RecvTimeoutError::Disconnected) => return Ok(text),
            Err(RecvTimeoutError::Timeout) => return Err(text),
        }
    }
}
