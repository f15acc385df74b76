//! From addresses to names.

use alloc::string::String;
use core::net::SocketAddrV6;

use crate::SockAddr;
use crate::names::{Eai, NameInfoFlags, getnameinfo};

const NONE: NameInfoFlags = NameInfoFlags::NONE;

fn ask(address: &SockAddr, flags: NameInfoFlags) -> Result<(String, String), Eai> {
    getnameinfo(address, flags).map(|info| (info.host, info.service))
}

#[test]
fn the_service_is_that_of_the_port_and_transport() {
    for (port, flags, expected) in [
        (80, NONE, "http"),
        (80, NameInfoFlags::DGRAM, "80"),
        (80, NameInfoFlags::NUMERICSERV, "80"),
        (123, NONE, "123"),
        (123, NameInfoFlags::DGRAM, "ntp"),
        (
            123,
            NameInfoFlags::DGRAM | NameInfoFlags::NUMERICSERV,
            "123",
        ),
        (514, NONE, "shell"),
        (514, NameInfoFlags::DGRAM, "syslog"),
        (0, NONE, "0"),
        (65535, NONE, "65535"),
    ] {
        let address = SockAddr::from(([192, 0, 2, 1], port));
        for host_flag in [NONE, NameInfoFlags::NUMERICHOST, NameInfoFlags::NOFQDN] {
            let answered = ask(&address, flags | host_flag);
            let expected = ("192.0.2.1".into(), expected.into());
            assert_eq!(answered, Ok(expected), "{port} {flags:?}");
        }
    }
}

#[test]
fn the_host_is_the_address_as_text() {
    for (ip, zone, expected) in [
        ("::1", 0, "::1"),
        ("::", 0, "::"),
        ("2001:db8::1", 0, "2001:db8::1"),
        ("::ffff:192.0.2.1", 0, "::ffff:192.0.2.1"),
        ("::1.2.3.4", 0, "::1.2.3.4"),
        ("fe80::1", 0, "fe80::1"),
        ("fe80::1", 3, "fe80::1%3"),
        ("ff02::1", u32::MAX, "ff02::1%4294967295"),
        ("::1", 1, "::1%1"),
    ] {
        let address = SockAddr::V6(SocketAddrV6::new(ip.parse().unwrap(), 1, 7, zone));
        let (host, _) = ask(&address, NONE).unwrap();
        assert_eq!(host, expected);
    }
}

#[test]
fn no_host_has_a_name() {
    let address = SockAddr::from(([127, 0, 0, 1], 80));
    let required = NameInfoFlags::NAMEREQD;
    assert_eq!(ask(&address, required), Err(Eai::Noname));
    assert_eq!(
        ask(&address, required | NameInfoFlags::NUMERICSERV),
        Err(Eai::Noname)
    );
    assert!(ask(&address, required | NameInfoFlags::NUMERICHOST).is_ok());
}

#[test]
fn flags_keep_their_bits() {
    use crate::names::AddrInfoFlags;
    for bits in 0..=u8::MAX {
        assert_eq!(AddrInfoFlags::from_bits(bits).bits(), bits & 0x7f);
        assert_eq!(NameInfoFlags::from_bits(bits).bits(), bits & 0x1f);
    }
}
