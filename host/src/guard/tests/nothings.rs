//! What needs no rule and leads nowhere, done without end.

use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;

use super::guest::{Guest, block_on};
use super::udp::Peer;
use crate::audit::{Book, CountRepeats};
use crate::{Collect, Policy, Record};

const ROUNDS: usize = 200;

/// What a log has of the records of a guest.
fn logged(guest: &Guest) -> Vec<String> {
    let log = Collect::default();
    let book = Book::from(CountRepeats::new(log.clone()));
    for record in guest.audit().records() {
        book.enter(&record);
    }
    drop(book);
    log.records().iter().map(Record::to_string).collect()
}

#[test]
fn allowed_nothings_do_not_flood_the_log() {
    let stranger = Peer::at("127.0.0.1");
    block_on(async {
        let mut guest = Guest::new(Policy::builder());
        for _ in 0..ROUNDS {
            for local in ["0.0.0.0:0", "[::]:0"] {
                let udp = guest.open_udp(local).await;
                if local == "0.0.0.0:0" {
                    let refused = guest.send_to(&udp, "ping", stranger.address());
                    assert_eq!(refused, Err(ErrorCode::AccessDenied));
                }
                guest.close_udp(udp).await;
            }
        }
        let records = guest.records().len();
        assert_eq!(records, 5 * ROUNDS, "two binds, a refusal, two ends");
        // The first of each, and how many there were.
        let logged = logged(&guest);
        assert_eq!(logged.len(), 5 + 5, "{logged:#?}");
    });
}

#[test]
fn what_a_rule_allows_is_in_the_log_each_time() {
    let server = Peer::at("127.0.0.1");
    block_on(async {
        let rule = server.rule().parse().unwrap();
        let mut guest = Guest::new(Policy::builder().allow_outbound(rule));
        for _ in 0..ROUNDS {
            let udp = guest.open_udp("0.0.0.0:0").await;
            assert_eq!(guest.send_to(&udp, "ping", server.address()), Ok(1));
            server.receive();
            guest.close_udp(udp).await;
        }
        let logged = logged(&guest);
        for what in ["allowed: outbound udp send", "closed: outbound udp"] {
            let times = logged.iter().filter(|text| text.starts_with(what)).count();
            assert_eq!(times, ROUNDS, "{what}");
        }
        assert_eq!(logged.len(), 2 * ROUNDS + 2, "and the binds");
    });
}
