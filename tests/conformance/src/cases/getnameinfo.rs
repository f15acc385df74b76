//! `getnameinfo`, as far as no resolver is needed.

use alloc::format;
use core::net::Ipv6Addr;

use wasock_core::SockAddr;
use wasock_core::addr::SocketAddrV6;
use wasock_core::names::NameInfoFlags;

use crate::api::Api;
use crate::failure::{OrFail, expect_eq};
use crate::{Failure, World};

pub(crate) fn getnameinfo_writes_addresses_and_ports<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let flags = NameInfoFlags::NUMERICHOST | NameInfoFlags::NUMERICSERV;
    let zone = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
    let addresses: [(SockAddr, &str, &str); 5] = [
        (([127, 0, 0, 1], 80).into(), "127.0.0.1", "80"),
        (([0, 0, 0, 0], 0).into(), "0.0.0.0", "0"),
        ((Ipv6Addr::LOCALHOST, 65_535).into(), "::1", "65535"),
        (
            (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1), 443).into(),
            "2001:db8::1:0:0:1",
            "443",
        ),
        (
            SocketAddrV6::new(zone, 1, 0, 99_999).into(),
            "fe80::1%99999",
            "1",
        ),
    ];
    for (address, host, service) in addresses {
        let found = world.api.getnameinfo(address, flags);
        let found = found.or_fail("getnameinfo")?;
        expect_eq!(
            (found.0.as_str(), found.1.as_str()),
            (host, service),
            "{address}"
        );
    }
    Ok(())
}

pub(crate) fn getnameinfo_knows_services<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    const HOST: NameInfoFlags = NameInfoFlags::NUMERICHOST;
    const DGRAM: NameInfoFlags = NameInfoFlags::DGRAM;
    let services = [
        (80, HOST, "http"),
        (22, HOST, "ssh"),
        (123, HOST | DGRAM, "ntp"),
        (123, HOST | DGRAM | NameInfoFlags::NUMERICSERV, "123"),
        (64_999, HOST, "64999"),
    ];
    for (port, flags, service) in services {
        let address = world.loopback(port);
        let found = world.api.getnameinfo(address, flags);
        let found = found.or_fail("getnameinfo")?;
        expect_eq!(found.1, service, "the service of port {port}, {flags:?}");
    }
    Ok(())
}

pub(crate) fn getnameinfo_under_numerichost_needs_no_name<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let flags = NameInfoFlags::NUMERICHOST | NameInfoFlags::NAMEREQD;
    let address = world.loopback(22);
    let found = world.api.getnameinfo(address, flags);
    let expected = format!("{}", address.ip());
    expect_eq!(found.or_fail("getnameinfo")?.0, expected, "the host");
    Ok(())
}
