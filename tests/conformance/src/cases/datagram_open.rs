//! `bind(2)` and `connect(2)` of datagram sockets, and taking the peer away.

use core::net::{Ipv4Addr, Ipv6Addr};

use wasock_core::addr::Family;
use wasock_core::flags::MsgFlags;
use wasock_core::{Errno, SockAddr};

use crate::api::{AnyType, Api, Socket};
use crate::datagram::{expect_datagram, expect_nothing, give_one, give_to};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::readiness::READABLE;
use crate::transfer::NONE;
use crate::{Failure, World};

pub(crate) fn a_new_datagram_socket_blocks_and_has_no_addresses<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.api.create(world.any_family(), AnyType::Dgram, 0);
    let socket = socket.or_fail("create")?;
    expect_eq!(socket.gettimeout(), None, "gettimeout");
    let name = socket.getsockname().or_fail("getsockname")?;
    expect_eq!(name, world.family.wildcard(), "getsockname");
    expect_err!(socket.getpeername(), Enotconn, "getpeername");
    Ok(())
}

pub(crate) fn a_datagram_socket_is_bound_to_an_ephemeral_port<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for address in [world.loopback(0), world.family.wildcard()] {
        let socket = world.datagram()?;
        socket.bind(address).or_fail("bind")?;
        let name = socket.getsockname().or_fail("getsockname")?;
        expect_eq!(name.ip(), address.ip(), "the address");
        expect_that!(name.port() != 0, "the port: expected one, found 0");
    }
    Ok(())
}

pub(crate) fn a_datagram_socket_is_bound_to_any_address_of_loopback<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (server, client) = (world.datagram()?, world.bound_datagram()?);
    let address = Ipv4Addr::new(127, 5, 6, 7);
    server
        .bind((address, 0).into())
        .or_fail("bind to 127.5.6.7")?;
    let name = server.getsockname().or_fail("getsockname")?;
    expect_eq!(name.ip(), address, "the address");
    give_to(&client.0, b"there", name)?;
    expect_datagram(&server, b"there", client.1, "recvfrom")
}

/// It hears what is sent to the group, of which every machine is a member, and not what is sent to the machine.
pub(crate) fn a_datagram_socket_bound_to_a_group_hears_the_group_only<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let all_machines = Ipv4Addr::new(224, 0, 0, 1);
    let server = world.datagram()?;
    server
        .bind((all_machines, 0).into())
        .or_fail("bind to 224.0.0.1")?;
    let group = server.getsockname().or_fail("getsockname")?;
    expect_eq!(group.ip(), all_machines, "the address");
    let (client, name) = world.bound_datagram()?;
    give_to(&client, b"to the machine", world.loopback(group.port()))?;
    give_to(&client, b"to the group", group)?;
    expect_datagram(&server, b"to the group", name, "recvfrom")?;
    expect_nothing(&server, "recvfrom after that")
}

pub(crate) fn bind_of_a_datagram_socket_that_has_an_address_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (bound, address) = world.bound_datagram()?;
    let connected = world.datagram()?;
    connected.connect(address).or_fail("connect")?;
    let sender = world.datagram()?;
    give_to(&sender, b"x", address)?;
    for socket in [&bound, &connected, &sender] {
        let name = socket.getsockname().or_fail("getsockname")?;
        expect_err!(socket.bind(world.loopback(0)), Einval, "bind to port 0");
        expect_eq!(
            socket.getsockname().or_fail("getsockname")?,
            name,
            "the address afterwards"
        );
    }
    Ok(())
}

pub(crate) fn bind_to_an_address_of_another_datagram_socket_is_eaddrinuse<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (_first, address) = world.bound_datagram()?;
    let second = world.datagram()?;
    expect_err!(second.bind(address), Eaddrinuse, "bind");
    second
        .bind(world.loopback(0))
        .or_fail("bind elsewhere after that")
}

