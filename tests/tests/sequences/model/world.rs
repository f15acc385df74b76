//! The sockets, the connections between them, and what is on its way.

use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv4Addr;

use wasock_conformance::sequence::{Kind, Name, Patience};
use wasock_core::SockAddr;
use wasock_core::addr::Family;

/// All that is known.
#[derive(Debug)]
pub(crate) struct World {
    /// Loopback in IPv4.
    pub(super) home: Ipv4Addr,
    pub(super) sockets: BTreeMap<Name, Socket>,
    /// The ends of all connections there were.
    pub(super) ends: Vec<End>,
    /// The addresses of all connections there were: systems keep them for a while.
    pub(super) used: Vec<(SockAddr, SockAddr)>,
}

/// A socket.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) family: Family,
    pub(super) is_open: bool,
    pub(super) patience: Patience,
    /// The address it had last.
    pub(super) local: SockAddr,
    /// Whether the program has bound it to a port that it named.
    pub(super) has_port: bool,
    /// Whether nobody else can have its port: what connect chooses is shared by connections to different peers.
    pub(super) keeps_port: bool,
    /// Whether it has a port on some suppliers only: Linux keeps the one that it chose for a call that failed.
    pub(super) is_vague: bool,
    /// Whether an attempt to connect failed, or will turn out to have failed, or it listens no more: nobody may keep its port.
    pub(super) is_spent: bool,
    /// Whether it was shut down while it was not connected.
    pub(super) was_shut_idle: bool,
    /// Whether the program has set `SO_REUSEADDR`.
    pub(super) is_shared: bool,
    pub(super) body: Body,
}

#[derive(Debug)]
pub(super) enum Body {
    Stream(Stream),
    Datagram(Datagram),
}

/// A TCP socket.
#[derive(Debug)]
pub(super) enum Stream {
    /// Neither listening nor connected.
    Idle,
    /// With the connections that wait, oldest first, by their other ends.
    Listening {
        waiting: VecDeque<EndId>,
        room: usize,
        /// Whether a supplier may have accepted the first of them ahead.
        is_ahead: bool,
    },
    Connected(EndId),
}

/// A place in [`World::ends`].
pub(super) type EndId = usize;

/// One end of a connection.
#[derive(Debug, Default)]
pub(super) struct End {
    /// The other end.
    pub(super) peer: EndId,
    /// What has been sent to this end and not been received, by the calls that sent it.
    pub(super) pieces: VecDeque<u32>,
    /// Whether the peer has ended its sending half.
    pub(super) is_ended: bool,
    /// Whether the connection is gone: reset, or ended on both sides.
    pub(super) is_gone: bool,
    /// Whether it is gone because the peer was closed while it had not received everything, or not been accepted.
    pub(super) is_reset: bool,
    /// Whether a supplier may have read ahead what can be received: it is not in the hands of the system then.
    pub(super) is_read_ahead: bool,
    /// Whether it is anybody's guess if it was reset, and what came before: that depends on what was read ahead when the
    /// peer was closed, and on what was still on its way.
    pub(super) is_doubtful: bool,
    /// Whether the socket was closed.
    pub(super) is_closed: bool,
    pub(super) is_receiving_shut: bool,
    pub(super) is_sending_shut: bool,
}

/// A UDP socket.
#[derive(Debug, Default)]
pub(super) struct Datagram {
    pub(super) peer: Option<SockAddr>,
    /// The lengths of the datagrams that have come.
    pub(super) queue: VecDeque<u32>,
    /// Whether a datagram has met that nobody is there, and the program has not been told.
    pub(super) is_refused: bool,
    /// Whether Linux may send to another peer than the one it has: it keeps the address of a connect that was refused
    /// (__ip4_datagram_connect), and sends there from the second datagram on.
    pub(super) is_astray: bool,
    pub(super) is_receiving_shut: bool,
    pub(super) is_sending_shut: bool,
}

impl End {
    /// How much can be received.
    pub(super) fn unread(&self) -> u32 {
        self.pieces.iter().sum()
    }

    /// Whether a receive answers without anything more coming.
    pub(super) fn is_over(&self) -> bool {
        self.is_ended || self.is_gone || self.is_receiving_shut
    }

    /// So many bytes were received.
    pub(super) fn take(&mut self, mut count: u32) {
        while let Some(first) = self.pieces.front_mut() {
            if *first > count {
                *first -= count;
                return;
            }
            count -= *first;
            self.pieces.pop_front();
        }
        self.is_read_ahead = false;
    }
}

impl World {
    /// Without sockets.
    pub(crate) fn new(home: Ipv4Addr) -> Self {
        Self {
            home,
            sockets: BTreeMap::new(),
            ends: Vec::new(),
            used: Vec::new(),
        }
    }

    pub(super) fn create(&mut self, name: Name, family: Family, kind: Kind) {
        let body = match kind {
            Kind::Stream => Body::Stream(Stream::Idle),
            Kind::Dgram => Body::Datagram(Datagram::default()),
        };
        self.insert(name, family, family.wildcard(), body);
    }

    pub(super) fn insert(&mut self, name: Name, family: Family, local: SockAddr, body: Body) {
        let socket = Socket {
            family,
            is_open: true,
            patience: Patience::Endless,
            local,
            has_port: false,
            keeps_port: !matches!(body, Body::Stream(Stream::Idle)),
            is_vague: false,
            is_spent: false,
            was_shut_idle: false,
            is_shared: false,
            body,
        };
        self.sockets.insert(name, socket);
    }

    /// A socket that is known to be there.
    pub(super) fn socket_mut(&mut self, name: Name) -> &mut Socket {
        self.sockets.get_mut(&name).expect("the call was checked")
    }

    pub(super) fn close(&mut self, name: Name) {
        let socket = self.socket_mut(name);
        socket.is_open = false;
        let body = std::mem::replace(&mut socket.body, Body::Stream(Stream::Idle));
        if let Body::Stream(stream) = body {
            self.close_stream(stream);
        }
    }

    /// Two ends that belong together: that of the client and that of the server.
    pub(super) fn pair(&mut self) -> (EndId, EndId) {
        let (client, server) = (self.ends.len(), self.ends.len() + 1);
        for peer in [server, client] {
            self.ends.push(End {
                peer,
                ..End::default()
            });
        }
        (client, server)
    }

    pub(super) fn end(&self, id: EndId) -> &End {
        &self.ends[id]
    }

    pub(super) fn peer_of(&self, id: EndId) -> &End {
        self.end(self.end(id).peer)
    }

    pub(super) fn end_mut(&mut self, id: EndId) -> &mut End {
        &mut self.ends[id]
    }

    pub(super) fn peer_mut(&mut self, id: EndId) -> &mut End {
        let peer = self.ends[id].peer;
        &mut self.ends[peer]
    }
}

/// Whether a socket at `local` is at `address`, the wildcard address being everywhere.
pub(super) fn is_at(local: &SockAddr, address: &SockAddr) -> bool {
    local.port() == address.port()
        && local.port() != 0
        && local.is_ipv4() == address.is_ipv4()
        && (local.ip() == address.ip() || local.ip().is_unspecified())
}

/// Where the wildcard address leads, for a socket at `local`: to this machine, by its own address if it has one.
pub(super) fn destination(address: SockAddr, local: &SockAddr) -> SockAddr {
    if !address.ip().is_unspecified() {
        return address;
    }
    if local.is_ipv4() && !local.ip().is_unspecified() {
        SockAddr::new(local.ip(), address.port())
    } else {
        Family::of(&address).loopback(address.port())
    }
}
