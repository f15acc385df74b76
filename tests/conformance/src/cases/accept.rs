//! `accept(2)`, and what else a listening socket answers.

use core::time::Duration;

use wasock_core::Errno;

use crate::api::{Api, Shutdown, Socket};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::peer::Command;
use crate::transfer::{NONE, expect_end, expect_same, give, pattern, take, take_all};
use crate::{Failure, World};

pub(crate) fn accept_on_a_new_socket_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    expect_err!(world.stream()?.accept(), Einval, "accept");
    Ok(())
}

pub(crate) fn accept_on_a_bound_socket_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    expect_err!(world.bound()?.accept(), Einval, "accept");
    Ok(())
}

pub(crate) fn accept_on_a_connected_socket_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    expect_err!(
        pair.client.accept(),
        Einval,
        "accept of the socket that connected"
    );
    expect_err!(
        pair.server.accept(),
        Einval,
        "accept of the socket that was accepted"
    );
    Ok(())
}

pub(crate) fn accept_answers_the_address_of_the_client<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    let client = world.connected(address)?;
    let (server, from) = listener.accept().or_fail("accept")?;

    let name = client.getsockname().or_fail("getsockname of the client")?;
    expect_eq!(from, name, "the address that accept answers");
    expect_eq!(
        server.getpeername().or_fail("getpeername")?,
        name,
        "getpeername of the new socket"
    );
    expect_eq!(
        server.getsockname().or_fail("getsockname")?,
        address,
        "getsockname of the new socket"
    );
    Ok(())
}

pub(crate) fn an_accepted_socket_knows_which_address_the_client_used<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let listener = world.stream()?;
    listener
        .bind(world.family.wildcard())
        .or_fail("bind to the wildcard address")?;
    listener.listen(1).or_fail("listen")?;
    let address = world.loopback(listener.getsockname().or_fail("getsockname")?.port());

    let _client = world.connected(address)?;
    let (server, _) = listener.accept().or_fail("accept")?;
    expect_eq!(
        server.getsockname().or_fail("getsockname")?,
        address,
        "getsockname of the new socket"
    );
    Ok(())
}

pub(crate) fn accept_waits_for_a_connection<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    let visit = world.visit(address, Command::Send(1000))?;
    visit.go()?;
    let (server, from) = listener.accept().or_fail("accept")?;
    expect_eq!(visit.connected()?, from, "the address that accept answers");
    expect_same(
        &take_all(&server, "recv")?,
        &pattern(1000),
        "what the peer sent",
    )?;
    drop(server);
    visit.done()
}

pub(crate) fn a_nonblocking_accept_without_connection_is_eagain<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    listener
        .settimeout(Some(Duration::ZERO))
        .or_fail("settimeout")?;
    expect_err!(listener.accept(), Eagain, "accept with nothing there");
    expect_err!(
        listener.accept(),
        Eagain,
        "accept with nothing there, again"
    );

    let client = world.connected(address)?;
    listener.settimeout(None).or_fail("settimeout")?;
    let (_server, from) = listener.accept().or_fail("accept")?;
    expect_eq!(
        from,
        client.getsockname().or_fail("getsockname")?,
        "who was accepted"
    );
    Ok(())
}

pub(crate) fn a_nonblocking_accept_takes_what_waits<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    listener
        .settimeout(Some(Duration::ZERO))
        .or_fail("settimeout")?;
    let client = world.connected(address)?;
    let (_server, from) = world
        .until_done(Errno::Eagain, || listener.accept())?
        .or_fail("accept")?;
    expect_eq!(
        from,
        client.getsockname().or_fail("getsockname")?,
        "who was accepted"
    );
    expect_err!(listener.accept(), Eagain, "accept of the next");
    Ok(())
}

pub(crate) fn accept_without_connection_runs_out_of_time<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    listener
        .settimeout(Some(Duration::from_millis(20)))
        .or_fail("settimeout")?;
    expect_err!(listener.accept(), Etimedout, "accept with nothing there");

    listener.settimeout(None).or_fail("settimeout")?;
    let client = world.connected(address)?;
    let (_server, from) = listener.accept().or_fail("accept")?;
    expect_eq!(
        from,
        client.getsockname().or_fail("getsockname")?,
        "who was accepted"
    );
    Ok(())
}

pub(crate) fn an_accepted_socket_blocks_whatever_the_listener_does<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    listener
        .settimeout(Some(Duration::from_secs(40)))
        .or_fail("settimeout")?;
    let _client = world.connected(address)?;
    let (server, _) = listener.accept().or_fail("accept")?;
    expect_eq!(server.gettimeout(), None, "gettimeout of the new socket");
    Ok(())
}

