//! What holds for policies as files.

use proptest::prelude::*;
use proptest::sample::select;
use wasock_policy::{Limits, OnRevoke, Policy, PolicyBuilder, PolicyFile};

use super::strategy::{any_policy, any_request, mapping_text, mode};
use super::texts::limits;

/// A policy of everything that a file can say.
fn whole_policy() -> impl Strategy<Value = Policy> {
    let on_revoke = select(vec![OnRevoke::Close, OnRevoke::Keep]);
    let mappings = prop::collection::vec(mapping_text(), 0..4);
    (any_policy(), mode(), on_revoke, limits(), mappings).prop_map(
        |(policy, mode, on_revoke, limits, mappings): (_, _, _, Limits, Vec<String>)| {
            let builder = PolicyBuilder::from(policy)
                .mode(mode)
                .on_revoke(on_revoke)
                .limits(limits);
            let mapped = mappings
                .iter()
                .fold(builder, |builder, text| builder.map(text.parse().unwrap()));
            mapped.build()
        },
    )
}

/// The text of a file with something put into it.
fn damaged() -> impl Strategy<Value = String> {
    let part = select(vec![
        "\"", "'", "[", "]", "=", "\n", "x", "1", ",", ".", "#", "\u{1b}", "\u{202e}", "\\", "\r",
        "\t", "version", "[[", "{", "'''", "-",
    ]);
    let parts = prop::collection::vec((any::<prop::sample::Index>(), part), 1..4);
    (whole_policy(), parts).prop_map(|(policy, parts)| {
        let mut text = policy.to_string();
        for (at, part) in parts {
            let mut at = at.index(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            text.insert_str(at, part);
        }
        text
    })
}

fn read(text: &str) -> Policy {
    let file = PolicyFile::parse("policy.toml", text).unwrap_or_else(|error| panic!("{error}"));
    Policy::builder().file(file).build()
}

proptest! {
    #[test]
    fn a_policy_is_what_its_file_says(policy in whole_policy(), request in any_request()) {
        let read = read(&policy.to_string());
        prop_assert_eq!(&read, &policy);
        prop_assert_eq!(read.decide(&request), policy.decide(&request));
        prop_assert_eq!(read.to_string(), policy.to_string());
    }

    #[test]
    fn each_line_of_a_file_stands_where_it_says(policy in whole_policy()) {
        let text = policy.to_string();
        for line in read(&text).lines() {
            let Some(wasock_policy::Origin::File { line: number, .. }) = &line.origin else {
                panic!("{line} is of no file")
            };
            let written = text.lines().nth(*number as usize - 1).unwrap();
            prop_assert!(written.contains(&line.rule.to_string()), "{written}");
        }
    }

    #[test]
    fn no_file_is_too_strange_to_be_refused(text in prop_oneof![any::<String>(), damaged()]) {
        if let Err(error) = PolicyFile::parse("policy.toml", &text) {
            let said = error.to_string();
            prop_assert!(said.bytes().all(|b| b == b'\n' || (b' '..=b'~').contains(&b)), "{said:?}");
            prop_assert!(!error.mistakes().is_empty());
            for mistake in error.mistakes() {
                prop_assert!(text.get(mistake.span()).is_some(), "{said}");
                prop_assert!(mistake.line() >= 1 && mistake.column() >= 1);
                let shown = mistake.to_string();
                let lines: Vec<_> = shown.lines().collect();
                match lines.as_slice() {
                    // An empty line is not quoted.
                    [_] => {
                        let at = mistake.line() as usize - 1;
                        let written = text.split('\n').nth(at).unwrap_or_default();
                        prop_assert!(written.trim().is_empty(), "{shown}");
                    }
                    [_, quoted, marks] => prop_assert!(marks.len() <= quoted.len() + 1, "{shown}"),
                    _ => panic!("{shown}"),
                }
            }
        }
    }
}
