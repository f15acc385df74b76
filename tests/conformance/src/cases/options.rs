//! `getsockopt(2)` and `setsockopt(2)`: what options a socket has, and which values they take.

use wasock_core::Errno;
use wasock_core::addr::Family;
use wasock_core::create::Kind;
use wasock_core::sockopt::{NO_LINGER, SockOpt};

use crate::api::{AnyType, Api, Socket};
use crate::failure::{OrFail, expect_eq, expect_err, expect_that};
use crate::{Failure, World};

pub(crate) fn a_socket_knows_its_type_protocol_and_family<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for (kind, protocol) in [(AnyType::Stream, 6), (AnyType::Dgram, 17)] {
        for asked in [0, protocol] {
            let socket = world.api.create(world.any_family(), kind, asked);
            let socket = socket.or_fail("create")?;
            expect_eq!(socket.so_type(), Ok(kind), "SO_TYPE");
            expect_eq!(socket.so_protocol(), Ok(protocol), "SO_PROTOCOL");
            expect_eq!(socket.so_domain(), Ok(world.any_family()), "SO_DOMAIN");
        }
    }
    Ok(())
}

pub(crate) fn so_acceptconn_is_true_of_a_listening_socket_only<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let (listener, address) = world.listener()?;
    expect_eq!(listener.so_acceptconn(), Ok(true), "of a listening socket");
    let client = world.connected(address)?;
    let (server, _) = listener.accept().or_fail("accept")?;
    let (datagram, _) = world.bound_datagram()?;
    for (socket, what) in [
        (&world.stream()?, "new"),
        (&world.bound()?, "bound"),
        (&client, "connected"),
        (&server, "accepted"),
        (&datagram, "datagram"),
    ] {
        expect_eq!(socket.so_acceptconn(), Ok(false), "of a {what} socket");
    }
    Ok(())
}

/// So a binding can hide what a supplier does not have.
pub(crate) fn what_is_supported_is_read_and_set_and_the_rest_is_enoprotoopt<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let supported = world.api.supported();
    for kind in [Kind::Stream(world.family), Kind::Datagram(world.family)] {
        for option in SockOpt::ALL.into_iter().filter(|it| it.is_of(kind)) {
            let socket = new(world, kind)?;
            if supported.contains(&option) {
                let value = socket.getsockopt(option);
                let value = value.or_fail(&alloc::format!("{option:?} read"))?;
                let set = socket.setsockopt(option, value);
                set.or_fail(&alloc::format!("{option:?} set to {value}"))?;
            } else {
                let read = socket.getsockopt(option);
                expect_err!(read, Enoprotoopt, "{option:?} read");
                let set = socket.setsockopt(option, 1);
                expect_err!(set, Enoprotoopt, "{option:?} set");
            }
        }
    }
    Ok(())
}

pub(crate) fn options_of_tcp_are_enoprotoopt_for_datagrams<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    for option in [
        SockOpt::TcpKeepidle,
        SockOpt::TcpKeepintvl,
        SockOpt::TcpKeepcnt,
        SockOpt::TcpNodelay,
    ] {
        expect_absent(&socket, option)?;
    }
    Ok(())
}

pub(crate) fn options_of_ipv6_are_enoprotoopt_for_ipv4<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for socket in [world.stream()?, world.datagram()?] {
        for option in [
            SockOpt::Ipv6UnicastHops,
            SockOpt::Ipv6V6only,
            SockOpt::Ipv6Tclass,
        ] {
            expect_absent(&socket, option)?;
        }
    }
    Ok(())
}

pub(crate) fn options_of_ipv4_are_enoprotoopt_for_ipv6<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for socket in [world.stream()?, world.datagram()?] {
        expect_absent(&socket, SockOpt::IpTtl)?;
        expect_absent(&socket, SockOpt::IpTos)?;
    }
    Ok(())
}

pub(crate) fn options_that_would_do_nothing_are_enoprotoopt<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    expect_absent(&world.datagram()?, SockOpt::SoKeepalive)?;
    expect_absent(&world.datagram()?, SockOpt::SoLinger)?;
    expect_absent(&world.stream()?, SockOpt::SoBroadcast)
}

