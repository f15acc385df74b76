//! Under a policy that grants nothing: everything that would touch the network is `EACCES`, nothing
//! traps, and what needs no network goes on.
//!
//! A host may refuse already the creation of a socket; then there is nothing more to ask.

use core::time::Duration;

use wasock_core::{Errno, SockAddr};

use crate::api::{AnyType, Api, Socket};
use crate::failure::{OrFail, expect_eq, expect_err};
use crate::transfer::NONE;
use crate::{Failure, World};

pub(crate) fn denied_bind_is_eacces<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let Some(socket) = created(world)? else {
        return Ok(());
    };
    expect_err!(
        socket.bind(world.loopback(0)),
        Eacces,
        "bind to loopback, port 0"
    );
    expect_err!(
        socket.bind(world.loopback(8080)),
        Eacces,
        "bind to loopback, port 8080"
    );
    let wildcard = SockAddr::new(world.family.wildcard().ip(), 8080);
    expect_err!(
        socket.bind(wildcard),
        Eacces,
        "bind to the wildcard address, port 8080"
    );
    expect_unused(world, &socket)
}

/// An outbound connection begins with this, so a policy may grant it: nothing comes in through it.
pub(crate) fn denied_bind_to_the_wildcard_address_is_eacces_or_worth_nothing<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let Some(socket) = created(world)? else {
        return Ok(());
    };
    if let Err(errno) = socket.bind(world.family.wildcard()) {
        expect_eq!(errno, Errno::Eacces, "bind to the wildcard address, port 0");
    }
    expect_err!(socket.listen(1), Eacces, "listen");
    expect_err!(socket.connect(world.peer), Eacces, "connect");
    expect_err!(socket.accept(), Einval, "accept");
    Ok(())
}

pub(crate) fn denied_listen_is_eacces<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let Some(socket) = created(world)? else {
        return Ok(());
    };
    expect_err!(socket.listen(1), Eacces, "listen");
    expect_err!(socket.accept(), Einval, "accept");
    expect_unused(world, &socket)
}

pub(crate) fn denied_connect_is_eacces<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let Some(socket) = created(world)? else {
        return Ok(());
    };
    expect_err!(socket.connect(world.peer), Eacces, "connect");
    expect_err!(socket.connect(world.peer), Eacces, "connect again");
    expect_err!(
        socket.connect(world.loopback(80)),
        Eacces,
        "connect elsewhere"
    );
    expect_unused(world, &socket)
}

/// The wildcard address is a way to write loopback, not a way round the policy.
pub(crate) fn denied_connect_to_the_wildcard_address_is_eacces<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let Some(socket) = created(world)? else {
        return Ok(());
    };
    let wildcard = SockAddr::new(world.family.wildcard().ip(), world.peer.port());
    expect_err!(socket.connect(wildcard), Eacces, "connect");
    expect_unused(world, &socket)
}

/// The answer comes at once, or from the call that asks how the attempt ended.
pub(crate) fn denied_nonblocking_connect_is_eacces<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let Some(socket) = created(world)? else {
        return Ok(());
    };
    socket
        .settimeout(Some(Duration::ZERO))
        .or_fail("settimeout")?;
    let mut answer = socket.connect(world.peer);
    while matches!(answer, Err(Errno::Einprogress | Errno::Ealready)) {
        answer = socket.connect(world.peer);
    }
    expect_err!(answer, Eacces, "connect");
    expect_unused(world, &socket)
}

pub(crate) fn denied_connect_within_a_timeout_is_eacces<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let Some(socket) = created(world)? else {
        return Ok(());
    };
    socket
        .settimeout(Some(Duration::from_secs(50)))
        .or_fail("settimeout")?;
    expect_err!(socket.connect(world.peer), Eacces, "connect");
    expect_unused(world, &socket)
}

pub(crate) fn denied_calls_in_every_order_stay_eacces<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for first in 0..3 {
        let Some(socket) = created(world)? else {
            return Ok(());
        };
        for step in 0..6 {
            match (first + step) % 3 {
                0 => expect_err!(
                    socket.bind(world.loopback(0)),
                    Eacces,
                    "bind in step {step}"
                ),
                1 => expect_err!(socket.listen(1), Eacces, "listen in step {step}"),
                _ => expect_err!(socket.connect(world.peer), Eacces, "connect in step {step}"),
            };
        }
        expect_unused(world, &socket)?;
        socket.close();
        expect_err!(socket.connect(world.peer), Ebadf, "connect after close");
    }
    Ok(())
}

/// A socket, unless the policy refuses that too.
fn created<A: Api>(world: &World<'_, A>) -> Result<Option<A::Socket>, Failure> {
    match world.api.create(world.any_family(), AnyType::Stream, 0) {
        Ok(socket) => Ok(Some(socket)),
        Err(Errno::Eacces) => Ok(None),
        Err(errno) => Err(Failure::new(alloc::format!(
            "create: expected success or EACCES, found {errno}"
        ))),
    }
}

/// What was refused has left no trace.
fn expect_unused<A: Api>(world: &World<'_, A>, socket: &A::Socket) -> Result<(), Failure> {
    expect_eq!(
        socket.getsockname().or_fail("getsockname")?,
        world.family.wildcard(),
        "getsockname"
    );
    expect_err!(socket.getpeername(), Enotconn, "getpeername");
    expect_err!(socket.recv(1, NONE), Enotconn, "recv");
    expect_err!(socket.send(b"x", NONE), Epipe | Enotconn, "send");
    Ok(())
}
