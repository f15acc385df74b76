//! Rules about lookups: a name and nothing else.

use std::net::{IpAddr, Ipv6Addr};

use super::{Fault, Piece, name, net};
use crate::{Expected, NamePattern};

/// Reads `any`, a name, or a pattern.
pub(super) fn read(whole: Piece<'_>) -> Result<Option<NamePattern>, Fault> {
    if matches!(whole.text, "any" | "*") {
        return Ok(None);
    }
    if is_address(whole) {
        return Err(Fault::new(whole, Expected::NoAddress));
    }
    if let Some(bare) = inside(whole.text) {
        return Err(Fault::new(whole, Expected::BareName).instead(bare));
    }
    name::pattern(whole, Expected::LookupName).map(Some)
}

fn is_address(piece: Piece<'_>) -> bool {
    let unbracketed = piece
        .text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    unbracketed
        .unwrap_or(piece.text)
        .parse::<Ipv6Addr>()
        .map(IpAddr::from)
        .is_ok()
        // In any of its forms.
        || !matches!(net::ipv4(piece), Ok(None))
}

/// The host of a text that has a scheme, a port, a path or an option around it.
fn inside(text: &str) -> Option<&str> {
    let behind_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = behind_scheme.split([':', '/', '?', '#']).next()?;
    (host != text).then_some(host)
}
