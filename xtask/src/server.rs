//! A program that serves until we are done with it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::command::{end, show};

/// How long a server may take to say that it is ready: enough to compile a component without a cache.
const START_LIMIT: Duration = Duration::from_secs(120);

/// A running server. It ends with this value, also when the demo fails half-way.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// The first line that it printed, which says where it listens.
    pub(crate) greeting: String,
}

impl Server {
    /// Start a server and wait for the first line that it prints.
    ///
    /// # Errors
    ///
    /// If it cannot be started, ends before it has printed a line, or prints none for long.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", show(command)))?;
        let output = child.stdout.take();
        let mut server = Self {
            child,
            greeting: String::new(),
        };

        // Reading blocks, so a thread does it, for as long as the server runs: one whose output nobody takes
        // would stop when the pipe is full.
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let lines = output
                .into_iter()
                .flat_map(|output| BufReader::new(output).lines());
            for line in lines.map_while(Result::ok) {
                // Only the first line has a taker.
                let _ = sender.send(line);
            }
        });

        match receiver.recv_timeout(START_LIMIT) {
            Ok(line) => server.greeting = line,
            Err(_) => bail!("{} did not say that it is ready", show(command)),
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, and there is nothing left to do about any other error.
        let _ = end(&mut self.child);
    }
}