/// The number may be taken for datagrams by somebody else on the machine, hence more than one attempt.
pub(crate) fn datagrams_and_streams_have_ports_of_their_own<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for _ in 0..10 {
        let (_listener, address) = world.listener()?;
        let socket = world.datagram()?;
        match socket.bind(address) {
            Err(Errno::Eaddrinuse) => {}
            answer => return answer.or_fail("bind to the number of a port that listens"),
        }
    }
    Err(Failure::new(
        "bind to the number of a port that listens: expected success in one of ten attempts".into(),
    ))
}

/// The addresses are those set aside for documentation.
pub(crate) fn bind_of_a_datagram_socket_to_another_machine_is_eaddrnotavail<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let foreign: SockAddr = match world.family {
        Family::Inet => (Ipv4Addr::new(203, 0, 113, 7), 0).into(),
        Family::Inet6 => (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 7), 0).into(),
    };
    expect_err!(world.datagram()?.bind(foreign), Eaddrnotavail, "bind");
    Ok(())
}

pub(crate) fn bind_of_a_datagram_socket_to_a_mapped_address_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let mapped = Ipv4Addr::LOCALHOST.to_ipv6_mapped();
    let result = world.datagram()?.bind((mapped, 0).into());
    expect_err!(result, Einval, "bind to ::ffff:127.0.0.1");
    Ok(())
}

pub(crate) fn bind_of_a_datagram_socket_in_the_other_family_is_eafnosupport<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    let other = world.other_family().loopback(0);
    expect_err!(socket.bind(other), Eafnosupport, "bind");
    Ok(())
}

pub(crate) fn datagram_sockets_neither_listen_nor_accept<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    expect_err!(socket.listen(1), Eopnotsupp, "listen");
    expect_err!(socket.accept(), Eopnotsupp, "accept");
    Ok(())
}

pub(crate) fn connect_of_a_datagram_socket_sets_both_addresses<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (server, address) = world.bound_datagram()?;
    let client = world.datagram()?;
    client.connect(address).or_fail("connect")?;
    let peer = client.getpeername().or_fail("getpeername")?;
    expect_eq!(peer, address, "getpeername");
    let name = client.getsockname().or_fail("getsockname")?;
    expect_eq!(name.ip(), address.ip(), "the local address");
    expect_that!(name.port() != 0, "the local port: expected one, found 0");

    give_one(&client, b"hello")?;
    expect_datagram(&server, b"hello", name, "recvfrom of the server")
}

pub(crate) fn connect_of_a_bound_datagram_socket_keeps_its_address<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (_server, address) = world.bound_datagram()?;
    let (client, name) = world.bound_datagram()?;
    client.connect(address).or_fail("connect")?;
    let found = client.getsockname().or_fail("getsockname")?;
    expect_eq!(found, name, "getsockname");
    Ok(())
}

pub(crate) fn a_datagram_socket_can_change_its_peer<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (first, first_address) = world.bound_datagram()?;
    let (second, second_address) = world.bound_datagram()?;
    let (client, name) = world.bound_datagram()?;
    client.connect(first_address).or_fail("connect")?;
    give_one(&client, b"to the first")?;
    expect_datagram(&first, b"to the first", name, "recvfrom of the first")?;

    for _ in 0..2 {
        client.connect(second_address).or_fail("connect again")?;
        let peer = client.getpeername().or_fail("getpeername")?;
        expect_eq!(peer, second_address, "getpeername");
    }
    give_one(&client, b"to the second")?;
    expect_datagram(&second, b"to the second", name, "recvfrom of the second")?;
    expect_nothing(&first, "recvfrom of the first")?;

    give_to(&first, b"from the first", name)?;
    give_to(&second, b"from the second", name)?;
    let what = "recvfrom of the client";
    expect_datagram(&client, b"from the second", second_address, what)?;
    expect_nothing(&client, "recvfrom of the client after that")
}

