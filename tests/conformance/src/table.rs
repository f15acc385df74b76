//! The list of all cases.

use alloc::vec::Vec;
use core::fmt;

use wasock_core::addr::Family;

use crate::api::Api;
use crate::cases::{
    accept, bind, buffer, close, connect, connect_progress, create, datagram_end, datagram_open,
    datagram_receive, datagram_send, denied, denied_datagram, drops, flags, getaddrinfo,
    getnameinfo, inet, listen, lookup, names, nonblocking, options, options_kept, peek, poll,
    poller, recv, reset, resolver, send, sendall, shutdown, so_error, timeout,
};
use crate::{Failure, World};

/// A sentence about BSD sockets, and how to find out whether it holds.
pub struct Case<A: Api> {
    /// The sentence.
    pub name: &'static str,
    /// The families it is about.
    pub families: Families,
    /// How much of a network it needs.
    pub needs: Needs,
    /// Finds out.
    pub run: fn(&World<'_, A>) -> Result<(), Failure>,
}

impl<A: Api> fmt::Debug for Case<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The families that a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Families {
    /// Each of them in turn.
    Both,
    /// Only IPv4.
    V4,
    /// Only IPv6.
    V6,
    /// None: it runs once, and is given IPv4.
    Once,
}

impl Families {
    /// The families to run the case with.
    #[must_use]
    pub fn list(self) -> &'static [Family] {
        match self {
            Self::Both => &[Family::Inet, Family::Inet6],
            Self::V4 | Self::Once => &[Family::Inet],
            Self::V6 => &[Family::Inet6],
        }
    }
}

/// How much of a network a case needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// None: it is about arguments and states, and holds under a policy that grants nothing.
    Nothing,
    /// It binds, and connects to itself.
    Network,
    /// It talks to the native peer.
    Peer,
    /// It asks a resolver that knows the names of these cases, which no machine does.
    Resolver,
    /// None, but a supplier that knows what can never happen, where an operating system waits for ever.
    Foresight,
}

macro_rules! table {
    ($($theme:ident { $($families:ident $needs:ident $name:ident,)+ })+) => {
        alloc::vec![$($(Case {
            name: stringify!($name),
            families: Families::$families,
            needs: Needs::$needs,
            run: $theme::$name,
        },)+)+]
    };
}

