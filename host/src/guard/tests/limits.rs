//! Limits of things: how many there may be at a time, and from first to last.

use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasock_policy::PolicyBuilder;

use super::guest::{Guest, block_on, rule};
use super::listener;
use super::names::Table;
use crate::{Host, NetCtx, Policy};

/// A policy with these limits.
pub(super) fn limited(limits: &[&str]) -> PolicyBuilder {
    let limits = limits.iter().map(|limit| limit.parse().unwrap());
    limits.fold(Policy::builder(), PolicyBuilder::limit)
}

fn listening(limits: &[&str]) -> PolicyBuilder {
    limited(limits).allow_inbound("tcp://127.0.0.1:0".parse().unwrap())
}

/// A guest that listens, and where.
async fn server(policy: PolicyBuilder) -> (Guest, u32, String) {
    let mut guest = Guest::new(policy);
    let socket = guest.socket("127.0.0.1:0");
    guest.bind(socket, "127.0.0.1:0").await.unwrap();
    guest.listen(socket).await.unwrap();
    let address = guest.local_address(socket).to_string();
    (guest, socket, address)
}

const LIMIT_REACHED: Option<ErrorCode> = Some(ErrorCode::NewSocketLimit);

#[test]
fn sockets_are_counted_of_both_kinds_and_given_back() {
    block_on(async {
        let mut guest = Guest::new(limited(&["sockets=3"]));
        let tcp = guest.socket("127.0.0.1:0");
        guest.socket("[::1]:0");
        let udp = guest.udp_socket("0.0.0.0:0").await.unwrap();
        assert_eq!(guest.usage().sockets, 3);

        assert_eq!(guest.try_socket("127.0.0.1:0").err(), LIMIT_REACHED);
        assert_eq!(guest.try_socket("127.0.0.1:0").err(), LIMIT_REACHED);
        assert_eq!(
            guest.udp_socket("0.0.0.0:0").await.err(),
            LIMIT_REACHED,
            "of either kind"
        );
        assert_eq!(
            guest.last_record(),
            "denied: a tcp socket (used up: sockets=3)\n  allow more with: --limit sockets=AMOUNT"
        );
        // The bind of the UDP socket, and the limit.
        assert_eq!(guest.records().len(), 2, "told once: {:?}", guest.records());

        guest.drop_socket(tcp);
        guest.close_udp(udp).await;
        assert_eq!(guest.usage().sockets, 1);
        guest.socket("127.0.0.1:0");
        guest.socket("127.0.0.1:0");
        assert_eq!(guest.records().len(), 3, "{:?}", guest.records());
        assert_eq!(guest.try_socket("127.0.0.1:0").err(), LIMIT_REACHED);
        assert_eq!(guest.records().len(), 4, "there was some in between");
    });
}

#[test]
fn connections_are_counted_while_they_are_open_and_those_that_are_denied_are_none() {
    let (_listener, address) = listener("127.0.0.1:0");
    let policy = limited(&["connections=2"]).allow_outbound(rule(&address));
    block_on(async {
        let mut guest = Guest::new(policy);
        let sockets = [0; 3].map(|_| guest.socket(&address));
        let refused = guest.connect(sockets[0], "127.0.0.2:1").await.err();
        assert_eq!(refused, Some(ErrorCode::AccessDenied));

        let first = guest.connect(sockets[0], &address).await.unwrap();
        guest.connect(sockets[1], &address).await.unwrap();
        let third = guest.connect(sockets[2], &address).await.err();
        assert_eq!(third, LIMIT_REACHED);
        assert_eq!(
            guest.last_record(),
            format!(
                "denied: outbound tcp {address} (used up: connections=2)\n  \
                 allow more with: --limit connections=AMOUNT"
            )
        );
        assert_eq!(guest.usage().connections, 2);

        guest.close(sockets[0], first).await;
        assert_eq!(guest.usage().connections, 1);
        guest.connect(sockets[2], &address).await.unwrap();
        assert_eq!(guest.usage().total_connections, 3);
    });
}

#[test]
fn an_attempt_that_fails_gives_its_place_back_and_counts_in_total() {
    let (listener, address) = listener("127.0.0.1:0");
    drop(listener);
    let policy = limited(&["connections=1", "total-connections=3"]).allow_outbound(rule(&address));
    block_on(async {
        let mut guest = Guest::new(policy);
        for expected in [
            ErrorCode::ConnectionRefused,
            ErrorCode::ConnectionRefused,
            ErrorCode::ConnectionRefused,
            ErrorCode::NewSocketLimit,
        ] {
            let socket = guest.socket(&address);
            let error = guest.connect(socket, &address).await.err();
            assert_eq!(error, Some(expected));
            assert_eq!(guest.usage().connections, 0);
        }
        assert!(
            guest.last_record().contains("used up: total-connections=3"),
            "{}",
            guest.last_record()
        );
    });
}

