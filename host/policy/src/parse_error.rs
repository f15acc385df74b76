//! What is said about a text that is not a rule.

use std::fmt::{self, Write as _};
use std::ops::Range;

use ipnet::IpNet;

use crate::{Direction, Host, Limit, NameError, Unit};

/// A text that is not a rule: what was expected, what was found and where, and if possible what was meant.
///
/// ```text
/// expected tcp:// or udp://, but found "192.0.2.1:443"; did you mean tcp://192.0.2.1:443?
///   192.0.2.1:443
///   ^^^^^^^^^^^^^
/// ```
///
/// The message is safe to print: whatever is not printable ASCII appears escaped, so a hostile policy file cannot
/// move the cursor, and the carets stand under the place they mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    pub(crate) input: String,
    pub(crate) span: Range<usize>,
    pub(crate) expected: Expected,
    pub(crate) suggestion: Option<String>,
}

/// What the grammar expected, one variant a place where a rule can go wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Expected {
    /// There is nothing at all.
    #[error("expected a rule such as tcp://192.0.2.1:443")]
    Rule,
    /// White space or a control character somewhere.
    #[error("expected a rule without white space")]
    NoSpace,
    /// No scheme, or another one.
    #[error("expected tcp:// or udp://")]
    Scheme,
    /// Nothing, or nonsense, where the host belongs.
    #[error("expected {}", known_hosts(*.0))]
    Host(Direction),
    /// A name that cannot be one.
    #[error(transparent)]
    Name(NameError),
    /// A `*` that is not the whole first label.
    #[error("expected * in front of a name only, as in *.example.com")]
    Wildcard,
    /// The word for every name and address, spelled as if it were a name.
    #[error("expected any, which is no name, in lower case and without a dot")]
    Any,
    /// A name in an inbound rule.
    #[error("expected a local address (they are numeric: names are for outbound rules)")]
    LocalAddress,
    /// Nothing, or nonsense, where the name to look up belongs.
    #[error("expected a name such as api.example.com or *.example.com, or any")]
    LookupName,
    /// More than a name, in a rule about lookups.
    #[error("expected a name alone, without scheme, port and option")]
    BareName,
    /// An address, in a rule about lookups.
    #[error("expected a name (an address needs no lookup)")]
    NoAddress,
    /// Text that the classic socket calls read as an IPv4 address. It is no name, and what it means is easily
    /// misread, so it is not accepted as an address either.
    #[error("expected an IPv4 address in its usual form (write {0})")]
    UsualIpv4(std::net::Ipv4Addr),
    /// Brackets around something that is not an IPv6 address.
    #[error("expected an IPv6 address between the brackets")]
    Ipv6,
    /// An IPv6 address with a zone. Rules are about addresses, wherever they are attached.
    #[error("expected an address without a zone")]
    NoZone,
    /// An IPv6 address that is not in brackets, so that address and port cannot be told apart.
    #[error("expected an IPv6 address in brackets")]
    Brackets,
    /// A bracket that nothing closes.
    #[error("expected \"]\" after the IPv6 address")]
    ClosingBracket,
    /// A prefix length that is no number, or too large.
    #[error("expected a prefix length from 0 to {max}")]
    PrefixLength {
        /// 32 or 128.
        max: u8,
    },
    /// Bits below the prefix length are set: either the length is wrong or the address is.
    #[error("expected the address of the network (write {})", Host::Net(*.network))]
    Network {
        /// The network that the address is in.
        network: IpNet,
    },
    /// No port.
    #[error("expected \":\" and a port after the host")]
    ColonPort,
    /// Nothing, or nonsense, where a port belongs.
    #[error("expected a port, a range such as 8000-8999, or any")]
    Port,
    /// A number that is too large for a port.
    #[error("ports are 0 to 65535")]
    PortNumber,
    /// Port 0 in an outbound rule.
    #[error("expected a port from 1 to 65535 (0, an ephemeral port, is for inbound rules)")]
    RemotePort,
    /// Port 0 as the end of a range.
    #[error("expected a range that starts at 1 (0 stands alone, for an ephemeral port)")]
    RangeWithoutZero,
    /// A range whose end is below its start.
    #[error("expected a range from the lower port to the higher")]
    AscendingRange,
    /// A path or a query, as in the address of a web page.
    #[error("expected nothing after the port")]
    NoPath,
    /// An option that rules of this direction do not have.
    #[error("expected {}", known_options(*.0))]
    Option(Direction),
    /// An option for the second time.
    #[error("expected each option once")]
    OptionOnce,
    /// Something that is not an address or a network, in `#from=`.
    #[error("expected an address or a network after #from=")]
    Peer,
    /// Something that is not an address or a network, in `#to=`.
    #[error("expected an address or a network after #to=")]
    Destination,
    /// `#to=` in a rule without a name. An address says by itself where it is, and `any` with `#to=` is the network.
    #[error("expected no #to=, which is for names (write the network in place of the host)")]
    NameBeforeTo,
    /// Nothing where a mapping belongs.
    #[error("expected a mapping such as tcp://any:80=127.0.0.1:8080 or db.internal=10.0.0.5")]
    Mapping,
    /// A mapping that does not say where it leads.
    #[error("expected \"=\" and where it leads")]
    Equals,
    /// A name in the mapping of an address.
    #[error(
        "expected any, localhost, an address or a network (a name is mapped by itself: db.internal=10.0.0.5)"
    )]
    MappedHost,
    /// Several ports, or none, on the left side of a mapping.
    #[error("expected one port from 1 to 65535")]
    OnePort,
    /// No address with a port, on the right side of a mapping.
    #[error("expected an address and a port such as 127.0.0.1:8080 or [::1]:8080")]
    Target,
    /// IPv4 on one side of a mapping and IPv6 on the other.
    #[error("expected IPv4 on both sides, or IPv6 (a socket has one family)")]
    SameFamily,
    /// Something that is not one name, on the left side of a mapping.
    #[error("expected one name such as db.internal, or tcp:// or udp:// and an address")]
    MappedName,
    /// No address, on the right side of the mapping of a name.
    #[error(
        "expected an address such as 10.0.0.5 or fd00::5 (a port is mapped apart: tcp://any:80=127.0.0.1:8080)"
    )]
    NameTarget,
    /// Nothing that is limited.
    #[error("expected a limit ({})", names_of_limits())]
    LimitName,
    /// A limit without an amount.
    #[error("expected \"=\" and {}", .0.unit())]
    LimitAmount(Limit),
    /// No amount of this unit.
    #[error("expected {0}")]
    Amount(Unit),
    /// A fraction, or a number with separators.
    #[error("expected a whole number, without separators, in a smaller unit if need be")]
    WholeNumber,
    /// A unit of size that is none.
    #[error("expected B, kB, KiB, MB, MiB, GB, GiB, TB or TiB after the number")]
    SizeUnit,
    /// A unit of time that is none.
    #[error("expected ns, us, ms, s, min, h or d after the number")]
    TimeUnit,
    /// A number that is too large to count with.
    #[error("expected a smaller number")]
    SmallerNumber,
    /// A rate of nothing.
    #[error("expected a rate above 0 (at 0, nothing would ever move)")]
    MovingRate,
    /// Zero, of something that nothing runs without.
    #[error("expected more than 0 (for no limit, leave {0} out)")]
    MoreThanZero(Limit),
    /// No mode.
    #[error("expected enforce or report")]
    Mode,
    /// No word for what becomes of open connections.
    #[error("expected close or keep")]
    OnRevoke,
}

