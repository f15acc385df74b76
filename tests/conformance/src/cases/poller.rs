//! Pollers: sets that are kept between waits.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use wasock_core::Errno;

use crate::api::{Api, Lookup, Poller, Socket};
use crate::cases::lookup::numeric;
use crate::datagram::{PATIENCE, give_to};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::readiness::{AT_ONCE, HANGUP, NOTHING, READABLE, SHORT, WRITABLE, both};
use crate::transfer::{NONE, give, take};
use crate::{Failure, World};

pub(crate) fn an_empty_poller_waits_for_the_time_only<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let poller = world.api.poller().or_fail("poller")?;
    for timeout in [AT_ONCE, SHORT] {
        expect_eq!(poller.wait(10, timeout).or_fail("wait")?, [], "wait");
    }
    expect_err!(poller.wait(10, None), Edeadlk, "wait for ever");
    expect_err!(poller.wait(0, AT_ONCE), Einval, "wait for no events");
    let socket = world.stream()?;
    poller.add(&socket, WRITABLE, 1).or_fail("add")?;
    expect_err!(poller.wait(0, None), Einval, "wait for no events");
    Ok(())
}

pub(crate) fn a_poller_answers_tokens<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let poller = world.api.poller().or_fail("poller")?;
    let (first, second) = (world.pair()?, world.pair()?);
    poller.add(&first.server, READABLE, 0).or_fail("add")?;
    poller
        .add(&second.server, READABLE, u32::MAX)
        .or_fail("add")?;
    expect_eq!(poller.wait(10, SHORT).or_fail("wait")?, [], "without data");

    give(&second.client, b"xy", "sendall")?;
    let expected = [(u32::MAX, READABLE)];
    for _ in 0..2 {
        expect_eq!(
            poller.wait(10, None).or_fail("wait")?,
            expected,
            "with data"
        );
        take(&second.server, 1, "recv")?;
    }
    let found = poller.wait(10, AT_ONCE).or_fail("wait")?;
    expect_eq!(found, [], "when all is received");
    give(&first.client, b"x", "sendall")?;
    let found = poller.wait(10, PATIENCE).or_fail("wait")?;
    expect_eq!(found, [(0, READABLE)], "with data of the other");
    Ok(())
}

pub(crate) fn a_token_names_one_entry<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let poller = world.api.poller().or_fail("poller")?;
    let (first, second) = (world.stream()?, world.stream()?);
    let (lookup, source) = (numeric(world)?, world.api.source());
    poller.add(&first, WRITABLE, 7).or_fail("add")?;
    expect_err!(poller.add(&second, WRITABLE, 7), Eexist, "add");
    expect_err!(poller.add_lookup(&lookup, 7), Eexist, "add_lookup");
    expect_err!(poller.add_source(&source, 7), Eexist, "add_source");
    let expected = [(7, WRITABLE | HANGUP)];
    expect_eq!(poller.wait(10, None).or_fail("wait")?, expected, "wait");

    poller.remove(7).or_fail("remove")?;
    poller.add_lookup(&lookup, 7).or_fail("add_lookup")?;
    let expected = [(7, READABLE)];
    expect_eq!(poller.wait(10, None).or_fail("wait")?, expected, "wait");
    Ok(())
}

pub(crate) fn a_token_that_names_nothing_is_enoent<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let poller = world.api.poller().or_fail("poller")?;
    let (lookup, source) = (numeric(world)?, world.api.source());
    expect_err!(poller.modify(1, READABLE), Enoent, "modify");
    expect_err!(poller.remove(1), Enoent, "remove");
    poller.add_lookup(&lookup, 1).or_fail("add_lookup")?;
    poller.add_source(&source, 2).or_fail("add_source")?;
    for token in [1, 2] {
        expect_err!(poller.modify(token, READABLE), Enoent, "modify of {token}");
        poller.remove(token).or_fail("remove")?;
        expect_err!(poller.remove(token), Enoent, "remove again");
    }
    expect_err!(poller.wait(10, None), Edeadlk, "wait");
    Ok(())
}

