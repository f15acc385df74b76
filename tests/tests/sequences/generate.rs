//! Sequences from a seed.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use wasock_conformance::api::Shutdown;
use wasock_conformance::sequence::{Action, Call, Kind, Name, Patience, Place};
use wasock_core::addr::Family;
use wasock_core::flags::MsgFlags;
use wasock_core::readiness::Readiness;
use wasock_core::sockopt::SockOpt;

/// Sequences without end.
pub(crate) struct Sequences(TestRunner);

/// Those of this seed.
pub(crate) fn sequences(seed: u64) -> Sequences {
    let mut bytes = [0; 32];
    for (byte, of_seed) in bytes.iter_mut().zip(seed.to_le_bytes()) {
        *byte = of_seed;
    }
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    Sequences(TestRunner::new_with_rng(Config::default(), random))
}

impl Iterator for Sequences {
    type Item = Vec<Call>;

    fn next(&mut self) -> Option<Vec<Call>> {
        let tree = sequence().new_tree(&mut self.0);
        Some(tree.expect("nothing is rejected").current())
    }
}

/// Sequences over a few sockets. Most begin with something that gives the calls after it a meaning.
fn sequence() -> impl Strategy<Value = Vec<Call>> {
    let family = prop_oneof![Just(Family::Inet), Just(Family::Inet6)];
    let start = prop_oneof![
        1 => Just(Vec::new()),
        3 => stream_pair(0, 1, 2),
        1 => two_clients(),
        2 => datagram_pair(0, 1),
        1 => datagram_pair(3, 4).prop_flat_map(|first| {
            stream_pair(0, 1, 2).prop_map(move |second| [first.clone(), second].concat())
        }),
    ];
    let piece = prop_oneof![
        14 => call().boxed().prop_map(|call| vec![call]),
        1 => stream_pair(3, 4, 5),
        3 => exchange().boxed(),
        1 => refusal().boxed(),
    ];
    let rest = prop::collection::vec(piece, 1..20);
    (family, start, rest).prop_map(|(family, start, rest)| {
        let mut calls = [start, rest.concat()].concat();
        for call in &mut calls {
            if let Action::Create(of, _) = &mut call.action
                && family == Family::Inet6
            {
                // Written for IPv4.
                *of = other(*of);
            }
        }
        calls
    })
}

fn other(family: Family) -> Family {
    match family {
        Family::Inet => Family::Inet6,
        Family::Inet6 => Family::Inet,
    }
}

/// A listening socket, and a connection to it.
fn stream_pair(
    listener: Name,
    client: Name,
    server: Name,
) -> impl Strategy<Value = Vec<Call>> + Clone {
    let bind = prop_oneof![
        3 => Just(Some(Place::Loopback)),
        1 => Just(Some(Place::Wildcard)),
        1 => Just(None),
    ];
    let bind_client = prop::bool::weighted(0.2);
    let nonblocking = prop::bool::weighted(0.2);
    (bind, bind_client, nonblocking, backlog()).prop_map(
        move |(bind, bind_client, nonblocking, backlog)| {
            let mut calls = vec![create(listener, Kind::Stream)];
            calls.extend(bind.map(|place| call_of(listener, Action::Bind(place))));
            calls.push(call_of(listener, Action::Listen(backlog)));
            calls.push(create(client, Kind::Stream));
            if bind_client {
                calls.push(call_of(client, Action::Bind(Place::Loopback)));
            }
            if nonblocking {
                calls.push(call_of(client, Action::Settimeout(Patience::None)));
            }
            calls.push(call_of(client, Action::Connect(Place::Of(listener))));
            calls.push(call_of(listener, Action::Accept(server)));
            calls
        },
    )
}

/// A listening socket with two clients, of which one waits to be accepted.
fn two_clients() -> impl Strategy<Value = Vec<Call>> + Clone {
    stream_pair(0, 1, 2).prop_map(|mut calls| {
        calls.push(create(3, Kind::Stream));
        calls.push(call_of(3, Action::Connect(Place::Of(0))));
        calls
    })
}

