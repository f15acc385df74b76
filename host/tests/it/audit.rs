//! The records of what guests do: their form, and the ways they take.

mod command;
mod documented;
mod embedded;
mod samples;
mod schema;
mod sinks;
mod texts;

use std::io::Write;
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::SystemTime;

use proptest::prelude::*;
use wasock::Record;
use wasock::audit::json::{self, LineError, Lines, read_line};
use wasock::audit::{Decided, Entry, Guest, Http, HttpOutcome, HttpScheme, Lookup};
use wasock::learn::Learner;
use wasock::policy::{Policy, PolicyFile, Request};

use self::samples::{Sample, answered, connect, pinned, samples};

/// As an entry of nobody's, at the beginning.
fn first(record: &Record) -> Entry<'_> {
    static NOBODY: Guest = Guest {
        name: None,
        tenant: None,
    };
    Entry {
        record,
        guest: &NOBODY,
        sequence: 0,
        time: SystemTime::UNIX_EPOCH,
        count: 1,
    }
}

/// A connect to there, which the empty policy denies.
fn decided_by_nothing(remote: &str) -> Record {
    let request = connect(remote, &[]);
    Record::Decided(Decided {
        decision: Policy::default().decide(&request),
        request,
        asked: None,
    })
}

#[test]
fn what_is_read_is_what_was_written() {
    for sample in samples() {
        let line = read_line(&sample.line()).unwrap();
        assert_eq!(serde_json::to_value(&line).unwrap(), value(&sample.line()));
        let read = line.recorded().unwrap();
        let requests: Vec<Request> = read.into_iter().map(|read| read.request).collect();
        assert_eq!(requests, decided_on(&sample.record), "{}", sample.about);
    }
}

/// The requests that a record is about.
fn decided_on(record: &Record) -> Vec<Request> {
    let lookup = |lookup: &Lookup| {
        let name = lookup.name.asked.clone();
        let wasock::audit::Outcome::Answered(answers) = &lookup.outcome else {
            return vec![Request::Resolve { name }];
        };
        let answers = answers.iter().map(|answer| Request::Answer {
            name: lookup.name.clone(),
            address: answer.address,
        });
        std::iter::once(Request::Resolve { name })
            .chain(answers)
            .collect()
    };
    match record {
        Record::Decided(decided) => vec![decided.request.clone()],
        Record::Lookup(record) => lookup(record),
        Record::Http(http) => {
            let mut requests = http.lookup.as_ref().map(lookup).unwrap_or_default();
            requests.extend(http.connects.iter().map(|decided| decided.request.clone()));
            requests
        }
        _ => Vec::new(),
    }
}

#[test]
fn a_verdict_is_read_as_it_was() {
    let policy = Policy::builder()
        .allow_outbound("tcp://api.example.com:443".parse().unwrap())
        .build();
    let lookup = Record::Lookup(answered(
        &policy,
        &pinned("api.example.com", &[]),
        &["10.0.0.1"],
    ));
    let read = read_line(&json::line(&first(&lookup))).unwrap();
    let verdicts: Vec<String> = read
        .recorded()
        .unwrap()
        .iter()
        .map(|read| read.verdict.to_string())
        .collect();
    assert_eq!(verdicts, ["allowed", "denied"]);
    assert_eq!(read.fields.verdict.as_deref(), Some("denied"));
}

