//! The rules of one effect and direction, asked for those that concern an address and a port.
//!
//! How they are found is nobody else's business: an index by address can replace the scan here.

use std::net::IpAddr;
use std::sync::Arc;

use crate::{Endpoint, Host, Protocol};

/// Rules that are either all allowed or all denied, in one direction.
#[derive(Clone, Debug)]
pub(crate) struct RuleSet<R> {
    rules: Vec<Arc<R>>,
}

/// What a rule is asked about: one address, in canonical form, and one port.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) protocol: Protocol,
    pub(crate) address: IpAddr,
    pub(crate) port: u16,
    /// Whether the system picked the port, so that rules for port 0 are about it as well.
    pub(crate) ephemeral: bool,
}

impl<R: AsRef<Endpoint>> RuleSet<R> {
    pub(crate) fn push(&mut self, rule: R) {
        self.rules.push(Arc::new(rule));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<R>> {
        self.rules.iter()
    }

    /// The rules that speak of the place.
    pub(crate) fn containing(&self, place: Place) -> impl Iterator<Item = &Arc<R>> {
        self.matching(place, Host::contains)
    }

    /// The rules that let a guest take the place, where the wildcard address asks for more than an address:
    /// [`Host::grants_local`].
    pub(crate) fn granting_local(&self, place: Place) -> impl Iterator<Item = &Arc<R>> {
        self.matching(place, Host::grants_local)
    }

    /// The rules that speak of something the guest gets along with the place: [`Host::touches_local`].
    pub(crate) fn touching_local(&self, place: Place) -> impl Iterator<Item = &Arc<R>> {
        self.matching(place, Host::touches_local)
    }

    fn matching(
        &self,
        place: Place,
        covers: fn(&Host, IpAddr) -> bool,
    ) -> impl Iterator<Item = &Arc<R>> {
        self.rules.iter().filter(move |rule| {
            let Endpoint {
                protocol,
                host,
                ports,
            } = (***rule).as_ref();
            *protocol == place.protocol
                && (ports.contains(place.port) || place.ephemeral && ports.contains(0))
                && covers(host, place.address)
        })
    }
}

impl<R> Default for RuleSet<R> {
    fn default() -> Self {
        Self { rules: Vec::new() }
    }
}
