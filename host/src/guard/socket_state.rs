//! What the guard remembers about a TCP socket.
//!
//! wasmtime-wasi keeps a socket's state to itself, so the part that decisions depend on is kept here as
//! well: whether a call can succeed at all (a call that fails anyway is not worth a decision), and what the guest
//! asked for before.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use wasock_policy::Listener;

use super::backstop::Announcement;
use super::open::{Open, OpenSocket};
use crate::account::Grant;
use crate::audit::Cause;

/// The sockets of one store, by their index in its resource table.
#[derive(Default)]
pub(crate) struct Sockets(HashMap<u32, SocketState>);

/// One TCP socket.
pub(crate) struct SocketState {
    pub(crate) family: Family,
    pub(crate) phase: Phase,
    /// What the guest passed to bind. Port 0 stays 0, whichever port the system has chosen: a
    /// rule for port 0 covers the listen that follows.
    pub(crate) requested: Option<SocketAddr>,
    /// One of the sockets that the guest may have.
    #[expect(dead_code, reason = "held, never read")]
    grant: Grant,
}

/// The address family of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

/// Where a socket is in its life.
pub(crate) enum Phase {
    /// Not bound. Leaves to `Binding` and `Connecting`.
    Fresh,
    /// Between start-bind and finish-bind. Leaves to `Bound`.
    Binding,
    /// Bound. Leaves to `Listening` and `Connecting`.
    Bound,
    /// Between start-connect and finish-connect. Leaves to `Connected` and `Closed`.
    ///
    /// The connect happens while the guest polls.
    Connecting(Attempt),
    /// Connected, or accepted. Leaves to `Ended`.
    Connected(OpenSocket),
    /// From start-listen on. Leaves to `Ended`.
    Listening(Listener, OpenSocket),
    /// A connect failed. Nothing follows.
    Closed,
    /// Closed without the guest. Nothing follows.
    Ended(Cause),
}

/// A connect that is under way.
pub(crate) struct Attempt {
    pub(crate) open: OpenSocket,
    /// When it is given up.
    pub(crate) deadline: Option<Instant>,
    /// The backstop has to let it through until it has ended.
    #[expect(dead_code, reason = "held, never read")]
    pub(crate) announcement: Announcement,
}

impl Sockets {
    pub(crate) fn insert(&mut self, rep: u32, state: SocketState) {
        self.0.insert(rep, state);
    }

    pub(crate) fn remove(&mut self, rep: u32) {
        self.0.remove(&rep);
    }

    pub(crate) fn get(&self, rep: u32) -> Option<&SocketState> {
        self.0.get(&rep)
    }

    pub(crate) fn set_phase(&mut self, rep: u32, phase: Phase) {
        if let Some(state) = self.0.get_mut(&rep) {
            state.phase = phase;
        }
    }

    /// What has ended and is not closed yet.
    pub(crate) fn ended(&self) -> Vec<(u32, Family, Cause)> {
        let ended = self.0.iter().filter_map(|(rep, state)| {
            let cause = state.open()?.ended()?;
            Some((*rep, state.family, cause))
        });
        ended.collect()
    }

    /// A connect has succeeded. Returns the connection.
    pub(crate) fn establish(&mut self, rep: u32, local: Option<SocketAddr>) -> Option<&Arc<Open>> {
        let state = self.0.get_mut(&rep)?;
        let phase = std::mem::replace(&mut state.phase, Phase::Closed);
        let Phase::Connecting(Attempt { mut open, .. }) = phase else {
            state.phase = phase;
            return None;
        };
        open.establish(local);
        state.phase = Phase::Connected(open);
        state.open()
    }

    pub(crate) fn set_requested(&mut self, rep: u32, address: SocketAddr) {
        if let Some(state) = self.0.get_mut(&rep) {
            state.requested = Some(address);
        }
    }
}

impl SocketState {
    pub(crate) fn new(family: Family, phase: Phase, grant: Grant) -> Self {
        Self {
            family,
            phase,
            requested: None,
            grant,
        }
    }

    /// Why it has ended, if the guest has not closed it.
    pub(crate) fn ended(&self) -> Option<Cause> {
        match self.phase {
            Phase::Ended(cause) => Some(cause),
            _ => self.open()?.ended(),
        }
    }

    /// What the guest asked for, where that is mapped.
    pub(crate) fn asked(&self) -> Option<SocketAddr> {
        self.open()?.about().asked
    }

    /// What it has open.
    fn open(&self) -> Option<&Arc<Open>> {
        match &self.phase {
            Phase::Connecting(attempt) => Some(attempt.open.shared()),
            Phase::Connected(open) | Phase::Listening(_, open) => Some(open.shared()),
            Phase::Fresh | Phase::Binding | Phase::Bound | Phase::Closed | Phase::Ended(_) => None,
        }
    }

    /// Whether a bind to `address` gets as far as the operating system.
    pub(crate) fn can_bind(&self, address: SocketAddr) -> bool {
        matches!(self.phase, Phase::Fresh) && self.family.can_use(address.ip())
    }

    /// Whether a connect to `address` gets as far as the operating system.
    pub(crate) fn can_connect(&self, address: SocketAddr) -> bool {
        matches!(self.phase, Phase::Fresh | Phase::Bound)
            && self.family.can_use(address.ip())
            && !address.ip().is_unspecified()
            && address.port() != 0
    }

    /// What the policy allowed to listen, of a socket that does.
    pub(crate) fn listener(&self) -> Option<Listener> {
        match self.phase {
            Phase::Listening(listener, _) => Some(listener),
            _ => None,
        }
    }

    /// What the guest bound to, if a listen gets as far as the operating system.
    pub(crate) fn listen_intent(&self) -> Option<SocketAddr> {
        match self.phase {
            Phase::Bound => self.requested,
            _ => None,
        }
    }
}

impl Family {
    /// Whether `ip` is of this family, and not an IPv4 address in IPv6's clothes, which wasmtime-wasi refuses.
    pub(crate) fn is_of(self, ip: IpAddr) -> bool {
        match (self, ip) {
            (Self::V4, IpAddr::V4(_)) => true,
            (Self::V6, IpAddr::V6(ip)) => ip.to_ipv4_mapped().is_none(),
            (Self::V4, IpAddr::V6(_)) | (Self::V6, IpAddr::V4(_)) => false,
        }
    }

    /// Whether a TCP socket of this family can use `ip`: one of its own, and unicast.
    fn can_use(self, ip: IpAddr) -> bool {
        let is_unicast = match ip {
            IpAddr::V4(ip) => !ip.is_multicast() && !ip.is_broadcast(),
            IpAddr::V6(ip) => !ip.is_multicast(),
        };
        self.is_of(ip) && is_unicast
    }
}