/// Two UDP sockets that know each other, or not.
fn datagram_pair(first: Name, second: Name) -> impl Strategy<Value = Vec<Call>> + Clone {
    let place = prop_oneof![3 => Just(Place::Loopback), 1 => Just(Place::Wildcard)];
    let connects = (prop::bool::ANY, prop::bool::ANY);
    (place, connects).prop_map(move |(place, (one, other))| {
        let mut calls = vec![
            create(first, Kind::Dgram),
            call_of(first, Action::Bind(place)),
            create(second, Kind::Dgram),
            call_of(second, Action::Bind(place)),
        ];
        if one {
            calls.push(call_of(first, Action::Connect(Place::LoopbackOf(second))));
        }
        if other {
            calls.push(call_of(second, Action::Connect(Place::LoopbackOf(first))));
        }
        calls
    })
}

/// Something is sent, and received elsewhere.
fn exchange() -> impl Strategy<Value = Vec<Call>> {
    let sender = prop_oneof![Just((1, 2)), Just((2, 1)), Just((0, 1)), Just((1, 0))];
    (sender, send(), receive())
        .prop_map(|((from, to), send, receive)| vec![call_of(from, send), call_of(to, receive)])
}

/// An attempt that fails and is not waited for, and who might be told of it.
fn refusal() -> impl Strategy<Value = Vec<Call>> {
    let asks = prop_oneof![
        3 => Just(Action::SoError),
        2 => Just(Action::Connect(Place::Nobody)),
        1 => place().prop_map(Action::Connect),
        1 => send().boxed(),
        1 => receive().boxed(),
        1 => option().boxed(),
        1 => action().boxed(),
    ];
    let (binds, sets) = (prop::bool::weighted(0.3), prop::bool::weighted(0.3));
    let asks = prop::collection::vec(asks, 1..5);
    (3..6_u8, binds, sets, asks).prop_map(|(socket, binds, sets, asks)| {
        let mut calls = vec![create(socket, Kind::Stream)];
        if binds {
            calls.push(call_of(socket, Action::Bind(Place::Of(0))));
        }
        if sets {
            // One of them is left out.
            for option in [SockOpt::IpTtl, SockOpt::Ipv6UnicastHops] {
                calls.push(call_of(socket, Action::Setsockopt(option, 9)));
            }
        }
        calls.push(call_of(socket, Action::Settimeout(Patience::None)));
        calls.push(call_of(socket, Action::Connect(Place::Nobody)));
        calls.extend(asks.into_iter().map(|action| call_of(socket, action)));
        calls
    })
}

fn call() -> impl Strategy<Value = Call> {
    (name(), action().boxed()).prop_map(|(socket, action)| Call { socket, action })
}

fn name() -> impl Strategy<Value = Name> {
    prop_oneof![2 => Just(0), 8 => 1..3_u8, 2 => 3..6_u8]
}

fn action() -> impl Strategy<Value = Action> {
    let family = prop_oneof![8 => Just(Family::Inet), 1 => Just(Family::Inet6)];
    let kind = prop_oneof![2 => Just(Kind::Stream), 1 => Just(Kind::Dgram)];
    let how = select(Shutdown::ALL.to_vec());
    let patience = prop_oneof![
        2 => Just(Patience::Endless),
        3 => Just(Patience::None),
        1 => Just(Patience::Short),
    ];
    prop_oneof![
        3 => (family, kind).prop_map(|(family, kind)| Action::Create(family, kind)),
        3 => place().prop_map(Action::Bind),
        2 => backlog().prop_map(Action::Listen),
        3 => name().prop_map(Action::Accept),
        5 => place().prop_map(Action::Connect),
        1 => Just(Action::Disconnect),
        16 => send(),
        22 => receive(),
        5 => how.prop_map(Action::Shutdown),
        5 => Just(Action::Close),
        1 => Just(Action::Getsockname),
        3 => Just(Action::Getpeername),
        4 => patience.prop_map(Action::Settimeout),
        6 => readiness().prop_map(Action::Poll),
        5 => option(),
    ]
}

fn option() -> impl Strategy<Value = Action> {
    let option = prop_oneof![
        1 => Just(SockOpt::SoReuseaddr),
        1 => Just(SockOpt::SoKeepalive),
        2 => Just(SockOpt::IpTtl),
        2 => Just(SockOpt::Ipv6UnicastHops),
        2 => Just(SockOpt::Ipv6V6only),
    ];
    let value = select(vec![0, 1, 1, 1, 2, 64, 255, 256]);
    prop_oneof![
        3 => Just(Action::SoError),
        1 => Just(Action::SoType),
        1 => Just(Action::SoAcceptconn),
        2 => option.clone().prop_map(Action::Getsockopt),
        3 => (option, value).prop_map(|(option, value)| Action::Setsockopt(option, value)),
    ]
}

