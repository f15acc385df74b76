//! From text to rule.
//!
//! ```text
//! rule    = ("tcp" / "udp") "://" host ":" ports *("#" option)
//! host    = "any" / "*" / "localhost" / net4 / "[" net6 "]" / "[" address6 "]/" length
//!         / names                                    ; outbound rules only
//! names   = ["*." / "."] name ["."]
//! ports   = range *("," range)
//! range   = "any" / "*" / port ["-" port]
//! option  = "from=" net *("," net)                   ; inbound rules only
//!         / "to=" net *("," net)                     ; outbound rules with names only
//!
//! resolve = "any" / "*" / names
//!
//! mapping = ("tcp" / "udp") "://" host ":" port "=" address ":" port   ; a host that is no name
//!         / name "=" address
//! limit   = limit-name "=" amount
//! amount  = number / size / (number / size) "/" time / time            ; as the limit has it
//! ```
//!
//! The readers below report a [`Fault`]: a place, what belongs there, and what to write instead if that is known.
//! Only this file turns it into an error for people, since only the whole rule can tell whether the repaired text is
//! any better.

mod amount;
mod host;
mod lookup;
mod mapping;
mod name;
mod net;
mod options;
mod piece;
mod ports;

use std::ops::Range;

use ipnet::IpNet;

use self::piece::Piece;
use crate::{
    Direction, Endpoint, Expected, Limit, LimitSetting, Mapping, NamePattern, ParseError, Protocol,
    Rate, Unit,
};

/// What the text of a rule of either direction says.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) endpoint: Endpoint,
    /// What the option of its direction lists: `#from=` or `#to=`.
    pub(crate) nets: Vec<IpNet>,
}

/// Parses a rule of the given direction.
pub(crate) fn rule(input: &str, direction: Direction) -> Result<Parsed, ParseError> {
    parsed(input, |input| read(input, direction))
}

/// Parses a rule about lookups; `None` for every name.
pub(crate) fn resolve_rule(input: &str) -> Result<Option<NamePattern>, ParseError> {
    parsed(input, |input| {
        lookup::read(whole(input, Expected::LookupName)?)
    })
}

/// Parses a mapping.
pub(crate) fn mapping(input: &str) -> Result<Mapping, ParseError> {
    parsed(input, |input| {
        mapping::read(whole(input, Expected::Mapping)?)
    })
}

/// Parses a limit and its amount.
pub(crate) fn limit(input: &str) -> Result<LimitSetting, ParseError> {
    parsed(input, |input| amount::setting(Piece::new(input)))
}

/// Parses the amount of a limit that was named elsewhere.
pub(crate) fn amount_of(limit: Limit, input: &str) -> Result<LimitSetting, ParseError> {
    parsed(input, |input| amount::amount_of(limit, Piece::new(input)))
}

/// Parses a rate of bytes, or of anything else.
pub(crate) fn rate(input: &str) -> Result<Rate, ParseError> {
    parsed(input, |input| {
        amount::rate(Piece::new(input), Unit::ByteRate)
    })
}

fn parsed<T>(input: &str, read: impl Fn(&str) -> Result<T, Fault>) -> Result<T, ParseError> {
    read(input).map_err(|fault| ParseError {
        input: input.to_owned(),
        suggestion: repaired(input, &fault, |text| read(text).map(drop)),
        span: fault.span,
        expected: fault.expected,
    })
}

/// The place where the text stops being a rule.
#[derive(Debug)]
struct Fault {
    span: Range<usize>,
    expected: Expected,
    /// What to write at the place instead.
    instead: Option<String>,
}

impl Fault {
    fn new(at: Piece<'_>, expected: Expected) -> Self {
        Self {
            span: at.span(),
            expected,
            instead: None,
        }
    }

    fn instead(self, text: impl Into<String>) -> Self {
        Self {
            instead: Some(text.into()),
            ..self
        }
    }
}

/// Reads a rule of either direction. The host comes after the rest, although it stands first: then a complaint about a
/// name means that the rest of the rule is in order.
fn read(input: &str, direction: Direction) -> Result<Parsed, Fault> {
    let (protocol, rest) = scheme(whole(input, Expected::Rule)?)?;
    let (place, option_text) = match rest.split_once('#') {
        Some((place, options)) => (place, Some(options)),
        None => (rest, None),
    };
    let (host, ports) = host::split_ports(place)?;

    let ports = ports::read(ports, direction)?;
    let nets = option_text.map_or(Ok(Vec::new()), |text| options::read(text, direction))?;
    let host = host::read(host, direction)?;
    option_text.map_or(Ok(()), |text| options::suit(text, direction, &host))?;
    Ok(Parsed {
        endpoint: Endpoint {
            protocol,
            host,
            ports,
        },
        nets,
    })
}

/// The whole text, which is neither empty nor spread over several words.
fn whole(input: &str, expected: Expected) -> Result<Piece<'_>, Fault> {
    let whole = Piece::new(input);
    if input.is_empty() {
        return Err(Fault::new(whole, expected));
    }
    match whole.find(|c| c.is_whitespace() || c.is_control()) {
        Some(space) => Err(Fault::new(space, Expected::NoSpace).instead("")),
        None => Ok(whole),
    }
}

fn scheme(whole: Piece<'_>) -> Result<(Protocol, Piece<'_>), Fault> {
    let Some((scheme, rest)) = whole.split_after("://") else {
        let bare = ["tcp:", "udp:"]
            .iter()
            .any(|scheme| whole.text.starts_with(scheme));
        let fixed = if bare {
            let rest = whole
                .text
                .get(4..)
                .unwrap_or_default()
                .trim_start_matches('/');
            format!("{}//{rest}", whole.text.get(..4).unwrap_or_default())
        } else {
            format!("tcp://{}", whole.text)
        };
        return Err(Fault::new(whole, Expected::Scheme).instead(fixed));
    };
    match scheme.text {
        "tcp://" => Ok((Protocol::Tcp, rest)),
        "udp://" => Ok((Protocol::Udp, rest)),
        other if other.eq_ignore_ascii_case("udp://") => {
            Err(Fault::new(scheme, Expected::Scheme).instead("udp://"))
        }
        _ => Err(Fault::new(scheme, Expected::Scheme).instead("tcp://")),
    }
}

/// Follows the advice of one fault after the other, and returns what results if it is a rule.
fn repaired(
    input: &str,
    fault: &Fault,
    read: impl Fn(&str) -> Result<(), Fault>,
) -> Option<String> {
    /// More mistakes than this in one rule, and guessing what was meant helps nobody.
    const ROUNDS: usize = 6;

    let mut text = replaced(input, fault)?;
    for _ in 0..ROUNDS {
        match read(&text) {
            Ok(()) => return Some(text),
            Err(fault) => text = replaced(&text, &fault)?,
        }
    }
    None
}

fn replaced(input: &str, fault: &Fault) -> Option<String> {
    let instead = fault.instead.as_ref()?;
    Some(format!(
        "{}{instead}{}",
        input.get(..fault.span.start)?,
        input.get(fault.span.end..)?
    ))
}
