//! Datagrams: one pair of streams at a time, permits for sending, what the host has received ahead, and streams that
//! are asked for again while a receive is under way.
//!
//! Our host is covered by the conformance cases. Those that walk into these hold on one that has nothing of ours as
//! well: there it is the provider alone that keeps the program from a trap.

use wasock_tests::artifacts::CONFORMANCE_RUNNER;

use crate::support::host::Host;
use crate::support::program::run_with;

/// No case of these talks to the native peer.
const NO_PEER: &str = "127.0.0.1:1";

#[test]
fn cases_that_walk_into_the_traps_of_datagrams_hold_on_a_stock_host() {
    for case in [
        // Streams, asked for again after a receive that found nothing.
        "a_datagram_socket_can_change_its_peer",
        "what_was_queued_before_connect_is_received_or_dropped",
        "disconnect_takes_the_peer_away",
        "a_datagram_socket_that_was_waited_for_can_change_its_peer",
        // What the host has received ahead.
        "a_datagram_socket_is_readable_while_a_datagram_is_there",
        "peek_leaves_the_datagram",
        "a_thousand_datagrams_are_kept_apart",
        // Sends, each with a permit; errors that come up later.
        "the_largest_datagram_arrives",
        "a_datagram_to_nobody_is_econnrefused_once",
        // Handles, dropped while something is under way.
        "datagram_sockets_are_dropped_in_any_state",
    ] {
        let mut command = Host::Stock.command(CONFORMANCE_RUNNER);
        let (status, said) = run_with(command.args([case, "v4", NO_PEER]), Vec::new());
        let said = String::from_utf8_lossy(&said);
        assert!(status.success(), "{case}: {said}");
    }
}
