//! `bind(2)`.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use wasock_core::addr::Family;
use wasock_core::{Errno, SockAddr};

use crate::api::{Api, Socket};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::transfer::{expect_end, give, take, take_all};
use crate::{Failure, World};

pub(crate) fn bind_to_port_zero_gives_a_port_and_keeps_the_address<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.bound()?;
    let name = socket.getsockname().or_fail("getsockname")?;
    expect_eq!(name.ip(), world.loopback(0).ip(), "the address");
    expect_that!(
        name.port() != 0,
        "the port: expected an ephemeral one, found 0"
    );
    Ok(())
}

pub(crate) fn bind_takes_any_address_of_loopback<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    let address = Ipv4Addr::new(127, 5, 6, 7);
    socket
        .bind((address, 0).into())
        .or_fail("bind to 127.5.6.7")?;
    expect_eq!(
        socket.getsockname().or_fail("getsockname")?.ip(),
        address,
        "the address"
    );
    Ok(())
}

pub(crate) fn bind_takes_the_wildcard_address<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let socket = world.stream()?;
    let wildcard = world.family.wildcard();
    socket
        .bind(wildcard)
        .or_fail("bind to the wildcard address")?;
    let name = socket.getsockname().or_fail("getsockname")?;
    expect_eq!(name.ip(), wildcard.ip(), "the address");
    expect_that!(
        name.port() != 0,
        "the port: expected an ephemeral one, found 0"
    );
    Ok(())
}

pub(crate) fn bind_takes_a_port_that_is_named<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    drop(listener);

    let socket = world.stream()?;
    socket
        .bind(address)
        .or_fail("bind to a port that was just freed")?;
    expect_eq!(
        socket.getsockname().or_fail("getsockname")?,
        address,
        "the address"
    );
    Ok(())
}

pub(crate) fn bind_twice_is_einval<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let socket = world.bound()?;
    let name = socket.getsockname().or_fail("getsockname")?;
    expect_err!(socket.bind(name), Einval, "bind to the same address again");
    expect_err!(socket.bind(world.loopback(0)), Einval, "bind to port 0");
    expect_eq!(
        socket.getsockname().or_fail("getsockname")?,
        name,
        "the address afterwards"
    );
    Ok(())
}

pub(crate) fn bind_of_a_listening_socket_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, _) = world.listener()?;
    expect_err!(listener.bind(world.loopback(0)), Einval, "bind");
    Ok(())
}

pub(crate) fn bind_of_a_connected_socket_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    expect_err!(
        pair.client.bind(world.loopback(0)),
        Einval,
        "bind of the socket that connected"
    );
    expect_err!(
        pair.server.bind(world.loopback(0)),
        Einval,
        "bind of the socket that was accepted"
    );
    Ok(())
}

pub(crate) fn bind_to_an_address_that_listens_is_eaddrinuse<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (_listener, address) = world.listener()?;
    let socket = world.stream()?;
    expect_err!(socket.bind(address), Eaddrinuse, "bind");
    Ok(())
}

pub(crate) fn a_failed_bind_can_be_repeated_elsewhere<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (_listener, address) = world.listener()?;
    let socket = world.stream()?;
    expect_err!(
        socket.bind(address),
        Eaddrinuse,
        "bind to an address that listens"
    );
    socket.bind(world.loopback(0)).or_fail("bind to port 0")?;
    socket.listen(1).or_fail("listen")
}

pub(crate) fn of_two_sockets_bound_to_one_address_one_can_listen<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let first = world.bound()?;
    let address = first.getsockname().or_fail("getsockname")?;
    let second = world.stream()?;
    second
        .bind(address)
        .or_fail("bind to an address that is bound")?;

    first.listen(1).or_fail("listen of the first")?;
    expect_err!(second.listen(1), Eaddrinuse, "listen of the second");
    Ok(())
}