pub(crate) fn modify_changes_what_is_waited_for<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let poller = world.api.poller().or_fail("poller")?;
    let pair = world.pair()?;
    poller.add(&pair.server, READABLE, 1).or_fail("add")?;
    expect_eq!(poller.wait(10, AT_ONCE).or_fail("wait")?, [], "readable");
    for (wanted, expected) in [(both(), WRITABLE), (NOTHING, NOTHING), (WRITABLE, WRITABLE)] {
        poller.modify(1, wanted).or_fail("modify")?;
        let found = poller.wait(10, AT_ONCE).or_fail("wait")?;
        let expected: Vec<_> = [(1, expected)]
            .into_iter()
            .filter(|(_, readiness)| !readiness.is_none())
            .collect();
        expect_eq!(found, expected, "asked for {wanted:?}");
    }
    poller.remove(1).or_fail("remove")?;
    expect_eq!(poller.wait(10, AT_ONCE).or_fail("wait")?, [], "removed");
    poller.add(&pair.server, WRITABLE, 2).or_fail("add again")?;
    let found = poller.wait(10, None).or_fail("wait")?;
    expect_eq!(found, [(2, WRITABLE)], "added again");
    Ok(())
}

pub(crate) fn closing_and_dropping_take_out_of_the_set<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let poller = world.api.poller().or_fail("poller")?;
    let (closed, dropped) = (world.stream()?, world.stream()?);
    let (closed_lookup, dropped_lookup) = (numeric(world)?, numeric(world)?);
    poller.add(&closed, WRITABLE, 1).or_fail("add")?;
    poller.add(&dropped, WRITABLE, 2).or_fail("add")?;
    poller.add_lookup(&closed_lookup, 3).or_fail("add_lookup")?;
    let found = poller.wait(10, AT_ONCE).or_fail("wait")?;
    expect_eq!(found.len(), 3, "how many are ready");

    closed.close();
    drop(dropped);
    closed_lookup.close();
    expect_eq!(poller.wait(10, AT_ONCE).or_fail("wait")?, [], "wait");
    expect_err!(poller.wait(10, None), Edeadlk, "wait for ever");
    expect_err!(
        poller.add(&closed, WRITABLE, 4),
        Ebadf,
        "add of what is closed"
    );
    let result = poller.add_lookup(&closed_lookup, 4);
    expect_err!(result, Ebadf, "add_lookup of what is closed");
    let again = world.stream()?;
    poller
        .add(&again, WRITABLE, 1)
        .or_fail("add with a token that was freed")?;
    poller
        .add_lookup(&dropped_lookup, 2)
        .or_fail("add_lookup with a freed token")?;
    Ok(())
}

pub(crate) fn a_token_of_what_is_closed_is_free_at_once<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let poller = world.api.poller().or_fail("poller")?;
    let (first, second) = (world.stream()?, world.stream()?);
    poller.add(&first, WRITABLE, 1).or_fail("add")?;
    first.close();
    expect_err!(poller.modify(1, READABLE), Enoent, "modify");
    expect_err!(poller.remove(1), Enoent, "remove");
    poller
        .add(&second, WRITABLE, 1)
        .or_fail("add with the same token")?;
    let expected = [(1, WRITABLE | HANGUP)];
    expect_eq!(poller.wait(10, None).or_fail("wait")?, expected, "wait");
    Ok(())
}

pub(crate) fn closing_a_poller_empties_it<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let poller = world.api.poller().or_fail("poller")?;
    let (socket, source) = (world.stream()?, world.api.source());
    for _ in 0..2 {
        poller.add(&socket, WRITABLE, 1).or_fail("add")?;
        poller.add_source(&source, 2).or_fail("add_source")?;
        for _ in 0..2 {
            poller.close();
            expect_err!(poller.wait(10, None), Edeadlk, "wait");
            expect_err!(poller.remove(1), Enoent, "remove");
        }
    }
    Ok(())
}

pub(crate) fn lookups_and_event_sources_are_entries_too<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let poller = world.api.poller().or_fail("poller")?;
    let (lookup, source, socket) = (numeric(world)?, world.api.source(), world.datagram()?);
    poller.add_lookup(&lookup, 1).or_fail("add_lookup")?;
    poller.add_source(&source, 2).or_fail("add_source")?;
    poller.add(&socket, READABLE, 3).or_fail("add")?;
    for timeout in [None, AT_ONCE, SHORT] {
        let mut found = poller.wait(10, timeout).or_fail("wait")?;
        found.sort_by_key(|(token, _)| *token);
        expect_eq!(found, [(1, READABLE), (2, READABLE)], "wait");
    }
    drop(source);
    poller.remove(1).or_fail("remove")?;
    expect_eq!(
        poller.wait(10, AT_ONCE).or_fail("wait")?,
        [],
        "without them"
    );
    Ok(())
}

