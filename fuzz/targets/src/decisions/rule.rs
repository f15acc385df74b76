//! Rules: of pieces that meet requests, or of any text.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use wasock_policy::{Effect, InboundRule, OutboundRule, ResolveRule, Rule};

use super::request::{ADDRESSES, NAMES};
use crate::input::Input;

/// A rule with its effect, if the pieces are one.
pub(super) fn any(input: &mut Input<'_>) -> Option<(Effect, Rule)> {
    let effect = input.pick(&[Effect::Allow, Effect::Deny]);
    let rule = match input.below(4) {
        0 | 1 => Rule::Outbound(Arc::new(
            endpoint(input, "to").parse::<OutboundRule>().ok()?,
        )),
        2 => Rule::Inbound(Arc::new(
            endpoint(input, "from").parse::<InboundRule>().ok()?,
        )),
        _ => Rule::Resolve(Arc::new(pattern(input).parse::<ResolveRule>().ok()?)),
    };
    Some((effect, rule))
}

/// `tcp://HOST:PORTS`, with the option or without.
fn endpoint(input: &mut Input<'_>, option: &str) -> String {
    let scheme = input.pick(&["tcp", "udp"]);
    let host = match input.below(8) {
        0..=2 => network(input, true),
        3 | 4 => pattern(input),
        5 => "any".to_owned(),
        6 => "localhost".to_owned(),
        _ => input.text(),
    };
    let ports = input.pick(&["any", "80", "443", "0", "1-65535", "22,80-90"]);
    let nets = match input.below(4) {
        0 => format!("#{option}={}", network(input, false)),
        1 => {
            let (one, other) = (network(input, false), network(input, false));
            format!("#{option}={one},{other}")
        }
        _ => String::new(),
    };
    format!("{scheme}://{host}:{ports}{nets}")
}

/// A network around one of the known addresses; IPv6 in brackets where a port follows.
fn network(input: &mut Input<'_>, port_follows: bool) -> String {
    let address: IpAddr = input.pick(ADDRESSES).parse().expect("it is an address");
    let length = input.byte();
    match address {
        IpAddr::V4(ip) => {
            let length = u32::from(length) % 33;
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            format!("{}/{length}", Ipv4Addr::from(ip.to_bits() & mask))
        }
        IpAddr::V6(ip) => {
            let length = u32::from(length) % 129;
            let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
            let ip = Ipv6Addr::from(ip.to_bits() & mask);
            if port_follows {
                format!("[{ip}]/{length}")
            } else {
                format!("{ip}/{length}")
            }
        }
    }
}

fn pattern(input: &mut Input<'_>) -> String {
    let mark = input.pick(&["", "", "*.", "."]);
    format!("{mark}{}", input.pick(NAMES))
}
