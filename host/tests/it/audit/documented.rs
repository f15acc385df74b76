//! `docs/audit.md` against the lines that are written.

use std::collections::BTreeSet;

use serde_json::Value;

use super::samples::samples;
use super::schema::SCHEMA;
use super::value;

const DOCUMENT: &str = include_str!("../../../../docs/audit.md");

/// The lines of the document that are records.
fn examples() -> BTreeSet<String> {
    let records = DOCUMENT.lines().filter(|line| line.starts_with("{\"v\":"));
    records.map(str::to_owned).collect()
}

/// The names of all fields in it, also in the parts.
fn fields(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                into.insert(name.clone());
                fields(value, into);
            }
        }
        Value::Array(array) => array.iter().for_each(|value| fields(value, into)),
        _ => {}
    }
}

#[test]
fn each_example_of_the_document_is_written_so() {
    let written: BTreeSet<String> = samples().iter().map(|sample| sample.line()).collect();
    let examples = examples();
    let missing: Vec<&String> = written.difference(&examples).collect();
    let stale: Vec<&String> = examples.difference(&written).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "docs/audit.md lacks:\n{missing:#?}\nand has:\n{stale:#?}"
    );
}

#[test]
fn each_field_is_described_and_each_description_is_of_a_field() {
    let mut written = BTreeSet::new();
    for sample in samples() {
        fields(&value(&sample.line()), &mut written);
    }
    // What only a sink that has had trouble writes, and what only a very long record has.
    written.extend(["lost", "omitted"].map(str::to_owned));

    let described: BTreeSet<String> = DOCUMENT
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name.to_owned())
        // Not the types of Rust.
        .filter(|name| name.bytes().all(|b| b.is_ascii_lowercase()))
        .collect();
    assert_eq!(written, described, "docs/audit.md");

    let schema = value(SCHEMA);
    let mut in_schema = BTreeSet::new();
    properties(&schema, &mut in_schema);
    assert_eq!(written, in_schema, "docs/audit.schema.json");
}

/// The names of all properties of a schema.
fn properties(schema: &Value, into: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(named)) = object.get("properties") {
                into.extend(named.keys().cloned());
            }
            object.values().for_each(|value| properties(value, into));
        }
        Value::Array(array) => array.iter().for_each(|value| properties(value, into)),
        _ => {}
    }
}
