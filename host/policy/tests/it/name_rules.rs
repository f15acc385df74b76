//! Names in rules: which texts are patterns, what they match, and what is said about those that are none.

use wasock_policy::{Host, NamePattern};

use crate::{headline, inbound, name, outbound, resolve_rule};

#[test]
fn name_rules_are_shown_in_their_canonical_form() {
    for (text, expected) in [
        ("tcp://api.example.com:443", "tcp://api.example.com:443"),
        ("tcp://API.Example.Com.:443", "tcp://api.example.com:443"),
        ("udp://*.example.com:53", "udp://*.example.com:53"),
        ("udp://.example.com:53", "udp://*.example.com:53"),
        ("udp://.example.com.:53", "udp://*.example.com:53"),
        ("tcp://*.any:80", "tcp://*.any:80"),
        ("tcp://_x.db_1:80", "tcp://_x.db_1:80"),
        (
            "tcp://XN--bcher-KVA.example:80",
            "tcp://xn--bcher-kva.example:80",
        ),
        ("tcp://localhost.:80", "tcp://localhost:80"),
        ("tcp://*.localhost:80", "tcp://*.localhost:80"),
        (
            "tcp://db.internal:5432#to=10.0.0.0/8,[fd00::]/8",
            "tcp://db.internal:5432#to=10.0.0.0/8,fd00::/8",
        ),
        (
            "tcp://*.internal:1-9#to=10.0.3.7/32",
            "tcp://*.internal:1-9#to=10.0.3.7",
        ),
    ] {
        let rule = outbound(text).unwrap();
        assert_eq!(rule.to_string(), expected, "{text}");
        assert_eq!(outbound(expected), Ok(rule), "{text}");
    }
}

#[test]
fn what_is_no_name_says_why() {
    let label = "a".repeat(64);
    let long = "a.".repeat(126) + "aa";
    for (host, expected) in [
        (
            "bücher.example",
            "expected a name in ASCII (write its xn-- form)",
        ),
        (
            "*.b\u{fc}cher.example",
            "expected a name in ASCII (write its xn-- form)",
        ),
        ("a..b", "expected a label between the dots"),
        ("1.2.3..", "expected a label between the dots"),
        ("..example", "expected a label between the dots"),
        (label.as_str(), "expected labels of at most 63 octets"),
        (long.as_str(), "expected a name of at most 253 octets"),
        (
            "*example.com",
            "expected * in front of a name only, as in *.example.com",
        ),
        (
            "a.*.example",
            "expected * in front of a name only, as in *.example.com",
        ),
        (
            "*.*.example",
            "expected * in front of a name only, as in *.example.com",
        ),
        (
            "**",
            "expected * in front of a name only, as in *.example.com",
        ),
        (
            "*.127.0.0.1",
            "expected a name, an address, a network, localhost or any",
        ),
        (
            "example.0x7f",
            "expected a name, an address, a network, localhost or any",
        ),
        (
            "*.",
            "expected a name, an address, a network, localhost or any",
        ),
        (
            ".",
            "expected a name, an address, a network, localhost or any",
        ),
    ] {
        let said = outbound(&format!("tcp://{host}:80")).map_err(headline);
        let start = format!("{expected}, but found ");
        assert!(
            said.as_ref().is_err_and(|said| said.starts_with(&start)),
            "{host}: {said:?}"
        );
    }
}

#[test]
fn the_word_for_everything_is_no_name() {
    for text in ["ANY", "any.", "Any"] {
        assert_eq!(
            outbound(&format!("tcp://{text}:80")).map_err(headline),
            Err(format!(
                "expected any, which is no name, in lower case and without a dot, but found \"{text}\"; \
                 did you mean tcp://any:80?"
            )),
        );
        assert!(resolve_rule(text).is_err());
    }
}

#[test]
fn local_addresses_have_no_names() {
    for host in ["example.com", "*.example.com", "eth0", ".x"] {
        assert_eq!(
            inbound(&format!("tcp://{host}:80")).map_err(headline),
            Err(format!(
                "expected a local address (they are numeric: names are for outbound rules), but found \"{host}\""
            )),
        );
    }
    assert_eq!(
        inbound("tcp://LOCALHOST.:80").map(|rule| rule.to_string()),
        Ok("tcp://localhost:80".to_owned())
    );
}

