//! What can be created, and what is said of the rest.

use super::*;
use crate::Errno::*;

const FAMILIES: [(AddressFamily, Family); 2] = [
    (AddressFamily::Inet, Family::Inet),
    (AddressFamily::Inet6, Family::Inet6),
];

#[test]
fn tcp_and_udp_exist_over_both_families() {
    for (named, family) in FAMILIES {
        for (r#type, protocol, expected) in [
            (SocketType::Stream, 0, Kind::Stream(family)),
            (SocketType::Stream, 6, Kind::Stream(family)),
            (SocketType::Dgram, 0, Kind::Datagram(family)),
            (SocketType::Dgram, 17, Kind::Datagram(family)),
        ] {
            assert_eq!(kind(named, r#type, protocol), Ok(expected));
        }
    }
}

#[test]
fn a_protocol_that_does_not_fit_the_type_is_not_supported() {
    for (named, _) in FAMILIES {
        for (r#type, protocol) in [
            (SocketType::Stream, 17),
            (SocketType::Stream, 1),
            (SocketType::Stream, 99),
            (SocketType::Stream, u32::MAX),
            (SocketType::Dgram, 6),
            (SocketType::Dgram, 99),
            (SocketType::Raw, 0),
            (SocketType::Raw, 1),
        ] {
            let answer = kind(named, r#type, protocol);
            assert_eq!(answer, Err(Eprotonosupport), "{type:?} {protocol}");
        }
    }
}

#[test]
fn ping_is_refused_to_the_family_it_belongs_to() {
    for (named, protocol, errno) in [
        (AddressFamily::Inet, 1, Eacces),
        (AddressFamily::Inet, 58, Eprotonosupport),
        (AddressFamily::Inet6, 58, Eacces),
        (AddressFamily::Inet6, 1, Eprotonosupport),
    ] {
        let answer = kind(named, SocketType::Dgram, protocol);
        assert_eq!(answer, Err(errno), "{named:?} {protocol}");
    }
}

#[test]
fn a_type_that_the_families_lack_is_told_from_one_that_is_none() {
    for (named, _) in FAMILIES {
        for (r#type, errno) in [
            (SocketType::Unspec, Esocktnosupport),
            (SocketType::Rdm, Esocktnosupport),
            (SocketType::Seqpacket, Esocktnosupport),
            (SocketType::Other, Einval),
        ] {
            assert_eq!(kind(named, r#type, 0), Err(errno), "{type:?}");
        }
    }
}

#[test]
fn a_family_that_cannot_be_created_is_refused_before_the_type_is_looked_at() {
    for named in [
        AddressFamily::Unspec,
        AddressFamily::Unix,
        AddressFamily::Other,
    ] {
        for r#type in [SocketType::Stream, SocketType::Dgram, SocketType::Other] {
            assert_eq!(kind(named, r#type, 0), Err(Eafnosupport), "{named:?}");
        }
    }
}
