//! The text of policy rules: what is read is what is written, and what is wrong is marked where it is.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use wasock_policy::{
    InboundRule, Name, OutboundRule, ParseError, Policy, Protocol, Reason, Request, ResolveRule,
};

use crate::input::Input;

/// One text, read as each kind of rule.
pub(crate) fn rules(data: &[u8]) {
    let text = Input::new(data).text();
    rule::<OutboundRule>(&text);
    network(&text);
    rule::<InboundRule>(&text);
    rule::<ResolveRule>(&text);
    name(&text);
}

fn rule<R>(text: &str)
where
    R: FromStr<Err = ParseError> + Display + PartialEq + std::fmt::Debug,
{
    let error = match text.parse::<R>() {
        Ok(rule) => {
            let written = rule.to_string();
            assert_eq!(written.parse::<R>(), Ok(rule), "{written}");
            return;
        }
        Err(error) => error,
    };

    assert_eq!(error.input(), text);
    assert!(text.get(error.span()).is_some(), "the place is in the text");
    let said = error.to_string();
    let plain = |byte: u8| byte == b'\n' || (b' '..=b'~').contains(&byte);
    assert!(said.bytes().all(plain), "{said:?}");
    let lines: Vec<&str> = said.lines().collect();
    match lines.as_slice() {
        [_] => assert!(text.is_empty(), "{said}"),
        [_, shown, marks] => assert!(marks.len() <= shown.len() + 1, "{said}"),
        _ => panic!("{said}"),
    }
    if let Some(suggestion) = error.suggestion() {
        assert!(suggestion.parse::<R>().is_ok(), "{said}");
    }
}

/// A rule against a network is one against the first and the last of its addresses, and in IPv4, where no address stands
/// for another, not against those beside it.
fn network(text: &str) {
    let (Ok(rule), Some(network)) = (text.parse::<OutboundRule>(), Network::read(text)) else {
        return;
    };
    let policy = Policy::builder()
        .allow_outbound("tcp://any:any".parse().expect("it is a rule"))
        .deny_outbound(rule)
        .build();
    let is_denied = |ip: IpAddr, port: u16| {
        let decision = policy.decide(&Request::Connect {
            protocol: Protocol::Tcp,
            remote: SocketAddr::new(ip, port),
            names: Arc::default(),
        });
        matches!(decision.reason(), Reason::DeniedBy { .. })
    };
    let Network { first, last, port } = network;
    assert!(is_denied(first, port) && is_denied(last, port), "{text}");
    assert!(!is_denied(first, port ^ 1), "{text}");
    if let (IpAddr::V4(first), IpAddr::V4(last)) = (first, last) {
        let beside = [
            first.to_bits().checked_sub(1),
            last.to_bits().checked_add(1),
        ];
        for bits in beside.into_iter().flatten() {
            assert!(!is_denied(IpAddr::from(bits.to_be_bytes()), port), "{text}");
        }
    }
}

/// `tcp://ADDRESS/LENGTH:PORT` as the standard library reads its pieces.
struct Network {
    first: IpAddr,
    last: IpAddr,
    port: u16,
}

impl Network {
    fn read(text: &str) -> Option<Self> {
        let (host, port) = text.strip_prefix("tcp://")?.rsplit_once(':')?;
        let port = port.parse().ok()?;
        let (ip, length) = match host.split_once('/') {
            Some((ip, length)) => (ip, Some(length.parse::<u32>().ok()?)),
            None => (host, None),
        };
        let bare = ip.strip_prefix('[').and_then(|ip| ip.strip_suffix(']'));
        let (first, last) = match bare.unwrap_or(ip).parse().ok()? {
            IpAddr::V4(ip) => {
                let rest = u32::MAX.checked_shr(length.unwrap_or(32)).unwrap_or(0);
                let (first, last) = (ip.to_bits() & !rest, ip.to_bits() | rest);
                (first.to_be_bytes().into(), last.to_be_bytes().into())
            }
            IpAddr::V6(ip) => {
                let rest = u128::MAX.checked_shr(length.unwrap_or(128)).unwrap_or(0);
                let (first, last) = (ip.to_bits() & !rest, ip.to_bits() | rest);
                (first.to_be_bytes().into(), last.to_be_bytes().into())
            }
        };
        Some(Self { first, last, port })
    }
}

fn name(text: &str) {
    if let Ok(name) = Name::parse(text) {
        assert_eq!(Name::parse(name.as_str()).as_ref(), Ok(&name));
        assert!(name.as_str().len() <= 253);
        assert!(name.as_str().parse::<std::net::IpAddr>().is_err());
    }
}