pub(crate) fn a_value_out_of_range_is_einval_and_changes_nothing<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    for (option, wrong) in [
        (SockOpt::TcpKeepidle, &[0, 32_768, i32::MAX][..]),
        (SockOpt::TcpKeepintvl, &[0, 32_768, i32::MAX]),
        (SockOpt::TcpKeepcnt, &[0, 128, i32::MAX]),
        (hop_limit(world.family), &[256, i32::MAX]),
    ] {
        expect_refused(&socket, option, wrong)?;
    }
    let socket = world.datagram()?;
    expect_refused(&socket, hop_limit(world.family), &[256, i32::MAX])
}

pub(crate) fn a_hop_limit_of_zero_is_einval<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    for socket in [world.stream()?, world.datagram()?] {
        expect_refused(&socket, hop_limit(world.family), &[0])?;
    }
    Ok(())
}

pub(crate) fn a_buffer_of_no_bytes_is_einval<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    for socket in [world.stream()?, world.datagram()?] {
        expect_refused(&socket, SockOpt::SoRcvbuf, &[0])?;
        expect_refused(&socket, SockOpt::SoSndbuf, &[0])?;
    }
    Ok(())
}

pub(crate) fn keepalive_is_read_as_it_was_set<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let socket = world.stream()?;
    expect_eq!(socket.getsockopt(SockOpt::SoKeepalive), Ok(0), "at first");
    for value in [1, 1, 0, 0, 1] {
        expect_kept(&socket, SockOpt::SoKeepalive, value)?;
    }
    for (option, values) in [
        (SockOpt::TcpKeepidle, [1, 32_767, 600]),
        (SockOpt::TcpKeepintvl, [1, 32_767, 60]),
        (SockOpt::TcpKeepcnt, [1, 127, 6]),
    ] {
        for value in values {
            expect_kept(&socket, option, value)?;
        }
    }
    // Each is on its own.
    expect_kept(&socket, SockOpt::SoKeepalive, 0)?;
    for (option, value) in [
        (SockOpt::TcpKeepidle, 600),
        (SockOpt::TcpKeepintvl, 60),
        (SockOpt::TcpKeepcnt, 6),
    ] {
        expect_eq!(socket.getsockopt(option), Ok(value), "{option:?} at last");
    }
    Ok(())
}

pub(crate) fn a_hop_limit_is_read_as_it_was_set<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let option = hop_limit(world.family);
    for socket in [world.stream()?, world.datagram()?] {
        let first = socket.getsockopt(option).or_fail("the hop limit")?;
        expect_that!((1..=255).contains(&first), "at first it is {first}");
        for value in [1, 255, 33] {
            expect_kept(&socket, option, value)?;
        }
    }
    Ok(())
}

/// Linux answers the double of what was set.
pub(crate) fn the_size_of_a_buffer_is_read_as_it_was_set_or_doubled<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for socket in [world.stream()?, world.datagram()?] {
        for option in [SockOpt::SoRcvbuf, SockOpt::SoSndbuf] {
            for value in [20_000, 40_000] {
                let set = socket.setsockopt(option, value);
                set.or_fail("setting a size")?;
                let found = socket.getsockopt(option).or_fail("reading it")?;
                expect_that!(
                    found == value || found == 2 * value,
                    "{option:?}: set to {value}, found {found}"
                );
            }
        }
    }
    Ok(())
}

pub(crate) fn a_buffer_of_any_other_size_is_brought_into_range<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for socket in [world.stream()?, world.datagram()?] {
        for option in [SockOpt::SoRcvbuf, SockOpt::SoSndbuf] {
            let size = |wanted| {
                socket.setsockopt(option, wanted).or_fail("setting")?;
                socket.getsockopt(option).or_fail("reading")
            };
            let (least, most) = (size(1)?, size(i32::MAX)?);
            expect_that!(
                1 < least && least < most && most < i32::MAX,
                "{option:?}: from {least} to {most}"
            );
        }
    }
    Ok(())
}

pub(crate) fn so_reuseaddr_of_a_stream_is_read_as_it_was_set<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.stream()?;
    for value in [1, 0, 1] {
        expect_kept(&socket, SockOpt::SoReuseaddr, value)?;
    }
    Ok(())
}

pub(crate) fn so_reuseaddr_of_datagrams_stays_off<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let socket = world.datagram()?;
    expect_kept(&socket, SockOpt::SoReuseaddr, 0)?;
    let set = socket.setsockopt(SockOpt::SoReuseaddr, 1);
    expect_err!(set, Enoprotoopt, "SO_REUSEADDR switched on");
    expect_eq!(socket.getsockopt(SockOpt::SoReuseaddr), Ok(0), "after that");
    Ok(())
}

