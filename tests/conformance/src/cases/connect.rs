//! `connect(2)` of a socket that blocks.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use wasock_core::SockAddr;
use wasock_core::addr::{Family, SocketAddrV6};

use crate::api::{Api, Socket};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::peer::Command;
use crate::transfer::{NONE, expect_same, give, pattern, take};
use crate::{Failure, World};

pub(crate) fn connect_reaches_a_server<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let socket = world.peer(&Command::Mirror(100))?;
    expect_eq!(
        socket.getpeername().or_fail("getpeername")?,
        world.peer,
        "getpeername"
    );
    let name = socket.getsockname().or_fail("getsockname")?;
    expect_eq!(name.ip(), world.loopback(0).ip(), "the local address");
    expect_that!(name.port() != 0, "the local port: expected one, found 0");

    give(&socket, &pattern(100), "sendall")?;
    expect_same(
        &take(&socket, 100, "recv")?,
        &pattern(100),
        "what came back",
    )
}

pub(crate) fn connect_where_nobody_listens_is_econnrefused<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let port = world.refusing_port()?;
    let socket = world.stream()?;
    expect_err!(socket.connect(port.address), Econnrefused, "connect");
    Ok(())
}

pub(crate) fn a_refused_socket_is_not_connected<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let port = world.refusing_port()?;
    let socket = world.stream()?;
    expect_err!(socket.connect(port.address), Econnrefused, "connect");

    expect_err!(socket.recv(1, NONE), Enotconn, "recv");
    expect_err!(socket.send(b"x", NONE), Epipe | Enotconn, "send");
    expect_err!(socket.send(b"", NONE), Epipe | Enotconn, "send of nothing");
    expect_err!(socket.sendall(b"x", NONE), Epipe | Enotconn, "sendall");
    expect_err!(socket.getpeername(), Enotconn, "getpeername");
    expect_err!(socket.accept(), Einval, "accept");
    Ok(())
}

pub(crate) fn a_refused_socket_can_try_again<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let port = world.refusing_port()?;
    let socket = world.stream()?;
    for _ in 0..3 {
        expect_err!(
            socket.connect(port.address),
            Econnrefused,
            "connect while nobody listens"
        );
    }
    port.open()?;
    socket
        .connect(port.address)
        .or_fail("connect when somebody listens")?;

    give(&socket, b"mirror 5\nagain", "sendall")?;
    expect_eq!(take(&socket, 5, "recv")?, b"again", "what came back");
    Ok(())
}

pub(crate) fn a_refused_socket_can_connect_elsewhere<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let port = world.refusing_port()?;
    let socket = world.stream()?;
    expect_err!(
        socket.connect(port.address),
        Econnrefused,
        "connect where nobody listens"
    );
    socket.connect(world.peer).or_fail("connect to the peer")?;
    expect_eq!(
        socket.getpeername().or_fail("getpeername")?,
        world.peer,
        "getpeername"
    );
    Ok(())
}

/// The port was chosen by the system, not by the program: Linux gives it back when the attempt fails.
pub(crate) fn a_refused_socket_keeps_the_address_it_was_bound_to<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let port = world.refusing_port()?;
    let address = Ipv4Addr::new(127, 5, 6, 7);
    let socket = world.stream()?;
    socket
        .bind((address, 0).into())
        .or_fail("bind to 127.5.6.7")?;
    expect_err!(
        socket.connect(port.address),
        Econnrefused,
        "connect where nobody listens"
    );

    socket.connect(world.peer).or_fail("connect to the peer")?;
    expect_eq!(
        socket.getsockname().or_fail("getsockname")?.ip(),
        address,
        "the local address"
    );
    Ok(())
}

pub(crate) fn a_refused_socket_can_listen<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let port = world.refusing_port()?;
    let socket = world.stream()?;
    expect_err!(
        socket.connect(port.address),
        Econnrefused,
        "connect where nobody listens"
    );

    socket.listen(1).or_fail("listen")?;
    let address = world.loopback(socket.getsockname().or_fail("getsockname")?.port());
    let client = world.connected(address)?;
    let (_server, from) = socket.accept().or_fail("accept")?;
    expect_eq!(
        from,
        client.getsockname().or_fail("getsockname")?,
        "who was accepted"
    );
    Ok(())
}

pub(crate) fn connect_to_port_zero_is_econnrefused<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    expect_err!(
        socket.connect(world.loopback(0)),
        Econnrefused,
        "connect to loopback, port 0"
    );
    expect_err!(
        socket.connect(world.family.wildcard()),
        Econnrefused,
        "connect to the wildcard, port 0"
    );

    let (_listener, address) = world.listener()?;
    socket.connect(address).or_fail("connect afterwards")
}

pub(crate) fn connect_to_the_wildcard_address_is_to_loopback<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let wildcard = SockAddr::new(world.family.wildcard().ip(), world.peer.port());
    let socket = world.connected(wildcard)?;
    expect_eq!(
        socket.getpeername().or_fail("getpeername")?,
        world.peer,
        "getpeername"
    );
    give(&socket, b"mirror 2\nhi", "sendall")?;
    expect_eq!(take(&socket, 2, "recv")?, b"hi", "what came back");
    Ok(())
}

