//! Outcomes without what each supplier has of its own: its loopback address and its ports.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use wasock_conformance::sequence::{Action, Answer, Call, Name, Outcome, Place};
use wasock_core::SockAddr;
use wasock_core::addr::Family;

/// What stands for loopback in IPv4.
const HOME: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 255);

/// The names of the ports of one supplier, in one sequence.
#[derive(Debug)]
pub(crate) struct Canonical {
    home: Ipv4Addr,
    /// Ports in the order in which they appeared.
    ports: Vec<u16>,
    /// The port that each socket had last.
    had: BTreeMap<Name, u16>,
}

/// The system has given a port a second time, so that two things have one name, or a socket has connected to itself:
/// nothing can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PortReused;

impl Canonical {
    pub(crate) fn new(home: Ipv4Addr) -> Self {
        Self {
            home,
            ports: Vec::new(),
            had: BTreeMap::new(),
        }
    }

    /// The outcome with addresses that are the same for all suppliers. `is_vague` says that the local address of the
    /// socket is nobody's business.
    pub(crate) fn outcome(
        &mut self,
        call: &Call,
        outcome: &Outcome,
        is_vague: bool,
    ) -> Result<Outcome, PortReused> {
        let mut outcome = *outcome;
        if self.is_to_itself(call, &outcome) {
            return Err(PortReused);
        }
        if is_vague {
            let wildcard = outcome.local.map(|local| Family::of(&local).wildcard());
            outcome.local = wildcard;
            if let (Action::Getsockname, Some(wildcard)) = (call.action, wildcard) {
                outcome.answer = Answer::Address(wildcard);
            }
        } else {
            self.watch(call, &outcome)?;
        }
        let answer = match outcome.answer {
            Answer::Received(digest, whole, sender) => {
                Answer::Received(digest, whole, sender.map(|it| self.address(it)))
            }
            Answer::Address(address) => Answer::Address(self.address(address)),
            Answer::Accepted(peer, local) => {
                Answer::Accepted(self.address(peer), self.address(local))
            }
            answer => answer,
        };
        let local = outcome.local.map(|local| self.address(local));
        Ok(Outcome { answer, local })
    }

    /// Whether a socket got by chance the port that it connects to.
    fn is_to_itself(&self, call: &Call, outcome: &Outcome) -> bool {
        let (Action::Connect(place), Answer::Done) = (call.action, outcome.answer) else {
            return false;
        };
        let target = place.socket().and_then(|owner| self.had.get(&owner));
        let local = outcome.local.map(|local| local.port());
        local.is_some() && local.as_ref() == target && self.had.get(&call.socket) != target
    }

    /// Notices when a socket gets a port that another one had.
    fn watch(&mut self, call: &Call, outcome: &Outcome) -> Result<(), PortReused> {
        if let (Action::Accept(name), Answer::Accepted(_, local)) = (call.action, outcome.answer) {
            self.had.insert(name, local.port());
        }
        if let Action::Create(..) = call.action {
            self.had.insert(call.socket, 0);
        }
        let Some(port) = outcome.local.map(|local| local.port()) else {
            return Ok(());
        };
        let before = self.had.insert(call.socket, port).unwrap_or(0);
        let chosen = !matches!(
            call.action,
            Action::Bind(Place::Of(_) | Place::LoopbackOf(_) | Place::WildcardOf(_))
        );
        if before != port && port != 0 && chosen && self.ports.contains(&port) {
            return Err(PortReused);
        }
        Ok(())
    }

    fn address(&mut self, address: SockAddr) -> SockAddr {
        let ip = match address.ip() {
            ip if ip == self.home => IpAddr::V4(HOME),
            ip => ip,
        };
        SockAddr::new(ip, self.port(address.port()))
    }

    /// Ports below 1024 are nobody's, and stay.
    fn port(&mut self, port: u16) -> u16 {
        if port < 1024 {
            return port;
        }
        let known = self.ports.iter().position(|it| *it == port);
        let index = known.unwrap_or_else(|| {
            self.ports.push(port);
            self.ports.len() - 1
        });
        1024 + u16::try_from(index).unwrap_or(u16::MAX - 1024)
    }
}
