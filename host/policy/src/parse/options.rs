//! The options behind the ports: `#from=10.0.0.0/8`, `#to=10.0.0.0/8`.
//!
//! An option narrows what a rule covers. One that is unknown is an error and never skipped: the rule would cover more
//! than its author meant.

use ipnet::IpNet;

use super::{Fault, Piece, net};
use crate::{Direction, Expected, Host};

/// Reads what stands behind the first `#`. There is one option for each direction.
pub(super) fn read(text: Piece<'_>, direction: Direction) -> Result<Vec<IpNet>, Fault> {
    let mut nets = None;
    for option in text.split('#') {
        let (name, value) = option.split_once('=').unwrap_or((option, option.end()));
        let element = match (name.text, direction) {
            ("from", Direction::Inbound) => Expected::Peer,
            ("to", Direction::Outbound) => Expected::Destination,
            _ => return Err(Fault::new(option, Expected::Option(direction))),
        };
        if nets.is_some() {
            return Err(Fault::new(option, Expected::OptionOnce));
        }
        let list = value
            .split(',')
            .map(|piece| net::read(piece, &element))
            .collect::<Result<Vec<_>, _>>()?;
        nets = Some(list);
    }
    Ok(nets.unwrap_or_default())
}

/// Only names lead somewhere that has to be said.
pub(super) fn suit(text: Piece<'_>, direction: Direction, host: &Host) -> Result<(), Fault> {
    match (direction, host) {
        (Direction::Inbound, _) | (_, Host::Name(_)) => Ok(()),
        (_, Host::Any | Host::Localhost | Host::Net(_)) => {
            Err(Fault::new(text, Expected::NameBeforeTo))
        }
    }
}