pub(crate) fn what_does_not_fit_is_answered_first_the_next_time<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let poller = world.api.poller().or_fail("poller")?;
    let mut sockets = Vec::new();
    for token in 0..10 {
        let socket = world.datagram()?;
        poller.add(&socket, WRITABLE, token).or_fail("add")?;
        sockets.push(socket);
    }
    for max in [1, 3, 7, 10] {
        let mut seen = BTreeSet::new();
        for _ in 0..10_u32.div_ceil(max) {
            let found = poller.wait(max, None).or_fail("wait")?;
            expect_eq!(found.len(), max as usize, "how many are answered");
            seen.extend(found.into_iter().map(|(token, _)| token));
        }
        expect_eq!(seen.len(), 10, "how many were answered {max} at a time");
    }
    Ok(())
}

pub(crate) fn a_hundred_sockets_are_waited_for<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let poller = world.api.poller().or_fail("poller")?;
    let mut sockets = Vec::new();
    for token in 0..100 {
        let (socket, address) = world.bound_datagram()?;
        poller.add(&socket, READABLE, token).or_fail("add")?;
        sockets.push((socket, address));
    }
    expect_eq!(poller.wait(200, AT_ONCE).or_fail("wait")?, [], "before");
    let sender = world.datagram()?;
    for (_, address) in &sockets {
        give_to(&sender, b"hello", *address)?;
    }
    let mut seen = BTreeSet::new();
    while seen.len() < sockets.len() {
        let found = poller.wait(200, PATIENCE).or_fail("wait")?;
        expect_that!(
            !found.is_empty(),
            "wait: expected events, found none in time"
        );
        for (token, _) in found {
            expect_that!(
                seen.insert(token),
                "{token} was answered after it was received"
            );
            if let Some((socket, _)) = sockets.get(token as usize) {
                expect_eq!(socket.recv(10, NONE).or_fail("recv")?, b"hello", "recv");
            }
        }
    }
    expect_eq!(poller.wait(200, AT_ONCE).or_fail("wait")?, [], "afterwards");
    Ok(())
}

pub(crate) fn one_socket_may_have_two_tokens<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let poller = world.api.poller().or_fail("poller")?;
    let pair = world.pair()?;
    poller.add(&pair.server, READABLE, 1).or_fail("add")?;
    poller.add(&pair.server, WRITABLE, 2).or_fail("add again")?;
    let found = poller.wait(10, None).or_fail("wait")?;
    expect_eq!(found, [(2, WRITABLE)], "wait");
    Ok(())
}

/// The shape of a server: one loop for the listening socket and all connections.
pub(crate) fn a_poller_serves_many_clients<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    const CLIENTS: usize = 10;
    let poller = world.api.poller().or_fail("poller")?;
    let (listener, address) = world.listener()?;
    listener.settimeout(AT_ONCE).or_fail("settimeout")?;
    poller.add(&listener, READABLE, 0).or_fail("add")?;
    let mut clients = Vec::new();
    for number in 0..CLIENTS as u8 {
        let client = world.connected(address)?;
        give(&client, &[number; 100], "sendall of a client")?;
        client
            .shutdown(crate::api::Shutdown::Write)
            .or_fail("shutdown")?;
        clients.push(client);
    }

    let mut served: Vec<Option<A::Socket>> = alloc::vec![None];
    let mut open = CLIENTS;
    while open > 0 {
        let events = poller.wait(3, PATIENCE).or_fail("wait")?;
        expect_that!(
            !events.is_empty(),
            "wait: expected events, found none in time"
        );
        for (token, _) in events {
            if token == 0 {
                match listener.accept() {
                    Ok((socket, _)) => {
                        let token = served.len() as u32;
                        poller.add(&socket, READABLE, token).or_fail("add")?;
                        served.push(Some(socket));
                    }
                    Err(errno) => expect_eq!(errno, Errno::Eagain, "accept"),
                }
                continue;
            }
            let Some(place) = served.get_mut(token as usize) else {
                return Err(Failure::new(alloc::format!("nobody has the token {token}")));
            };
            let Some(socket) = place else {
                return Err(Failure::new(alloc::format!("{token} was dropped before")));
            };
            let data = socket.recv(1000, NONE).or_fail("recv")?;
            if data.is_empty() {
                *place = None;
                open -= 1;
            } else {
                give(socket, &data, "sendall of the server")?;
            }
        }
    }
    for (number, client) in (0..).zip(&clients) {
        let found = crate::transfer::take_all(client, "recv of a client")?;
        expect_eq!(found, [number; 100], "what a client received");
    }
    Ok(())
}
