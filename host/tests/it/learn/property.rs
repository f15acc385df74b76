//! Whatever happened, the policy that was learnt allows it, and says so in a file.

use proptest::prelude::*;
use wasock::learn::Learner;
use wasock::policy::{Policy, PolicyFile, Protocol, Request};

use super::{accept, address, bind, connect, known, line, listener};

fn ip() -> impl Strategy<Value = String> {
    prop_oneof![
        (1_u8..=3).prop_map(|low| format!("93.184.216.{low}")),
        (1_u8..=3).prop_map(|low| format!("10.0.0.{low}")),
        Just("127.0.0.1".to_owned()),
        Just("169.254.169.254".to_owned()),
        Just("[::1]".to_owned()),
        Just("[2606:2800::1]".to_owned()),
        Just("[64:ff9b::7f00:1]".to_owned()),
        Just("255.255.255.255".to_owned()),
    ]
}

fn remote() -> impl Strategy<Value = String> {
    (
        ip(),
        prop_oneof![Just(80_u16), Just(81), Just(443), 1..=u16::MAX],
    )
        .prop_map(|(ip, port)| format!("{ip}:{port}"))
}

fn names() -> impl Strategy<Value = Vec<&'static str>> {
    let name = proptest::sample::select(vec![
        "a.example",
        "b.example",
        "c.a.example",
        "localhost",
        "any",
    ]);
    proptest::collection::vec(name, 0..3)
}

fn request() -> impl Strategy<Value = Request> {
    let names_of = |names: Vec<&str>| names.into_iter().map(known).collect::<Vec<_>>();
    prop_oneof![
        (remote(), names()).prop_map(|(remote, names)| connect(&remote, &names)),
        (remote(), names()).prop_map(move |(remote, names)| Request::Send {
            remote: address(&remote),
            names: names_of(names).into(),
        }),
        (remote(), names()).prop_map(move |(remote, names)| Request::ReceiveReply {
            listener: listener("0.0.0.0:40000", true),
            peer: address(&remote),
            names: names_of(names).into(),
        }),
        remote().prop_map(|local| bind(Protocol::Tcp, &local)),
        (remote(), any::<bool>()).prop_map(|(local, ephemeral)| Request::Listen {
            listener: listener(&local, ephemeral)
        }),
        (remote(), remote(), any::<bool>())
            .prop_map(|(local, peer, ephemeral)| accept(listener(&local, ephemeral), &peer)),
        (remote(), remote(), any::<bool>()).prop_map(|(local, peer, ephemeral)| {
            let listener = listener(&local, ephemeral);
            let peer = address(&peer);
            Request::Receive { listener, peer }
        }),
        names().prop_filter_map("a name", |names| {
            let name = known(names.first()?).asked;
            Some(Request::Resolve { name })
        }),
        (names(), ip()).prop_filter_map("a name", |(names, ip)| {
            let name = known(names.first()?);
            let address = address(&format!("{ip}:1")).ip();
            Some(Request::Answer { name, address })
        }),
    ]
}

/// A reply comes from whom something was sent to.
fn with_what_came_before(requests: Vec<Request>) -> Vec<Request> {
    let mut all = Vec::new();
    for request in requests {
        if let Request::ReceiveReply { peer, names, .. } = &request {
            all.push(Request::Send {
                remote: *peer,
                names: names.clone(),
            });
        }
        all.push(request);
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn everything_that_happened_is_allowed(requests in proptest::collection::vec(request(), 0..20)) {
        let requests = with_what_came_before(requests);
        let mut learner = Learner::default();
        for request in &requests {
            learner.add(&line(request.clone(), "allowed")).unwrap();
        }
        let everything = learner.clone().special(true).learn();
        let impossible = everything.impossible();
        for request in &requests {
            let is_known = impossible.iter().any(|(told, _)| told == request);
            let decision = everything.policy().decide(request);
            prop_assert!(decision.is_allowed() || is_known, "{request}\n{everything}");
            // Only what asks for the name `any`, which no rule can name.
            prop_assert!(!is_known || request.to_string().contains("any"), "{request}");
        }

        let narrow = learner.denied(true).learn();
        for learned in [&everything, &narrow] {
            let text = learned.to_string();
            let file = PolicyFile::parse("learnt.toml", &text).unwrap();
            prop_assert_eq!(&Policy::builder().file(file).build(), learned.policy());
        }
        // Not silently: no destination of the narrow policy is special.
        for line in narrow.policy().lines() {
            let text = line.to_string();
            for special in ["10.0.0", "127.0.0.1", "169.254", "::1]", "localhost", "64:ff9b", "#to"] {
                prop_assert!(!text.contains("outbound") || !text.contains(special) || text.contains("2800"), "{text}");
            }
        }
    }
}
