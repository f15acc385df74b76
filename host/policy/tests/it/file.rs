//! Policies as files: what they say, and every way to get one wrong.

use wasock_policy::{Line, Mode, OnRevoke, Origin, Policy, PolicyFile};

use crate::{add, connect, listen, policy, verdict};

/// The file of the module's documentation.
const WHOLE: &str = r#"
version = 1
mode = "report"
on-revoke = "keep"
map = ["tcp://any:80=127.0.0.1:8080", "db.internal=10.0.0.5"]

[outbound]
allow = [
    "tcp://api.example.com:443",
    'tcp://db.internal:5432#to=10.0.0.0/8', # a comment
]
deny = ["tcp://any:25"]

[inbound]
allow = ["tcp://any:8080#from=10.0.0.0/8"]
deny = []

[resolve]
allow = ["*.internal.example"]
deny = ["secret.internal.example"]

[limits]
connections = 32
lookups = "1000"
bytes-out = "1GiB"
bytes-in = 4096
connect-time = "10s"
"#;

fn file(text: &str) -> Policy {
    let file = PolicyFile::parse("policy.toml", text).unwrap_or_else(|error| panic!("{error}"));
    Policy::builder().file(file).build()
}

fn said(text: &str) -> String {
    PolicyFile::parse("policy.toml", text)
        .unwrap_err()
        .to_string()
}

/// What is said about a file with these lines below the version.
fn said_below(lines: &str) -> String {
    said(&format!("version = 1\n{lines}"))
}

fn placed(policy: &Policy) -> Vec<String> {
    let shown = |line: Line| format!("{}: {line}", line.origin.as_ref().unwrap());
    policy.lines().map(shown).collect()
}

#[test]
fn a_file_says_what_the_options_of_a_command_line_say() {
    let flags = [
        "--allow-outbound tcp://api.example.com:443",
        "--allow-outbound tcp://db.internal:5432#to=10.0.0.0/8",
        "--deny-outbound tcp://any:25",
        "--allow-inbound tcp://any:8080#from=10.0.0.0/8",
        "--allow-resolve *.internal.example",
        "--deny-resolve secret.internal.example",
    ];
    let limits = [
        "connections=32",
        "lookups=1000",
        "bytes-out=1GiB",
        "bytes-in=4KiB",
        "connect-time=10s",
    ];
    let builder = flags
        .iter()
        .fold(Policy::builder(), |builder, line| add(builder, line));
    let expected = limits
        .iter()
        .fold(builder, |builder, limit| {
            builder.limit(limit.parse().unwrap())
        })
        .map("tcp://any:80=127.0.0.1:8080".parse().unwrap())
        .map("db.internal=10.0.0.5".parse().unwrap())
        .mode(Mode::Report)
        .on_revoke(OnRevoke::Keep)
        .build();
    assert_eq!(file(WHOLE), expected);
}

#[test]
fn each_line_knows_where_it_stands() {
    assert_eq!(
        placed(&file(WHOLE)),
        [
            "policy.toml:12: --deny-outbound tcp://any:25",
            "policy.toml:9: --allow-outbound tcp://api.example.com:443",
            "policy.toml:10: --allow-outbound tcp://db.internal:5432#to=10.0.0.0/8",
            "policy.toml:15: --allow-inbound tcp://any:8080#from=10.0.0.0/8",
            "policy.toml:20: --deny-resolve secret.internal.example",
            "policy.toml:19: --allow-resolve *.internal.example",
        ]
    );
}

#[test]
fn a_decision_names_the_place_of_the_line() {
    let policy =
        file("version = 1\n\n[outbound]\nallow = [\"tcp://any:any\"]\ndeny = [\"tcp://any:25\"]");
    let explain = |remote| {
        let request = connect(remote);
        policy.decide(&request).explain(&request).to_string()
    };
    assert_eq!(
        explain("8.8.8.8:80"),
        "allowed: outbound tcp 8.8.8.8:80 (--allow-outbound tcp://any:any, policy.toml:4)"
    );
    assert_eq!(
        explain("8.8.8.8:25"),
        "denied: outbound tcp 8.8.8.8:25 (--deny-outbound tcp://any:25, policy.toml:5)\n  \
           a deny rule wins over every allow rule"
    );
}

