//! `socket(2)`: families, types, protocols, and what a new socket is like.

use alloc::vec::Vec;

use wasock_core::Errno;
use wasock_core::addr::Family;

use crate::api::{AnyFamily, AnyType, Api, Socket};
use crate::failure::{OrFail, expect_eq, expect_err};
use crate::transfer::NONE;
use crate::{Failure, World};

const TCP: u32 = 6;
const UDP: u32 = 17;

pub(crate) fn create_takes_protocol_zero_and_tcp_for_a_stream<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for protocol in [0, TCP] {
        world
            .api
            .create(world.any_family(), AnyType::Stream, protocol)
            .or_fail("create")?;
    }
    Ok(())
}

pub(crate) fn create_of_a_stream_with_another_protocol_is_eprotonosupport<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for protocol in [1, 17, 99] {
        let result = world
            .api
            .create(world.any_family(), AnyType::Stream, protocol);
        expect_err!(result, Eprotonosupport, "create with protocol {protocol}");
    }
    Ok(())
}

/// Linux looks at the range of the number first.
pub(crate) fn create_with_an_absurd_protocol_is_an_error<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for protocol in [65_536 + TCP, 1 << 31, u32::MAX] {
        let result = world
            .api
            .create(world.any_family(), AnyType::Stream, protocol);
        expect_err!(
            result,
            Eprotonosupport | Einval,
            "create with protocol {protocol}"
        );
    }
    Ok(())
}

pub(crate) fn create_takes_protocol_zero_and_udp_for_datagrams<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for protocol in [0, UDP] {
        world
            .api
            .create(world.any_family(), AnyType::Dgram, protocol)
            .or_fail("create")?;
    }
    Ok(())
}

pub(crate) fn create_of_a_datagram_socket_with_another_protocol_is_eprotonosupport<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let ping_of_the_other_family = match world.family {
        Family::Inet => 58,
        Family::Inet6 => 1,
    };
    for protocol in [99, 132, ping_of_the_other_family] {
        let result = world
            .api
            .create(world.any_family(), AnyType::Dgram, protocol);
        expect_err!(result, Eprotonosupport, "create with protocol {protocol}");
    }
    Ok(())
}

/// Who administers a Linux system can let users send echo requests (`net.ipv4.ping_group_range`).
pub(crate) fn create_of_a_ping_socket_is_eacces_unless_it_was_granted<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let protocol = match world.family {
        Family::Inet => 1,
        Family::Inet6 => 58,
    };
    let result = world
        .api
        .create(world.any_family(), AnyType::Dgram, protocol);
    if let Err(errno) = result {
        expect_eq!(errno, Errno::Eacces, "create with protocol {protocol}");
    }
    Ok(())
}

pub(crate) fn create_of_a_datagram_socket_with_tcp_is_eprotonosupport<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let result = world.api.create(world.any_family(), AnyType::Dgram, TCP);
    expect_err!(
        result,
        Eprotonosupport,
        "create of a datagram socket with protocol 6"
    );
    Ok(())
}

pub(crate) fn create_of_a_raw_socket_without_protocol_is_eprotonosupport<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let result = world.api.create(world.any_family(), AnyType::Raw, 0);
    expect_err!(result, Eprotonosupport, "create of a raw socket");
    Ok(())
}

pub(crate) fn create_in_no_family_or_an_unknown_one_is_eafnosupport<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for family in [AnyFamily::Unspec, AnyFamily::Other] {
        let result = world.api.create(family, AnyType::Stream, 0);
        expect_err!(result, Eafnosupport, "create in the family {family:?}");
    }
    Ok(())
}

pub(crate) fn create_in_the_unix_family_is_eafnosupport<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let result = world.api.create(AnyFamily::Unix, AnyType::Stream, 0);
    expect_err!(result, Eafnosupport, "create in the UNIX family");
    Ok(())
}

pub(crate) fn create_of_no_type_or_one_the_family_lacks_is_esocktnosupport<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for kind in [AnyType::Unspec, AnyType::Rdm] {
        let result = world.api.create(world.any_family(), kind, 0);
        expect_err!(result, Esocktnosupport, "create of the type {kind:?}");
    }
    Ok(())
}

/// A kernel with SCTP has the type, for another protocol.
pub(crate) fn create_of_a_seqpacket_socket_is_esocktnosupport<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let result = world
        .api
        .create(world.any_family(), AnyType::Seqpacket, TCP);
    expect_err!(
        result,
        Esocktnosupport | Eprotonosupport,
        "create of a seqpacket socket"
    );
    Ok(())
}

pub(crate) fn create_of_an_unknown_type_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let result = world.api.create(world.any_family(), AnyType::Other, 0);
    expect_err!(result, Einval, "create of an unknown type");
    Ok(())
}

pub(crate) fn a_new_socket_blocks<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    expect_eq!(
        world.stream()?.gettimeout(),
        None,
        "gettimeout of a new socket"
    );
    Ok(())
}

pub(crate) fn a_new_socket_is_not_connected<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let socket = world.stream()?;
    expect_err!(socket.getpeername(), Enotconn, "getpeername");
    expect_err!(socket.recv(1, NONE), Enotconn, "recv");
    expect_err!(socket.recvfrom(1, NONE), Enotconn, "recvfrom");
    Ok(())
}

/// Half of them are dropped from the front, the others from the back.
pub(crate) fn a_hundred_sockets_live_at_once<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let mut sockets = (0..100)
        .map(|_| world.stream())
        .collect::<Result<Vec<_>, _>>()?;
    drop(sockets.drain(..50));
    while sockets.pop().is_some() {}
    world.stream()?;
    Ok(())
}