pub(crate) fn an_ipv6_socket_leaves_ipv4_alone<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for socket in [world.stream()?, world.datagram()?] {
        let found = socket.getsockopt(SockOpt::Ipv6V6only);
        expect_eq!(found, Ok(1), "IPV6_V6ONLY");
        expect_kept(&socket, SockOpt::Ipv6V6only, 1)?;
    }
    Ok(())
}

pub(crate) fn ipv6_v6only_cannot_be_switched_off<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for socket in [world.stream()?, world.datagram()?] {
        let set = socket.setsockopt(SockOpt::Ipv6V6only, 0);
        expect_err!(set, Enoprotoopt, "IPV6_V6ONLY switched off");
    }
    Ok(())
}

pub(crate) fn ipv6_v6only_of_a_socket_with_an_address_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let pair = world.pair()?;
    let (datagram, _) = world.bound_datagram()?;
    for socket in [world.bound()?, pair.client, pair.server, datagram] {
        let found = socket.getsockopt(SockOpt::Ipv6V6only);
        expect_eq!(found, Ok(1), "IPV6_V6ONLY");
        for value in [1, 0] {
            let set = socket.setsockopt(SockOpt::Ipv6V6only, value);
            expect_err!(set, Einval, "IPV6_V6ONLY set to {value}");
        }
    }
    Ok(())
}

pub(crate) fn every_option_of_a_closed_socket_is_ebadf<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for socket in [world.stream()?, world.datagram()?] {
        socket.close();
        expect_err!(socket.so_type(), Ebadf, "SO_TYPE");
        expect_err!(socket.so_protocol(), Ebadf, "SO_PROTOCOL");
        expect_err!(socket.so_domain(), Ebadf, "SO_DOMAIN");
        expect_err!(socket.so_error(), Ebadf, "SO_ERROR");
        expect_err!(socket.so_acceptconn(), Ebadf, "SO_ACCEPTCONN");
        for option in SockOpt::ALL {
            expect_err!(socket.getsockopt(option), Ebadf, "{option:?} read");
            // Whatever is wrong besides.
            for value in [0, 1, i32::MAX] {
                let set = socket.setsockopt(option, value);
                expect_err!(set, Ebadf, "{option:?} set to {value}");
            }
        }
    }
    Ok(())
}

/// A new socket of a kind.
fn new<A: Api>(world: &World<'_, A>, kind: Kind) -> Result<A::Socket, Failure> {
    match kind {
        Kind::Stream(_) => world.stream(),
        Kind::Datagram(_) => world.datagram(),
    }
}

/// How many routers a packet may pass, in each family.
pub(super) const fn hop_limit(family: Family) -> SockOpt {
    match family {
        Family::Inet => SockOpt::IpTtl,
        Family::Inet6 => SockOpt::Ipv6UnicastHops,
    }
}

/// Sets an option and reads it.
pub(super) fn expect_kept(
    socket: &impl Socket,
    option: SockOpt,
    value: i32,
) -> Result<(), Failure> {
    let set = socket.setsockopt(option, value);
    set.or_fail(&alloc::format!("{option:?} set to {value}"))?;
    expect_eq!(socket.getsockopt(option), Ok(value), "{option:?} read");
    Ok(())
}

fn expect_refused(socket: &impl Socket, option: SockOpt, wrong: &[i32]) -> Result<(), Failure> {
    let before = socket.getsockopt(option);
    for &value in wrong {
        let set = socket.setsockopt(option, value);
        expect_err!(set, Einval, "{option:?} set to {value}");
        expect_eq!(socket.getsockopt(option), before, "{option:?} after that");
    }
    Ok(())
}

/// Fails unless the socket does not have the option. Linux answers some questions with `EOPNOTSUPP`.
fn expect_absent(socket: &impl Socket, option: SockOpt) -> Result<(), Failure> {
    let read = socket.getsockopt(option);
    expect_err!(read, Enoprotoopt | Eopnotsupp, "{option:?} read");
    for value in [0, 1, NO_LINGER, i32::MAX] {
        let set: Result<(), Errno> = socket.setsockopt(option, value);
        expect_err!(set, Enoprotoopt, "{option:?} set to {value}");
    }
    Ok(())
}