#[test]
fn the_name_of_a_file_cannot_disturb_a_terminal() {
    let origin = Origin::File {
        file: "\u{1b}[2J.toml".into(),
        line: 3,
    };
    assert_eq!(origin.to_string(), "\\u{1b}[2J.toml:3");
    let error = PolicyFile::parse("a\nb", "").unwrap_err();
    assert!(error.to_string().starts_with("a\\nb:1:1: "));
}

#[test]
fn a_file_that_only_has_a_version_refuses_everything() {
    let policy = file("version = 1");
    assert_eq!(policy, Policy::default());
    assert_eq!(
        verdict(&policy, &listen("127.0.0.1:80", false)),
        "no: no rule"
    );
}

#[test]
fn flags_and_a_file_add_up_and_the_smaller_limit_wins() {
    let parsed = PolicyFile::parse("policy.toml", WHOLE).unwrap();
    assert_eq!(parsed.mode(), Some(Mode::Report));
    let policy = Policy::builder()
        .map("db.internal=10.0.0.6".parse().unwrap())
        .limit("connections=64".parse().unwrap())
        .limit("bytes-out=1MB".parse().unwrap())
        .file(parsed)
        .mode(Mode::Enforce)
        .build();
    let limits = policy.limits();
    assert_eq!(
        (limits.connections, limits.bytes_out),
        (Some(32), Some(1_000_000))
    );
    assert_eq!(policy.mode(), Mode::Enforce);
    assert_eq!(policy.mappings().len(), 3);
    assert_eq!(policy.mappings()[0].to_string(), "db.internal=10.0.0.6");
}

#[test]
fn a_policy_is_written_as_the_file_that_says_it() {
    let policy = Policy::builder()
        .allow_outbound("tcp://*.example.com:443".parse().unwrap())
        .deny_outbound("tcp://any:25".parse().unwrap())
        .deny_resolve("any".parse().unwrap())
        .limit("sockets=5".parse().unwrap())
        .limit("total-connections=18446744073709551615".parse().unwrap())
        .limit("rate-out=10MiB/s".parse().unwrap())
        .map("db.internal=10.0.0.5".parse().unwrap())
        .mode(Mode::Report)
        .build();
    assert_eq!(
        policy.to_string(),
        "version = 1\n\
         mode = \"report\"\n\
         map = [\n    \"db.internal=10.0.0.5\",\n]\n\
         \n\
         [outbound]\n\
         allow = [\n    \"tcp://*.example.com:443\",\n]\n\
         deny = [\n    \"tcp://any:25\",\n]\n\
         \n\
         [resolve]\n\
         deny = [\n    \"any\",\n]\n\
         \n\
         [limits]\n\
         sockets = 5\n\
         total-connections = \"18446744073709551615\"\n\
         rate-out = \"10MiB/s\"\n"
    );
    assert_eq!(file(&policy.to_string()), policy);
    assert_eq!(Policy::default().to_string(), "version = 1\n");
}

#[test]
fn what_belongs_to_the_host_is_not_written() {
    let ceiling = policy(&["--allow-outbound tcp://any:443"]);
    let inner = Policy::builder()
        .ceiling(
            Policy::builder()
                .limit("sockets=1".parse().unwrap())
                .build(),
        )
        .ceiling(ceiling)
        .own_addresses(["10.0.0.1".parse().unwrap()])
        .build();
    assert_eq!(inner.to_string(), "version = 1\n");
}

