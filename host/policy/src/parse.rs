//! From text to rule.
//!
//! ```text
//! rule    = ("tcp" / "udp") "://" host ":" ports *("#" option)
//! host    = "any" / "*" / "localhost" / net4 / "[" net6 "]" / "[" address6 "]/" length
//! ports   = range *("," range)
//! range   = "any" / "*" / port ["-" port]
//! option  = "from=" net *("," net)                  ; inbound rules only
//! ```
//!
//! The readers below report a [`Fault`]: a place, what belongs there, and what to write instead if that is known.
//! Only this file turns it into an error for people, since only the whole rule can tell whether the repaired text is
//! any better.

mod host;
mod net;
mod options;
mod piece;
mod ports;

use std::ops::Range;

use ipnet::IpNet;

use self::piece::Piece;
use crate::{Direction, Endpoint, Expected, ParseError, Protocol};

/// What the text of a rule of either direction says.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) endpoint: Endpoint,
    /// Always empty for an outbound rule.
    pub(crate) from: Vec<IpNet>,
}

/// Parses a rule of the given direction.
pub(crate) fn rule(input: &str, direction: Direction) -> Result<Parsed, ParseError> {
    read(input, direction).map_err(|fault| ParseError {
        input: input.to_owned(),
        suggestion: repaired(input, &fault, direction),
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

/// Reads a rule. The host comes last, although it stands first: then a complaint about a name means that the rest
/// of the rule is in order.
fn read(input: &str, direction: Direction) -> Result<Parsed, Fault> {
    let whole = Piece::new(input);
    if input.is_empty() {
        return Err(Fault::new(whole, Expected::Rule));
    }
    if let Some(space) = whole.find(|c| c.is_whitespace() || c.is_control()) {
        return Err(Fault::new(space, Expected::NoSpace).instead(""));
    }

    let (protocol, rest) = scheme(whole)?;
    let (place, option_text) = match rest.split_once('#') {
        Some((place, options)) => (place, Some(options)),
        None => (rest, None),
    };
    let (host, ports) = host::split_ports(place)?;

    let ports = ports::read(ports, direction)?;
    let from = option_text.map_or(Ok(Vec::new()), |text| options::read(text, direction))?;
    let host = host::read(host)?;
    Ok(Parsed {
        endpoint: Endpoint {
            protocol,
            host,
            ports,
        },
        from,
    })
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

/// Follows the advice of one fault after the other, and returns what results if it is a rule. A rule with a name
/// counts: there is nothing more to say about its spelling.
fn repaired(input: &str, fault: &Fault, direction: Direction) -> Option<String> {
    /// More mistakes than this in one rule, and guessing what was meant helps nobody.
    const ROUNDS: usize = 6;

    let mut text = replaced(input, fault)?;
    for _ in 0..ROUNDS {
        match read(&text, direction) {
            Ok(_)
            | Err(Fault {
                expected: Expected::Name,
                ..
            }) => return Some(text),
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