pub(crate) fn the_wildcard_address_of_a_bound_socket_is_its_own<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let own = SockAddr::from((Ipv4Addr::new(127, 5, 6, 7), 0));
    let listener = world.stream()?;
    listener.bind(own).or_fail("bind to 127.5.6.7")?;
    listener.listen(1).or_fail("listen")?;
    let address = listener.getsockname().or_fail("getsockname")?;

    let client = world.stream()?;
    client.bind(own).or_fail("bind to 127.5.6.7")?;
    let wildcard = SockAddr::new(world.family.wildcard().ip(), address.port());
    client.connect(wildcard).or_fail("connect to 0.0.0.0")?;
    expect_eq!(
        client.getpeername().or_fail("getpeername")?,
        address,
        "getpeername"
    );
    Ok(())
}

pub(crate) fn connect_of_a_connected_socket_does_not_look_at_the_address<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    let client = world.connected(address)?;
    for other in [world.other_family().loopback(9), world.loopback(0)] {
        expect_err!(client.connect(other), Eisconn, "connect to {other}");
        expect_err!(listener.connect(other), Eisconn, "connect to {other}");
    }
    Ok(())
}

pub(crate) fn connect_of_a_connected_socket_is_eisconn<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    let (_other, elsewhere) = world.listener()?;
    let client = world.connected(address)?;
    let (server, _) = listener.accept().or_fail("accept")?;

    expect_err!(
        client.connect(address),
        Eisconn,
        "connect to the same address"
    );
    expect_err!(
        client.connect(elsewhere),
        Eisconn,
        "connect to another address"
    );
    expect_err!(
        server.connect(elsewhere),
        Eisconn,
        "connect of the socket that was accepted"
    );

    give(&client, b"still", "sendall")?;
    expect_eq!(
        take(&server, 5, "recv")?,
        b"still",
        "what arrives afterwards"
    );
    Ok(())
}

pub(crate) fn connect_to_a_group_of_machines_is_enetunreach<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    for address in [
        Ipv4Addr::BROADCAST,
        Ipv4Addr::new(224, 0, 0, 1),
        Ipv4Addr::new(239, 1, 2, 3),
    ] {
        expect_err!(
            socket.connect((address, 9).into()),
            Enetunreach,
            "connect to {address}"
        );
    }
    Ok(())
}

pub(crate) fn connect_to_a_multicast_address_is_enetunreach<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    let multicast = Ipv6Addr::new(0xff0e, 0, 0, 0, 0, 0, 0, 1);
    expect_err!(
        socket.connect((multicast, 9).into()),
        Enetunreach,
        "connect to {multicast}"
    );
    Ok(())
}

pub(crate) fn connect_to_a_link_local_address_without_zone_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let address = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
    expect_err!(
        world.stream()?.connect((address, 9).into()),
        Einval,
        "connect to fe80::1"
    );
    Ok(())
}

/// A socket that is never dual-stack has no route there; WASI calls the address itself invalid.
pub(crate) fn connect_to_a_mapped_address_does_not_reach_ipv4<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let mapped = Ipv4Addr::LOCALHOST.to_ipv6_mapped();
    let address = SockAddr::new(IpAddr::V6(mapped), world.peer.port());
    expect_err!(
        world.stream()?.connect(address),
        Einval | Enetunreach,
        "connect to ::ffff:127.0.0.1"
    );
    Ok(())
}

pub(crate) fn connect_to_an_address_of_the_other_family_is_eafnosupport<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    let other: Family = world.other_family();
    expect_err!(
        socket.connect(other.loopback(80)),
        Eafnosupport,
        "connect to loopback"
    );
    expect_err!(
        socket.connect(other.wildcard()),
        Eafnosupport,
        "connect to the wildcard address"
    );
    expect_err!(socket.getpeername(), Enotconn, "getpeername");
    Ok(())
}

pub(crate) fn connect_to_a_port_that_was_closed_is_econnrefused<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    drop(listener);
    expect_err!(world.stream()?.connect(address), Econnrefused, "connect");
    Ok(())
}

/// A flow says how packets are treated on their way; it is no part of where they go.
pub(crate) fn the_flow_of_an_address_does_not_keep_from_connecting<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let address = SocketAddrV6::new(Ipv6Addr::LOCALHOST, world.peer.port(), 0x12345, 0);
    let socket = world.connected(address.into())?;
    let name = socket.getpeername().or_fail("getpeername")?;
    expect_eq!(
        (name.ip(), name.port()),
        (world.peer.ip(), world.peer.port()),
        "getpeername"
    );
    Ok(())
}

/// Linux says that the address is not available, POSIX that it is in use.
pub(crate) fn two_connections_cannot_share_both_ends<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let first = world.bound()?;
    let name = first.getsockname().or_fail("getsockname")?;
    let second = world.stream()?;
    second.bind(name).or_fail("bind to the same address")?;

    first.connect(world.peer).or_fail("connect of the first")?;
    let result = second.connect(world.peer);
    expect_err!(result, Eaddrinuse | Eaddrnotavail, "connect of the second");
    Ok(())
}

/// The same address serves connections to different places.
pub(crate) fn two_connections_share_a_local_address<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (_listener, elsewhere) = world.listener()?;
    let first = world.bound()?;
    let name = first.getsockname().or_fail("getsockname")?;
    let second = world.stream()?;
    second.bind(name).or_fail("bind to the same address")?;

    first.connect(world.peer).or_fail("connect of the first")?;
    second.connect(elsewhere).or_fail("connect of the second")?;
    expect_eq!(
        second.getsockname().or_fail("getsockname")?,
        name,
        "the address of the second"
    );
    Ok(())
}
