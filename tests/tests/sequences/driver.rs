//! What sequences run on: each supplier behind a line that can be waited at.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use wasock::Policy;
use wasock_conformance::Api;
use wasock_conformance::sequence::{Call, Outcome, Stage};
use wasock_tests::artifacts::CONFORMANCE_RUNNER;
use wasock_tests::component::{Command, Conversation};
use wasock_tests::core_os::CoreOs;
use wasock_tests::os::Os;

/// How long an answer may take: far longer than any wait of a stage, on a machine with other things to do.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long where it has been found already that there may be none.
const HURRY: Duration = Duration::from_secs(2);

/// A supplier that carries out calls.
pub(crate) struct Driver {
    /// What it is.
    pub(crate) supplier: Supplier,
    orders: Sender<Order>,
    answers: Receiver<Result<Option<Outcome>, String>>,
    patience: Duration,
}

/// Who supplies the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Supplier {
    /// The sockets of the operating system: the reference.
    Os,
    /// `wasock-core` over them.
    Core,
    /// The provider in a component, under the host.
    Component,
}

impl Supplier {
    pub(crate) const ALL: [Self; 3] = [Self::Os, Self::Core, Self::Component];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Os => "os",
            Self::Core => "core",
            Self::Component => "component",
        }
    }
}

enum Order {
    Begin(Ipv4Addr),
    Perform(Call),
}

impl Driver {
    /// Starts one, in a thread of its own: one that does not come back is left behind.
    pub(crate) fn start(supplier: Supplier) -> Self {
        if supplier == Supplier::Component {
            // That it takes long to compile is no answer that does not come. That it fails is one.
            let _ = runner();
        }
        let (orders, taken) = channel();
        let (given, answers) = channel();
        thread::spawn(move || match supplier {
            Supplier::Os => serve(&Os, &taken, &given),
            Supplier::Core => serve(&CoreOs, &taken, &given),
            Supplier::Component => serve_component(&taken, &given),
        });
        Self {
            supplier,
            orders,
            answers,
            patience: PATIENCE,
        }
    }

    /// Waits less long, or as long as before: a sequence that has no answer is made shorter by running it many times.
    pub(crate) fn hurry(&mut self, hurries: bool) {
        self.patience = if hurries { HURRY } else { PATIENCE };
    }

    /// Begins a sequence: the sockets of the one before are dropped, and `home` is loopback in IPv4.
    pub(crate) fn begin(&self, home: Ipv4Addr) -> Result<(), String> {
        self.order(Order::Begin(home));
        self.answer().map(drop)
    }

    /// Tells it to carry out a call. The answer is to be fetched.
    pub(crate) fn tell(&self, call: Call) {
        self.order(Order::Perform(call));
    }

    /// The outcome of what it was told.
    ///
    /// # Errors
    /// It does not answer, or has ended. It is of no more use.
    pub(crate) fn outcome(&self) -> Result<Outcome, String> {
        self.answer()?.ok_or_else(|| "no outcome".to_owned())
    }

    fn order(&self, order: Order) {
        // One that is not there any more does not answer, which is seen then.
        let _ = self.orders.send(order);
    }

    fn answer(&self) -> Result<Option<Outcome>, String> {
        match self.answers.recv_timeout(self.patience) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(format!("no answer within {:?}", self.patience)),
            Err(RecvTimeoutError::Disconnected) => Err("it panicked; see above".to_owned()),
        }
    }
}

/// A supplier in this process.
fn serve<A: Api>(
    api: &A,
    orders: &Receiver<Order>,
    answers: &Sender<Result<Option<Outcome>, String>>,
) {
    let mut stage = Stage::new(api, Ipv4Addr::LOCALHOST);
    for order in orders {
        let answer = match order {
            Order::Begin(home) => {
                // The sockets of the old one are gone before there is a new one.
                drop(stage);
                stage = Stage::new(api, home);
                None
            }
            Order::Perform(call) => Some(stage.perform(&call)),
        };
        if answers.send(Ok(answer)).is_err() {
            return;
        }
    }
}

fn serve_component(orders: &Receiver<Order>, answers: &Sender<Result<Option<Outcome>, String>>) {
    let mut guest = match converse() {
        Ok(guest) => guest,
        Err(message) => {
            let _ = answers.send(Err(message));
            return;
        }
    };
    for order in orders {
        let line = match order {
            Order::Begin(home) => format!("begin {home}"),
            Order::Perform(call) => call.to_string(),
        };
        let answer = guest.ask(&line, PATIENCE).map_err(|it| format!("{it:#}"));
        let answer = answer.and_then(|line| match line.as_str() {
            "ok" => Ok(None),
            line => match line.parse() {
                Ok(outcome) => Ok(Some(outcome)),
                Err(error) => Err(format!("`{line}`: {error}")),
            },
        });
        let is_over = answer.is_err();
        if answers.send(answer).is_err() || is_over {
            return;
        }
    }
}

/// The runner, compiled when it is first needed.
fn runner() -> Result<&'static Arc<Command>, String> {
    static RUNNER: OnceLock<Result<Arc<Command>, String>> = OnceLock::new();
    let runner = RUNNER.get_or_init(|| {
        let command = Command::compile(Path::new(CONFORMANCE_RUNNER));
        command.map(Arc::new).map_err(|error| format!("{error:#}"))
    });
    runner.as_ref().map_err(Clone::clone)
}

fn converse() -> Result<Conversation, String> {
    let runner = runner()?;
    let args = ["conformance-runner", "--sequences"];
    let guest = runner.converse(&args, loopback()?);
    guest.map_err(|error| format!("{error:#}"))
}

/// All of loopback, and the broadcast address, which is refused for a reason of its own.
fn loopback() -> Result<Policy, String> {
    const OUTBOUND: [&str; 7] = [
        "tcp://127.0.0.0/8:any",
        "tcp://[::1]:any",
        "udp://127.0.0.0/8:any",
        "udp://[::1]:any",
        "udp://255.255.255.255:any",
        "tcp://any:any",
        "udp://any:any",
    ];
    const INBOUND: [&str; 4] = [
        "tcp://any:any",
        "tcp://any:0",
        "udp://any:any",
        "udp://any:0",
    ];
    let mut policy = Policy::builder();
    for rule in OUTBOUND {
        let rule = rule.parse().map_err(|error| format!("{rule}: {error}"))?;
        policy = policy.allow_outbound(rule);
    }
    for rule in INBOUND {
        let rule = rule.parse().map_err(|error| format!("{rule}: {error}"))?;
        policy = policy.allow_inbound(rule);
    }
    Ok(policy.build())
}