/// The cases about what BSD sockets do.
#[must_use]
pub fn cases<A: Api>() -> Vec<Case<A>> {
    table! {
        create {
            Both Nothing create_takes_protocol_zero_and_tcp_for_a_stream,
            Both Nothing create_of_a_stream_with_another_protocol_is_eprotonosupport,
            Both Nothing create_with_an_absurd_protocol_is_an_error,
            Both Nothing create_takes_protocol_zero_and_udp_for_datagrams,
            Both Nothing create_of_a_datagram_socket_with_tcp_is_eprotonosupport,
            Both Nothing create_of_a_datagram_socket_with_another_protocol_is_eprotonosupport,
            Both Nothing create_of_a_ping_socket_is_eacces_unless_it_was_granted,
            Both Nothing create_of_a_raw_socket_without_protocol_is_eprotonosupport,
            Once Nothing create_in_no_family_or_an_unknown_one_is_eafnosupport,
            Once Nothing create_in_the_unix_family_is_eafnosupport,
            Both Nothing create_of_no_type_or_one_the_family_lacks_is_esocktnosupport,
            Both Nothing create_of_a_seqpacket_socket_is_esocktnosupport,
            Both Nothing create_of_an_unknown_type_is_einval,
            Both Nothing a_new_socket_blocks,
            Both Nothing a_new_socket_is_not_connected,
            Both Nothing a_hundred_sockets_live_at_once,
        }
        bind {
            Both Network bind_to_port_zero_gives_a_port_and_keeps_the_address,
            V4 Network bind_takes_any_address_of_loopback,
            Both Network bind_takes_the_wildcard_address,
            Both Network bind_takes_a_port_that_is_named,
            Both Network bind_twice_is_einval,
            Both Network bind_of_a_listening_socket_is_einval,
            Both Network bind_of_a_connected_socket_is_einval,
            Both Network bind_to_an_address_that_listens_is_eaddrinuse,
            Both Network a_failed_bind_can_be_repeated_elsewhere,
            Both Network of_two_sockets_bound_to_one_address_one_can_listen,
            Both Network a_server_can_be_restarted_on_its_port,
            Both Network bind_to_an_address_of_another_machine_is_eaddrnotavail,
            V6 Network bind_to_a_link_local_address_without_zone_is_einval,
            Both Network bind_to_multicast_is_allowed_or_einval,
            V6 Network bind_to_a_mapped_address_is_einval,
            Both Nothing bind_to_an_address_of_the_other_family_is_eafnosupport,
            V6 Network the_wildcard_of_ipv6_leaves_the_port_free_for_ipv4,
            Both Network a_bound_socket_connects_from_its_address,
        }
        listen {
            Both Network listen_takes_every_backlog,
            Both Network listen_with_backlog_zero_lets_one_connection_wait,
            Both Network listen_on_an_unbound_socket_takes_the_wildcard_address,
            Both Network listen_again_changes_the_backlog,
            Both Network listen_of_a_connected_socket_is_einval,
            Both Network connections_wait_in_the_order_they_came,
        }
        accept {
            Both Nothing accept_on_a_new_socket_is_einval,
            Both Network accept_on_a_bound_socket_is_einval,
            Both Network accept_on_a_connected_socket_is_einval,
            Both Network accept_answers_the_address_of_the_client,
            Both Network an_accepted_socket_knows_which_address_the_client_used,
            Both Peer accept_waits_for_a_connection,
            Both Network a_nonblocking_accept_without_connection_is_eagain,
            Both Peer a_nonblocking_accept_takes_what_waits,
            Both Network accept_without_connection_runs_out_of_time,
            Both Network an_accepted_socket_blocks_whatever_the_listener_does,
            Both Peer an_accepted_socket_of_a_nonblocking_listener_blocks,
            Both Network accept_takes_a_connection_whose_peer_has_closed,
            Both Peer a_connection_reset_while_it_waits_does_not_harm_the_listener,
            Both Network a_listening_socket_carries_no_data,
            Both Network a_listening_socket_that_is_shut_down_can_listen_again,
            Both Network many_connections_are_accepted_and_kept_apart,
        }
        connect {
            Both Peer connect_reaches_a_server,
            Both Peer connect_where_nobody_listens_is_econnrefused,
            Both Peer a_refused_socket_is_not_connected,
            Both Peer a_refused_socket_can_try_again,
            Both Peer a_refused_socket_can_connect_elsewhere,
            V4 Peer a_refused_socket_keeps_the_address_it_was_bound_to,
            Both Peer a_refused_socket_can_listen,
            Both Network connect_to_port_zero_is_econnrefused,
            Both Peer connect_to_the_wildcard_address_is_to_loopback,
            V4 Network the_wildcard_address_of_a_bound_socket_is_its_own,
            Both Network connect_of_a_connected_socket_is_eisconn,
            Both Network connect_of_a_connected_socket_does_not_look_at_the_address,
            V4 Network connect_to_a_group_of_machines_is_enetunreach,
            V6 Network connect_to_a_multicast_address_is_enetunreach,
            V6 Network connect_to_a_link_local_address_without_zone_is_einval,
            V6 Peer connect_to_a_mapped_address_does_not_reach_ipv4,
            Both Nothing connect_to_an_address_of_the_other_family_is_eafnosupport,
            Both Network connect_to_a_port_that_was_closed_is_econnrefused,
            V6 Peer the_flow_of_an_address_does_not_keep_from_connecting,
            Both Peer two_connections_cannot_share_both_ends,
            Both Peer two_connections_share_a_local_address,
        }
        connect_progress {
            Both Peer a_nonblocking_connect_is_einprogress_then_done_once_then_eisconn,
            Both Peer a_nonblocking_connect_ends_without_being_asked,
            Both Peer a_nonblocking_connect_that_is_refused_says_so_and_can_be_repeated,
            Both Peer how_an_attempt_failed_is_told_once_and_before_that_nothing_begins,
            Both Peer connect_while_connecting_is_ealready,
            Both Peer a_connecting_socket_does_nothing_else,
            Both Peer shutdown_of_a_connecting_socket_does_not_wait,
            Both Network shutdown_knows_that_a_connection_stands_and_so_does_the_program_then,
            Both Peer a_connecting_socket_can_be_dropped,
            Both Peer connect_without_answer_runs_out_of_time,
            Both Peer a_connect_that_ran_out_of_time_goes_on,
            Both Peer a_connect_that_is_refused_within_its_time_is_econnrefused,
            Both Peer a_connect_that_succeeds_within_its_time_is_done,
        }
        recv {
            Both Network recv_answers_what_is_there,
            Both Network recv_answers_no_more_than_was_asked_for,
            Both Peer recv_waits_until_something_is_there,
            Both Nothing recv_of_nothing_is_empty_in_states_without_network,
            Both Network recv_of_nothing_is_empty_in_every_state,
            Both Network recvfrom_of_nothing_takes_nothing,
            Both Network recvfrom_of_a_stream_names_no_sender,
            Both Peer after_the_last_data_recv_is_empty_forever,
            Both Network after_the_end_of_the_data_sending_goes_on,
            Both Nothing recv_of_an_unconnected_socket_is_enotconn,
            Both Network recv_of_a_bound_socket_is_enotconn,
            Both Network recv_of_the_greatest_length_answers_what_is_there,
            Both Peer one_recv_answers_at_most_a_mebibyte,
            Both Peer a_transfer_of_single_bytes_is_complete,
        }
        peek {
            Both Network peek_leaves_the_data,
            Both Network recv_after_a_short_peek_answers_all_that_is_there,
            Both Network after_a_peek_data_is_received_in_any_pieces,
            Both Peer peek_waits_for_data,
            Both Network peek_at_the_end_is_empty,
            Both Peer what_was_peeked_survives_a_reset,
            Both Network peek_of_a_nonblocking_socket_without_data_is_eagain,
        }
        flags {
            Both Peer waitall_waits_for_the_full_amount,
            Both Peer waitall_of_recvfrom_waits_for_the_full_amount,
            Both Peer waitall_takes_hundreds_of_kibibytes_at_once,
            Both Peer waitall_answers_less_at_the_end,
            Both Network waitall_does_not_wait_where_waiting_is_off,
            Both Network waitall_with_peek_leaves_the_data,
            Both Network dontwait_without_data_is_eagain,
            Both Network dontwait_takes_what_is_there,
            Both Peer dontwait_without_room_is_eagain,
            Both Peer dontwait_of_sendall_without_room_is_eagain,
            Both Network nosignal_is_accepted_everywhere,
            Both Network a_flag_that_is_not_implemented_is_eopnotsupp,
            Both Network flags_of_receiving_are_eopnotsupp_when_sending,
            Both Nothing a_bad_flag_is_found_before_a_bad_state,
        }
        send {
            Both Network send_answers_how_much_it_took,
            Both Network send_of_nothing_sends_nothing,
            Both Nothing send_of_an_unconnected_socket_is_epipe_or_enotconn,
            Both Network send_of_a_bound_socket_is_epipe_or_enotconn,
            Both Network send_after_the_sending_half_was_shut_down_is_epipe,
            Both Peer send_to_a_peer_that_has_closed_ends_in_epipe,
            Both Peer a_blocking_send_of_megabytes_makes_progress,
            Both Peer many_small_sends_arrive_in_order,
        }
        sendall {
            Both Peer sendall_of_one_byte_arrives,
            Both Network sendall_of_nothing_sends_nothing,
            Both Peer sendall_of_megabytes_arrives,
            Both Peer sendall_of_megabytes_arrives_unchanged,
            Both Peer sendall_waits_for_a_slow_reader,
            Both Peer sendall_within_its_time_is_complete,
            Both Peer sendall_to_a_peer_that_never_reads_runs_out_of_time,
            Both Peer the_time_of_sendall_is_that_of_the_whole_call,
            Both Peer a_nonblocking_sendall_is_complete_or_eagain,
            Both Network what_a_sendall_sent_that_ran_out_of_time_is_the_start,
            Both Network what_a_nonblocking_sendall_sent_before_eagain_is_the_start,
        }
        reset {
            Both Peer recv_after_a_reset_is_econnreset_once_then_empty,
            Both Peer recvfrom_after_a_reset_is_econnreset_once_then_empty,
            Both Peer when_recv_has_told_of_a_reset_send_is_epipe,
            Both Peer when_send_meets_a_reset_it_is_econnreset_once_then_epipe,
            Both Peer when_sendall_meets_a_reset_it_is_econnreset_once_then_epipe,
            Both Peer a_reset_after_shutdown_of_sending_is_econnreset_too,
            Both Peer a_reset_ends_a_recv_with_a_timeout_and_one_that_waits_for_all,
            Both Peer a_nonblocking_recv_meets_a_reset_once,
            Both Peer a_nonblocking_send_learns_of_a_reset,
            Both Peer data_that_came_before_a_reset_is_received_first,
            Both Peer a_peer_that_closes_with_data_unread_resets,
            Both Peer shutdown_after_a_reset_is_enotconn,
            Both Peer shutdown_of_sending_that_meets_a_reset_is_enotconn,
            Both Peer shutdown_of_receiving_that_meets_a_reset_is_enotconn,
            Both Peer a_socket_that_was_reset_is_closed_and_dropped_like_any_other,
            Both Peer a_transfer_that_the_peer_resets_is_an_error,
            Both Peer a_reset_of_one_connection_leaves_the_others_alone,
        }
        shutdown {
            Both Nothing shutdown_of_an_unconnected_socket_is_enotconn,
            Both Network shutdown_of_a_bound_socket_is_enotconn,
            Both Peer after_shutdown_of_sending_the_peer_sees_the_end_and_still_answers,
            Both Network shutdown_of_sending_comes_after_the_data,
            Both Network shutdown_of_sending_can_be_repeated,
            Both Network after_shutdown_of_receiving_recv_does_not_wait,
            Both Network after_shutdown_of_receiving_sending_goes_on,
            Both Network data_queued_before_shutdown_of_receiving_is_still_received,
            Both Network data_that_comes_after_shutdown_of_receiving_stops_nobody,
            Both Network after_shutdown_of_both_halves_nothing_goes_either_way,
            Both Network one_half_after_the_other_is_both,
            Both Network shutdown_when_both_sides_have_ended_is_enotconn_or_nothing,
            Both Network when_both_sides_have_ended_there_is_no_peer,
        }
        close {
            Both Nothing every_call_on_a_closed_socket_is_ebadf,
            Both Network every_call_on_a_closed_connection_is_ebadf,
            Both Network every_call_on_a_closed_listener_is_ebadf,
            Both Nothing close_twice_does_nothing,
            Both Nothing a_closed_socket_still_knows_its_timeout,
            Both Network after_close_the_peer_gets_the_data_then_the_end,
            Both Network after_a_drop_the_peer_gets_the_data_then_the_end,
            Both Peer close_delivers_what_a_nonblocking_socket_has_sent,
            Both Peer a_drop_delivers_what_a_nonblocking_socket_has_sent,
            Both Peer close_does_not_wait_for_a_peer_that_never_reads,
            Both Network close_of_a_listener_keeps_what_it_accepted,
            Both Network after_close_of_a_listener_connections_are_refused,
            Both Network close_of_a_listener_ends_the_connections_that_wait,
            Both Network sockets_are_dropped_in_any_order,
            Both Peer sockets_are_dropped_in_any_state,
            Both Network a_thousand_connections_one_after_the_other_leave_nothing_behind,
        }
        names {
            Both Nothing an_unbound_socket_has_the_wildcard_address_and_port_zero,
            Both Network an_unconnected_socket_has_no_peer,
            Both Network the_names_of_the_two_ends_match,
            V6 Network names_on_loopback_have_neither_flow_nor_zone,
            Both Network a_connection_that_is_half_ended_keeps_its_names,
            Both Network a_client_is_bound_by_connecting,
        }
        timeout {
            Both Nothing gettimeout_answers_what_settimeout_set,
            Both Network recv_without_data_runs_out_of_time,
            Both Peer a_call_that_ran_out_of_time_loses_nothing,
            Both Network waitall_that_runs_out_of_time_answers_what_came,
            Both Network the_shortest_timeout_takes_what_is_there,
            Both Peer the_longest_timeout_waits,
            Both Peer a_timeout_is_that_of_each_call,
            Both Peer send_without_room_runs_out_of_time,
        }
        nonblocking {
            Both Network a_nonblocking_recv_without_data_is_eagain,
            Both Peer a_nonblocking_recv_takes_what_is_there,
            Both Network a_socket_can_be_switched_between_waiting_and_not,
            Both Peer a_nonblocking_send_takes_some_and_then_is_eagain,
            Both Network two_ends_in_one_program_transfer_megabytes_in_turns,
            Both Network what_a_nonblocking_send_took_arrives_before_the_end,
        }
        datagram_open {
            Both Nothing a_new_datagram_socket_blocks_and_has_no_addresses,
            Both Network a_datagram_socket_is_bound_to_an_ephemeral_port,
            V4 Network a_datagram_socket_is_bound_to_any_address_of_loopback,
            V4 Network a_datagram_socket_bound_to_a_group_hears_the_group_only,
            Both Network bind_of_a_datagram_socket_that_has_an_address_is_einval,
            Both Network bind_to_an_address_of_another_datagram_socket_is_eaddrinuse,
            Both Network datagrams_and_streams_have_ports_of_their_own,
            Both Network bind_of_a_datagram_socket_to_another_machine_is_eaddrnotavail,
            V6 Network bind_of_a_datagram_socket_to_a_mapped_address_is_einval,
            Both Nothing bind_of_a_datagram_socket_in_the_other_family_is_eafnosupport,
            Both Nothing datagram_sockets_neither_listen_nor_accept,
            Both Network connect_of_a_datagram_socket_sets_both_addresses,
            Both Network connect_of_a_bound_datagram_socket_keeps_its_address,
            Both Network a_datagram_socket_can_change_its_peer,
            Both Network disconnect_takes_the_peer_away,
            Both Network after_disconnect_a_socket_at_any_port_still_sends_and_receives,
            Both Nothing disconnect_without_a_peer_does_nothing,
            Both Network disconnect_of_a_bound_socket_without_peer_does_nothing,
            Both Nothing disconnect_of_a_stream_is_eopnotsupp,
            Both Network the_wildcard_address_as_a_peer_is_loopback,
            Both Network connect_of_a_datagram_socket_takes_port_zero,
            Both Nothing connect_of_a_datagram_socket_in_the_other_family_is_eafnosupport,
            V4 Nothing datagrams_to_the_broadcast_address_are_eacces,
            V4 Network connect_of_a_datagram_socket_takes_a_multicast_address,
            V6 Nothing datagrams_to_a_mapped_address_are_enetunreach,
            V6 Network connect_of_a_datagram_socket_without_a_zone_is_einval,
            Both Network what_was_queued_before_connect_is_received_or_dropped,
            Both Network what_was_peeked_survives_a_change_of_peers,
        }
        datagram_receive {
            Both Network recvfrom_answers_data_length_and_sender,
            Both Peer recv_of_a_datagram_waits_for_it,
            Both Network one_recv_answers_one_datagram,
            Both Network what_does_not_fit_of_a_datagram_is_lost,
            Both Network the_length_of_a_cut_datagram_is_that_of_the_whole,
            Both Network recv_of_no_bytes_leaves_the_datagram,
            Both Network recvfrom_of_no_bytes_takes_the_datagram,
            Both Network an_empty_datagram_is_no_end,
            Both Nothing recv_of_an_unbound_datagram_socket_waits,
            Both Network recv_without_a_datagram_runs_out_of_time_or_is_eagain,
            Both Network peek_leaves_the_datagram,
            Both Network waitall_means_nothing_to_datagrams,
            Both Network a_socket_with_a_peer_does_not_hear_strangers,
            Both Network recvfrom_keeps_senders_apart,
            Both Network the_largest_datagram_arrives,
            Both Network a_thousand_datagrams_are_kept_apart,
            Both Nothing flags_that_datagrams_do_not_have_are_eopnotsupp,
        }
        datagram_send {
            Both Network sendto_gives_an_address_to_send_from,
            Both Network sendall_sends_one_datagram,
            Both Nothing send_of_a_datagram_without_a_peer_is_edestaddrreq,
            Both Network send_of_a_bound_datagram_socket_without_a_peer_is_edestaddrreq,
            Both Nothing what_no_datagram_holds_is_emsgsize,
            Both Network after_emsgsize_the_socket_still_sends,
            Both Nothing sendto_port_zero_is_einval,
            Both Nothing sendto_the_other_family_is_eafnosupport,
            Both Network sendto_the_wildcard_address_is_to_loopback,
            V4 Network sendto_a_multicast_address_reaches_who_listens,
            V4 Network sendto_the_wildcard_address_is_to_the_address_of_a_bound_socket,
            Both Network sendto_of_a_socket_with_a_peer_reaches_the_peer_or_is_eisconn,
            Both Network sendto_past_the_peer_is_delivered_or_eisconn,
            Both Network sendto_of_a_stream_does_not_look_at_the_address,
            Both Nothing sendto_of_an_unconnected_stream_is_epipe_or_enotconn,
            Both Network dontwait_and_nosignal_are_flags_of_datagrams,
            Both Network a_datagram_to_nobody_is_econnrefused_once,
            Both Peer a_send_after_a_datagram_to_nobody_is_econnrefused,
            Both Network a_socket_without_a_peer_never_learns_that_nobody_is_there,
            Both Network a_refused_datagram_socket_goes_on,
        }
        datagram_end {
            Both Nothing shutdown_of_a_datagram_socket_without_peer_is_enotconn,
            Both Network shutdown_of_a_bound_datagram_socket_is_enotconn,
            Both Nothing shutdown_of_a_datagram_socket_without_peer_ends_it_all_the_same,
            Both Network after_shutdown_of_sending_datagrams_send_is_epipe,
            Both Network after_shutdown_of_receiving_datagrams_recv_is_empty,
            Both Network after_shutdown_of_both_halves_of_a_datagram_socket_nothing_goes,
            Both Network a_new_peer_does_not_undo_shutdown,
            Both Nothing every_call_on_a_closed_datagram_socket_is_ebadf,
            Both Network every_call_on_a_closed_datagram_socket_with_a_peer_is_ebadf,
            Both Network close_of_a_datagram_socket_frees_its_port,
            Both Network datagram_sockets_are_dropped_in_any_state,
            Both Network hundreds_of_datagram_sockets_one_after_the_other_leave_nothing_behind,
        }
        poll {
            Both Nothing a_new_stream_is_writable_and_hung_up,
            Both Foresight poll_of_what_can_never_be_ready_is_edeadlk,
            Both Network a_bound_stream_is_writable_and_hung_up,
            Both Network a_listening_socket_is_readable_while_a_connection_waits,
            Both Network a_connection_is_readable_while_data_is_there,
            Both Network what_was_peeked_keeps_a_connection_readable,
            Both Network the_end_of_the_data_is_readable_for_ever,
            Both Network a_connection_that_both_sides_have_ended_is_hung_up,
            Both Network after_shutdown_no_call_would_wait,
            Both Network a_connection_without_room_is_not_writable,
            Both Peer an_attempt_to_connect_is_writable_when_it_has_succeeded,
            Both Peer an_attempt_to_connect_that_is_refused_is_an_error_until_it_is_answered,
            Both Peer a_reset_is_readable,
            Both Nothing a_new_datagram_socket_is_writable,
            Both Network a_datagram_socket_is_readable_while_a_datagram_is_there,
            Both Network a_datagram_socket_with_a_peer_is_ready_like_any_other,
            Both Network a_datagram_socket_that_was_waited_for_can_change_its_peer,
            Both Network a_datagram_to_nobody_wakes_who_waits,
            Once Nothing poll_of_nothing_waits_for_the_time_only,
            Both Network poll_answers_places,
            Both Network a_socket_may_stand_in_the_list_twice,
            Both Network ten_thousand_entries_are_answered,
            Once Nothing more_than_65536_entries_are_einval,
            Both Nothing poll_of_what_is_closed_is_ebadf,
            Both Nothing lookups_and_event_sources_are_waited_for_beside_sockets,
            Both Peer poll_waits_until_something_comes,
        }
        poller {
            Both Nothing an_empty_poller_waits_for_the_time_only,
            Both Network a_poller_answers_tokens,
            Once Nothing a_token_names_one_entry,
            Once Nothing a_token_that_names_nothing_is_enoent,
            Both Network modify_changes_what_is_waited_for,
            Both Nothing closing_and_dropping_take_out_of_the_set,
            Both Nothing a_token_of_what_is_closed_is_free_at_once,
            Both Nothing closing_a_poller_empties_it,
            Both Nothing lookups_and_event_sources_are_entries_too,
            Both Nothing what_does_not_fit_is_answered_first_the_next_time,
            Both Network a_hundred_sockets_are_waited_for,
            Both Network one_socket_may_have_two_tokens,
            Both Network a_poller_serves_many_clients,
        }
        buffer {
            Once Nothing a_new_buffer_is_all_zero,
            Once Nothing a_buffer_of_no_size_is_einval_and_one_too_large_enobufs,
            Once Nothing all_buffers_together_have_a_limit,
            Once Nothing a_closed_buffer_is_ebadf_and_gives_its_memory_back,
            Once Nothing reading_a_buffer_ends_at_its_end,
            Once Nothing writing_a_buffer_must_fit,
            Both Network receiving_into_a_buffer_leaves_the_rest_alone,
            Both Network receiving_into_a_buffer_knows_the_flags,
            Both Nothing receiving_behind_the_end_of_a_buffer_is_einval,
            Both Nothing a_closed_socket_is_found_before_a_bad_offset,
            Both Network a_buffer_serves_many_sockets_and_outlives_them,
            Both Network a_datagram_is_cut_where_the_buffer_ends,
        }
        options {
            Both Nothing a_socket_knows_its_type_protocol_and_family,
            Both Network so_acceptconn_is_true_of_a_listening_socket_only,
            Both Nothing what_is_supported_is_read_and_set_and_the_rest_is_enoprotoopt,
            Both Nothing options_of_tcp_are_enoprotoopt_for_datagrams,
            V4 Nothing options_of_ipv6_are_enoprotoopt_for_ipv4,
            V6 Nothing options_of_ipv4_are_enoprotoopt_for_ipv6,
            Both Nothing options_that_would_do_nothing_are_enoprotoopt,
            Both Nothing a_value_out_of_range_is_einval_and_changes_nothing,
            Both Nothing a_hop_limit_of_zero_is_einval,
            Both Nothing a_buffer_of_no_bytes_is_einval,
            Both Nothing keepalive_is_read_as_it_was_set,
            Both Nothing a_hop_limit_is_read_as_it_was_set,
            Both Nothing the_size_of_a_buffer_is_read_as_it_was_set_or_doubled,
            Both Nothing a_buffer_of_any_other_size_is_brought_into_range,
            Both Nothing so_reuseaddr_of_a_stream_is_read_as_it_was_set,
            Both Nothing so_reuseaddr_of_datagrams_stays_off,
            V6 Nothing an_ipv6_socket_leaves_ipv4_alone,
            V6 Nothing ipv6_v6only_cannot_be_switched_off,
            V6 Network ipv6_v6only_of_a_socket_with_an_address_is_einval,
            Both Nothing every_option_of_a_closed_socket_is_ebadf,
        }
        options_kept {
            Both Peer options_are_set_in_every_state,
            Both Network an_accepted_socket_has_the_options_of_the_listening_one,
            Both Peer options_stay_when_a_refused_socket_tries_again,
            Both Peer options_set_while_connecting_are_those_of_the_connection,
            Both Peer a_connection_that_was_reset_still_has_options,
        }
        so_error {
            Both Nothing a_socket_that_nothing_happened_to_has_no_error,
            Both Network a_socket_in_use_has_no_error,
            Both Peer while_connecting_there_is_no_error,
            Both Peer no_error_of_a_writable_socket_means_that_it_is_connected,
            Both Peer so_error_tells_once_how_an_attempt_failed_and_connect_ends_it,
            Both Peer an_attempt_whose_failure_a_call_has_told_ends_with_connect,
            Both Peer what_connect_has_told_is_no_error_any_more,
            Both Peer a_reset_is_the_error_once_then_the_connection_has_ended,
            Both Peer so_error_leaves_the_data_that_came_before_a_reset,
            Both Network a_reset_behind_the_end_of_the_data_is_epipe_once,
            Both Peer what_recv_or_send_has_told_is_no_error_any_more,
            Both Network a_datagram_to_nobody_is_the_error_once,
            Both Peer so_error_leaves_the_datagrams,
        }
        getaddrinfo {
            Once Nothing without_host_and_service_it_is_noname,
            Once Nothing what_is_no_address_is_noname_under_numerichost,
            Once Nothing without_a_host_it_is_loopback_or_the_wildcard,
            Once Nothing an_address_is_answered_for_each_type_that_fits,
            Once Nothing types_and_protocols_that_do_not_fit_are_errors,
            Once Nothing a_family_that_is_none_is_an_error,
            Once Nothing an_address_of_the_other_family_is_addrfamily_or_mapped,
            Once Nothing addresses_as_text_have_the_forms_of_inet_aton,
            Once Nothing the_zone_of_an_address_may_be_the_name_of_an_interface,
            Once Nothing addrconfig_leaves_addresses_as_text_alone,
            Once Nothing the_name_localhost_is_loopback,
            Once Nothing the_canonical_name_stands_in_the_first_entry,
            Once Nothing services_are_known_by_name_for_their_types,
            Once Nothing ports_as_text_are_decimal_numbers,
            Once Nothing a_port_above_65535_is_an_unknown_service,
            Both Network an_answer_creates_and_connects_a_socket,
        }
        getnameinfo {
            Once Nothing getnameinfo_writes_addresses_and_ports,
            Both Nothing getnameinfo_knows_services,
            Both Nothing getnameinfo_under_numerichost_needs_no_name,
        }
        lookup {
            Once Nothing a_lookup_answers_what_getaddrinfo_does,
            Once Nothing an_answer_is_given_as_often_as_it_is_asked_for,
            Once Nothing a_closed_lookup_is_canceled,
            Once Nothing what_needs_no_resolver_fails_at_the_start,
        }
        resolver {
            Once Resolver a_name_has_the_addresses_that_the_resolver_answers,
            Once Resolver a_name_without_an_address_of_the_family_is_nodata_or_mapped,
            Once Resolver a_name_that_nobody_knows_is_noname,
            Once Resolver what_goes_wrong_at_the_name_server_is_told,
            Once Resolver getaddrinfo_that_runs_out_of_time_is_again,
            Once Resolver a_lookup_is_in_progress_until_it_has_an_answer,
            Once Resolver a_lookup_wakes_who_waits_for_it,
            Once Resolver a_lookup_under_way_may_stand_in_the_list_twice,
            Once Resolver a_lookup_that_is_given_up_is_canceled,
            Once Resolver lookups_under_way_are_closed_and_dropped,
        }
        drops {
            Both Network handles_are_dropped_in_any_order,
        }
        inet {
            Once Nothing inet_aton_reads_the_forms_of_bsd,
            Once Nothing inet_aton_of_anything_else_is_einval,
            Once Nothing inet_ntoa_writes_dotted_decimal,
            Once Nothing inet_ntoa_of_another_length_is_einval,
            Once Nothing inet_pton_reads_ipv4_strictly,
            Once Nothing inet_pton_reads_ipv6,
            Once Nothing inet_ntop_writes_the_canonical_form,
            Once Nothing inet_ntop_of_another_length_is_einval,
            Once Nothing inet_pton_and_ntop_know_no_other_family,
            Once Nothing inet_text_and_bytes_are_each_others_reverse,
        }
    }
}

