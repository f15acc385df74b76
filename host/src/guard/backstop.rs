//! The second lock: wasmtime-wasi's address check, which knows only what the wrappers announced.
//!
//! wasmtime-wasi asks once more before it touches the operating system, and shows an address and a use,
//! nothing else: not the socket, not what the guest asked for before. That is too little to decide on.
//! But it is enough to hold the wrappers to their word: a wrapper that has decided announces the operation, and
//! this check lets through what is announced and nothing else. A way into the sockets that
//! bypasses the wrappers finds every address refused, to reach or to take.
//!
//! It does not hold for what comes in. Who sends a datagram or makes a connection is not known beforehand, so nothing can be
//! announced; the check says yes, and the wrappers drop what the policy refuses before the guest sees it. A way around the
//! wrappers would receive everything that arrives at a socket that it had no way to bind to an address of its choice.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use wasmtime_wasi::sockets::SocketAddrUse;

/// The operations that are allowed right now, for one context.
#[derive(Clone, Default)]
pub(crate) struct Backstop {
    announced: Arc<Mutex<HashMap<Operation, usize>>>,
}

/// One operation that the wrappers have allowed; the backstop lets it through while this lives.
pub(crate) struct Announcement {
    backstop: Backstop,
    operation: Operation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Operation {
    Bind(IpAddr, u16),
    Connect(IpAddr, u16),
    Listen(IpAddr, u16),
    UdpBind(IpAddr, u16),
    Send(IpAddr, u16),
}

impl Backstop {
    /// Let a bind to `address` through.
    pub(crate) fn announce_bind(&self, address: SocketAddr) -> Announcement {
        self.announce(Operation::Bind(address.ip(), address.port()))
    }

    /// Let a connect to `address` through.
    pub(crate) fn announce_connect(&self, address: SocketAddr) -> Announcement {
        self.announce(Operation::Connect(address.ip(), address.port()))
    }

    /// Let a listen at the local `address` through.
    pub(crate) fn announce_listen(&self, address: SocketAddr) -> Announcement {
        self.announce(Operation::Listen(address.ip(), address.port()))
    }

    /// Let a bind of a UDP socket to `address` through.
    pub(crate) fn announce_udp_bind(&self, address: SocketAddr) -> Announcement {
        self.announce(Operation::UdpBind(address.ip(), address.port()))
    }

    /// Let datagrams to `address` through, and streams for it.
    pub(crate) fn announce_send(&self, address: SocketAddr) -> Announcement {
        self.announce(Operation::Send(address.ip(), address.port()))
    }

    /// The answer to wasmtime-wasi. It never waits: for UDP, a check that is not ready at once is
    /// taken for a yes.
    pub(crate) fn permits(&self, address: SocketAddr, use_: SocketAddrUse) -> bool {
        let (ip, port) = (address.ip(), address.port());
        let operation = match use_ {
            // What every connect does unless the guest has bound the socket. It gives nothing: to
            // listen, to connect, to send and to receive are asked for separately.
            SocketAddrUse::TcpBind | SocketAddrUse::UdpBind if is_implicit(address) => return true,
            SocketAddrUse::TcpBind => Operation::Bind(ip, port),
            SocketAddrUse::TcpConnect => Operation::Connect(ip, port),
            SocketAddrUse::TcpListen => Operation::Listen(ip, port),
            // Who comes is not known beforehand. There is a listener only because a listen was allowed, and
            // the wrapper decides about each peer before the guest sees the connection.
            SocketAddrUse::TcpAccept => return true,
            SocketAddrUse::UdpBind => Operation::UdpBind(ip, port),
            SocketAddrUse::UdpSend => Operation::Send(ip, port),
            // Nor who sends. The wrapper decides about each datagram before the guest sees it.
            SocketAddrUse::UdpReceive => return true,
        };
        self.announced().contains_key(&operation)
    }

    fn announce(&self, operation: Operation) -> Announcement {
        *self.announced().entry(operation).or_default() += 1;
        Announcement {
            backstop: self.clone(),
            operation,
        }
    }

    fn announced(&self) -> MutexGuard<'_, HashMap<Operation, usize>> {
        self.announced
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        let mut announced = self.backstop.announced();
        if let Some(count) = announced.get_mut(&self.operation) {
            *count -= 1;
            if *count == 0 {
                announced.remove(&self.operation);
            }
        }
    }
}

/// Whether a bind to `address` is what a connect does by itself: any address, any port.
pub(crate) fn is_implicit(address: SocketAddr) -> bool {
    address.ip().is_unspecified() && address.port() == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: &str = "127.0.0.1:80";

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_what_is_announced_passes_and_only_while_it_is() {
        let backstop = Backstop::default();
        let server = address(SERVER);
        assert!(!backstop.permits(server, SocketAddrUse::TcpConnect));

        let first = backstop.announce_connect(server);
        let second = backstop.announce_connect(server);
        assert!(backstop.permits(server, SocketAddrUse::TcpConnect));
        for other in [SocketAddrUse::TcpBind, SocketAddrUse::TcpListen] {
            assert!(!backstop.permits(server, other), "{other:?}");
        }
        assert!(!backstop.permits(address("127.0.0.1:81"), SocketAddrUse::TcpConnect));

        drop(first);
        assert!(backstop.permits(server, SocketAddrUse::TcpConnect));
        drop(second);
        assert!(!backstop.permits(server, SocketAddrUse::TcpConnect));
    }

    #[test]
    fn the_implicit_bind_of_a_connect_passes_and_other_wildcard_binds_do_not() {
        let backstop = Backstop::default();
        for (text, passes) in [
            ("0.0.0.0:0", true),
            ("[::]:0", true),
            ("0.0.0.0:80", false),
            ("127.0.0.1:0", false),
        ] {
            for use_ in [SocketAddrUse::TcpBind, SocketAddrUse::UdpBind] {
                let answer = backstop.permits(address(text), use_);
                assert_eq!(answer, passes, "{text} {use_:?}");
            }
        }
    }

    #[test]
    fn a_grant_for_one_protocol_is_none_for_the_other() {
        let backstop = Backstop::default();
        let server = address(SERVER);
        let _connect = backstop.announce_connect(server);
        let _bind = backstop.announce_bind(server);
        for use_ in [SocketAddrUse::UdpBind, SocketAddrUse::UdpSend] {
            assert!(!backstop.permits(server, use_), "{use_:?}");
        }

        let _send = backstop.announce_send(server);
        assert!(backstop.permits(server, SocketAddrUse::UdpSend));
        assert!(!backstop.permits(server, SocketAddrUse::UdpBind));
        let _udp_bind = backstop.announce_udp_bind(server);
        assert!(backstop.permits(server, SocketAddrUse::UdpBind));
    }

    #[test]
    fn what_comes_in_passes_for_it_is_the_wrappers_that_decide() {
        let backstop = Backstop::default();
        for use_ in [SocketAddrUse::TcpAccept, SocketAddrUse::UdpReceive] {
            assert!(backstop.permits(address(SERVER), use_), "{use_:?}");
        }
    }
}
