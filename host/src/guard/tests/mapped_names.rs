//! Names that a policy maps to addresses.

use std::net::TcpListener;
use std::time::Duration;

use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasock_policy::PolicyBuilder;

use super::guest::block_on;
use super::names::{Table, guest, ips};
use crate::Policy;

fn mapped(mappings: &[&str]) -> PolicyBuilder {
    mappings.iter().fold(Policy::builder(), |policy, mapping| {
        policy.map(mapping.parse().unwrap())
    })
}

#[test]
fn a_mapped_name_has_its_addresses_and_nobody_is_asked() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = server.local_addr().unwrap();
    let rule = format!("tcp://db.internal:{}#to=127.0.0.1,::1", at.port());
    let policy =
        mapped(&["db.internal=127.0.0.1", "db.internal=::1"]).allow_outbound(rule.parse().unwrap());
    block_on(async {
        let table = Table::default().with("db.internal", &["192.0.2.1"], &[]);
        let mut guest = guest(policy, table.clone());
        for _ in 0..2 {
            let told = guest.resolve("DB.internal.").await;
            assert_eq!(told, Ok(ips(&["127.0.0.1", "::1"])));
        }
        assert_eq!(table.asked(), [""; 0]);
        // The grant is for the name, and the name leads there.
        assert!(guest.may_connect(at).await);
    });
}

#[test]
fn a_mapping_of_a_name_grants_neither_the_lookup_nor_the_address() {
    let map = || mapped(&["db.internal=10.0.0.5"]);
    let outbound = |rule: &str| map().allow_outbound(rule.parse().unwrap());
    for (policy, denial) in [
        (map(), "denied: lookup db.internal (no rule)"),
        (
            outbound("tcp://db.internal:5432"),
            "db.internal resolved to 10.0.0.5 (private)",
        ),
        (
            outbound("tcp://db.internal:5432#to=10.0.0.6"),
            "db.internal resolved to 10.0.0.5",
        ),
        (
            outbound("tcp://db.internal:5432#to=10.0.0.5")
                .deny_resolve("*.internal".parse().unwrap()),
            "denied: lookup db.internal (--deny-resolve *.internal)",
        ),
    ] {
        block_on(async {
            let mut guest = guest(policy, Table::default());
            let refused = guest.resolve("db.internal").await;
            assert_eq!(
                refused,
                Err(ErrorCode::PermanentResolverFailure),
                "{denial}"
            );
            assert!(
                guest.last_record().contains(denial),
                "{}",
                guest.last_record()
            );
        });
    }
}

#[test]
fn another_policy_maps_the_name_from_the_next_lookup_on() {
    let any = || "any".parse().unwrap();
    block_on(async {
        // An answer that could be given again.
        let table = Table::default()
            .with("a.example", &["192.0.2.1"], &[])
            .good_for(Duration::from_secs(60));
        let mut guest = guest(Policy::builder().allow_resolve(any()), table.clone());
        assert_eq!(guest.resolve("a.example").await, Ok(ips(&["192.0.2.1"])));

        for address in ["192.0.2.2", "192.0.2.3"] {
            let map = format!("a.example={address}");
            guest.change_policy(mapped(&[&map]).allow_resolve(any()));
            assert_eq!(guest.resolve("a.example").await, Ok(ips(&[address])));
        }
        guest.change_policy(Policy::builder().allow_resolve(any()));
        assert_eq!(guest.resolve("a.example").await, Ok(ips(&["192.0.2.1"])));
        assert_eq!(table.asked(), ["a.example"]);
    });
}

/// Each is decided by its own: a name leads to an address, and the address elsewhere.
#[test]
fn an_address_that_a_name_is_mapped_to_can_be_mapped_itself() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = server.local_addr().unwrap();
    let policy = mapped(&["www.example=203.0.113.5", &format!("tcp://any:80={target}")])
        .allow_resolve("www.example".parse().unwrap())
        .allow_outbound(format!("tcp://{target}").parse().unwrap());
    block_on(async {
        let mut guest = guest(policy, Table::default());
        let told = guest.resolve("www.example").await;
        assert_eq!(told, Ok(ips(&["203.0.113.5"])));
        assert!(guest.may_connect("203.0.113.5:80".parse().unwrap()).await);
        let (_stream, peer) = server.accept().unwrap();
        assert_eq!(peer.ip(), target.ip());
    });
}

/// A name stands for the addresses that it leads to, and not for where these are mapped.
#[test]
fn a_name_is_no_name_of_the_target() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = server.local_addr().unwrap();
    let rule = "tcp://www.example:any#to=203.0.113.5,127.0.0.1";
    let policy = mapped(&[&format!("tcp://any:80={target}")]).allow_outbound(rule.parse().unwrap());
    block_on(async {
        let table = Table::default().with("www.example", &["203.0.113.5"], &[]);
        let mut guest = guest(policy, table);
        let told = guest.resolve("www.example").await;
        assert_eq!(told, Ok(ips(&["203.0.113.5"])));
        assert!(!guest.may_connect("203.0.113.5:80".parse().unwrap()).await);
        assert!(
            guest.last_record().contains("(no rule)"),
            "{}",
            guest.last_record()
        );
    });
}
