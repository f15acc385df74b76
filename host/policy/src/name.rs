//! Names, in the one form in which they are compared.

mod pattern;
mod pinned;

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

pub use pattern::NamePattern;
pub use pinned::PinnedName;

/// A name that can be looked up: `api.example.com`, in lower case and without the dot at the end.
///
/// Labels are made of letters, digits, hyphens and underscores; hyphens may stand anywhere, as resolvers do not mind. A
/// name in another script is written in its `xn--` form: two spellings of one name would ask for two rules. Cloning is
/// cheap.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NameError {
    /// There is nothing, or nothing but a dot.
    #[error("expected a name")]
    Empty,
    /// Another script.
    #[error("expected a name in ASCII (write its xn-- form)")]
    NotAscii,
    /// A character that names do not have.
    #[error("expected a name made of letters, digits, hyphens, underscores and dots")]
    Character,
    /// Two dots in a row, or one at the start.
    #[error("expected a label between the dots")]
    EmptyLabel,
    /// RFC 1035, 2.3.4: "labels: 63 octets or less".
    #[error("expected labels of at most 63 octets")]
    LongLabel,
    /// The 255 octets of RFC 1035, 2.3.4, less the two that the text does not show.
    #[error("expected a name of at most 253 octets")]
    Long,
    /// The last label is a number. Resolvers try such a text as an IPv4 address (and so does the URL standard), so what
    /// looks like a name would lead to an address.
    #[error("expected a name (what ends in a number is an address)")]
    Numeric,
}

impl Name {
    /// The name that the text stands for. The case does not matter, nor does one dot at the end.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        const LONGEST_LABEL: usize = 63;
        const LONGEST: usize = 253;

        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.chars().any(|c| !c.is_ascii() && !c.is_numeric()) {
            return Err(NameError::NotAscii);
        }
        let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        if !text.bytes().all(known) {
            return Err(NameError::Character);
        }
        if text.split('.').any(str::is_empty) {
            return Err(NameError::EmptyLabel);
        }
        if text.split('.').any(|label| label.len() > LONGEST_LABEL) {
            return Err(NameError::LongLabel);
        }
        if text.len() > LONGEST {
            return Err(NameError::Long);
        }
        if ends_in_number(text) {
            return Err(NameError::Numeric);
        }
        Ok(Self(text.to_ascii_lowercase().into()))
    }

    /// The text, in lower case and without a dot at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is `localhost`, which rules know the addresses of. To them, names below it are names like any other.
    pub fn is_localhost(&self) -> bool {
        self.as_str() == "localhost"
    }

    /// Whether this machine is meant: `localhost`, and every name below it. Nobody is asked for the addresses of these
    /// (RFC 6761, section 6.3).
    pub fn is_this_machine(&self) -> bool {
        self.is_localhost() || self.as_str().ends_with(".localhost")
    }

    /// Whether this is `any`. It can be looked up, but no rule can name it: there, the word means every name.
    pub(crate) fn is_any(&self) -> bool {
        self.as_str() == "any"
    }
}

/// Whether the last label is decimal, or hexadecimal with `0x`.
fn ends_in_number(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default();
    let decimal = last.bytes().all(|b| b.is_ascii_digit());
    let hexadecimal = last
        .get(..2)
        .is_some_and(|start| start.eq_ignore_ascii_case("0x"))
        && last.bytes().skip(2).all(|b| b.is_ascii_hexdigit());
    decimal || hexadecimal
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

/// A name is found by its text.
impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_have_one_text() {
        for (text, expected) in [
            ("example.com", "example.com"),
            ("Example.COM", "example.com"),
            ("example.com.", "example.com"),
            ("_dns.Resolver.arpa", "_dns.resolver.arpa"),
            ("XN--Bcher-kva.example", "xn--bcher-kva.example"),
            ("r3---sn-4g5e.example", "r3---sn-4g5e.example"),
            ("1password.com", "1password.com"),
            ("db", "db"),
            ("0xg", "0xg"),
            ("LOCALHOST", "localhost"),
        ] {
            assert_eq!(
                Name::parse(text).map(|name| name.to_string()),
                Ok(expected.to_owned())
            );
        }
    }

    #[test]
    fn what_is_no_name_says_why() {
        let label = "a".repeat(63);
        let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
        assert!(Name::parse(&longest).is_ok());
        assert!(Name::parse(&format!("{longest}.")).is_ok());
        for (text, expected) in [
            ("", NameError::Empty),
            (".", NameError::Empty),
            ("bücher.example", NameError::NotAscii),
            ("example。com", NameError::NotAscii),
            ("a b", NameError::Character),
            ("a\0.example", NameError::Character),
            ("*.example.com", NameError::Character),
            ("a:80", NameError::Character),
            ("１.２", NameError::Character),
            ("a..example", NameError::EmptyLabel),
            (".example", NameError::EmptyLabel),
            ("example..", NameError::EmptyLabel),
            (&format!("{label}a.example"), NameError::LongLabel),
            (&format!("{longest}a"), NameError::Long),
            ("127.0.0.1", NameError::Numeric),
            ("127.1.", NameError::Numeric),
            ("0x7f.1", NameError::Numeric),
            ("example.0x7F", NameError::Numeric),
            ("example.0x", NameError::Numeric),
            ("2130706433", NameError::Numeric),
        ] {
            assert_eq!(Name::parse(text), Err(expected), "{text}");
        }
    }
}
