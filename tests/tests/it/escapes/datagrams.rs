//! Datagrams: sockets with more than one peer.

use std::net::UdpSocket;
use std::time::Duration;

use super::Prisoner;

fn receiver(address: &str) -> UdpSocket {
    let socket = UdpSocket::bind(address).expect("loopback has ports");
    let limit = Some(Duration::from_secs(30));
    socket.set_read_timeout(limit).expect("a limit");
    socket
}

#[track_caller]
fn hears(socket: &UdpSocket, word: &str) -> std::net::SocketAddr {
    let mut buffer = [0; 64];
    let (length, sender) = socket.recv_from(&mut buffer).expect("a datagram");
    assert_eq!(&buffer[..length], word.as_bytes());
    sender
}

#[test]
fn a_peer_that_is_allowed_is_no_way_to_one_that_is_not() {
    let (friend, stranger) = (receiver("127.0.0.1:0"), receiver("127.0.0.1:0"));
    let (friend_address, stranger_address) =
        (friend.local_addr().unwrap(), stranger.local_addr().unwrap());
    let rule = format!("udp://{friend_address}");
    let mut prisoner = Prisoner::under(["--allow-outbound", &rule]);
    prisoner.does("udp u v4");
    prisoner.does(&format!("connect u {friend_address}"));

    // Whether the peer of the socket or the policy stands in the way, nothing leaves.
    let answer = prisoner
        .puppet
        .ask(&format!("sendto u {stranger_address} out"));
    assert!(answer.starts_with("error e"), "{answer}");
    let denial = format!("denied: outbound udp {stranger_address} (no rule)");
    prisoner.tries(&format!("connect u {stranger_address}"), "eacces", &denial);
    prisoner.does("udp v v4");
    let denial = format!("denied: outbound udp send {stranger_address} (no rule)");
    prisoner.tries(
        &format!("sendto v {stranger_address} out"),
        "eacces",
        &denial,
    );

    prisoner.does(&format!("sendto u {friend_address} fine"));
    hears(&friend, "fine");
    prisoner.ends();
    let sent = stranger
        .set_nonblocking(true)
        .and_then(|()| stranger.recv(&mut [0; 64]));
    assert!(sent.is_err(), "{sent:?}");
}

#[test]
fn who_has_written_to_one_socket_is_no_peer_of_another() {
    let peer = receiver("127.0.0.1:0");
    let mut prisoner = Prisoner::under(["--allow-inbound", "udp://127.0.0.1:0"]);
    prisoner.does("udp served v4");
    prisoner.does("bind served 127.0.0.1:0");
    let served = prisoner.does("name served");
    peer.send_to(b"question", served).expect("it is bound");
    let address = peer.local_addr().unwrap();
    assert_eq!(
        prisoner.does("recvfrom served"),
        format!("{address} question")
    );

    prisoner.does("udp other v4");
    let denial = format!("denied: outbound udp send {address} (no rule)");
    prisoner.tries(&format!("sendto other {address} out"), "eacces", &denial);
    prisoner.does(&format!("sendto served {address} answer"));
    hears(&peer, "answer");
    prisoner.ends();
}

#[test]
fn a_socket_that_sends_hears_nobody_else() {
    let (friend, stranger) = (receiver("127.0.0.1:0"), receiver("127.0.0.1:0"));
    let rule = format!("udp://{}", friend.local_addr().unwrap());
    let mut prisoner = Prisoner::under(["--allow-outbound", &rule]);
    prisoner.does("udp u v4");
    prisoner.does(&format!("sendto u {} hello", friend.local_addr().unwrap()));
    let port = hears(&friend, "hello").port();
    stranger
        .send_to(b"psst", ("127.0.0.1", port))
        .expect("it is bound");
    friend
        .send_to(b"welcome", ("127.0.0.1", port))
        .expect("it is bound");
    let heard = prisoner.does("recvfrom u");
    assert_eq!(heard, format!("{} welcome", friend.local_addr().unwrap()));

    let stranger = stranger.local_addr().unwrap();
    prisoner.reports.push(format!("from {stranger} (no rule)"));
    prisoner.ends();
}