impl ParseError {
    /// The whole text is not what was expected.
    pub(crate) fn whole(input: &str, expected: Expected) -> Self {
        Self {
            input: input.to_owned(),
            span: 0..input.len(),
            expected,
            suggestion: None,
        }
    }

    /// The text that is not a rule.
    pub fn input(&self) -> &str {
        &self.input
    }

    /// The place in the text, in bytes. Empty where something is missing.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// What belongs there.
    pub fn expected(&self) -> &Expected {
        &self.expected
    }

    /// What stands there instead, unescaped; empty at the end of the text.
    pub fn found(&self) -> &str {
        self.input.get(self.found_span()).unwrap_or_default()
    }

    /// The whole rule as it was probably meant.
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }

    /// What is wrong and what was meant, in one line.
    pub(crate) fn headline(&self) -> impl fmt::Display {
        fmt::from_fn(|f| {
            write!(f, "{}, but found ", self.expected)?;
            match (self.found(), &self.expected) {
                ("", _) if self.input.is_empty() => f.write_str("nothing")?,
                ("", expected) => write!(f, "the end of the {}", expected.of_what())?,
                (found, Expected::PortNumber) => f.write_str(&escape(found))?,
                (found, _) => write!(f, "\"{}\"", escape(found))?,
            }
            match &self.suggestion {
                Some(suggestion) => write!(f, "; did you mean {}?", escape(suggestion)),
                None => Ok(()),
            }
        })
    }

    /// Where something is missing, the character that stands in its place is what was found.
    fn found_span(&self) -> Range<usize> {
        let Range { start, end } = self.span;
        let next = self.input.get(start..).and_then(|rest| rest.chars().next());
        if start < end {
            start..end
        } else {
            start..start + next.map_or(0, char::len_utf8)
        }
    }
}

impl std::error::Error for ParseError {}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.headline())?;
        if self.input.is_empty() {
            return Ok(());
        }

        // Not as a format width: those end at 65535, and beyond that is a panic.
        let before =
            " ".repeat(escape(self.input.get(..self.span.start).unwrap_or_default()).len());
        let marks = "^".repeat(escape(self.found()).len().max(1));
        write!(f, "\n  {}\n  {before}{marks}", escape(&self.input))
    }
}

/// Printable ASCII stays as it is; everything else is escaped to printable ASCII, one column a byte.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' '..='~' => escaped.push(c),
            _ => {
                // Writing to a `String` cannot fail.
                let _ = write!(escaped, "{}", c.escape_default());
            }
        }
    }
    escaped
}

impl Expected {
    /// What ends too early.
    fn of_what(&self) -> &'static str {
        match self {
            Self::Mapping
            | Self::Equals
            | Self::MappedHost
            | Self::OnePort
            | Self::Target
            | Self::SameFamily
            | Self::MappedName
            | Self::NameTarget => "mapping",
            Self::LimitName
            | Self::LimitAmount(_)
            | Self::Amount(_)
            | Self::WholeNumber
            | Self::SizeUnit
            | Self::TimeUnit
            | Self::SmallerNumber
            | Self::MovingRate
            | Self::MoreThanZero(_) => "limit",
            _ => "rule",
        }
    }
}

fn names_of_limits() -> String {
    Limit::ALL.map(Limit::as_str).join(", ")
}

fn known_options(direction: Direction) -> &'static str {
    match direction {
        Direction::Outbound => "an option of outbound rules (#to=)",
        Direction::Inbound => "an option of inbound rules (#from=)",
    }
}

fn known_hosts(direction: Direction) -> &'static str {
    match direction {
        Direction::Outbound => "a name, an address, a network, localhost or any",
        Direction::Inbound => "an address, a network, localhost or any",
    }
}
