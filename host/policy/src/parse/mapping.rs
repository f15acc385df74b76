//! Mappings: `tcp://any:80=127.0.0.1:8080`, `db.internal=10.0.0.5`.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use super::{Fault, Piece, host, name, net, ports, scheme};
use crate::request::canonical;
use crate::{Direction, Expected, Host, Mapping, NameMapping, NamePattern, SocketMapping};

/// Reads a mapping of either kind.
pub(super) fn read(whole: Piece<'_>) -> Result<Mapping, Fault> {
    if let Some(arrow) = whole.only("->") {
        return Err(Fault::new(arrow, Expected::Equals).instead("="));
    }
    let Some((left, right)) = whole.split_once('=') else {
        return Err(Fault::new(whole.end(), Expected::Equals));
    };
    if left.text.contains("://") {
        socket(left, right).map(Mapping::Socket)
    } else {
        by_name(left, right).map(Mapping::Name)
    }
}

fn socket(left: Piece<'_>, right: Piece<'_>) -> Result<SocketMapping, Fault> {
    let (protocol, place) = scheme(left)?;
    let (host, port) = host::split_ports(place)?;
    let port = one_port(port)?;
    let read = match host::read(host, Direction::Outbound)? {
        Host::Name(_) => return Err(Fault::new(host, Expected::MappedHost)),
        read => read,
    };

    let target = target(right)?;
    match &read {
        Host::Net(net) if net.addr().is_ipv4() != target.is_ipv4() => {
            Err(Fault::new(right, Expected::SameFamily))
        }
        _ => Ok(SocketMapping {
            protocol,
            host: read,
            port,
            target,
        }),
    }
}

fn by_name(left: Piece<'_>, right: Piece<'_>) -> Result<NameMapping, Fault> {
    let name = match name::pattern(left, Expected::MappedName)? {
        NamePattern::Exact(name) if !name.is_localhost() => name,
        _ => return Err(Fault::new(left, Expected::MappedName)),
    };
    Ok(NameMapping {
        name,
        address: address(right)?,
    })
}

/// One port, and not 0: a mapping leads to one place, so it comes from one.
fn one_port(piece: Piece<'_>) -> Result<u16, Fault> {
    match ports::number(piece) {
        Ok(port) if port != 0 => Ok(port),
        _ => Err(Fault::new(piece, Expected::OnePort)),
    }
}

/// `127.0.0.1:8080`, `[::1]:8080`
fn target(piece: Piece<'_>) -> Result<SocketAddr, Fault> {
    let zoned = |address: &SocketAddr| matches!(address, SocketAddr::V6(v6) if v6.scope_id() != 0);
    match piece.text.parse::<SocketAddr>() {
        Ok(address) if address.port() != 0 && !zoned(&address) => Ok(canonical(address).into()),
        _ => Err(Fault::new(piece, Expected::Target)),
    }
}

/// `10.0.0.5`, `fd00::5` or `[fd00::5]`
fn address(piece: Piece<'_>) -> Result<IpAddr, Fault> {
    let unbracketed = piece
        .text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    if let Ok(address) = unbracketed.unwrap_or(piece.text).parse::<Ipv6Addr>() {
        return Ok(IpAddr::from(address).to_canonical());
    }
    match net::ipv4(piece)? {
        Some(address) => Ok(address.into()),
        None => Err(Fault::new(piece, Expected::NameTarget)),
    }
}
