//! `docs/audit.schema.json` against the lines that are written: a validator for the part of JSON Schema that it uses.

use serde_json::{Map, Value};

use super::samples::{Sample, samples};
use super::value;

pub(super) const SCHEMA: &str = include_str!("../../../../docs/audit.schema.json");

/// What is wrong with a value, by the place in it.
fn faults(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (keyword, operand) in schema.as_object().unwrap() {
        let fine = match keyword.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let pointer = operand.as_str().unwrap().strip_prefix('#').unwrap();
                let schema = root.pointer(pointer).unwrap();
                faults.extend(self::faults(root, schema, value, at));
                true
            }
            "type" => is_of(value, operand.as_str().unwrap()),
            "const" => value == operand,
            "enum" => operand.as_array().unwrap().contains(value),
            "minimum" => value.as_f64() >= operand.as_f64(),
            "maxLength" => {
                let length = value.as_str().map_or(0, |text| text.chars().count());
                length as u64 <= operand.as_u64().unwrap()
            }
            "required" => {
                let there = |field: &Value| value.get(field.as_str().unwrap()).is_some();
                operand.as_array().unwrap().iter().all(there)
            }
            "items" => {
                for (index, item) in value.as_array().unwrap().iter().enumerate() {
                    faults.extend(self::faults(root, operand, item, &format!("{at}/{index}")));
                }
                true
            }
            "properties" => {
                for (name, schema) in operand.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        faults.extend(self::faults(root, schema, value, &format!("{at}/{name}")));
                    }
                }
                true
            }
            "additionalProperties" => {
                assert_eq!(operand, &Value::Bool(false));
                let known = schema["properties"].as_object().unwrap();
                let is_known = |name: &String| known.contains_key(name);
                value.as_object().unwrap().keys().all(is_known)
            }
            "oneOf" => {
                let fits = |schema: &&Value| self::faults(root, schema, value, at).is_empty();
                operand.as_array().unwrap().iter().filter(fits).count() == 1
            }
            other => panic!("{at}: the test does not know the keyword {other}"),
        };
        if !fine {
            faults.push(format!("{at}: {keyword} {operand}"));
        }
    }
    faults
}

fn is_of(value: &Value, type_: &str) -> bool {
    match type_ {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64(),
        "number" => value.is_number(),
        other => panic!("the test does not know the type {other}"),
    }
}

fn check(line: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    faults(&schema, &schema, line, "")
}

#[test]
fn every_kind_of_record_fits_the_schema() {
    for sample in samples() {
        let faults = check(&value(&sample.line()));
        assert!(faults.is_empty(), "{}: {faults:#?}", sample.about);
    }
}

/// So that the test above can fail.
#[test]
fn a_line_that_lacks_something_or_has_too_much_does_not_fit() {
    let line = value(&samples().first().map(Sample::line).unwrap());
    type Change = Box<dyn Fn(&mut Map<String, Value>)>;
    let mut changes: Vec<Change> = vec![
        Box::new(|line| _ = line.insert("more".into(), 1.into())),
        Box::new(|line| _ = line.insert("v".into(), 2.into())),
        Box::new(|line| _ = line.insert("seq".into(), (-1).into())),
        Box::new(|line| _ = line.insert("verdict".into(), "perhaps".into())),
        Box::new(|line| _ = line.insert("event".into(), "teleport".into())),
    ];
    for field in ["v", "time", "seq", "event", "verdict", "remote", "protocol"] {
        changes.push(Box::new(move |line| _ = line.remove(field).unwrap()));
    }
    for (number, change) in changes.iter().enumerate() {
        let mut line = line.clone();
        change(line.as_object_mut().unwrap());
        assert!(!check(&line).is_empty(), "{number}: {line}");
    }
}
