//! `wasock demo`

use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasock::{Collect, NetCtx, Policy, Record, embedded};

use crate::failure::Failure;
use crate::output::print;
use crate::runner;

/// See the policy at work, in ten seconds and without a network
///
/// Starts a server on this machine and runs a small client, a component that knows nothing of wasock,
/// against it: once without a grant, once with one.
#[derive(Args)]
#[command(after_long_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Demo {}

const EXAMPLE: &str = "\
Example:
  wasock demo

Exit status:
  0 if it went as described; 1 otherwise";

/// What the client sends.
const MESSAGE: &str = "is anybody there?";

/// More than the client ever prints.
const MAX_OUTPUT: usize = 64 * 1024;

/// How a run of the client ended.
struct Outcome {
    status: i32,
    output: String,
    audit: Vec<Record>,
}

impl Demo {
    pub(crate) fn execute(self) -> Result<i32, Failure> {
        let server = serve()?;
        let client = format!("client.wasm {server} '{MESSAGE}'");
        say(&format!(
            "A server listens at {server}, on this machine. \
             The client is a WebAssembly component that sends it a line.\n"
        ))?;

        say(&format!("1. Without a rule:\n\n   $ wasock run {client}"))?;
        let refused = run_client(server, Policy::builder().build())?;
        say(&refused.to_string())?;

        let grant = format!("tcp://{server}");
        say(&format!(
            "2. With the rule that the refusal names:\n\n   $ wasock run --allow-outbound {grant} {client}"
        ))?;
        let rule = grant.parse().context("the rule of the demo")?;
        let granted = run_client(server, Policy::builder().allow_outbound(rule).build())?;
        say(&granted.to_string())?;

        say("What was recorded, a line for each decision:\n")?;
        for (number, outcome) in [(1, &refused), (2, &granted)] {
            for record in &outcome.audit {
                say(&format!("   {number}. {record}"))?;
            }
        }

        let as_described =
            !refused.allowed() && refused.status != 0 && granted.allowed() && granted.status == 0;
        if !as_described {
            return Err(Failure::Other(anyhow!("the demo did not go as described")));
        }
        Ok(0)
    }
}

impl Outcome {
    /// Whether the client was let through, wherever it went.
    fn allowed(&self) -> bool {
        !self.audit.is_empty() && self.audit.iter().all(Record::is_allowed)
    }
}

/// As it looks in a terminal: what wasock says, then what the client says.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let denials = self.audit.iter().filter(|record| !record.is_allowed());
        for text in denials.map(Record::explain).chain([self.output.clone()]) {
            for line in text.lines() {
                writeln!(f, "   {line}")?;
            }
        }
        writeln!(f, "   (exit status {})", self.status)
    }
}

/// Print a line.
fn say(line: &str) -> Result<()> {
    print(format!("{line}\n").as_bytes())
}

fn run_client(server: SocketAddr, policy: Policy) -> Result<Outcome, Failure> {
    let output = MemoryOutputPipe::new(MAX_OUTPUT);
    let wasi = WasiCtx::builder()
        .args(&["client.wasm", &server.to_string(), MESSAGE])
        .stdout(output.clone())
        .stderr(output.clone())
        .build();
    let audit = Collect::default();
    let net = NetCtx::builder()
        .policy(policy)
        .audit(audit.clone())
        .build();

    let status = runner::run(embedded::PLAIN_CLIENT, wasi, net)?;
    Ok(Outcome {
        status,
        output: String::from_utf8_lossy(&output.contents()).into_owned(),
        audit: audit.records(),
    })
}

/// A server on this machine that answers each line.
fn serve() -> Result<SocketAddr> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("cannot listen on 127.0.0.1")?;
    let address = listener.local_addr()?;
    thread::Builder::new()
        .name("wasock-demo-server".to_owned())
        .spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away is no concern of the next one.
                _ = answer(&stream);
            }
        })
        .context("cannot start the server")?;
    Ok(address)
}

fn answer(mut stream: &TcpStream) -> std::io::Result<()> {
    for line in BufReader::new(stream).lines() {
        writeln!(stream, "hello! you said: {}", line?)?;
    }
    Ok(())
}