/// The cases about a policy that grants nothing: each holds only under such a policy.
#[must_use]
pub fn denied_cases<A: Api>() -> Vec<Case<A>> {
    table! {
        denied {
            Both Nothing denied_bind_is_eacces,
            Both Nothing denied_bind_to_the_wildcard_address_is_eacces_or_worth_nothing,
            Both Nothing denied_listen_is_eacces,
            Both Nothing denied_connect_is_eacces,
            Both Nothing denied_connect_to_the_wildcard_address_is_eacces,
            Both Nothing denied_nonblocking_connect_is_eacces,
            Both Nothing denied_connect_within_a_timeout_is_eacces,
            Both Nothing denied_calls_in_every_order_stay_eacces,
        }
        denied_datagram {
            Both Nothing denied_bind_of_a_datagram_socket_is_eacces,
            Both Nothing denied_bind_of_a_datagram_socket_to_the_wildcard_is_eacces_or_worth_nothing,
            Both Nothing denied_connect_of_a_datagram_socket_is_eacces,
            Both Nothing denied_sendto_is_eacces,
            Both Nothing denied_calls_of_datagrams_in_every_order_stay_eacces,
            Once Nothing denied_lookups_of_names_fail,
            Once Nothing denied_what_is_no_name_is_noname_without_asking,
            Both Nothing denied_getnameinfo_that_needs_a_name_is_noname,
        }
    }
}
