//! `getsockname(2)` and `getpeername(2)`.

use wasock_core::SockAddr;

use crate::api::{Api, Shutdown, Socket};
use crate::failure::{OrFail, expect_eq, expect_err};
use crate::transfer::expect_end;
use crate::{Failure, World};

pub(crate) fn an_unbound_socket_has_the_wildcard_address_and_port_zero<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let name = world.stream()?.getsockname().or_fail("getsockname")?;
    expect_eq!(name, world.family.wildcard(), "getsockname");
    Ok(())
}

pub(crate) fn an_unconnected_socket_has_no_peer<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    expect_err!(
        world.bound()?.getpeername(),
        Enotconn,
        "getpeername of a bound socket"
    );
    expect_err!(
        world.listener()?.0.getpeername(),
        Enotconn,
        "getpeername of a listening socket"
    );
    Ok(())
}

pub(crate) fn the_names_of_the_two_ends_match<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let pair = world.pair()?;
    let client = pair
        .client
        .getsockname()
        .or_fail("getsockname of the client")?;
    let server = pair
        .server
        .getsockname()
        .or_fail("getsockname of the server")?;
    expect_eq!(
        pair.client.getpeername().or_fail("getpeername")?,
        server,
        "getpeername of the client"
    );
    expect_eq!(
        pair.server.getpeername().or_fail("getpeername")?,
        client,
        "getpeername of the server"
    );
    Ok(())
}

pub(crate) fn names_on_loopback_have_neither_flow_nor_zone<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    let names = [
        pair.client.getsockname(),
        pair.client.getpeername(),
        pair.server.getsockname(),
        pair.server.getpeername(),
    ];
    for name in names {
        let name = name.or_fail("a name")?;
        let SockAddr::V6(six) = name else {
            return Err(Failure::new(alloc::format!(
                "a name: expected IPv6, found {name}"
            )));
        };
        expect_eq!(
            (six.flowinfo(), six.scope_id()),
            (0, 0),
            "flow and zone of {name}"
        );
    }
    Ok(())
}

pub(crate) fn a_connection_that_is_half_ended_keeps_its_names<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    let client = pair.client.getsockname().or_fail("getsockname")?;
    pair.client.shutdown(Shutdown::Write).or_fail("shutdown")?;
    expect_end(&pair.server, "recv of the server")?;

    expect_eq!(
        pair.client.getsockname().or_fail("getsockname")?,
        client,
        "getsockname of the client"
    );
    expect_eq!(
        pair.server.getpeername().or_fail("getpeername")?,
        client,
        "getpeername of the server"
    );
    let server = pair
        .server
        .getsockname()
        .or_fail("getsockname of the server")?;
    expect_eq!(
        pair.client.getpeername().or_fail("getpeername")?,
        server,
        "getpeername of the client"
    );
    Ok(())
}

pub(crate) fn a_client_is_bound_by_connecting<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let (_listener, address) = world.listener()?;
    let first = world.connected(address)?;
    let second = world.connected(address)?;
    let first = first.getsockname().or_fail("getsockname of the first")?;
    let second = second.getsockname().or_fail("getsockname of the second")?;
    expect_eq!(first.ip(), address.ip(), "the address");
    crate::failure::expect_that!(
        first.port() != second.port(),
        "the ports of two clients should differ"
    );
    Ok(())
}
