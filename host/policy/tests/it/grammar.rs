//! What is a rule, in which form it is shown, and which texts look like one.

use crate::{headline, inbound, outbound};

#[test]
fn rules_are_shown_in_their_canonical_form() {
    for (text, expected) in [
        ("tcp://192.0.2.1:443", "tcp://192.0.2.1:443"),
        ("udp://10.0.0.53:53", "udp://10.0.0.53:53"),
        ("tcp://*:*", "tcp://any:any"),
        ("tcp://any:any", "tcp://any:any"),
        ("tcp://LocalHost:80", "tcp://localhost:80"),
        ("tcp://10.0.0.0/8:80,443", "tcp://10.0.0.0/8:80,443"),
        ("tcp://10.0.0.1/32:80", "tcp://10.0.0.1:80"),
        ("tcp://[::1]:80", "tcp://[::1]:80"),
        ("tcp://[2001:DB8:0::1]:80", "tcp://[2001:db8::1]:80"),
        ("tcp://[2001:db8::]/32:80", "tcp://[2001:db8::]/32:80"),
        ("tcp://[2001:db8::/32]:80", "tcp://[2001:db8::]/32:80"),
        ("tcp://any:8000-8999", "tcp://any:8000-8999"),
        (
            "tcp://any:443,80,8000-8999,443",
            "tcp://any:80,443,8000-8999",
        ),
        ("tcp://any:80-90,85-100", "tcp://any:80-100"),
        ("tcp://any:80,any", "tcp://any:any"),
        ("tcp://any:0080", "tcp://any:80"),
    ] {
        assert_eq!(
            outbound(text).map(|rule| rule.to_string()),
            Ok(expected.to_owned()),
            "{text}"
        );
        assert_eq!(
            inbound(text).map(|rule| rule.to_string()),
            Ok(expected.to_owned()),
            "{text}"
        );
    }
}

#[test]
fn ephemeral_ports_and_peers_are_for_inbound_rules() {
    for (text, expected) in [
        ("tcp://any:0", "tcp://any:0"),
        ("tcp://any:1,0", "tcp://any:0,1"),
        (
            "tcp://any:8080#from=10.0.0.0/8",
            "tcp://any:8080#from=10.0.0.0/8",
        ),
        (
            "tcp://any:8080#from=10.1.2.3/32",
            "tcp://any:8080#from=10.1.2.3",
        ),
        (
            "tcp://any:8080#from=10.0.0.0/8,fd00::/8",
            "tcp://any:8080#from=10.0.0.0/8,fd00::/8",
        ),
        (
            "tcp://any:8080#from=[fd00::]/8,[::1]",
            "tcp://any:8080#from=fd00::/8,::1",
        ),
        (
            "tcp://any:8080#from=::ffff:10.0.0.1",
            "tcp://any:8080#from=10.0.0.1",
        ),
    ] {
        assert_eq!(
            inbound(text).map(|rule| rule.to_string()),
            Ok(expected.to_owned()),
            "{text}"
        );
        assert!(outbound(text).is_err(), "{text}");
    }
}

#[test]
fn an_ipv4_mapped_address_is_its_ipv4_form() {
    for (text, expected) in [
        ("tcp://[::ffff:192.0.2.1]:80", "tcp://192.0.2.1:80"),
        ("tcp://[::ffff:c000:201]:80", "tcp://192.0.2.1:80"),
        ("tcp://[::ffff:10.0.0.0]/104:80", "tcp://10.0.0.0/8:80"),
        ("tcp://[::ffff:0:0/96]:80", "tcp://0.0.0.0/0:80"),
        ("tcp://[::]/0:80", "tcp://[::]/0:80"),
    ] {
        assert_eq!(
            outbound(text).map(|rule| rule.to_string()),
            Ok(expected.to_owned()),
            "{text}"
        );
    }
}

#[test]
fn what_looks_like_an_ipv4_address_is_never_a_name() {
    for (host, address) in [
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0X7F.0.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("0x", "0.0.0.0"),
        ("10.0.258", "10.0.1.2"),
    ] {
        assert_eq!(
            outbound(&format!("tcp://{host}:80")).map_err(headline),
            Err(format!(
                "expected an IPv4 address in its usual form (write {address}), \
                 but found \"{host}\"; did you mean tcp://{address}:80?"
            )),
        );
    }
    for host in [
        "256.0.0.1",
        "1.2.3.4.5",
        "4294967296",
        "09.1.2.3",
        "0x1ffffffff",
        "a.0x7g1.0xfff",
        "１.２",
    ] {
        assert_eq!(
            outbound(&format!("tcp://{host}:80")).map_err(headline),
            Err(format!(
                "expected a name, an address, a network, localhost or any, but found \"{}\"",
                host.chars()
                    .map(|c| if c.is_ascii() {
                        c.to_string()
                    } else {
                        c.escape_unicode().to_string()
                    })
                    .collect::<String>()
            )),
        );
    }
}

#[test]
fn each_direction_says_what_it_knows() {
    for (text, expected) in [
        (
            "tcp://any:0",
            "expected a port from 1 to 65535 (0, an ephemeral port, is for inbound rules), but found \"0\"",
        ),
        (
            "tcp://any:80#from=::1",
            "expected an option of outbound rules (#to=), but found \"from=::1\"",
        ),
        (
            "tcp://any:80#",
            "expected an option of outbound rules (#to=), but found the end of the rule",
        ),
    ] {
        assert_eq!(
            outbound(text).map_err(headline),
            Err(expected.to_owned()),
            "{text}"
        );
    }
    for (text, expected) in [
        (
            "tcp://any:80#to=::1",
            "expected an option of inbound rules (#from=), but found \"to=::1\"",
        ),
        (
            "tcp://any:80#",
            "expected an option of inbound rules (#from=), but found the end of the rule",
        ),
        (
            "tcp://any:80#From=::1",
            "expected an option of inbound rules (#from=), but found \"From=::1\"",
        ),
        (
            "tcp://any:80#from",
            "expected an address or a network after #from=, but found the end of the rule",
        ),
        (
            "tcp://any:80#from=",
            "expected an address or a network after #from=, but found the end of the rule",
        ),
        (
            "tcp://any:80#from=any",
            "expected an address or a network after #from=, but found \"any\"",
        ),
        (
            "tcp://any:80#from=::1,",
            "expected an address or a network after #from=, but found the end of the rule",
        ),
        (
            "tcp://any:80#from=::1#from=::2",
            "expected each option once, but found \"from=::2\"",
        ),
        (
            "tcp://any:80#from=10.0.0.1/8",
            "expected the address of the network (write 10.0.0.0/8), but found \"10.0.0.1/8\"; \
             did you mean tcp://any:80#from=10.0.0.0/8?",
        ),
    ] {
        assert_eq!(
            inbound(text).map_err(headline),
            Err(expected.to_owned()),
            "{text}"
        );
    }
}
