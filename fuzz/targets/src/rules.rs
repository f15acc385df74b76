//! The text of policy rules: what is read is what is written, and what is wrong is marked where it is.

use std::fmt::Display;
use std::str::FromStr;

use wasock_policy::{InboundRule, Name, OutboundRule, ParseError, ResolveRule};

use crate::input::Input;

/// One text, read as each kind of rule.
pub(crate) fn rules(data: &[u8]) {
    let text = Input::new(data).text();
    rule::<OutboundRule>(&text);
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

fn name(text: &str) {
    if let Ok(name) = Name::parse(text) {
        assert_eq!(Name::parse(name.as_str()).as_ref(), Ok(&name));
        assert!(name.as_str().len() <= 253);
        assert!(name.as_str().parse::<std::net::IpAddr>().is_err());
    }
}
