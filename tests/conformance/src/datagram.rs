//! Steps of the cases about datagrams.

use core::time::Duration;

use wasock_core::SockAddr;

use crate::api::{AnyType, Api, Socket};
use crate::failure::{Failure, OrFail, expect_eq, expect_err};
use crate::transfer::NONE;
use crate::world::{Pair, World};
use wasock_core::flags::MsgFlags;

/// How long a case waits for a datagram, or for an event: far longer than it takes, and no longer than a trial may.
pub(crate) const PATIENCE: Option<Duration> = Some(Duration::from_secs(20));

impl<A: Api> World<'_, A> {
    /// A new datagram socket. What is lost is lost, so it does not wait for ever.
    pub(crate) fn datagram(&self) -> Result<A::Socket, Failure> {
        let socket = self.api.create(self.any_family(), AnyType::Dgram, 0);
        let socket = socket.or_fail("create of a datagram socket")?;
        socket.settimeout(PATIENCE).or_fail("settimeout")?;
        Ok(socket)
    }

    /// A datagram socket that is bound to loopback, and its address.
    pub(crate) fn bound_datagram(&self) -> Result<(A::Socket, SockAddr), Failure> {
        let socket = self.datagram()?;
        socket
            .bind(self.loopback(0))
            .or_fail("bind to loopback, port 0")?;
        let address = socket.getsockname().or_fail("getsockname")?;
        Ok((socket, address))
    }

    /// Two datagram sockets, each of which has the other as its peer.
    pub(crate) fn datagram_pair(&self) -> Result<Pair<A::Socket>, Failure> {
        let (client, from) = self.bound_datagram()?;
        let (server, to) = self.bound_datagram()?;
        client.connect(to).or_fail("connect of the first")?;
        server.connect(from).or_fail("connect of the second")?;
        Ok(Pair { client, server })
    }

    /// A port of loopback that nobody receives datagrams at: the system gives it to nobody who does not ask.
    pub(crate) fn nobody(&self) -> SockAddr {
        self.loopback(1)
    }

    /// The most data that a datagram holds.
    pub(crate) fn largest(&self) -> usize {
        match self.family {
            wasock_core::addr::Family::Inet => 65_507,
            wasock_core::addr::Family::Inet6 => 65_527,
        }
    }
}

/// Sends one datagram to `address`.
pub(crate) fn give_to(socket: &impl Socket, data: &[u8], address: SockAddr) -> Result<(), Failure> {
    let sent = socket.sendto(data, NONE, address).or_fail("sendto")?;
    expect_eq!(sent as usize, data.len(), "how much sendto took");
    Ok(())
}

/// Sends one datagram to the peer.
pub(crate) fn give_one(socket: &impl Socket, data: &[u8]) -> Result<(), Failure> {
    let sent = socket.send(data, NONE).or_fail("send")?;
    expect_eq!(sent as usize, data.len(), "how much send took");
    Ok(())
}

/// Receives one datagram, and fails unless it is this one.
pub(crate) fn expect_datagram(
    socket: &impl Socket,
    data: &[u8],
    from: SockAddr,
    what: &str,
) -> Result<(), Failure> {
    let found = socket.recvfrom(1000, NONE).or_fail(what)?;
    expect_eq!(found.data, data, "{what}: the data");
    expect_eq!(found.length, data.len(), "{what}: the length");
    expect_eq!(found.sender, Some(from), "{what}: the sender");
    Ok(())
}

/// Fails if there is something to receive.
pub(crate) fn expect_nothing(socket: &impl Socket, what: &str) -> Result<(), Failure> {
    expect_err!(socket.recvfrom(1000, MsgFlags::DONTWAIT), Eagain, "{what}");
    Ok(())
}