/// Connections of the old server that linger must not keep a new one from its port.
pub(crate) fn a_server_can_be_restarted_on_its_port<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    let client = world.connected(address)?;
    let (server, _) = listener.accept().or_fail("accept")?;
    drop(listener);
    drop(server);
    expect_end(&client, "recv of the client")?;
    drop(client);

    let restarted = world.stream()?;
    restarted
        .bind(address)
        .or_fail("bind to the port of the old server")?;
    restarted
        .listen(1)
        .or_fail("listen on the port of the old server")
}

/// The addresses are those set aside for documentation.
pub(crate) fn bind_to_an_address_of_another_machine_is_eaddrnotavail<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let foreign: SockAddr = match world.family {
        Family::Inet => (Ipv4Addr::new(203, 0, 113, 7), 0).into(),
        Family::Inet6 => (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 7), 0).into(),
    };
    let socket = world.stream()?;
    expect_err!(socket.bind(foreign), Eaddrnotavail, "bind to {foreign}");
    Ok(())
}

pub(crate) fn bind_to_a_link_local_address_without_zone_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let address = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
    let socket = world.stream()?;
    expect_err!(socket.bind((address, 0).into()), Einval, "bind to fe80::1");
    Ok(())
}

/// Linux binds TCP to them, although nothing can come of it; WASI refuses.
pub(crate) fn bind_to_multicast_is_allowed_or_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let multicast: &[SockAddr] = match world.family {
        Family::Inet => &[
            SockAddr::new(IpAddr::V4(Ipv4Addr::new(224, 0, 0, 1)), 0),
            SockAddr::new(IpAddr::V4(Ipv4Addr::BROADCAST), 0),
        ],
        Family::Inet6 => &[SockAddr::new(
            IpAddr::V6(Ipv6Addr::new(0xff01, 0, 0, 0, 0, 0, 0, 1)),
            0,
        )],
    };
    for address in multicast {
        let socket = world.stream()?;
        if let Err(errno) = socket.bind(*address) {
            expect_eq!(errno, Errno::Einval, "bind to {address}");
        }
    }
    Ok(())
}

pub(crate) fn bind_to_a_mapped_address_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let mapped = Ipv4Addr::LOCALHOST.to_ipv6_mapped();
    let socket = world.stream()?;
    expect_err!(
        socket.bind((mapped, 0).into()),
        Einval,
        "bind to ::ffff:127.0.0.1"
    );
    Ok(())
}

pub(crate) fn bind_to_an_address_of_the_other_family_is_eafnosupport<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    let other = world.other_family();
    expect_err!(
        socket.bind(other.loopback(0)),
        Eafnosupport,
        "bind to loopback"
    );
    expect_err!(
        socket.bind(other.wildcard()),
        Eafnosupport,
        "bind to the wildcard address"
    );
    Ok(())
}

/// A wildcard address of IPv6 does not take the port from IPv4: sockets are never dual-stack.
pub(crate) fn the_wildcard_of_ipv6_leaves_the_port_free_for_ipv4<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let six = world.stream()?;
    six.bind(world.family.wildcard())
        .or_fail("bind to [::]:0")?;
    six.listen(1).or_fail("listen on [::]")?;
    let port = six.getsockname().or_fail("getsockname")?.port();

    let four = World {
        family: Family::Inet,
        ..*world
    }
    .stream()?;
    let elsewhere = Ipv4Addr::new(127, 9, 9, 9);
    expect_err!(
        four.connect((elsewhere, port).into()),
        Econnrefused,
        "connect over IPv4 to what listens on [::]"
    );
    Ok(())
}

pub(crate) fn a_bound_socket_connects_from_its_address<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    let client = world.bound()?;
    let name = client.getsockname().or_fail("getsockname")?;
    client.connect(address).or_fail("connect")?;
    let (server, from) = listener.accept().or_fail("accept")?;

    expect_eq!(from, name, "the address that accept answers");
    expect_eq!(
        client.getsockname().or_fail("getsockname")?,
        name,
        "the address afterwards"
    );
    give(&client, b"from here", "sendall")?;
    expect_eq!(take(&server, 9, "recv")?, b"from here", "what arrived");
    drop(client);
    expect_eq!(take_all(&server, "recv")?, b"", "what else arrived");
    Ok(())
}
