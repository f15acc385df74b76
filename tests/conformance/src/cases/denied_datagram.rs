//! Datagrams and names under a policy that grants nothing.
//!
//! What is wrong with the arguments is found first, by the cases that need no network.

use alloc::format;
use core::time::Duration;

use wasock_core::names::{AddrInfoFlags, Eai, NameInfoFlags};
use wasock_core::{Errno, SockAddr};

use crate::api::{Api, Lookup, Poller, Question, Socket};
use crate::cases::getaddrinfo::about;
use crate::datagram::PATIENCE;
use crate::failure::{OrFail, expect_eq, expect_err};
use crate::readiness::READABLE;
use crate::transfer::NONE;
use crate::{Failure, World};

pub(crate) fn denied_bind_of_a_datagram_socket_is_eacces<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    let wildcard = SockAddr::new(world.family.wildcard().ip(), 8080);
    for address in [world.loopback(0), world.loopback(8080), wildcard] {
        expect_err!(socket.bind(address), Eacces, "bind to {address}");
    }
    let name = socket.getsockname().or_fail("getsockname")?;
    expect_eq!(name, world.family.wildcard(), "getsockname");
    Ok(())
}

/// What is sent begins with this, so a policy may grant it: nothing comes in through it.
pub(crate) fn denied_bind_of_a_datagram_socket_to_the_wildcard_is_eacces_or_worth_nothing<
    A: Api,
>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    if let Err(errno) = socket.bind(world.family.wildcard()) {
        expect_eq!(errno, Errno::Eacces, "bind to the wildcard address, port 0");
    }
    let address = world.loopback(9);
    expect_err!(socket.sendto(b"x", NONE, address), Eacces, "sendto");
    expect_err!(socket.connect(address), Eacces, "connect");
    let timeout = Some(Duration::from_millis(20));
    socket.settimeout(timeout).or_fail("settimeout")?;
    expect_err!(socket.recv(10, NONE), Etimedout | Eacces, "recv");
    Ok(())
}

pub(crate) fn denied_connect_of_a_datagram_socket_is_eacces<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    let wildcard = SockAddr::new(world.family.wildcard().ip(), 53);
    for address in [world.loopback(53), world.loopback(53), world.peer, wildcard] {
        expect_err!(socket.connect(address), Eacces, "connect to {address}");
    }
    expect_err!(socket.getpeername(), Enotconn, "getpeername");
    expect_err!(socket.send(b"x", NONE), Edestaddrreq, "send");
    expect_err!(
        socket.shutdown(crate::api::Shutdown::Both),
        Enotconn,
        "shutdown"
    );
    socket.disconnect().or_fail("disconnect")
}

pub(crate) fn denied_sendto_is_eacces<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let socket = world.datagram()?;
    let wildcard = SockAddr::new(world.family.wildcard().ip(), 53);
    for address in [world.loopback(53), world.loopback(53), world.peer, wildcard] {
        for data in [&b"x"[..], b""] {
            let result = socket.sendto(data, NONE, address);
            expect_err!(result, Eacces, "sendto {address}");
        }
    }
    expect_err!(socket.getpeername(), Enotconn, "getpeername");
    Ok(())
}

pub(crate) fn denied_calls_of_datagrams_in_every_order_stay_eacces<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let address = world.loopback(53);
    for first in 0..3 {
        let socket = world.datagram()?;
        for step in 0..6 {
            match (first + step) % 3 {
                0 => expect_err!(socket.connect(address), Eacces, "connect in step {step}"),
                1 => {
                    let result = socket.sendto(b"x", NONE, address);
                    expect_err!(result, Eacces, "sendto in step {step}")
                }
                // Once a call has given it an address, that is what is wrong.
                _ => {
                    let result = socket.bind(world.loopback(0));
                    expect_err!(result, Eacces | Einval, "bind in step {step}")
                }
            };
        }
        socket.close();
        expect_err!(socket.connect(address), Ebadf, "connect after close");
    }
    Ok(())
}

pub(crate) fn denied_lookups_of_names_fail<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    for host in ["name.test", "example.com", "a.b.c.example."] {
        let question = Question {
            flags: AddrInfoFlags::NONE,
            ..about(host, "80")
        };
        let found = world.api.getaddrinfo(&question, PATIENCE);
        expect_eq!(found.err(), Some(Eai::Fail), "getaddrinfo of {host}");

        let lookup = world.api.lookup(&question).or_fail("lookup")?;
        let ready = world.api.poll(&[], &[&lookup], &[], PATIENCE);
        expect_eq!(ready.or_fail("poll")?.lookups, [0], "poll of the lookup");
        let poller = world.api.poller().or_fail("poller")?;
        poller.add_lookup(&lookup, 1).or_fail("add_lookup")?;
        let events = poller.wait(1, PATIENCE).or_fail("wait")?;
        expect_eq!(events, [(1, READABLE)], "wait for the lookup");
        for _ in 0..2 {
            let found = lookup.finish().err();
            expect_eq!(found, Some(Eai::Fail), "the lookup of {host}");
        }
    }
    Ok(())
}

/// It would be `EAI_FAIL` if anybody were asked.
pub(crate) fn denied_what_is_no_name_is_noname_without_asking<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let long_label = &format!("{}.com", "a".repeat(64));
    let hosts = [
        "",
        "no such host",
        "256.256.256.256",
        " 127.0.0.1",
        "127.0.0.1 ",
        "[::1]",
        "a..b",
        ".",
        "1.2.3.4.5",
        "0x",
        "127.0.0.1.",
        "b\u{fc}cher.test",
        "name\0.test",
        long_label,
    ];
    for host in hosts {
        let question = Question {
            flags: AddrInfoFlags::NONE,
            ..about(host, "80")
        };
        let found = world.api.getaddrinfo(&question, PATIENCE);
        expect_eq!(found.err(), Some(Eai::Noname), "getaddrinfo of `{host}`");
    }
    Ok(())
}

/// No address has a name here.
pub(crate) fn denied_getnameinfo_that_needs_a_name_is_noname<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let address = world.loopback(80);
    let found = world.api.getnameinfo(address, NameInfoFlags::NAMEREQD);
    expect_eq!(found, Err(Eai::Noname), "getnameinfo with namereqd");
    let found = world.api.getnameinfo(address, NameInfoFlags::NONE);
    let found = found.or_fail("getnameinfo")?;
    let host = format!("{}", address.ip());
    expect_eq!((found.0, found.1.as_str()), (host, "http"), "getnameinfo");
    Ok(())
}
