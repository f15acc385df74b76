//! The host, and the border between it and the ports.

use std::net::{IpAddr, Ipv6Addr};

use super::{Fault, Piece, name, net};
use crate::{Direction, Expected, Host, NamePattern};

/// Separates `host:ports`.
pub(super) fn split_ports(place: Piece<'_>) -> Result<(Piece<'_>, Piece<'_>), Fault> {
    if place.text.starts_with('[') {
        let Some((_, behind)) = place.split_after("]") else {
            return Err(Fault::new(place.end(), Expected::ClosingBracket));
        };
        let Some(colon) = behind.text.find(':') else {
            return Err(Fault::new(place.end(), Expected::ColonPort));
        };
        let host_length = place.text.len() - behind.text.len() + colon;
        let (host, rest) = place.split_at(host_length);
        return Ok((host, rest.split_at(1).1));
    }
    if let Some(bare) = bare_ipv6(place) {
        let bracketed = match bare.text.split_once('/') {
            Some((address, length)) => format!("[{address}]/{length}"),
            None => format!("[{}]", bare.text),
        };
        return Err(Fault::new(bare, Expected::Brackets).instead(bracketed));
    }
    place
        .split_once(':')
        .ok_or_else(|| Fault::new(place.end(), Expected::ColonPort))
}

/// Reads the host.
pub(super) fn read(piece: Piece<'_>, direction: Direction) -> Result<Host, Fault> {
    match piece.text {
        "any" | "*" => return Ok(Host::Any),
        text if text.starts_with('[') => return bracketed(piece),
        _ => {}
    }
    let (address, length) = match piece.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (piece, None),
    };
    match net::ipv4(address)? {
        Some(ip) => net::build(piece, ip.into(), length).map(Host::Net),
        None if length.is_some() => {
            let path = piece.split_at(address.text.len()).1;
            Err(Fault::new(path, Expected::NoPath).instead(""))
        }
        None => match (name::pattern(piece, Expected::Host(direction))?, direction) {
            (NamePattern::Exact(name), _) if name.is_localhost() => Ok(Host::Localhost),
            (pattern, Direction::Outbound) => Ok(Host::Name(pattern)),
            (_, Direction::Inbound) => Err(Fault::new(piece, Expected::LocalAddress)),
        },
    }
}

/// `[address]`, `[address/length]` or `[address]/length`.
fn bracketed(piece: Piece<'_>) -> Result<Host, Fault> {
    let (_, inner) = piece.split_at(1);
    let (inner, behind) = inner.split_once(']').unwrap_or((inner, inner.end()));
    let (address, inside) = match inner.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (inner, None),
    };
    let outside = match behind.split_once('/') {
        Some((nothing, length)) if nothing.text.is_empty() => Some(length),
        _ if behind.text.is_empty() => None,
        _ => return Err(Fault::new(behind, Expected::ColonPort)),
    };
    if let (Some(_), Some(_)) = (inside, outside) {
        return Err(Fault::new(behind, Expected::ColonPort).instead(""));
    }

    if address.text.contains('%') {
        return Err(Fault::new(address, Expected::NoZone));
    }
    match address.text.parse::<Ipv6Addr>() {
        Ok(ip) => net::build(piece, ip.into(), inside.or(outside)).map(Host::Net),
        Err(_) if address.text.parse::<IpAddr>().is_ok() => {
            Err(Fault::new(piece, Expected::Ipv6).instead(piece.text.replace(['[', ']'], "")))
        }
        Err(_) => Err(Fault::new(address, Expected::Ipv6)),
    }
}

/// An IPv6 address, perhaps with prefix length, that stands before the last colon, or is all there is.
fn bare_ipv6(place: Piece<'_>) -> Option<Piece<'_>> {
    let is_ipv6 = |piece: &Piece<'_>| {
        let address = piece
            .text
            .split_once('/')
            .map_or(piece.text, |(address, _)| address);
        address.parse::<Ipv6Addr>().is_ok()
    };
    let before_port = place.split_at(place.text.rfind(':')?).0;
    [before_port, place].into_iter().find(is_ipv6)
}
