//! Options over the life of a socket: attempts to connect, accepting, the end.

use core::time::Duration;

use wasock_core::Errno;
use wasock_core::sockopt::SockOpt;

use super::options::{expect_kept, hop_limit};
use crate::api::{Api, Shutdown, Socket};
use crate::failure::{OrFail, expect_eq, expect_err};
use crate::peer::Command;
use crate::readiness::READABLE;
use crate::{Failure, World};

/// Values that no system begins with.
const CHOSEN: [(SockOpt, i32); 4] = [
    (SockOpt::SoKeepalive, 1),
    (SockOpt::TcpKeepidle, 601),
    (SockOpt::TcpKeepintvl, 61),
    (SockOpt::TcpKeepcnt, 7),
];

pub(crate) fn options_are_set_in_every_state<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let port = world.stalling_port()?;
    let connecting = world.stream()?;
    connecting
        .settimeout(Some(Duration::ZERO))
        .or_fail("settimeout")?;
    expect_err!(connecting.connect(port.address), Einprogress, "connect");
    let (listener, _) = world.listener()?;
    let pair = world.pair()?;
    let ended = world.pair()?.client;
    ended.shutdown(Shutdown::Both).or_fail("shutdown")?;
    for socket in [
        world.stream()?,
        world.bound()?,
        listener,
        connecting,
        pair.client,
        pair.server,
        ended,
    ] {
        choose(world, &socket)?;
        expect_chosen(world, &socket)?;
    }

    let (bound, _) = world.bound_datagram()?;
    for socket in [world.datagram()?, bound, world.datagram_pair()?.client] {
        expect_kept(&socket, hop_limit(world.family), 33)?;
    }
    Ok(())
}

pub(crate) fn an_accepted_socket_has_the_options_of_the_listening_one<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let listener = world.bound()?;
    choose(world, &listener)?;
    expect_kept(&listener, SockOpt::SoReuseaddr, 1)?;
    listener.listen(1).or_fail("listen")?;
    let address = listener.getsockname().or_fail("getsockname")?;
    let _client = world.connected(address)?;
    let (accepted, _) = listener.accept().or_fail("accept")?;
    expect_chosen(world, &accepted)?;
    expect_eq!(accepted.getsockopt(SockOpt::SoReuseaddr), Ok(1), "reuse");

    // From then on each has its own.
    expect_kept(&accepted, SockOpt::SoKeepalive, 0)?;
    expect_chosen(world, &listener)
}

pub(crate) fn options_stay_when_a_refused_socket_tries_again<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let port = world.refusing_port()?;
    for bound in [false, true] {
        let socket = if bound {
            world.bound()?
        } else {
            world.stream()?
        };
        choose(world, &socket)?;
        for _ in 0..2 {
            expect_err!(socket.connect(port.address), Econnrefused, "connect");
            expect_chosen(world, &socket)?;
        }
        // What is set in between counts, too.
        expect_kept(&socket, SockOpt::TcpKeepcnt, 8)?;
        expect_err!(socket.connect(port.address), Econnrefused, "connect");
        expect_kept(&socket, SockOpt::TcpKeepcnt, 8)?;
        socket.connect(world.peer).or_fail("connect to the peer")?;
        expect_eq!(socket.getsockopt(SockOpt::TcpKeepcnt), Ok(8), "the count");
        expect_eq!(socket.getsockopt(SockOpt::TcpKeepidle), Ok(601), "the time");
    }
    Ok(())
}

pub(crate) fn options_set_while_connecting_are_those_of_the_connection<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let port = world.stalling_port()?;
    let socket = world.stream()?;
    socket
        .settimeout(Some(Duration::ZERO))
        .or_fail("settimeout")?;
    expect_err!(socket.connect(port.address), Einprogress, "connect");
    choose(world, &socket)?;
    expect_chosen(world, &socket)?;

    port.open()?;
    world
        .until_done(Errno::Ealready, || socket.connect(port.address))?
        .or_fail("connect")?;
    expect_chosen(world, &socket)
}

pub(crate) fn a_connection_that_was_reset_still_has_options<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.peer(&Command::Reset)?;
    world.wait_for(&socket, READABLE, "the reset")?;
    choose(world, &socket)?;
    expect_chosen(world, &socket)
}

fn choose<A: Api>(world: &World<'_, A>, socket: &A::Socket) -> Result<(), Failure> {
    for (option, value) in chosen(world) {
        let set = socket.setsockopt(option, value);
        set.or_fail(&alloc::format!("{option:?} set to {value}"))?;
    }
    Ok(())
}

fn expect_chosen<A: Api>(world: &World<'_, A>, socket: &A::Socket) -> Result<(), Failure> {
    for (option, value) in chosen(world) {
        expect_eq!(socket.getsockopt(option), Ok(value), "{option:?}");
    }
    Ok(())
}

fn chosen<A: Api>(world: &World<'_, A>) -> impl Iterator<Item = (SockOpt, i32)> {
    CHOSEN.into_iter().chain([(hop_limit(world.family), 33)])
}
