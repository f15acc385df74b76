//! Addresses and networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::{Fault, Piece};
use crate::{Expected, Host};

/// Reads one element of an option: an address or a network. Brackets are optional, as no port follows.
pub(super) fn read(piece: Piece<'_>, element: &Expected) -> Result<IpNet, Fault> {
    let (address, length) = match piece.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (piece, None),
    };
    let unbracketed = address
        .text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    if let Ok(ip) = unbracketed.unwrap_or(address.text).parse::<Ipv6Addr>() {
        return build(piece, ip.into(), length);
    }
    match ipv4(address)? {
        Some(ip) => build(piece, ip.into(), length),
        None => Err(Fault::new(piece, element.clone())),
    }
}

/// The network of an address and a prefix length; `whole` is the text of both.
pub(super) fn build(
    whole: Piece<'_>,
    address: IpAddr,
    length: Option<Piece<'_>>,
) -> Result<IpNet, Fault> {
    let max = if address.is_ipv4() { 32 } else { 128 };
    let length = match length {
        Some(piece) => prefix_length(piece, max)?,
        None => max,
    };
    // IPv4-mapped IPv6 is IPv4, as long as the prefix covers no more than the mapped addresses.
    let (address, length) = match address.to_canonical() {
        canonical @ IpAddr::V4(_) if address.is_ipv6() && length >= 96 => (canonical, length - 96),
        _ => (address, length),
    };

    let Ok(net) = IpNet::new(address, length) else {
        return Err(Fault::new(whole, Expected::PrefixLength { max }));
    };
    let network = net.trunc();
    if network != net {
        return Err(Fault::new(whole, Expected::Network { network })
            .instead(Host::Net(network).to_string()));
    }
    Ok(net)
}

/// An IPv4 address in its usual form, or `None` for text that is no IPv4 address in any form.
///
/// The other forms are errors, as in `inet_aton(3)`: "a.b.c", "a.b" and "a" with the last part filling the rest, and
/// each part decimal, octal or hexadecimal. A resolver would read them as addresses, so a rule may not take them for
/// names, and a reader would get 0177.0.0.1 wrong, so it may not take them for addresses.
pub(super) fn ipv4(piece: Piece<'_>) -> Result<Option<Ipv4Addr>, Fault> {
    if let Ok(address) = piece.text.parse() {
        return Ok(Some(address));
    }
    match inet_aton(piece.text.strip_suffix('.').unwrap_or(piece.text)) {
        Some(address) => {
            Err(Fault::new(piece, Expected::UsualIpv4(address)).instead(address.to_string()))
        }
        None => Ok(None),
    }
}

fn prefix_length(piece: Piece<'_>, max: u8) -> Result<u8, Fault> {
    let digits = !piece.text.is_empty() && piece.text.bytes().all(|b| b.is_ascii_digit());
    match piece.text.parse::<u8>() {
        Ok(length) if digits && length <= max => Ok(length),
        _ => Err(Fault::new(piece, Expected::PrefixLength { max })),
    }
}

fn inet_aton(text: &str) -> Option<Ipv4Addr> {
    let parts = text
        .split('.')
        .map(inet_aton_part)
        .collect::<Option<Vec<u32>>>()?;
    let (last, leading) = parts.split_last()?;
    if leading.len() > 3 || leading.iter().any(|part| *part > 0xff) {
        return None;
    }
    let leading_bits = u32::try_from(leading.len()).ok()? * 8;
    if u64::from(*last) >= 1 << (32 - leading_bits) {
        return None;
    }

    let high = leading
        .iter()
        .zip([24, 16, 8])
        .fold(0, |bits, (part, shift)| bits | part << shift);
    Some(Ipv4Addr::from_bits(high | last))
}

fn inet_aton_part(text: &str) -> Option<u32> {
    let (digits, radix) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (text.get(2..)?, 16),
        [b'0', _, ..] => (text.get(1..)?, 8),
        _ => (text, 10),
    };
    // `from_str_radix` takes a sign, an address does not. "0x" alone is zero to some resolvers.
    match digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        true if digits.is_empty() && radix == 16 => Some(0),
        true => u32::from_str_radix(digits, radix).ok(),
        false => None,
    }
}
