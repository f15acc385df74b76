//! What is said about a text that is no rule, and how it is printed.

use wasock_policy::Expected;

use crate::{headline, inbound, outbound};

#[test]
fn each_mistake_has_its_own_message() {
    for (text, expected) in [
        (
            "",
            "expected a rule such as tcp://192.0.2.1:443, but found nothing",
        ),
        (
            "192.0.2.1:443",
            "expected tcp:// or udp://, but found \"192.0.2.1:443\"; did you mean tcp://192.0.2.1:443?",
        ),
        (
            "http://192.0.2.1:80/",
            "expected tcp:// or udp://, but found \"http://\"; did you mean tcp://192.0.2.1:80?",
        ),
        (
            "UDP://any:53",
            "expected tcp:// or udp://, but found \"UDP://\"; did you mean udp://any:53?",
        ),
        (
            "udp:any:53",
            "expected tcp:// or udp://, but found \"udp:any:53\"; did you mean udp://any:53?",
        ),
        (
            "127.1:80",
            "expected tcp:// or udp://, but found \"127.1:80\"; did you mean tcp://127.0.0.1:80?",
        ),
        (
            " tcp://any:80",
            "expected a rule without white space, but found \" \"; did you mean tcp://any:80?",
        ),
        (
            "tcp://any:80\n",
            "expected a rule without white space, but found \"\\n\"; did you mean tcp://any:80?",
        ),
        (
            "tcp://192.0.2.1",
            "expected \":\" and a port after the host, but found the end of the rule",
        ),
        (
            "tcp://192.0.2.0/24",
            "expected \":\" and a port after the host, but found the end of the rule",
        ),
        (
            "tcp://[::1]",
            "expected \":\" and a port after the host, but found the end of the rule",
        ),
        (
            "tcp://[::1]80",
            "expected \":\" and a port after the host, but found the end of the rule",
        ),
        (
            "tcp://any#from=::1",
            "expected \":\" and a port after the host, but found \"#\"",
        ),
        (
            "tcp://",
            "expected \":\" and a port after the host, but found the end of the rule",
        ),
        (
            "tcp://any:",
            "expected a port, a range such as 8000-8999, or any, but found the end of the rule",
        ),
        (
            "tcp://any:80,",
            "expected a port, a range such as 8000-8999, or any, but found the end of the rule",
        ),
        (
            "tcp://any:80,,81",
            "expected a port, a range such as 8000-8999, or any, but found \",\"",
        ),
        (
            "tcp://any:-80",
            "expected a port, a range such as 8000-8999, or any, but found \"-\"",
        ),
        (
            "tcp://any:80-",
            "expected a port, a range such as 8000-8999, or any, but found the end of the rule",
        ),
        (
            "tcp://any:+80",
            "expected a port, a range such as 8000-8999, or any, but found \"+80\"",
        ),
        (
            "tcp://any:http",
            "expected a port, a range such as 8000-8999, or any, but found \"http\"",
        ),
        (
            "tcp://any:1-2-3",
            "expected a port, a range such as 8000-8999, or any, but found \"2-3\"",
        ),
        (
            "tcp://any:80:81",
            "expected a port, a range such as 8000-8999, or any, but found \"80:81\"",
        ),
        ("tcp://any:70000", "ports are 0 to 65535, but found 70000"),
        (
            "tcp://any:80,99999999999999999999",
            "ports are 0 to 65535, but found 99999999999999999999",
        ),
        (
            "tcp://any:9000-8000",
            "expected a range from the lower port to the higher, but found \"9000-8000\"; \
             did you mean tcp://any:8000-9000?",
        ),
        (
            "tcp://any:0-1023",
            "expected a range that starts at 1 (0 stands alone, for an ephemeral port), but found \"0-1023\"",
        ),
        (
            "tcp://any:80/",
            "expected nothing after the port, but found \"/\"; did you mean tcp://any:80?",
        ),
        (
            "tcp://any:80/a?b",
            "expected nothing after the port, but found \"/a?b\"; did you mean tcp://any:80?",
        ),
        (
            "tcp://any:80?b",
            "expected nothing after the port, but found \"?b\"; did you mean tcp://any:80?",
        ),
        (
            "tcp://any/a:80",
            "expected nothing after the port, but found \"/a\"; did you mean tcp://any:80?",
        ),
        (
            "tcp://::1:80",
            "expected an IPv6 address in brackets, but found \"::1\"; did you mean tcp://[::1]:80?",
        ),
        (
            "tcp://fd00::/8:80",
            "expected an IPv6 address in brackets, but found \"fd00::/8\"; did you mean tcp://[fd00::]/8:80?",
        ),
        (
            "tcp://::1",
            "expected an IPv6 address in brackets, but found \"::1\"",
        ),
        (
            "tcp://[::1:80",
            "expected \"]\" after the IPv6 address, but found the end of the rule",
        ),
        (
            "tcp://[::g]:80",
            "expected an IPv6 address between the brackets, but found \"::g\"",
        ),
        (
            "tcp://[]:80",
            "expected an IPv6 address between the brackets, but found \"]\"",
        ),
        (
            "tcp://[10.0.0.0]/8:80",
            "expected an IPv6 address between the brackets, but found \"[10.0.0.0]/8\"; \
             did you mean tcp://10.0.0.0/8:80?",
        ),
        (
            "tcp://[fe80::1%eth0]:80",
            "expected an address without a zone, but found \"fe80::1%eth0\"",
        ),
        (
            "tcp://10.0.0.0/33:80",
            "expected a prefix length from 0 to 32, but found \"33\"",
        ),
        (
            "tcp://10.0.0.0/:80",
            "expected a prefix length from 0 to 32, but found \":\"",
        ),
        (
            "tcp://10.0.0.0/+8:80",
            "expected a prefix length from 0 to 32, but found \"+8\"",
        ),
        (
            "tcp://10.0.0.0/255.0.0.0:80",
            "expected a prefix length from 0 to 32, but found \"255.0.0.0\"",
        ),
        (
            "tcp://[::]/129:80",
            "expected a prefix length from 0 to 128, but found \"129\"",
        ),
        (
            "tcp://10.1.2.3/8:80",
            "expected the address of the network (write 10.0.0.0/8), but found \"10.1.2.3/8\"; \
             did you mean tcp://10.0.0.0/8:80?",
        ),
        (
            "tcp://[2001:db8::1/32]:80",
            "expected the address of the network (write [2001:db8::]/32), but found \"[2001:db8::1/32]\"; \
             did you mean tcp://[2001:db8::]/32:80?",
        ),
        (
            "tcp://[::1/128]/128:80",
            "expected \":\" and a port after the host, but found \"/128\"; did you mean tcp://[::1/128]:80?",
        ),
    ] {
        assert_eq!(
            inbound(text).map_err(headline),
            Err(expected.to_owned()),
            "{text:?}"
        );
        assert_eq!(
            outbound(text).map_err(headline),
            Err(expected.to_owned()),
            "{text:?}"
        );
    }
}