#[test]
fn what_is_no_record_is_an_error_that_says_why() {
    for (line, expected) in [
        ("", "expected a record in JSON, but EOF"),
        ("{", "expected a record in JSON, but EOF"),
        ("[]", "expected a record in JSON, but "),
        ("{\"v\":2}", "expected version 1, but found 2"),
        ("{\"v\":1}", "missing field `time`"),
        (
            r#"{"v":1,"time":"","seq":-1,"event":"bind"}"#,
            "invalid value",
        ),
    ] {
        let error = read_line(line).unwrap_err().to_string();
        assert!(error.contains(expected), "{line}: {error}");
    }
    for (fields, expected) in [
        (
            r#""event":"connect","verdict":"allowed","protocol":"tcp""#,
            LineError::Missing("remote"),
        ),
        (
            r#""event":"connect","verdict":"allowed","remote":"127.0.0.1:1","protocol":"sctp""#,
            LineError::Meaningless("protocol", "sctp".into()),
        ),
        (
            r#""event":"resolve","verdict":"allowed","name":"a b""#,
            LineError::Meaningless("name", "a b".into()),
        ),
        (
            r#""event":"listen","local":"127.0.0.1:1","verdict":"perhaps""#,
            LineError::Meaningless("verdict", "perhaps".into()),
        ),
    ] {
        let line = format!(r#"{{"v":1,"time":"","seq":0,{fields}}}"#);
        let read = read_line(&line).unwrap();
        assert_eq!(read.recorded(), Err(expected), "{line}");
    }
    let long = format!("{{{}", " ".repeat(json::MAX_LINE));
    assert_eq!(read_line(&long), Err(LineError::Long));
}

#[test]
fn what_a_later_version_adds_is_passed_over() {
    let line = r#"{"v":1,"time":"","seq":0,"event":"teleport","whither":{"x":1}}"#;
    assert_eq!(read_line(line).unwrap().recorded(), Ok(Vec::new()));
}

/// The longest names, as many as there can be, answers without end and texts full of what has to be escaped.
#[test]
fn no_guest_makes_a_line_longer_than_it_says() {
    let name = |first: u8| {
        let label = char::from(b'a' + first % 26).to_string().repeat(63);
        format!("{label}.{label}.{label}.{}", "z".repeat(61))
    };
    let aliases: Vec<String> = (0..16).map(name).collect();
    let aliases: Vec<&str> = aliases.iter().map(String::as_str).collect();
    let names = vec![pinned(&name(3), &aliases); 1_024];
    let addresses: Vec<String> = (0..256)
        .map(|low| Ipv4Addr::new(10, 0, 0, low as u8).to_string())
        .collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let policy = Policy::builder()
        .allow_outbound(format!("tcp://{}:443", name(3)).parse().unwrap())
        .build();

    let request = connect("10.0.0.1:443", &names);
    let decision = policy.decide(&request);
    let escaped: Box<str> = "\u{10ffff}".repeat(100_000).into();
    let records = [
        Record::Decided(Decided {
            request: request.clone(),
            decision: decision.clone(),
            asked: None,
        }),
        Record::Http(Http {
            method: escaped.clone(),
            scheme: HttpScheme::Https,
            authority: escaped.clone(),
            lookup: Some(answered(&policy, &names[0], &addresses)),
            connects: vec![
                Decided {
                    request,
                    decision,
                    asked: None,
                };
                100
            ],
            outcome: HttpOutcome::Failed(escaped.clone()),
        }),
    ];
    for record in &records {
        let guest = Guest {
            name: Some(escaped.clone().into()),
            tenant: Some(escaped.clone().into()),
        };
        let line = json::line(&Entry {
            guest: &guest,
            ..first(record)
        });
        assert!(line.len() <= json::MAX_LINE, "{}", line.len());
        assert!(read_line(&line).unwrap().fields.omitted > Some(0));
    }
}

#[test]
fn another_language_reads_the_same() {
    let lines: Vec<String> = samples().iter().map(Sample::line).collect();
    const PROGRAM: &str = "import json, sys\n\
        for line in sys.stdin.buffer:\n\
        \x20   print(json.dumps(json.loads(line), sort_keys=True))";
    let mut python = Command::new("python3")
        .args(["-c", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = python.stdin.take().unwrap();
    stdin
        .write_all((lines.join("\n") + "\n").as_bytes())
        .unwrap();
    drop(stdin);
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    let read = String::from_utf8(output.stdout).unwrap();
    assert_eq!(read.lines().count(), lines.len());
    for (read, written) in read.lines().zip(&lines) {
        assert_eq!(value(read), value(written));
    }
}

proptest! {
    /// Whatever became of a file, reading it is an answer or an error.
    #[test]
    fn a_damaged_line_is_read_or_refused(
        sample in 0_usize..20,
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let line = samples()[sample].line();
        let mut bytes = line.clone().into_bytes();
        for (at, byte) in &damage {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        bytes.truncate(cut.index(bytes.len() + 1));
        let mut learner = Learner::default().denied(true);
        for read in Lines::new(bytes.as_slice()) {
            let (number, read) = read.unwrap();
            prop_assert!(number > 0);
            if let Err(error) = read.and_then(|read| learner.add(&read)) {
                let text = error.to_string();
                prop_assert!(!text.chars().any(char::is_control), "{text:?}");
            }
        }
        let learnt = learner.learn().to_string();
        prop_assert!(PolicyFile::parse("learnt.toml", &learnt).is_ok(), "{learnt}");
    }
}

fn value(line: &str) -> serde_json::Value {
    serde_json::from_str(line).unwrap()
}

#[test]
fn control_characters_reach_no_terminal() {
    let evil: Arc<str> = "\u{1b}[2J\u{7f}\u{9b}31m\u{2028}\r\n".into();
    let guest = Guest {
        name: Some(Arc::clone(&evil)),
        tenant: Some(evil),
    };
    let record = Record::Http(Http {
        method: "\u{1b}c".into(),
        scheme: HttpScheme::Https,
        authority: "\0\u{85}".into(),
        lookup: None,
        connects: Vec::new(),
        outcome: HttpOutcome::Failed("\u{202e}".into()),
    });
    let entry = Entry {
        guest: &guest,
        ..first(&record)
    };
    let line = json::line(&entry);
    assert!(line.bytes().all(|b| (b' '..=b'~').contains(&b)), "{line}");
    assert_eq!(
        read_line(&line).unwrap().guest.as_deref(),
        guest.name.as_deref()
    );
    let printable = |c: char| c == '\n' || !c.is_control();
    assert!(
        record.explain().chars().all(printable),
        "{}",
        record.explain()
    );
}
