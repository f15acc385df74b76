use alloc::string::String;
use alloc::vec::Vec;

use super::{TABLE, Transport, lines, name, port};

const BOTH: [Transport; 2] = [Transport::Tcp, Transport::Udp];

#[test]
fn every_line_of_the_table_is_read() {
    for line in TABLE.lines() {
        let read = super::Line::read(line).unwrap_or_else(|| panic!("{line:?}"));
        assert!(matches!(read.transport, 't' | 'u' | 'b'), "{line:?}");
        assert!(read.names().all(|name| !name.is_empty()), "{line:?}");
    }
    assert!(lines().count() > 150);
}

/// Otherwise a line would hide another.
#[test]
fn a_port_has_one_line_for_each_transport() {
    for transport in BOTH {
        let ports: Vec<_> = lines()
            .filter(|line| line.is_over(transport))
            .map(|line| line.port)
            .collect();
        assert!(ports.is_sorted_by(|a, b| a < b), "{transport:?}");
    }
}

/// The way there and the way back agree, but for the aliases.
#[test]
fn names_and_ports_belong_together() {
    for transport in BOTH {
        for line in lines().filter(|line| line.is_over(transport)) {
            let first = name(line.port, transport).unwrap();
            assert_eq!(port(first, transport), Some(line.port), "{first}");
            for alias in line.names() {
                assert_eq!(port(alias, transport), Some(line.port), "{alias}");
            }
        }
    }
}

/// The provider component carries the table; it has 100 KB for all it does.
#[test]
fn the_table_is_small() {
    assert!(TABLE.len() < 4096, "{} bytes", TABLE.len());
}

#[test]
fn a_service_is_known_for_its_transport() {
    for (service, tcp, udp) in [
        ("http", Some(80), None),
        ("www", Some(80), None),
        ("https", Some(443), Some(443)),
        ("domain", Some(53), Some(53)),
        ("ssh", Some(22), None),
        ("ftp", Some(21), None),
        ("smtp", Some(25), None),
        ("ntp", None, Some(123)),
        ("tftp", None, Some(69)),
        ("imap", Some(143), None),
        ("x11", Some(6000), None),
        ("postgresql", Some(5432), None),
        ("submissions", Some(465), None),
        // One port, two services.
        ("shell", Some(514), None),
        ("syslog", None, Some(514)),
        // Case, white space, prefixes, what the table is made of.
        ("HTTP", None, None),
        ("http ", None, None),
        ("htt", None, None),
        ("http www", None, None),
        ("80t", None, None),
        ("80", None, None),
        ("", None, None),
        ("\n", None, None),
    ] {
        assert_eq!(port(service, Transport::Tcp), tcp, "{service:?}");
        assert_eq!(port(service, Transport::Udp), udp, "{service:?}");
    }
}

#[test]
fn a_port_has_the_name_of_its_transport() {
    for (port, tcp, udp) in [
        (80, Some("http"), None),
        (443, Some("https"), Some("https")),
        (123, None, Some("ntp")),
        (514, Some("shell"), Some("syslog")),
        (0, None, None),
        (65535, None, None),
    ] {
        assert_eq!(
            name(port, Transport::Tcp).map(String::from),
            tcp.map(String::from)
        );
        assert_eq!(name(port, Transport::Udp), udp);
    }
}
