//! The mappings of a policy, asked where something leads.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use crate::{Mapping, Name, Protocol, SocketMapping};

/// Mappings, in the order in which they were added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mappings {
    all: Vec<Mapping>,
    sockets: Vec<SocketMapping>,
    names: HashMap<Name, Vec<IpAddr>>,
}

impl Mappings {
    pub(super) fn push(&mut self, mapping: Mapping) {
        match &mapping {
            Mapping::Socket(socket) => self.sockets.push(socket.clone()),
            Mapping::Name(name) => {
                let addresses = self.names.entry(name.name.clone()).or_default();
                if !addresses.contains(&name.address) {
                    addresses.push(name.address);
                }
            }
        }
        self.all.push(mapping);
    }

    pub(super) fn all(&self) -> &[Mapping] {
        &self.all
    }

    pub(super) fn target(&self, protocol: Protocol, remote: SocketAddr) -> Option<SocketAddr> {
        let mut sockets = self.sockets.iter();
        sockets
            .find(|mapping| mapping.concerns(protocol, remote))
            .map(|mapping| mapping.target)
    }

    pub(super) fn addresses(&self, name: &Name) -> Option<&[IpAddr]> {
        self.names.get(name).map(Vec::as_slice)
    }
}