pub(crate) fn disconnect_takes_the_peer_away<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let (server, address) = world.bound_datagram()?;
    let (stranger, stranger_address) = world.bound_datagram()?;
    let (client, name) = at_a_port_that_was_named(world)?;
    client.connect(address).or_fail("connect")?;
    client.disconnect().or_fail("disconnect")?;
    expect_err!(client.getpeername(), Enotconn, "getpeername");
    expect_err!(client.send(b"x", NONE), Edestaddrreq, "send");
    let found = client.getsockname().or_fail("getsockname")?;
    expect_eq!(found, name, "getsockname");

    give_to(&stranger, b"from anybody", name)?;
    expect_datagram(&client, b"from anybody", stranger_address, "recvfrom")?;
    give_to(&client, b"to anybody", address)?;
    expect_datagram(&server, b"to anybody", name, "recvfrom of the server")?;
    client.connect(address).or_fail("connect again")?;
    give_one(&client, b"to the peer")?;
    expect_datagram(&server, b"to the peer", name, "recvfrom of the server")
}

/// Linux gives such a port back, and the next call that sends gets another one.
pub(crate) fn after_disconnect_a_socket_at_any_port_still_sends_and_receives<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (server, address) = world.bound_datagram()?;
    for client in [world.datagram()?, world.bound_datagram()?.0] {
        client.connect(address).or_fail("connect")?;
        client.disconnect().or_fail("disconnect")?;
        expect_err!(client.getpeername(), Enotconn, "getpeername");
        give_to(&client, b"question", address)?;
        let found = server.recvfrom(100, NONE).or_fail("recvfrom")?;
        expect_eq!(found.data, b"question", "what the server received");
        let Some(from) = found.sender else {
            return Err(Failure::new("recvfrom: expected a sender".into()));
        };
        give_to(&server, b"answer", from)?;
        expect_datagram(&client, b"answer", address, "recvfrom of the answer")?;
        client.connect(address).or_fail("connect again")?;
        give_one(&client, b"goodbye")?;
        let found = server.recv(100, NONE).or_fail("recv")?;
        expect_eq!(found, b"goodbye", "what the server received");
    }
    Ok(())
}

/// A socket that is bound to a port by its number. Another socket may get the port first, hence more than one attempt.
fn at_a_port_that_was_named<A: Api>(
    world: &World<'_, A>,
) -> Result<(A::Socket, SockAddr), Failure> {
    for _ in 0..10 {
        let (free, address) = world.bound_datagram()?;
        drop(free);
        let socket = world.datagram()?;
        match socket.bind(address) {
            Err(Errno::Eaddrinuse) => {}
            answer => {
                answer.or_fail("bind to a port that was just freed")?;
                return Ok((socket, address));
            }
        }
    }
    Err(Failure::new(
        "bind to a port that was just freed: expected success in one of ten attempts".into(),
    ))
}

pub(crate) fn disconnect_without_a_peer_does_nothing<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    socket.disconnect().or_fail("disconnect of a new socket")?;
    let name = socket.getsockname().or_fail("getsockname")?;
    expect_eq!(name, world.family.wildcard(), "getsockname of a new socket");
    Ok(())
}

pub(crate) fn disconnect_of_a_bound_socket_without_peer_does_nothing<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (bound, address) = at_a_port_that_was_named(world)?;
    bound.disconnect().or_fail("disconnect")?;
    let found = bound.getsockname().or_fail("getsockname")?;
    expect_eq!(found, address, "getsockname");
    give_to(&world.datagram()?, b"still here", address)?;
    let found = bound.recv(100, NONE).or_fail("recv")?;
    expect_eq!(found, b"still here", "recv");
    Ok(())
}

pub(crate) fn disconnect_of_a_stream_is_eopnotsupp<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    expect_err!(world.stream()?.disconnect(), Eopnotsupp, "disconnect");
    Ok(())
}

pub(crate) fn the_wildcard_address_as_a_peer_is_loopback<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (server, address) = world.bound_datagram()?;
    let wildcard = SockAddr::new(world.family.wildcard().ip(), address.port());
    let client = world.datagram()?;
    client.connect(wildcard).or_fail("connect")?;
    let peer = client.getpeername().or_fail("getpeername")?;
    expect_eq!(peer, address, "getpeername");
    give_one(&client, b"here")?;
    let found = server.recv(100, NONE).or_fail("recv")?;
    expect_eq!(found, b"here", "what arrived");
    Ok(())
}