fn send() -> impl Strategy<Value = Action> + Clone {
    let flags = prop_oneof![
        6 => Just(MsgFlags::NONE),
        1 => Just(MsgFlags::DONTWAIT),
        1 => Just(MsgFlags::NOSIGNAL),
        1 => Just(MsgFlags::OOB),
    ];
    prop_oneof![
        3 => (length(), flags.clone()).prop_map(|(length, flags)| Action::Send(length, flags)),
        1 => (length(), flags.clone()).prop_map(|(length, flags)| Action::Sendall(length, flags)),
        2 => (length(), flags, place())
            .prop_map(|(length, flags, place)| Action::Sendto(length, flags, place)),
    ]
}

fn receive() -> impl Strategy<Value = Action> + Clone {
    let flags = prop_oneof![
        6 => Just(MsgFlags::NONE),
        2 => Just(MsgFlags::PEEK),
        2 => Just(MsgFlags::WAITALL),
        2 => Just(MsgFlags::DONTWAIT),
        1 => Just(MsgFlags::TRUNC),
        1 => Just(MsgFlags::PEEK | MsgFlags::WAITALL),
        1 => Just(MsgFlags::PEEK | MsgFlags::DONTWAIT),
        1 => Just(MsgFlags::TRUNC | MsgFlags::PEEK),
        1 => Just(MsgFlags::NOSIGNAL | MsgFlags::PEEK),
        1 => Just(MsgFlags::OOB),
    ];
    let offset = prop_oneof![4 => Just(0_u32), 1 => 0..70_u32];
    let into = (offset, 0..70_u32, flags.clone());
    prop_oneof![
        4 => (wanted(), flags.clone()).prop_map(|(length, flags)| Action::Recv(length, flags)),
        2 => (wanted(), flags).prop_map(|(length, flags)| Action::Recvfrom(length, flags)),
        1 => into.clone().prop_map(|(at, length, flags)| Action::RecvInto(at, length, flags)),
        1 => into.prop_map(|(at, length, flags)| Action::RecvfromInto(at, length, flags)),
    ]
}

/// Mostly few bytes; at times more than what is read ahead, and than what a datagram can have.
fn length() -> impl Strategy<Value = u32> + Clone {
    prop_oneof![
        8 => 0..12_u32,
        2 => 12..2000_u32,
        1 => 15_000..20_000_u32,
        1 => select(vec![0, 65_507, 65_508, 65_528]),
    ]
}

/// At times more than one call moves.
fn wanted() -> impl Strategy<Value = u32> + Clone {
    prop_oneof![30 => length(), 1 => Just(1024 * 1024 + 1)]
}

fn backlog() -> impl Strategy<Value = i32> + Clone {
    prop_oneof![
        4 => Just(5),
        2 => 0..3_i32,
        1 => Just(-1),
        1 => select(vec![i32::MIN, i32::MAX]),
    ]
}

fn place() -> impl Strategy<Value = Place> + Clone {
    prop_oneof![
        10 => (0..6_u8).prop_map(Place::Of),
        2 => (0..6_u8).prop_map(Place::LoopbackOf),
        1 => (0..6_u8).prop_map(Place::WildcardOf),
        3 => Just(Place::Loopback),
        1 => Just(Place::Wildcard),
        3 => Just(Place::Nobody),
        1 => Just(Place::OtherFamily),
        1 => Just(Place::Mapped),
        1 => Just(Place::Broadcast),
        1 => Just(Place::Elsewhere),
    ]
}

fn readiness() -> impl Strategy<Value = Readiness> + Clone {
    prop_oneof![
        2 => Just(Readiness::READABLE),
        1 => Just(Readiness::WRITABLE),
        2 => Just(Readiness::READABLE | Readiness::WRITABLE),
        1 => Just(Readiness::NONE),
    ]
}

fn create(socket: Name, kind: Kind) -> Call {
    call_of(socket, Action::Create(Family::Inet, kind))
}

fn call_of(socket: Name, action: Action) -> Call {
    Call { socket, action }
}