#[test]
fn a_mistake_is_quoted_and_marked() {
    for (lines, expected) in [
        (
            "[outbound]\nallow = [\"192.0.2.1:443\"]",
            "policy.toml:3:11: expected tcp:// or udp://, but found \"192.0.2.1:443\"; did you mean tcp://192.0.2.1:443?\n  \
               allow = [\"192.0.2.1:443\"]\n            \
                         ^^^^^^^^^^^^^",
        ),
        (
            "[outbound]\nallow = [\n  \"tcp://any:80\",\n  \"tcp://any:70000\",\n]",
            "policy.toml:5:14: ports are 0 to 65535, but found 70000\n    \
                 \"tcp://any:70000\",\n               \
                            ^^^^^",
        ),
        (
            "[outbound]\nallow = [\"tcp://any\"]",
            "policy.toml:3:20: expected \":\" and a port after the host, but found the end of the rule\n  \
               allow = [\"tcp://any\"]\n                     \
                                  ^",
        ),
        (
            "[inbound]\nallow = [\"tcp://example.com:80\"]",
            "policy.toml:3:17: expected a local address (they are numeric: names are for outbound rules), \
             but found \"example.com\"\n  \
               allow = [\"tcp://example.com:80\"]\n                  \
                               ^^^^^^^^^^^",
        ),
        (
            "[resolve]\ndeny = [\"\"]",
            "policy.toml:3:9: expected a name such as api.example.com or *.example.com, or any, but found nothing\n  \
               deny = [\"\"]\n          \
                       ^^",
        ),
        (
            // With an escape, the text does not stand in the file as it is read.
            "[resolve]\ndeny = [\"a\\u0020b\"]",
            "policy.toml:3:9: expected a rule without white space, but found \" \"; did you mean ab?\n  \
               deny = [\"a\\u0020b\"]\n          \
                       ^^^^^^^^^^",
        ),
        (
            "[outbound]\nalow = [\"tcp://any:80\"]",
            "policy.toml:3:1: there is no \"alow\" here, but allow, deny\n  \
               alow = [\"tcp://any:80\"]\n  ^^^^",
        ),
        (
            "[limits]\nbytes_out = 1",
            "policy.toml:3:1: there is no \"bytes_out\" here; did you mean bytes-out?\n  bytes_out = 1\n  ^^^^^^^^^",
        ),
        (
            "[limits]\nmap = []",
            "policy.toml:3:1: \"map\" belongs above the first section\n  map = []\n  ^^^",
        ),
        (
            "[limits]\nsockets = 64\nbytes-out = \"1gb\"",
            "policy.toml:4:15: expected B, kB, KiB, MB, MiB, GB, GiB, TB or TiB after the number, but found \"gb\"\n  \
               bytes-out = \"1gb\"\n                \
                             ^^",
        ),
        (
            "[limits]\nconnect-time = 10",
            "policy.toml:3:18: expected ns, us, ms, s, min, h or d after the number, but found the end of the limit\n  \
               connect-time = 10\n                   \
                                ^",
        ),
        (
            "[limits]\nmemory = 0",
            "policy.toml:3:10: expected more than 0 (for no limit, leave memory out), but found \"0\"\n  \
               memory = 0\n           \
                        ^",
        ),
        (
            "[limits]\nsockets = 1_0000_",
            "policy.toml:3:17: `_` may only go between digits, expected nothing\n  sockets = 1_0000_\n                  ^",
        ),
        (
            "[limits]\nsockets = -1",
            "policy.toml:3:11: expected a number such as 32, but found \"-1\"\n  sockets = -1\n            ^^",
        ),
        (
            "[limits]\nsockets = 1.5",
            "policy.toml:3:11: expected a number such as 32, but found a fraction\n  sockets = 1.5\n            ^^^",
        ),
        (
            "limits = 5",
            "policy.toml:2:10: expected a section, [limits], but found a number\n  limits = 5\n           ^",
        ),
        (
            "outbound = [\"tcp://any:80\"]",
            "policy.toml:2:12: expected a section, [outbound], but found a list\n  \
               outbound = [\"tcp://any:80\"]\n             \
                          ^^^^^^^^^^^^^^^^",
        ),
        (
            "[outbound]\nallow = \"tcp://any:80\"",
            "policy.toml:3:9: expected a list of rules, in brackets, but found a text\n  \
               allow = \"tcp://any:80\"\n          \
                       ^^^^^^^^^^^^^^",
        ),
        (
            "[outbound]\nallow = [443]",
            "policy.toml:3:10: expected a rule, in quotes, but found a number\n  allow = [443]\n           ^^^",
        ),
        (
            "mode = \"audit\"",
            "policy.toml:2:9: expected enforce or report, but found \"audit\"\n  mode = \"audit\"\n          ^^^^^",
        ),
        (
            "mode = true",
            "policy.toml:2:8: expected enforce or report, but found true or false\n  mode = true\n         ^^^^",
        ),
        (
            "on-revoke = \"drop\"",
            "policy.toml:2:14: expected close or keep, but found \"drop\"\n  on-revoke = \"drop\"\n               ^^^^",
        ),
        (
            "map = [\"tcp://any:80\"]",
            "policy.toml:2:21: expected \"=\" and where it leads, but found the end of the mapping\n  \
               map = [\"tcp://any:80\"]\n                      \
                                   ^",
        ),
        (
            "[outbound]\n[outbound]",
            "policy.toml:3:2: duplicate key\n  [outbound]\n   ^^^^^^^^",
        ),
    ] {
        assert_eq!(said_below(lines), expected, "{lines}");
    }
}