pub(crate) fn connect_of_a_datagram_socket_takes_port_zero<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    socket.connect(world.loopback(0)).or_fail("connect")?;
    expect_err!(socket.getpeername(), Enotconn, "getpeername");
    Ok(())
}

pub(crate) fn connect_of_a_datagram_socket_in_the_other_family_is_eafnosupport<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    let other = world.other_family().loopback(9);
    expect_err!(socket.connect(other), Eafnosupport, "connect");
    Ok(())
}

pub(crate) fn datagrams_to_the_broadcast_address_are_eacces<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let broadcast = (Ipv4Addr::BROADCAST, 9).into();
    let socket = world.datagram()?;
    expect_err!(socket.connect(broadcast), Eacces, "connect");
    expect_err!(socket.sendto(b"x", NONE, broadcast), Eacces, "sendto");
    expect_err!(socket.getpeername(), Enotconn, "getpeername");
    Ok(())
}

/// A machine without a network has no route there. Nothing is sent: it would leave the machine.
pub(crate) fn connect_of_a_datagram_socket_takes_a_multicast_address<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let address = SockAddr::from((Ipv4Addr::new(224, 0, 0, 1), 9));
    let socket = world.datagram()?;
    match socket.connect(address) {
        Ok(()) => {
            let peer = socket.getpeername().or_fail("getpeername")?;
            expect_eq!(peer, address, "getpeername");
        }
        Err(errno) => expect_that!(
            matches!(errno, Errno::Enetunreach | Errno::Ehostunreach),
            "connect to {address}: expected success or no route, found {errno}"
        ),
    }
    Ok(())
}

pub(crate) fn datagrams_to_a_mapped_address_are_enetunreach<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let mapped = (Ipv4Addr::LOCALHOST.to_ipv6_mapped(), 9).into();
    let socket = world.datagram()?;
    expect_err!(socket.connect(mapped), Enetunreach, "connect");
    expect_err!(socket.sendto(b"x", NONE, mapped), Enetunreach, "sendto");
    Ok(())
}

pub(crate) fn connect_of_a_datagram_socket_without_a_zone_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let address = (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1), 9).into();
    expect_err!(world.datagram()?.connect(address), Einval, "connect");
    Ok(())
}

/// Linux keeps what is queued; other systems, and WASI, may drop what is not from the new peer.
pub(crate) fn what_was_queued_before_connect_is_received_or_dropped<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (stranger, stranger_address) = world.bound_datagram()?;
    let (server, address) = world.bound_datagram()?;
    let (client, name) = world.bound_datagram()?;
    give_to(&stranger, b"before", name)?;
    world.wait_for(&client, READABLE, "poll of the client")?;
    client.connect(address).or_fail("connect")?;
    give_to(&server, b"after", name)?;

    let mut found = client.recvfrom(100, NONE).or_fail("recvfrom")?;
    if found.data == b"before" {
        expect_eq!(found.sender, Some(stranger_address), "the sender");
        found = client.recvfrom(100, NONE).or_fail("recvfrom again")?;
    }
    expect_eq!(found.data, b"after", "what the peer sent");
    expect_eq!(found.sender, Some(address), "the sender");
    expect_nothing(&client, "recvfrom after that")
}

/// Looking at a datagram takes it: no change of peers may lose it then.
pub(crate) fn what_was_peeked_survives_a_change_of_peers<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (first, first_address) = world.bound_datagram()?;
    let (_second, second_address) = world.bound_datagram()?;
    let (client, name) = world.bound_datagram()?;
    client.connect(first_address).or_fail("connect")?;
    give_to(&first, b"peeked", name)?;
    let found = client.recv(100, MsgFlags::PEEK).or_fail("peek")?;
    expect_eq!(found, b"peeked", "the peek");
    client.connect(second_address).or_fail("connect again")?;
    expect_datagram(&client, b"peeked", first_address, "recvfrom")?;
    client.disconnect().or_fail("disconnect")?;
    expect_nothing(&client, "recvfrom after that")
}
