//! Requests: about names and addresses that rules know, or any.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use wasock_policy::{Listener, Name, PinnedName, Protocol, Request};

use crate::input::Input;

/// Addresses of every kind that the decision tells apart.
pub(super) const ADDRESSES: &[&str] = &[
    "0.0.0.0",
    "::",
    "127.0.0.1",
    "::1",
    "8.8.8.8",
    "10.0.0.1",
    "169.254.169.254",
    "192.168.1.1",
    "224.0.0.1",
    "255.255.255.255",
    "2606:4700::1",
    "fd00::1",
    "fe80::1",
    "64:ff9b::a00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::a00:1",
    "2002:a00:1::",
    "2001::f5ff:fffe",
    "::a00:1",
];

/// Names that are near each other, and those that mean something of their own.
pub(super) const NAMES: &[&str] = &[
    "example.com",
    "api.example.com",
    "notexample.com",
    "com",
    "db.internal",
    "localhost",
    "any",
];

/// A request of any kind.
pub(super) fn any(input: &mut Input<'_>) -> Request {
    let protocol = input.pick(&[Protocol::Tcp, Protocol::Udp]);
    match input.below(10) {
        0 => Request::Resolve { name: name(input) },
        1 => Request::Answer {
            name: pinned(input),
            address: address(input),
        },
        2 => Request::Connect {
            protocol,
            remote: endpoint(input),
            names: names(input),
        },
        3 => Request::Send {
            remote: endpoint(input),
            names: names(input),
        },
        4 => Request::ReceiveReply {
            listener: listener(input),
            peer: endpoint(input),
            names: names(input),
        },
        5 => Request::Bind {
            protocol,
            local: endpoint(input),
        },
        6 => Request::Listen {
            listener: listener(input),
        },
        7 => Request::Accept {
            listener: listener(input),
            local: endpoint(input),
            peer: endpoint(input),
        },
        8 => Request::Receive {
            listener: listener(input),
            peer: endpoint(input),
        },
        _ => Request::Reply {
            listener: listener(input),
            peer: endpoint(input),
            names: names(input),
        },
    }
}

fn address(input: &mut Input<'_>) -> IpAddr {
    match input.byte() {
        254 => IpAddr::from(input.array::<4>()),
        255 => IpAddr::from(input.array::<16>()),
        known => {
            let text = ADDRESSES[usize::from(known) % ADDRESSES.len()];
            text.parse().expect("it is an address")
        }
    }
}

fn endpoint(input: &mut Input<'_>) -> SocketAddr {
    let address = address(input);
    SocketAddr::new(address, input.pick(&[80, 0, 22, 443, 40_000]))
}

fn listener(input: &mut Input<'_>) -> Listener {
    Listener {
        address: endpoint(input),
        ephemeral: input.flag(),
    }
}

fn name(input: &mut Input<'_>) -> Name {
    Name::parse(input.pick(NAMES)).expect("it is a name")
}

fn pinned(input: &mut Input<'_>) -> PinnedName {
    let asked = name(input);
    let chain = (0..input.below(3)).map(|_| name(input)).collect();
    PinnedName { asked, chain }
}

fn names(input: &mut Input<'_>) -> Arc<[PinnedName]> {
    (0..input.below(3)).map(|_| pinned(input)).collect()
}
