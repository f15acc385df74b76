//! Addresses that an outbound rule has to mean on purpose.
//!
//! "Any address" is said by people who think of the internet. On the way there lie the services of the host itself, its
//! private network, and the metadata service that hands out the credentials of a cloud machine. So a special address
//! is reached only by a rule whose address or network lies inside the special block: whoever writes `10.1.0.0/16` means
//! a private network; whoever writes `0.0.0.0/0` most likely does not.

mod own;
mod table;

use std::fmt;
use std::net::IpAddr;
use std::sync::LazyLock;

use ipnet::IpNet;

use crate::nets::Nets;
use crate::{Carried, Host};

pub(crate) use own::OwnAddresses;

/// A block of addresses with a purpose of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Block {
    /// What an address in it is: "127.0.0.1 is ...".
    pub name: &'static str,
    /// The addresses.
    pub net: IpNet,
    /// Where this is laid down.
    pub source: &'static str,
    /// Whether it is part of the internet like any other, for all its purpose. Such a block is listed where it makes
    /// a hole in a larger one.
    reachable: bool,
}

/// Why a destination needs a rule that means it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Special {
    /// The destination.
    pub destination: IpAddr,
    /// The special address inside the destination, unless the destination itself is special.
    pub carried: Option<Carried>,
    /// The block it is in.
    pub block: Block,
    /// Where a rule has to lie to reach the destination.
    pub within: IpNet,
}

impl Special {
    /// What makes an address special, whichever host it is reached from; `None` for one of the internet.
    pub fn at(address: IpAddr) -> Option<Self> {
        Self::of(address.to_canonical(), &OwnAddresses::NONE)
    }

    /// What makes the destination, in canonical form, special. Of several reasons it is the one that asks for the
    /// narrowest rule, so that a rule which satisfies it satisfies all.
    pub(crate) fn of(destination: IpAddr, own: &OwnAddresses) -> Option<Self> {
        let block = |address| own.block(address).or_else(|| block(address));
        let itself = block(destination).map(|block| Self {
            destination,
            carried: None,
            block,
            within: block.net,
        });
        let carried = Carried::all(destination).filter_map(|carried| {
            let block = block(carried.address.into())?;
            let length = carried.outer_prefix_len(block.net.prefix_len());
            let within = IpNet::new(destination, length).ok()?.trunc();
            Some(Self {
                destination,
                carried: Some(carried),
                block,
                within,
            })
        });
        carried
            .chain(itself)
            .max_by_key(|special| special.within.prefix_len())
    }

    /// The destination and what it is, in few words: "10.0.3.7 (private)".
    pub(crate) fn short(&self) -> impl fmt::Display {
        std::fmt::from_fn(|f| {
            write!(f, "{} (", self.destination)?;
            if let Some(carried) = &self.carried {
                write!(f, "carries {}, ", carried.address)?;
            }
            write!(f, "{})", self.block.name)
        })
    }

    /// Whether it is special because it is an address of this host.
    pub(crate) fn is_own(&self) -> bool {
        self.block.name == own::NAME
    }

    /// Whether a rule for this host, which contains the destination, means it.
    pub(crate) fn is_meant_by(&self, host: &Host) -> bool {
        match host {
            Host::Any => false,
            Host::Localhost => true,
            Host::Net(net) => self.within.contains(net),
            // A name lies nowhere: its rule says with #to= where it may lead.
            Host::Name(_) => false,
        }
    }
}

/// The special block of an address: the smallest that holds it, unless that one is reachable like any other.
fn block(address: IpAddr) -> Option<Block> {
    static BLOCKS: LazyLock<Nets<Block>> = LazyLock::new(|| {
        let blocks = table::IPV4.iter().chain(table::IPV6);
        blocks.map(|block| (block.net, *block)).collect()
    });
    let smallest = BLOCKS.around(address).next();
    smallest.filter(|block| !block.reachable).copied()
}

impl fmt::Display for Special {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            destination,
            carried,
            block,
            within,
        } = self;
        match carried {
            None => write!(f, "{destination} is ")?,
            Some(carried) => write!(
                f,
                "{destination} carries {} ({}), which is ",
                carried.address, carried.form
            )?,
        }
        write!(
            f,
            "{} ({}, {}): only a rule ",
            block.name, block.net, block.source
        )?;
        match carried {
            _ if within.prefix_len() == within.max_prefix_len() => {
                f.write_str("for that very address reaches it")
            }
            None => f.write_str("whose address lies inside that block reaches it"),
            Some(_) => write!(f, "whose address lies inside {within} reaches it"),
        }
    }
}

#[cfg(test)]
mod tests;
