//! Where what the guest asks for leads: the policy may map it elsewhere, an address to another one and a name to addresses.
//!
//! A mapping is not for the guest to see, and grants nothing. What is decided on is the target, as if the guest had asked
//! for that: a name that the guest knows its own address by is no name of the target. What the guest is shown is the
//! address that it asked for. It can tell all the same if it looks at its own address, which is one that leads to the target.

use std::net::SocketAddr;
use std::time::Duration;

use wasock_policy::{Name, Protocol};

use super::guard::Guard;
use crate::names::Found;

/// Where something leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    /// Where it goes.
    pub(crate) remote: SocketAddr,
    /// What the guest asked for, if that is mapped.
    pub(crate) asked: Option<SocketAddr>,
}

impl Guard {
    /// Where `asked` leads by the policy in force.
    pub(crate) fn lead(&self, protocol: Protocol, asked: SocketAddr) -> Destination {
        match self.target(protocol, asked) {
            Some(remote) => Destination {
                remote,
                asked: Some(asked),
            },
            None => asked.into(),
        }
    }
}

impl Guard {
    /// The addresses that the policy in force gives a name, if it does.
    pub(super) fn mapped(&self, name: &Name) -> Option<Found> {
        let in_force = self.in_force();
        let addresses = in_force.policy.map_name(name)?.iter();
        Some(Found {
            addresses: addresses.map(|address| (*address, Duration::MAX)).collect(),
            chain: Vec::new(),
        })
    }
}

impl Destination {
    /// What the guest means by an address, who takes this for its peer. The target itself is some other address to it, for
    /// which the one that leads here stands in.
    pub(crate) fn translate(self, address: SocketAddr) -> SocketAddr {
        match self.asked {
            Some(asked) if address == asked => self.remote,
            Some(asked) if address == self.remote => asked,
            _ => address,
        }
    }
}

/// What is not mapped.
impl From<SocketAddr> for Destination {
    fn from(remote: SocketAddr) -> Self {
        let asked = None;
        Self { remote, asked }
    }
}