#[test]
fn what_is_no_host_depends_on_the_direction() {
    for (text, found) in [("tcp://:80", ":"), ("tcp://me@any:80", "me@any")] {
        let expected = "an address, a network, localhost or any, but found";
        assert_eq!(
            outbound(text).map_err(headline),
            Err(format!("expected a name, {expected} \"{found}\"")),
        );
        assert_eq!(
            inbound(text).map_err(headline),
            Err(format!("expected {expected} \"{found}\"")),
        );
    }
    let bare = "example.com:443";
    let expected = format!("expected tcp:// or udp://, but found \"{bare}\"");
    assert_eq!(inbound(bare).map_err(headline), Err(expected.clone()));
    assert_eq!(
        outbound(bare).map_err(headline),
        Err(format!("{expected}; did you mean tcp://{bare}?")),
    );
}

#[test]
fn the_place_is_marked_under_the_input() {
    for (text, expected) in [
        ("example.com:443", "  example.com:443\n  ^^^^^^^^^^^^^^^"),
        ("tcp://any:70000", "  tcp://any:70000\n            ^^^^^"),
        ("tcp://any", "  tcp://any\n           ^"),
        ("tcp://any:80,,81", "  tcp://any:80,,81\n               ^"),
    ] {
        let said = outbound(text).unwrap_err().to_string();
        assert_eq!(
            said.split_once('\n').map(|(_, rest)| rest),
            Some(expected),
            "{text}"
        );
    }
    assert!(!outbound("").unwrap_err().to_string().contains('\n'));
}

#[test]
fn what_could_move_the_cursor_is_escaped_and_the_marks_still_fit() {
    assert_eq!(
        outbound("tcp://\u{1b}[2J\u{202e}é:80")
            .unwrap_err()
            .to_string(),
        "expected a rule without white space, but found \"\\u{1b}\"\n  \
           tcp://\\u{1b}[2J\\u{202e}\\u{e9}:80\n        \
                 ^^^^^^"
    );
    assert_eq!(
        outbound("tcp://é:x").unwrap_err().to_string(),
        "expected a port, a range such as 8000-8999, or any, but found \"x\"\n  \
           tcp://\\u{e9}:x\n               \
                        ^"
    );
}

#[test]
fn an_error_tells_programs_what_it_tells_people() {
    let error = outbound("tcp://any:9-8").unwrap_err();
    assert_eq!(error.input(), "tcp://any:9-8");
    assert_eq!(error.span(), 10..13);
    assert_eq!(error.found(), "9-8");
    assert_eq!(error.expected(), &Expected::AscendingRange);
    assert_eq!(error.suggestion(), Some("tcp://any:8-9"));
}

#[test]
fn a_long_text_is_as_good_as_a_short_one() {
    let ports = "80,".repeat(100_000);
    for text in [
        format!("tcp://any:{ports}x"),
        "x".repeat(100_000),
        ":".repeat(100_000),
    ] {
        let said = outbound(&text).unwrap_err().to_string();
        assert!(said.ends_with('^'), "{}", text.len());
    }
}