#[test]
fn only_names_are_led_somewhere() {
    for (text, expected) in [
        (
            "tcp://10.0.0.1:80#to=10.0.0.0/8",
            "expected no #to=, which is for names (write the network in place of the host), but found \"to=10.0.0.0/8\"",
        ),
        (
            "tcp://any:80#to=10.0.0.0/8",
            "expected no #to=, which is for names (write the network in place of the host), but found \"to=10.0.0.0/8\"",
        ),
        (
            "tcp://localhost:80#to=127.0.0.1",
            "expected no #to=, which is for names (write the network in place of the host), but found \"to=127.0.0.1\"",
        ),
        (
            "tcp://db:80#to=any",
            "expected an address or a network after #to=, but found \"any\"",
        ),
        (
            "tcp://db:80#to=",
            "expected an address or a network after #to=, but found the end of the rule",
        ),
        (
            "tcp://db:80#to=::1#to=::2",
            "expected each option once, but found \"to=::2\"",
        ),
        (
            "tcp://db:80#to=10.1.2.3/8",
            "expected the address of the network (write 10.0.0.0/8), but found \"10.1.2.3/8\"; \
             did you mean tcp://db:80#to=10.0.0.0/8?",
        ),
    ] {
        assert_eq!(
            outbound(text).map_err(headline),
            Err(expected.to_owned()),
            "{text}"
        );
    }
}

#[test]
fn rules_about_lookups_are_names_and_nothing_else() {
    for (text, expected) in [
        ("api.example.com", "api.example.com"),
        ("API.example.com.", "api.example.com"),
        (".example.com", "*.example.com"),
        ("*.example.com", "*.example.com"),
        ("localhost", "localhost"),
        ("*", "any"),
        ("any", "any"),
    ] {
        let rule = resolve_rule(text).unwrap();
        assert_eq!(rule.to_string(), expected, "{text}");
        assert_eq!(resolve_rule(expected), Ok(rule), "{text}");
    }
    for (text, expected) in [
        (
            "",
            "expected a name such as api.example.com or *.example.com, or any, but found nothing",
        ),
        (
            "a b",
            "expected a rule without white space, but found \" \"; did you mean ab?",
        ),
        (
            "tcp://db.internal:5432#to=10.0.0.0/8",
            "expected a name alone, without scheme, port and option, but found \
             \"tcp://db.internal:5432#to=10.0.0.0/8\"; did you mean db.internal?",
        ),
        (
            "db.internal:5432",
            "expected a name alone, without scheme, port and option, but found \"db.internal:5432\"; \
             did you mean db.internal?",
        ),
        (
            "10.0.0.1:53",
            "expected a name alone, without scheme, port and option, but found \"10.0.0.1:53\"",
        ),
        (
            "10.0.0.1",
            "expected a name (an address needs no lookup), but found \"10.0.0.1\"",
        ),
        (
            "0x7f.1",
            "expected a name (an address needs no lookup), but found \"0x7f.1\"",
        ),
        (
            "[::1]",
            "expected a name (an address needs no lookup), but found \"[::1]\"",
        ),
        (
            "fd00::1",
            "expected a name (an address needs no lookup), but found \"fd00::1\"",
        ),
        (
            "256.0.0.1",
            "expected a name such as api.example.com or *.example.com, or any, but found \"256.0.0.1\"",
        ),
        (
            "a@b",
            "expected a name such as api.example.com or *.example.com, or any, but found \"a@b\"",
        ),
    ] {
        assert_eq!(
            resolve_rule(text).map_err(headline),
            Err(expected.to_owned()),
            "{text}"
        );
    }
}

#[test]
fn a_pattern_matches_whole_labels() {
    let pattern = |text: &str| match outbound(&format!("tcp://{text}:80"))
        .unwrap()
        .remote()
        .host
        .clone()
    {
        Host::Name(pattern) => pattern,
        other => panic!("{other} is no name"),
    };
    for (text, other, expected) in [
        ("example.com", "example.com", true),
        ("Example.com.", "EXAMPLE.com", true),
        ("example.com", "api.example.com", false),
        ("*.example.com", "api.example.com", true),
        ("*.example.com", "a.b.example.com.", true),
        ("*.example.com", "example.com", false),
        ("*.example.com", "notexample.com", false),
        ("*.example.com", "x.notexample.com", false),
        ("*.example.com", "example.com.evil", false),
        ("*.example.com", "api.example.comm", false),
        ("*.com", "a.example.com", true),
    ] {
        let pattern: NamePattern = pattern(text);
        assert_eq!(pattern.matches(&name(other)), expected, "{text} {other}");
    }
}
