//! `listen(2)`.

use crate::api::{Api, Socket};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::transfer::{give, take};
use crate::{Failure, World};

pub(crate) fn listen_takes_every_backlog<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    for backlog in [0, 1, 128, 65_536, i32::MAX, -1, i32::MIN] {
        let socket = world.bound()?;
        socket.listen(backlog).or_fail("listen")?;
        expect_eq!(
            accepts_one(world, &socket)?,
            b"hi",
            "what comes with the backlog {backlog}"
        );
    }
    Ok(())
}

pub(crate) fn listen_with_backlog_zero_lets_one_connection_wait<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.bound()?;
    socket.listen(0).or_fail("listen")?;
    let address = socket.getsockname().or_fail("getsockname")?;

    let client = world.connected(address)?;
    let (_server, from) = socket.accept().or_fail("accept")?;
    expect_eq!(
        from,
        client.getsockname().or_fail("getsockname")?,
        "who was accepted"
    );
    Ok(())
}

pub(crate) fn listen_on_an_unbound_socket_takes_the_wildcard_address<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    socket.listen(1).or_fail("listen")?;
    let name = socket.getsockname().or_fail("getsockname")?;
    expect_eq!(name.ip(), world.family.wildcard().ip(), "the address");
    expect_that!(
        name.port() != 0,
        "the port: expected an ephemeral one, found 0"
    );
    expect_eq!(accepts_one(world, &socket)?, b"hi", "what comes");
    Ok(())
}

pub(crate) fn listen_again_changes_the_backlog<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (socket, address) = world.listener()?;
    for backlog in [1, 200, 0, -1] {
        socket.listen(backlog).or_fail("listen again")?;
    }
    expect_eq!(
        socket.getsockname().or_fail("getsockname")?,
        address,
        "the address afterwards"
    );
    expect_eq!(accepts_one(world, &socket)?, b"hi", "what comes");
    Ok(())
}

pub(crate) fn listen_of_a_connected_socket_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    expect_err!(
        pair.client.listen(1),
        Einval,
        "listen of the socket that connected"
    );
    expect_err!(
        pair.server.listen(1),
        Einval,
        "listen of the socket that was accepted"
    );

    give(&pair.client, b"still", "sendall")?;
    expect_eq!(
        take(&pair.server, 5, "recv")?,
        b"still",
        "what arrives afterwards"
    );
    Ok(())
}

pub(crate) fn connections_wait_in_the_order_they_came<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    let first = world.connected(address)?;
    let second = world.connected(address)?;
    let third = world.connected(address)?;
    for client in [&first, &second, &third] {
        let (_server, from) = listener.accept().or_fail("accept")?;
        expect_eq!(
            from,
            client.getsockname().or_fail("getsockname")?,
            "who was accepted"
        );
    }
    Ok(())
}

/// Connects to a listening socket, sends two bytes and answers what was received.
fn accepts_one<A: Api>(
    world: &World<'_, A>,
    listener: &A::Socket,
) -> Result<alloc::vec::Vec<u8>, Failure> {
    let port = listener
        .getsockname()
        .or_fail("getsockname of the listening socket")?
        .port();
    let client = world.connected(world.loopback(port))?;
    let (server, _) = listener.accept().or_fail("accept")?;
    give(&client, b"hi", "sendall")?;
    take(&server, 2, "recv")
}
