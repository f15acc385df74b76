//! What the guard remembers about a UDP socket, besides its peers.

use std::collections::HashMap;
use std::net::SocketAddr;

use wasock_policy::Listener;

use super::destination::Destination;
use super::guard::Granted;
use super::open::{Open, OpenSocket};
use super::peers::Peers;
use super::socket_state::Family;
use crate::account::Grant;
use crate::audit::Cause;

/// The UDP sockets of one store and their streams, by their index in its resource table.
#[derive(Default)]
pub(crate) struct UdpSockets {
    sockets: HashMap<u32, UdpState>,
    /// The socket that a stream belongs to.
    streams: HashMap<u32, u32>,
}

/// One UDP socket.
pub(crate) struct UdpState {
    pub(crate) family: Family,
    pub(crate) phase: UdpPhase,
    /// The peer that its streams are for, if for one only.
    pub(crate) connected: Option<Destination>,
    pub(crate) peers: Peers,
    /// How many of its streams the guest has not dropped.
    live_streams: u8,
    /// One of the sockets that the guest may have.
    #[expect(dead_code, reason = "held, never read")]
    grant: Grant,
}

/// Where a socket is in its life.
pub(crate) enum UdpPhase {
    /// Not bound. Leaves to `Binding`.
    Fresh,
    /// Between start-bind and finish-bind, with what the guest passed. Leaves to `Bound`.
    Binding(SocketAddr, Granted),
    /// Bound. Leaves to `Ended`.
    Bound(Listener, OpenSocket),
    /// Ended without the guest. Nothing follows.
    Ended(Cause),
}

impl UdpSockets {
    pub(crate) fn insert(&mut self, rep: u32, family: Family, grant: Grant) {
        let state = UdpState {
            family,
            phase: UdpPhase::Fresh,
            connected: None,
            peers: Peers::default(),
            live_streams: 0,
            grant,
        };
        self.sockets.insert(rep, state);
    }

    pub(crate) fn remove(&mut self, rep: u32) {
        self.sockets.remove(&rep);
    }

    pub(crate) fn get(&self, rep: u32) -> Option<&UdpState> {
        self.sockets.get(&rep)
    }

    pub(crate) fn set_phase(&mut self, rep: u32, phase: UdpPhase) {
        if let Some(state) = self.sockets.get_mut(&rep) {
            state.phase = phase;
        }
    }

    /// Between start-bind and finish-bind no more. Returns what was asked for, and by which grant.
    pub(crate) fn take_binding(&mut self, rep: u32) -> Option<(SocketAddr, Granted)> {
        let state = self.sockets.get_mut(&rep)?;
        match std::mem::replace(&mut state.phase, UdpPhase::Fresh) {
            UdpPhase::Binding(requested, granted) => Some((requested, granted)),
            other => {
                state.phase = other;
                None
            }
        }
    }

    /// Let go of what has ended.
    pub(crate) fn end(&mut self) {
        for state in self.sockets.values_mut() {
            if let Some(cause) = state.ended() {
                state.phase = UdpPhase::Ended(cause);
            }
        }
    }

    /// The guest has got streams of a socket.
    pub(crate) fn open(&mut self, rep: u32, connected: Option<Destination>, streams: [u32; 2]) {
        if let Some(state) = self.sockets.get_mut(&rep) {
            state.connected = connected;
            state.live_streams = 2;
        }
        self.streams.extend(streams.map(|stream| (stream, rep)));
    }

    /// The guest has dropped a stream.
    pub(crate) fn close(&mut self, stream: u32) {
        let socket = self.streams.remove(&stream);
        if let Some(state) = socket.and_then(|rep| self.sockets.get_mut(&rep)) {
            state.live_streams = state.live_streams.saturating_sub(1);
        }
    }

    /// The socket of a stream.
    pub(crate) fn get_by_stream(&self, stream: u32) -> Option<&UdpState> {
        self.sockets.get(self.streams.get(&stream)?)
    }

    /// What a stream belongs to, if that is still open.
    pub(crate) fn open_by_stream(&self, stream: u32) -> Option<&Open> {
        let open = self.get_by_stream(stream)?.open()?;
        Some(open.shared())
    }

    /// The socket of a stream.
    pub(crate) fn of_stream(&mut self, stream: u32) -> Option<&mut UdpState> {
        self.sockets.get_mut(self.streams.get(&stream)?)
    }
}

impl UdpState {
    /// Whether a bind to `address` gets as far as the operating system.
    pub(crate) fn can_bind(&self, address: SocketAddr) -> bool {
        matches!(self.phase, UdpPhase::Fresh) && self.family.is_of(address.ip())
    }

    /// Whether datagrams to `address` get as far as the operating system. Those to many at once do.
    pub(crate) fn can_reach(&self, address: SocketAddr) -> bool {
        self.family.is_of(address.ip()) && !address.ip().is_unspecified() && address.port() != 0
    }

    /// What peers can come to, if the socket is bound.
    pub(crate) fn listener(&self) -> Option<Listener> {
        match self.phase {
            UdpPhase::Bound(listener, _) => Some(listener),
            UdpPhase::Fresh | UdpPhase::Binding(..) | UdpPhase::Ended(_) => None,
        }
    }

    /// What is open, if the socket is bound.
    pub(crate) fn open(&self) -> Option<&OpenSocket> {
        match &self.phase {
            UdpPhase::Bound(_, open) => Some(open),
            UdpPhase::Fresh | UdpPhase::Binding(..) | UdpPhase::Ended(_) => None,
        }
    }

    /// Why it has ended, if the guest has not closed it.
    pub(crate) fn ended(&self) -> Option<Cause> {
        match &self.phase {
            UdpPhase::Ended(cause) => Some(*cause),
            UdpPhase::Bound(_, open) => open.shared().ended(),
            UdpPhase::Fresh | UdpPhase::Binding(..) => None,
        }
    }

    pub(crate) fn has_streams(&self) -> bool {
        self.live_streams > 0
    }
}
