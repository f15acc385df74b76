//! The options behind the ports: `#from=10.0.0.0/8`.
//!
//! An option narrows what a rule covers. One that is unknown is an error and never skipped: the rule would cover more
//! than its author meant.

use ipnet::IpNet;

use super::{Fault, Piece, net};
use crate::{Direction, Expected};

/// Reads what stands behind the first `#`.
pub(super) fn read(text: Piece<'_>, direction: Direction) -> Result<Vec<IpNet>, Fault> {
    let mut from = None;
    for option in text.split('#') {
        let (name, value) = option.split_once('=').unwrap_or((option, option.end()));
        match (name.text, direction) {
            ("from", Direction::Inbound) if from.is_some() => {
                return Err(Fault::new(option, Expected::OptionOnce));
            }
            ("from", Direction::Inbound) => {
                from = Some(
                    value
                        .split(',')
                        .map(net::read_peer)
                        .collect::<Result<Vec<_>, _>>()?,
                );
            }
            _ => return Err(Fault::new(option, Expected::Option(direction))),
        }
    }
    Ok(from.unwrap_or_default())
}
