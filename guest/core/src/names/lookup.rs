//! The second step of `getaddrinfo`: what to make of the answers of a resolver.

use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use crate::SockAddr;
use crate::addr::Family;

use super::addrinfo::{AddrInfo, combine};
use super::endpoints::Endpoint;
use super::{AddrInfoFlags, Eai};

/// How many different addresses of a name are used; the rest is left out. A name server must not decide how much
/// memory this takes.
pub(super) const MAX_ADDRESSES: usize = 256;

/// A set of address families.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Families {
    /// Whether IPv4 is in it.
    pub inet: bool,
    /// Whether IPv6 is in it.
    pub inet6: bool,
}

impl Families {
    /// Both.
    pub const BOTH: Self = Self {
        inet: true,
        inet6: true,
    };
}

/// A name that a resolver has to be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    name: String,
    family: Option<Family>,
    flags: AddrInfoFlags,
    endpoints: Vec<Endpoint>,
}

impl Lookup {
    pub(super) fn new(
        name: String,
        family: Option<Family>,
        flags: AddrInfoFlags,
        endpoints: Vec<Endpoint>,
    ) -> Self {
        Self {
            name,
            family,
            flags,
            endpoints,
        }
    }

    /// The name to ask for. It is no address as text in anybody's reading.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The families whose addresses are of use, for a resolver that can be asked for one of them.
    #[must_use]
    pub fn families(&self) -> Families {
        Families {
            inet: self.family != Some(Family::Inet6) || self.maps(),
            inet6: self.family != Some(Family::Inet),
        }
    }

    /// Whether [`finish`](Self::finish) looks at the families of the machine (`AI_ADDRCONFIG`).
    #[must_use]
    pub fn asks_for_machine(&self) -> bool {
        self.flags.contains(AddrInfoFlags::ADDRCONFIG)
    }

    /// The answer to the query, from what the resolver answered.
    ///
    /// Addresses stay in the order of the resolver, which knows the routes; IPv4-mapped ones come last. An
    /// address counts once, and the first 256 of them are used. `canonical` is the canonical name where the
    /// resolver tells one; otherwise it is the name that was asked for.
    ///
    /// `machine` are the families that this machine has addresses of, beside loopback. It matters under
    /// `AI_ADDRCONFIG` only, and not when it is neither: then there is nothing to choose by.
    ///
    /// # Errors
    /// `EAI_NODATA` when no address is left. (An error of the resolver itself is not passed through here:
    /// it is the answer.)
    pub fn finish(
        &self,
        answers: impl IntoIterator<Item = IpAddr>,
        canonical: Option<String>,
        machine: Families,
    ) -> Result<Vec<AddrInfo>, Eai> {
        let usable = self.usable(machine);
        let mut direct = Vec::new();
        let mut mapped = Vec::new();
        for address in answers {
            let (list, usable, address) = match address {
                IpAddr::V4(v4) if self.maps() => {
                    (&mut mapped, usable.inet, IpAddr::V6(v4.to_ipv6_mapped()))
                }
                IpAddr::V4(_) => (&mut direct, usable.inet, address),
                IpAddr::V6(_) => (&mut direct, usable.inet6, address),
            };
            if usable && list.len() < MAX_ADDRESSES && !list.contains(&address) {
                list.push(address);
            }
        }

        if direct.is_empty() || self.flags.contains(AddrInfoFlags::ALL) {
            // What the resolver answered in mapped form already counts once too.
            mapped.retain(|address| !direct.contains(address));
            direct.append(&mut mapped);
            direct.truncate(MAX_ADDRESSES);
        }
        if direct.is_empty() {
            return Err(Eai::Nodata);
        }
        let canonname = self
            .flags
            .contains(AddrInfoFlags::CANONNAME)
            .then(|| canonical.unwrap_or_else(|| self.name.clone()));
        let addresses = direct.into_iter().map(|address| SockAddr::new(address, 0));
        Ok(combine(addresses, &self.endpoints, canonname))
    }

    /// Whether IPv4 addresses are turned into IPv6 ones.
    fn maps(&self) -> bool {
        self.family == Some(Family::Inet6) && self.flags.contains(AddrInfoFlags::V4MAPPED)
    }

    /// The families whose addresses are used on this machine.
    fn usable(&self, machine: Families) -> Families {
        let wanted = self.families();
        if !self.asks_for_machine() || !(machine.inet || machine.inet6) {
            return wanted;
        }
        Families {
            inet: wanted.inet && machine.inet,
            inet6: wanted.inet6 && machine.inet6,
        }
    }
}
