//! From a TOML document to what it says as a policy.

use std::borrow::Cow;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::source::Source;
use super::{FileError, Mistake, PolicyFile};
use crate::{
    Effect, InboundRule, Limit, Limits, Line, OutboundRule, ParseError, ResolveRule, Rule, parse,
};

type Key<'a> = Spanned<Cow<'a, str>>;
type Value<'a> = Spanned<DeValue<'a>>;

/// The version of the format.
const VERSION: &str = "1";

/// What stands at the top.
const KEYS: [&str; 8] = [
    "version",
    "mode",
    "on-revoke",
    "map",
    "outbound",
    "inbound",
    "resolve",
    "limits",
];

/// What stands in a section of rules.
const EFFECTS: [&str; 2] = ["allow", "deny"];

/// Reads a whole document. Goes on after a mistake, so that all are told.
pub(super) fn document(source: &Source<'_>, table: &DeTable<'_>) -> Result<PolicyFile, FileError> {
    let mut reader = Reader {
        source,
        mistakes: Vec::new(),
        file: PolicyFile {
            lines: Vec::new(),
            limits: Limits::default(),
            mode: None,
            on_revoke: None,
            mappings: Vec::new(),
        },
    };
    reader.document(table);
    if reader.mistakes.is_empty() {
        Ok(reader.file)
    } else {
        Err(FileError::new(reader.mistakes))
    }
}

struct Reader<'a> {
    source: &'a Source<'a>,
    mistakes: Vec<Mistake>,
    file: PolicyFile,
}

