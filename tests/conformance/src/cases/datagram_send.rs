//! Sending datagrams.

use core::net::Ipv4Addr;

use wasock_core::flags::MsgFlags;
use wasock_core::{Errno, SockAddr};

use crate::api::{Api, Socket};
use crate::datagram::{expect_datagram, expect_nothing, give_one, give_to};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::transfer::{NONE, pattern, take};
use crate::{Failure, World};

pub(crate) fn sendto_gives_an_address_to_send_from<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (server, address) = world.bound_datagram()?;
    let client = world.datagram()?;
    give_to(&client, b"hello", address)?;
    let name = client.getsockname().or_fail("getsockname")?;
    let wildcard = world.family.wildcard();
    expect_eq!(name.ip(), wildcard.ip(), "the address of the client");
    expect_that!(name.port() != 0, "the port: expected one, found 0");

    let from = SockAddr::new(address.ip(), name.port());
    expect_datagram(&server, b"hello", from, "recvfrom")?;
    give_to(&server, b"answer", from)?;
    expect_datagram(&client, b"answer", address, "recvfrom of the answer")?;
    give_to(&client, b"again", address)?;
    expect_datagram(&server, b"again", from, "recvfrom after that")
}

pub(crate) fn sendall_sends_one_datagram<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    let data = pattern(5000);
    pair.client.sendall(&data, NONE).or_fail("sendall")?;
    let found = pair.server.recv(10_000, NONE).or_fail("recv")?;
    crate::transfer::expect_same(&found, &data, "what arrived")
}

pub(crate) fn send_of_a_datagram_without_a_peer_is_edestaddrreq<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    for data in [&b"x"[..], b""] {
        expect_err!(socket.send(data, NONE), Edestaddrreq, "send");
        expect_err!(socket.sendall(data, NONE), Edestaddrreq, "sendall");
    }
    Ok(())
}

pub(crate) fn send_of_a_bound_datagram_socket_without_a_peer_is_edestaddrreq<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (socket, _) = world.bound_datagram()?;
    expect_err!(socket.send(b"x", NONE), Edestaddrreq, "send");
    expect_err!(socket.sendall(b"x", NONE), Edestaddrreq, "sendall");
    Ok(())
}

pub(crate) fn what_no_datagram_holds_is_emsgsize<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let address = world.nobody();
    let socket = world.datagram()?;
    for length in [world.largest() + 1, 70_000, 1 << 21] {
        let data = alloc::vec![0; length];
        let result = socket.sendto(&data, NONE, address);
        expect_err!(result, Emsgsize, "sendto of {length} bytes");
    }
    Ok(())
}

pub(crate) fn after_emsgsize_the_socket_still_sends<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    let data = alloc::vec![0; world.largest() + 1];
    expect_err!(pair.client.send(&data, NONE), Emsgsize, "send");
    expect_err!(pair.client.sendall(&data, NONE), Emsgsize, "sendall");
    give_one(&pair.client, b"less")?;
    let found = pair.server.recv(100, NONE).or_fail("recv")?;
    expect_eq!(found, b"less", "what arrived");
    expect_nothing(&pair.server, "recvfrom after that")
}

pub(crate) fn sendto_port_zero_is_einval<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let socket = world.datagram()?;
    for address in [world.loopback(0), world.family.wildcard()] {
        expect_err!(socket.sendto(b"x", NONE, address), Einval, "sendto");
    }
    Ok(())
}

pub(crate) fn sendto_the_other_family_is_eafnosupport<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    let other = world.other_family().loopback(9);
    expect_err!(socket.sendto(b"x", NONE, other), Eafnosupport, "sendto");
    Ok(())
}

pub(crate) fn sendto_the_wildcard_address_is_to_loopback<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (server, address) = world.bound_datagram()?;
    let (client, name) = world.bound_datagram()?;
    let wildcard = SockAddr::new(world.family.wildcard().ip(), address.port());
    give_to(&client, b"here", wildcard)?;
    expect_datagram(&server, b"here", name, "recvfrom")
}

/// Of the group of all machines every machine is a member. A socket that is bound to loopback sends over loopback,
/// so nothing leaves this one.
pub(crate) fn sendto_a_multicast_address_reaches_who_listens<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let server = world.datagram()?;
    server
        .bind(world.family.wildcard())
        .or_fail("bind to the wildcard address")?;
    let port = server.getsockname().or_fail("getsockname")?.port();
    let (client, name) = world.bound_datagram()?;
    let all_machines = SockAddr::from((Ipv4Addr::new(224, 0, 0, 1), port));
    give_to(&client, b"to all", all_machines)?;
    expect_datagram(&server, b"to all", name, "recvfrom")
}

pub(crate) fn sendto_the_wildcard_address_is_to_the_address_of_a_bound_socket<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let own = SockAddr::from(([127, 5, 6, 7], 0));
    let (server, client) = (world.datagram()?, world.datagram()?);
    for socket in [&server, &client] {
        socket.bind(own).or_fail("bind to 127.5.6.7")?;
    }
    let port = server.getsockname().or_fail("getsockname")?.port();
    let name = client.getsockname().or_fail("getsockname")?;
    let wildcard = SockAddr::new(world.family.wildcard().ip(), port);
    give_to(&client, b"here", wildcard)?;
    expect_datagram(&server, b"here", name, "recvfrom")?;
    client.connect(wildcard).or_fail("connect")?;
    give_one(&client, b"there")?;
    expect_datagram(&server, b"there", name, "recvfrom from a peer")
}

