//! The order in which a guest is told addresses.

use std::net::{IpAddr, Ipv6Addr, UdpSocket};
use std::time::Duration;

/// Alternating between the families, so that a family that leads nowhere costs one attempt and not all of them. IPv6 is
/// first where the machine has a global IPv6 address to use as the source, and otherwise last.
pub(super) fn alternate(
    v4: Vec<(IpAddr, Duration)>,
    v6: Vec<(IpAddr, Duration)>,
    v6_first: bool,
) -> Vec<(IpAddr, Duration)> {
    let (first, second) = if v6_first { (v6, v4) } else { (v4, v6) };
    let mut addresses = Vec::with_capacity(first.len() + second.len());
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    loop {
        let (one, other) = (first.next(), second.next());
        if one.is_none() && other.is_none() {
            return addresses;
        }
        addresses.extend(one.into_iter().chain(other));
    }
}

/// Whether the machine would use a global IPv6 address to reach the rest of the world. Asks the system which address it
/// would take, and sends nothing.
pub(super) fn has_global_v6() -> bool {
    // An address of the documentation: it is nobody's, and goes where the default route goes.
    const SOMEWHERE: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);

    let source = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).and_then(|socket| {
        socket.connect((SOMEWHERE, 53))?;
        socket.local_addr()
    });
    // 2000::/3 is what is given out.
    source.is_ok_and(|source| match source.ip() {
        IpAddr::V6(source) => source.segments()[0] & 0xe000 == 0x2000,
        IpAddr::V4(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns() {
        let addresses = |texts: &[&str]| -> Vec<(IpAddr, Duration)> {
            let pair = |text: &&str| (text.parse().unwrap(), Duration::ZERO);
            texts.iter().map(pair).collect()
        };
        let (v4, v6) = (["192.0.2.1", "192.0.2.2", "192.0.2.3"], ["2001:db8::1"]);
        assert_eq!(
            alternate(addresses(&v4), addresses(&v6), true),
            addresses(&["2001:db8::1", "192.0.2.1", "192.0.2.2", "192.0.2.3"])
        );
        assert_eq!(
            alternate(addresses(&v4), addresses(&v6), false),
            addresses(&["192.0.2.1", "2001:db8::1", "192.0.2.2", "192.0.2.3"])
        );
        assert_eq!(alternate(vec![], addresses(&v6), false), addresses(&v6));
    }
}