impl Reader<'_> {
    fn document(&mut self, table: &DeTable<'_>) {
        if !table.contains_key("version") {
            let message = if table.is_empty() {
                format!("there is nothing in the file: expected version = {VERSION}, and rules")
            } else {
                format!("expected version = {VERSION} somewhere above the first section")
            };
            self.wrong(0..0, message);
        }
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "version" => self.version(value),
                "mode" => self.file.mode = self.word(value, "enforce or report"),
                "on-revoke" => self.file.on_revoke = self.word(value, "close or keep"),
                "map" => self.mappings(value),
                "outbound" => self.rules::<OutboundRule>(key, value),
                "inbound" => self.rules::<InboundRule>(key, value),
                "resolve" => self.rules::<ResolveRule>(key, value),
                "limits" => self.limits(key, value),
                _ => self.unknown(key, &KEYS),
            }
        }
    }

    fn version(&mut self, value: &Value<'_>) {
        match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 && number.as_str() == VERSION => {}
            DeValue::Integer(_) => self.wrong(
                value.span(),
                format!(
                    "expected version {VERSION} of the format, the only one that this program knows"
                ),
            ),
            other => self.unlike(value, other, "the number 1"),
        }
    }

    /// A word that the value has to be.
    fn word<T: FromStr<Err = ParseError>>(&mut self, value: &Value<'_>, wanted: &str) -> Option<T> {
        let read = self.text(value, wanted)?.parse();
        self.right(value, read)
    }

    fn mappings(&mut self, value: &Value<'_>) {
        for element in self.list(value, "a list of mappings, in brackets") {
            const WANTED: &str = "a mapping, in quotes";
            let mapping = self.word(element, WANTED);
            self.file.mappings.extend(mapping);
        }
    }

    fn rules<R>(&mut self, section: &Key<'_>, value: &Value<'_>)
    where
        R: FromStr<Err = ParseError>,
        Rule: From<Arc<R>>,
    {
        for (key, value) in self.section(section, value) {
            let effect = match key.get_ref().as_ref() {
                "allow" => Effect::Allow,
                "deny" => Effect::Deny,
                _ => {
                    self.unknown(key, &EFFECTS);
                    continue;
                }
            };
            for element in self.list(value, "a list of rules, in brackets") {
                let Some(rule) = self.word::<R>(element, "a rule, in quotes") else {
                    continue;
                };
                self.file.lines.push(Line {
                    effect,
                    rule: Arc::new(rule).into(),
                    origin: Some(self.source.origin(element.span().start)),
                });
            }
        }
    }

    fn limits(&mut self, section: &Key<'_>, value: &Value<'_>) {
        for (key, value) in self.section(section, value) {
            let name = key.get_ref().as_ref();
            let known = Limit::ALL.into_iter().find(|limit| limit.as_str() == name);
            let Some(limit) = known else {
                self.unknown(key, &Limit::ALL.map(Limit::as_str));
                continue;
            };
            let text = match value.get_ref() {
                DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
                DeValue::String(text) => text,
                other => {
                    self.unlike(value, other, &limit.unit().to_string());
                    continue;
                }
            };
            let read = parse::amount_of(limit, text);
            if let Some(setting) = self.right(value, read) {
                self.file.limits = self.file.limits.tightest(setting.into());
            }
        }
    }

    /// The entries of a section; none, and a mistake, if it is something else.
    fn section<'v>(
        &mut self,
        key: &Key<'_>,
        value: &'v Value<'v>,
    ) -> impl Iterator<Item = (&'v Key<'v>, &'v Value<'v>)> + use<'v> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            let wanted = format!("a section, [{}]", key.get_ref());
            self.unlike(value, value.get_ref(), &wanted);
        }
        table.into_iter().flatten()
    }

    /// The elements of a list; none, and a mistake, if it is something else.
    fn list<'v>(
        &mut self,
        value: &'v Value<'v>,
        wanted: &str,
    ) -> impl Iterator<Item = &'v Value<'v>> + use<'v> {
        let list = value.get_ref().as_array();
        if list.is_none() {
            self.unlike(value, value.get_ref(), wanted);
        }
        list.into_iter().flatten()
    }

    fn text<'v>(&mut self, value: &'v Value<'v>, wanted: &str) -> Option<&'v str> {
        match value.get_ref() {
            DeValue::String(text) => Some(text),
            other => {
                self.unlike(value, other, wanted);
                None
            }
        }
    }

    /// What was read, or a mistake where the value says so.
    fn right<T>(&mut self, value: &Value<'_>, read: Result<T, ParseError>) -> Option<T> {
        match read {
            Ok(read) => Some(read),
            Err(error) => {
                let span = self.inside(value, &error);
                self.wrong(span, error.headline().to_string());
                None
            }
        }
    }

    /// The place of the error in the file. A text with escapes does not stand there as it is read, so it is marked as a whole.
    fn inside(&self, value: &Value<'_>, error: &ParseError) -> Range<usize> {
        let Range { start, end } = value.span();
        let written = self.source.text(start..end);
        let Some(offset) = written.find(error.input()).filter(|offset| {
            let quotes = written.len() - error.input().len();
            quotes == 2 * offset
        }) else {
            return start..end;
        };
        let Range {
            start: from,
            end: to,
        } = error.span();
        start + offset + from..start + offset + to
    }

    fn unknown(&mut self, key: &Key<'_>, known: &[&str]) {
        let name = key.get_ref().as_ref();
        let alike = name.to_ascii_lowercase().replace('_', "-");
        let message = if known.contains(&alike.as_str()) {
            format!("there is no \"{name}\" here; did you mean {alike}?")
        } else if KEYS.contains(&name) {
            format!("\"{name}\" belongs above the first section")
        } else {
            format!("there is no \"{name}\" here, but {}", known.join(", "))
        };
        self.wrong(key.span(), message);
    }

    fn unlike(&mut self, value: &Value<'_>, found: &DeValue<'_>, wanted: &str) {
        let found = match found {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a number",
            DeValue::Float(_) => "a fraction",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a section",
        };
        self.wrong(
            value.span(),
            format!("expected {wanted}, but found {found}"),
        );
    }

    fn wrong(&mut self, span: Range<usize>, message: impl Into<String>) {
        let mistake = self.source.mistake(span, message);
        self.mistakes.push(mistake);
    }
}