pub(crate) fn sendto_of_a_socket_with_a_peer_reaches_the_peer_or_is_eisconn<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    let to = pair.client.getpeername().or_fail("getpeername")?;
    match pair.client.sendto(b"same", NONE, to) {
        Ok(sent) => {
            expect_eq!(sent, 4, "how much was taken");
            let found = pair.server.recv(100, NONE).or_fail("recv")?;
            expect_eq!(found, b"same", "what arrived");
        }
        Err(errno) => expect_eq!(errno, Errno::Eisconn, "sendto the peer"),
    }
    give_one(&pair.client, b"after")?;
    let found = pair.server.recv(100, NONE).or_fail("recv")?;
    expect_eq!(found, b"after", "what arrived after that");
    Ok(())
}

/// Linux sends it there; POSIX and the BSDs refuse.
pub(crate) fn sendto_past_the_peer_is_delivered_or_eisconn<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    let (other, address) = world.bound_datagram()?;
    match pair.client.sendto(b"other", NONE, address) {
        Ok(_) => {
            let found = other.recv(100, NONE).or_fail("recv")?;
            expect_eq!(found, b"other", "what arrived");
        }
        Err(errno) => {
            expect_eq!(errno, Errno::Eisconn, "sendto another address");
            expect_nothing(&other, "recvfrom of the other")?;
        }
    }
    expect_nothing(&pair.server, "recvfrom of the peer")?;
    give_one(&pair.client, b"after")?;
    let found = pair.server.recv(100, NONE).or_fail("recv")?;
    expect_eq!(found, b"after", "what arrived after that");
    Ok(())
}

pub(crate) fn sendto_of_a_stream_does_not_look_at_the_address<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    let addresses = [
        world.loopback(0),
        world.loopback(9),
        world.other_family().loopback(9),
    ];
    for address in addresses {
        give_to(&pair.client, b"data", address)?;
        let found = take(&pair.server, 4, "recv")?;
        expect_eq!(found, b"data", "what arrived");
    }
    Ok(())
}

pub(crate) fn sendto_of_an_unconnected_stream_is_epipe_or_enotconn<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    let result = socket.sendto(b"x", NONE, world.loopback(9));
    expect_err!(result, Epipe | Enotconn, "sendto");
    Ok(())
}

pub(crate) fn dontwait_and_nosignal_are_flags_of_datagrams<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.datagram_pair()?;
    for flags in [MsgFlags::NOSIGNAL, MsgFlags::DONTWAIT] {
        expect_eq!(pair.client.send(b"ab", flags).or_fail("send")?, 2, "send");
        pair.client.sendall(b"cd", flags).or_fail("sendall")?;
        for expected in [b"ab", b"cd"] {
            let found = pair.server.recv(10, MsgFlags::NOSIGNAL).or_fail("recv")?;
            expect_eq!(found, expected, "what arrived");
        }
    }
    Ok(())
}

/// The answer of the machine comes back to the socket by way of its peer.
pub(crate) fn a_datagram_to_nobody_is_econnrefused_once<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    socket.connect(world.nobody()).or_fail("connect")?;
    for _ in 0..2 {
        give_one(&socket, b"anybody?")?;
        expect_err!(socket.recv(100, NONE), Econnrefused, "recv");
        expect_nothing(&socket, "recvfrom after that")?;
    }
    Ok(())
}

/// Each datagram that is sent meets nobody; that shows when the next one is, or the one after it.
pub(crate) fn a_send_after_a_datagram_to_nobody_is_econnrefused<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    socket.connect(world.nobody()).or_fail("connect")?;
    give_one(&socket, b"anybody?")?;
    let refused = world.until_done(Errno::Eagain, || match socket.send(b"anybody?", NONE) {
        Ok(_) => Err(Errno::Eagain),
        Err(errno) => Ok(errno),
    })?;
    let errno = refused.or_fail("send")?;
    expect_eq!(errno, Errno::Econnrefused, "a later send");
    Ok(())
}

pub(crate) fn a_socket_without_a_peer_never_learns_that_nobody_is_there<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (socket, name) = world.bound_datagram()?;
    let (server, address) = world.bound_datagram()?;
    for _ in 0..3 {
        give_to(&socket, b"anybody?", world.nobody())?;
        give_to(&socket, b"you", address)?;
        expect_datagram(&server, b"you", name, "recvfrom of somebody")?;
        expect_nothing(&socket, "recvfrom")?;
    }
    Ok(())
}

pub(crate) fn a_refused_datagram_socket_goes_on<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (server, address) = world.bound_datagram()?;
    let (socket, name) = world.bound_datagram()?;
    socket
        .connect(world.nobody())
        .or_fail("connect to nobody")?;
    give_one(&socket, b"anybody?")?;
    expect_err!(socket.recv(100, NONE), Econnrefused, "recv");

    socket.connect(address).or_fail("connect to somebody")?;
    give_one(&socket, b"you")?;
    expect_datagram(&server, b"you", name, "recvfrom of somebody")?;
    give_to(&server, b"me", name)?;
    expect_datagram(&socket, b"me", address, "recvfrom")
}