#[test]
fn what_is_too_much_to_accept_waits_in_the_queue() {
    block_on(async {
        let (mut guest, socket, address) = server(listening(&["connections=1"])).await;
        let _first = TcpStream::connect(&address).unwrap();
        guest.ready(socket).await;
        let (accepted, streams) = guest.accept_whole(socket).unwrap();

        let nobody = guest.accept(socket).err();
        assert_eq!(nobody, Some(ErrorCode::WouldBlock), "nobody is there");
        let _second = TcpStream::connect(&address).unwrap();
        guest.ready(socket).await;
        assert_eq!(guest.accept(socket).err(), LIMIT_REACHED);
        assert_eq!(
            guest.last_record(),
            format!(
                "denied: inbound tcp {address} (used up: connections=1)\n  \
                 allow more with: --limit connections=AMOUNT"
            )
        );
        assert_eq!(guest.usage().sockets, 2, "a failed accept holds nothing");

        // What cannot accept says so, whatever there is room for.
        let idle = guest.socket("127.0.0.1:0");
        assert_eq!(guest.accept(idle).err(), Some(ErrorCode::InvalidState));
        guest.drop_socket(idle);

        guest.close(accepted, streams).await;
        guest.accept(socket).unwrap();
        assert_eq!(guest.usage().connections, 1);
        assert_eq!(guest.usage().total_connections, 2);
    });
}

#[test]
fn a_peer_that_is_turned_away_uses_nothing_up() {
    let from = "tcp://127.0.0.1:0#from=127.0.0.2".parse().unwrap();
    block_on(async {
        let policy = limited(&["total-connections=1"]).allow_inbound(from);
        let (mut guest, socket, address) = server(policy).await;
        let _stranger = TcpStream::connect(&address).unwrap();
        guest.ready(socket).await;
        assert_eq!(guest.accept(socket).err(), Some(ErrorCode::WouldBlock));
        let usage = guest.usage();
        assert_eq!((usage.sockets, usage.connections), (1, 0));
        assert_eq!(usage.total_connections, 0);
    });
}

#[test]
fn lookups_are_counted_if_the_policy_allows_them() {
    let resolver = Table::default().with("a.example", &["192.0.2.1"], &[]);
    let policy = limited(&["lookups=2"])
        .allow_resolve("a.example".parse().unwrap())
        .allow_resolve("localhost".parse().unwrap());
    block_on(async {
        let builder = NetCtx::builder().policy(policy.build());
        let mut guest = Guest::with(builder.resolver(Arc::new(resolver)));
        let refused = guest.resolve("b.example").await;
        assert_eq!(refused, Err(ErrorCode::PermanentResolverFailure));
        guest.resolve("192.0.2.7").await.unwrap();
        assert_eq!(guest.usage().lookups, 0);

        guest.resolve("a.example").await.unwrap();
        guest.resolve("localhost").await.unwrap();
        let third = guest.resolve("a.example").await;
        assert_eq!(third, Err(ErrorCode::TemporaryResolverFailure));
        assert_eq!(
            guest.last_record(),
            "denied: lookup a.example (used up: lookups=2)\n  allow more with: --limit lookups=AMOUNT"
        );
    });
}

#[test]
fn what_one_guest_of_a_tenant_has_the_other_has_not_until_its_store_is_gone() {
    let host = Host::builder().build();
    let limits = wasock_policy::Limits {
        sockets: Some(2),
        ..Default::default()
    };
    let tenant = host.tenant("acme").limits(limits).build();
    let other_tenant = host.tenant("other").limits(limits).build();
    block_on(async {
        let mut one = Guest::with(tenant.net_ctx());
        let mut other = Guest::with(tenant.net_ctx());
        one.socket("127.0.0.1:0");
        one.socket("127.0.0.1:0");
        assert_eq!(other.try_socket("127.0.0.1:0").err(), LIMIT_REACHED);
        assert_eq!(
            other.last_record(),
            "denied: a tcp socket (used up: sockets=2)\n  it is the limit of the tenant acme"
        );
        Guest::with(other_tenant.net_ctx()).socket("127.0.0.1:0");
        assert_eq!((tenant.usage().sockets, one.usage().sockets), (2, 2));

        drop(one);
        assert_eq!((tenant.usage().sockets, host.usage().sockets), (0, 0));
        other.socket("127.0.0.1:0");
    });
}

#[test]
fn a_store_that_is_torn_down_gives_all_back_and_leaves_a_record_of_each_socket() {
    let host = Host::builder().build();
    let tenant = host.tenant("acme").build();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let policy = listening(&[]).allow_outbound(rule(&address));
    block_on(async {
        let mut guest = Guest::with(tenant.net_ctx().policy(policy.build()));
        let audit = guest.audit();
        let socket = guest.socket(&address);
        guest.connect(socket, &address).await.unwrap();
        let (_peer, _) = listener.accept().unwrap();
        let socket = guest.socket("127.0.0.1:0");
        guest.bind(socket, "127.0.0.1:0").await.unwrap();
        guest.listen(socket).await.unwrap();
        let local = guest.local_address(socket);
        let udp = guest.open_udp("0.0.0.0:0").await;
        let udp_address = guest.udp_address(&udp);
        assert_eq!(host.usage().sockets, 3);
        let before = audit.records().len();

        drop(guest);
        assert_eq!((host.usage().sockets, host.usage().connections), (0, 0));
        let records = audit.records();
        let mut closed: Vec<_> = records[before..].iter().map(ToString::to_string).collect();
        closed.sort();
        for (record, expected) in closed.iter().zip([
            format!("closed: inbound tcp {local} (received 0 bytes; sent 0; open "),
            format!("closed: outbound tcp {address} (received 0 bytes; sent 0; open "),
            format!("closed: outbound udp {udp_address} (received 0 bytes in 0 datagrams;"),
        ]) {
            assert!(record.starts_with(&expected), "{record} {expected}");
        }
        assert_eq!(closed.len(), 3, "{closed:?}");
    });
}
