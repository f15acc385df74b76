//! Texts that disturb nobody, and that have an end.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// How many characters of a text are written. None that a guest has a hand in comes near: names have 253, methods and
/// authorities of requests are cut.
pub(super) const MAX_TEXT: usize = 512;

/// Marks what was cut.
const MORE: char = '…';

/// The text, or the beginning of it.
pub(super) fn cut(text: impl Into<String>) -> String {
    let mut text = text.into();
    if let Some((end, _)) = text.char_indices().nth(MAX_TEXT) {
        text.truncate(end);
        text.push(MORE);
    }
    text
}

/// The value as JSON in printable ASCII.
pub(super) fn to_ascii(value: &impl Serialize) -> serde_json::Result<String> {
    let mut line = Vec::with_capacity(512);
    value.serialize(&mut Serializer::with_formatter(&mut line, Ascii))?;
    String::from_utf8(line).map_err(|error| serde_json::Error::io(io::Error::other(error)))
}

/// Escapes everything that is not printable ASCII. JSON asks for less (RFC 8259, 7), but a terminal takes DEL and the C1
/// controls for commands, and readers differ in what ends a line.
struct Ascii;

impl Formatter for Ascii {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut units = [0; 2];
        let mut rest = fragment;
        while let Some(at) = rest.find(|c: char| !(' '..='~').contains(&c)) {
            let (plain, other) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            let mut others = other.chars();
            if let Some(c) = others.next() {
                for unit in c.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
            rest = others.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_text_holds_the_line_is_printable_and_means_the_same() {
        let every: String = (0..=0x2100).filter_map(char::from_u32).collect();
        for text in [
            &every,
            "\u{1b}[2J",
            "\u{7f}\u{9b}31m",
            "\u{2028}\u{202e}",
            "🦀\"\\\n",
        ] {
            let line = to_ascii(&text).unwrap();
            assert!(line.bytes().all(|b| (b' '..=b'~').contains(&b)), "{line}");
            assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
        }
    }

    #[test]
    fn a_text_is_cut_between_characters_and_it_shows() {
        let longest = "é".repeat(MAX_TEXT);
        assert_eq!(cut(longest.as_str()), longest);
        assert_eq!(cut(format!("{longest}x")), format!("{longest}…"));
    }
}
