//! Handles of all kinds, dropped in any order.

use alloc::vec::Vec;

use wasock_core::flags::MsgFlags;

use crate::api::{Api, Poller, Socket};
use crate::cases::lookup::numeric;
use crate::datagram::give_one;
use crate::failure::OrFail;
use crate::readiness::{AT_ONCE, both};
use crate::transfer::give;
use crate::{Failure, World};

/// One handle.
enum Handle<A: Api> {
    Socket(A::Socket),
    Poller(A::Poller),
    Buffer(A::Buffer),
    Lookup(A::Lookup),
    Source(A::Source),
}

pub(crate) fn handles_are_dropped_in_any_order<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let count = handles(world)?.len();
    for first in 0..count {
        for backwards in [false, true] {
            let mut handles = handles(world)?;
            handles.rotate_left(first);
            if backwards {
                handles.reverse();
            }
            for handle in handles {
                match handle {
                    Handle::Socket(socket) => drop(socket),
                    Handle::Poller(poller) => {
                        poller.wait(100, AT_ONCE).or_fail("wait of what is left")?;
                        drop(poller);
                    }
                    Handle::Buffer(buffer) => drop(buffer),
                    Handle::Lookup(lookup) => drop(lookup),
                    Handle::Source(source) => drop(source),
                }
            }
        }
    }
    world.pair()?;
    world.datagram_pair().map(drop)
}

/// One of each kind, all of them in use.
fn handles<A: Api>(world: &World<'_, A>) -> Result<Vec<Handle<A>>, Failure> {
    let poller = world.api.poller().or_fail("poller")?;
    let buffer = world.api.buffer(100).or_fail("buffer")?;
    let (lookup, source) = (numeric(world)?, world.api.source());
    let (listener, address) = world.listener()?;
    let client = world.connected(address)?;
    let (server, _) = listener.accept().or_fail("accept")?;
    let datagrams = world.datagram_pair()?;
    give(&client, b"unread", "sendall")?;
    give_one(&datagrams.client, b"unread")?;
    let received = server.recv_into(&buffer, 0, 3, MsgFlags::PEEK);
    received.or_fail("recv_into with peek")?;

    poller.add_lookup(&lookup, 100).or_fail("add_lookup")?;
    poller.add_source(&source, 101).or_fail("add_source")?;
    let sockets = [listener, client, server, datagrams.client, datagrams.server];
    for (token, socket) in (0..).zip(&sockets) {
        poller.add(socket, both(), token).or_fail("add")?;
    }
    poller.wait(100, AT_ONCE).or_fail("wait")?;
    let mut handles: Vec<_> = sockets.into_iter().map(Handle::Socket).collect();
    handles.insert(1, Handle::Poller(poller));
    handles.push(Handle::Buffer(buffer));
    handles.push(Handle::Lookup(lookup));
    handles.push(Handle::Source(source));
    Ok(handles)
}