#[test]
fn the_version_comes_first() {
    for (text, expected) in [
        (
            "",
            "policy.toml:1:1: there is nothing in the file: expected version = 1, and rules",
        ),
        (
            "[limits]\nsockets = 1",
            "policy.toml:1:1: expected version = 1 somewhere above the first section\n  [limits]\n  ^",
        ),
        (
            "version = 2",
            "policy.toml:1:11: expected version 1 of the format, the only one that this program knows\n  \
               version = 2\n            \
                         ^",
        ),
        (
            "version = \"1\"",
            "policy.toml:1:11: expected the number 1, but found a text\n  version = \"1\"\n            ^^^",
        ),
        (
            "version = ",
            "policy.toml:1:11: string values must be quoted, expected literal string\n  version = \n            ^",
        ),
    ] {
        assert_eq!(said(text), expected, "{text}");
    }
}

#[test]
fn all_mistakes_are_told_in_their_order() {
    let error = PolicyFile::parse(
        "policy.toml",
        "version = 3\n[resolve]\nallow = [\"a b\", \"tcp://a:1\"]\n[limits]\nsocket = 1\n[inbound]\nx = 1",
    )
    .unwrap_err();
    let places: Vec<_> = error
        .mistakes()
        .iter()
        .map(|mistake| (mistake.line(), mistake.column()))
        .collect();
    assert_eq!(places, [(1, 11), (3, 12), (3, 18), (5, 1), (7, 1)]);
    assert_eq!(error.mistakes()[0].span(), 10..11);
    assert!(
        error.mistakes()[3]
            .message()
            .starts_with("there is no \"socket\" here")
    );

    let many = format!("version = 1\noutbound.deny = [{}]", "\"x\", ".repeat(30));
    assert!(said(&many).ends_with("\nand 10 more"), "{}", said(&many));
}

#[test]
fn a_mistake_in_a_long_line_is_quoted_in_its_neighbourhood() {
    let fine = "\"tcp://any:80\", ".repeat(1_000);
    let said = said_below(&format!(
        "outbound.deny = [{fine}\"tcp://any:80000\", {fine}]"
    ));
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    assert!(lines[0].starts_with("policy.toml:2:16029: "), "{said}");
    assert!(
        lines[1].starts_with("  ...") && lines[1].ends_with("..."),
        "{said}"
    );
    let marked = lines[2].find('^').unwrap();
    assert_eq!(&lines[1][marked..marked + 5], "80000");
    assert!(lines[1].len() < 180, "{said}");
}

#[test]
fn what_could_move_the_cursor_is_escaped_and_the_marks_still_fit() {
    let said =
        said_below("# \u{202e}\noutbound.deny = [\"\u{e9}\u{e9}\u{2028}\", \"tcp://any:x\"]");
    let last: Vec<&str> = said.lines().rev().take(3).collect();
    assert!(said.is_ascii(), "{said}");
    assert!(last[2].starts_with("policy.toml:3:36: "), "{said}");
    let marked = last[0].find('^').unwrap();
    assert_eq!(&last[1][marked..=marked], "x");
}