pub(crate) fn an_accepted_socket_of_a_nonblocking_listener_blocks<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    listener
        .settimeout(Some(Duration::ZERO))
        .or_fail("settimeout")?;
    let visit = world.visit(address, Command::Send(3))?;
    visit.connected()?;
    let (server, _) = world
        .until_done(Errno::Eagain, || listener.accept())?
        .or_fail("accept")?;
    expect_eq!(server.gettimeout(), None, "gettimeout of the new socket");

    visit.go()?;
    expect_same(
        &take_all(&server, "recv")?,
        &pattern(3),
        "what the peer sent",
    )
}

pub(crate) fn accept_takes_a_connection_whose_peer_has_closed<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    let client = world.connected(address)?;
    let name = client.getsockname().or_fail("getsockname")?;
    give(&client, b"last words", "sendall")?;
    client.close();

    let (server, from) = listener.accept().or_fail("accept")?;
    expect_eq!(from, name, "the address that accept answers");
    expect_eq!(
        take(&server, 10, "recv")?,
        b"last words",
        "what the client sent"
    );
    expect_end(&server, "recv after that")
}

/// Linux hands out the connection, and the first `recv` says what became of it; other systems answer
/// `ECONNABORTED` or pass it over.
pub(crate) fn a_connection_reset_while_it_waits_does_not_harm_the_listener<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    let visit = world.visit(address, Command::Reset)?;
    let lost = visit.connected()?;
    visit.go()?;
    visit.done()?;
    let client = world.connected(address)?;
    give(&client, b"next", "sendall")?;

    let mut answer = listener.accept();
    if matches!(answer, Err(Errno::Econnaborted)) {
        answer = listener.accept();
    }
    let (mut server, mut from) = answer.or_fail("accept")?;
    if from == lost {
        expect_err!(
            server.recv(10, NONE),
            Econnreset,
            "recv of the connection that was reset"
        );
        (server, from) = listener.accept().or_fail("accept of the next")?;
    }
    expect_eq!(
        from,
        client.getsockname().or_fail("getsockname")?,
        "who was accepted"
    );
    expect_eq!(take(&server, 4, "recv")?, b"next", "what came");
    Ok(())
}

pub(crate) fn a_listening_socket_carries_no_data<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    expect_err!(listener.connect(address), Eisconn, "connect");
    expect_err!(listener.recv(1, NONE), Enotconn, "recv");
    expect_err!(listener.recvfrom(1, NONE), Enotconn, "recvfrom");
    expect_err!(listener.send(b"x", NONE), Epipe | Enotconn, "send");
    expect_err!(listener.sendall(b"x", NONE), Epipe | Enotconn, "sendall");
    expect_err!(listener.getpeername(), Enotconn, "getpeername");

    let client = world.connected(address)?;
    let (_server, from) = listener.accept().or_fail("accept afterwards")?;
    expect_eq!(
        from,
        client.getsockname().or_fail("getsockname")?,
        "who was accepted"
    );
    Ok(())
}

/// Its other half it does not have.
pub(crate) fn a_listening_socket_that_is_shut_down_can_listen_again<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for how in [Shutdown::Read, Shutdown::Both] {
        let (listener, address) = world.listener()?;
        listener
            .shutdown(Shutdown::Write)
            .or_fail("shutdown of sending")?;
        let client = world.connected(address)?;
        listener.accept().or_fail("accept afterwards")?;
        drop(client);

        listener.shutdown(how).or_fail("shutdown of receiving")?;
        expect_eq!(listener.so_acceptconn(), Ok(false), "SO_ACCEPTCONN");
        expect_err!(listener.accept(), Einval, "accept after shutdown");
        expect_err!(listener.shutdown(how), Enotconn, "shutdown once more");
        expect_err!(
            world.stream()?.connect(address),
            Econnrefused,
            "connect to who does not listen"
        );

        listener.listen(1).or_fail("listen again")?;
        let address = listener.getsockname().or_fail("getsockname")?;
        let client = world.connected(address)?;
        let (_server, from) = listener.accept().or_fail("accept again")?;
        let name = client.getsockname().or_fail("getsockname of the client")?;
        expect_eq!(from, name, "who was accepted");
    }
    Ok(())
}

pub(crate) fn many_connections_are_accepted_and_kept_apart<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    let mut pairs = alloc::vec::Vec::new();
    for _ in 0..100 {
        let client = world.connected(address)?;
        let (server, _) = listener.accept().or_fail("accept")?;
        pairs.push((client, server));
    }
    for (index, (client, _)) in pairs.iter().enumerate() {
        give(client, alloc::format!("{index:03}").as_bytes(), "sendall")?;
    }
    for (index, (_, server)) in pairs.iter().enumerate().rev() {
        let found = take(server, 3, "recv")?;
        expect_that!(
            found == alloc::format!("{index:03}").as_bytes(),
            "connection {index}: expected its own number, found {found:?}"
        );
    }
    Ok(())
}
