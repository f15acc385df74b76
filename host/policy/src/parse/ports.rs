//! The ports: `443`, `80,443`, `8000-8999`, `any`.

use std::ops::RangeInclusive;

use super::{Fault, Piece};
use crate::{Direction, Expected, Ports};

pub(super) fn read(piece: Piece<'_>, direction: Direction) -> Result<Ports, Fault> {
    if let Some(index) = piece.text.find(['/', '?']) {
        return Err(Fault::new(piece.split_at(index).1, Expected::NoPath).instead(""));
    }

    let ranges = piece
        .split(',')
        .map(|element| range(element, direction))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Ports::from_ranges(ranges))
}

fn range(element: Piece<'_>, direction: Direction) -> Result<RangeInclusive<u16>, Fault> {
    if matches!(element.text, "any" | "*") {
        return Ok(0..=u16::MAX);
    }
    let Some((first, last)) = element.split_once('-') else {
        return match (number(element)?, direction) {
            (0, Direction::Outbound) => Err(Fault::new(element, Expected::RemotePort)),
            (port, _) => Ok(port..=port),
        };
    };

    let (start, end) = (number(first)?, number(last)?);
    if start > end {
        return Err(Fault::new(element, Expected::AscendingRange).instead(format!("{end}-{start}")));
    }
    if start == 0 {
        return Err(Fault::new(element, Expected::RangeWithoutZero));
    }
    Ok(start..=end)
}

/// Digits only: `u16::from_str` also takes a sign.
pub(super) fn number(piece: Piece<'_>) -> Result<u16, Fault> {
    if piece.text.is_empty() || !piece.text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Fault::new(piece, Expected::Port));
    }
    piece
        .text
        .parse()
        .map_err(|_| Fault::new(piece, Expected::PortNumber))
}
