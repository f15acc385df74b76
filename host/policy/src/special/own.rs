//! The addresses of the host itself, which no registry knows.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Block;

/// What such an address is.
pub(super) const NAME: &str = "this host's own address";

/// The addresses of the host itself, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OwnAddresses(Vec<IpAddr>);

impl OwnAddresses {
    pub(crate) const NONE: Self = Self(Vec::new());

    /// Loopback addresses and the unspecified one are left out: each is special, and a rule for its block reaches it.
    pub(crate) fn extend(&mut self, addresses: impl IntoIterator<Item = IpAddr>) {
        let addresses = addresses.into_iter().map(|address| address.to_canonical());
        self.0
            .extend(addresses.filter(|ip| !ip.is_loopback() && !ip.is_unspecified()));
        self.0.sort_unstable();
        self.0.dedup();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The block of the address, which is that address alone.
    pub(super) fn block(&self, address: IpAddr) -> Option<Block> {
        self.0.binary_search(&address).is_ok().then(|| Block {
            name: NAME,
            net: IpNet::from(address),
            source: "of an interface",
            reachable: false,
        })
    }
}
