//! Memory that a host does not give: what is asked for and not there is `ENOBUFS`, and the program goes on. Where the program could not
//! even make the call, it ends, and nobody else.

use std::net::{Ipv4Addr, UdpSocket};
use std::thread;

use wasmtime::Trap;
use wasock_tests::artifacts::PUPPET;

use super::embedder::{Embedded, Outcome, Run, runtime};
use crate::support::peer::{Listener, Peer};
use crate::support::program::LIMIT;

/// What each memory may have: a little more than a component begins with.
const LITTLE: usize = 2 << 20;

/// Runs the puppet with little memory, connected as `c` to a peer that `peer` plays.
fn with_little(commands: &str, peer: impl FnOnce(Peer) + Send + 'static) -> Outcome {
    let listener = Listener::v4();
    let address = listener.address();
    let run = Run {
        stdin: format!("connect c {address}\n{commands}"),
        server: Some(address),
        memory: Some(LITTLE),
        ..Run::default()
    };
    let other = thread::spawn(move || peer(listener.accept()));
    let outcome = runtime().block_on(Embedded::new(PUPPET).run(run));
    other.join().expect("the peer is content");
    outcome
}

#[test]
fn sockets_end_with_enobufs_and_the_program_goes_on() {
    for kind in ["tcp", "udp"] {
        let commands =
            format!("hoard {kind} 15000\ncreate s v4\nrelease 1000\ncreate s v4\nrecv c 6\n");
        let outcome = with_little(&commands, |mut peer| peer.send(6)).expect_success();
        let answers: Vec<&str> = outcome.output.lines().collect();
        let [connected, hoarded, refused, released, created, received] = answers[..] else {
            panic!("{outcome:?}")
        };
        assert!(hoarded.ends_with(" enobufs"), "{hoarded}");
        assert_eq!(refused, "error enobufs");
        assert_eq!([connected, released, created], ["ok"; 3]);
        assert_eq!(received, "ok 6");
    }
}

#[test]
fn buffers_end_with_enobufs_and_give_way_to_smaller_ones() {
    let commands = "memory 700000\nmemory 700000\nmemory 7000\nrecv c 6\n";
    let outcome = with_little(commands, |mut peer| peer.send(6)).expect_success();
    assert_eq!(outcome.output, "ok\nok\nerror enobufs\nok\nok 6\n");
}

/// What cannot be kept is left where it is.
#[test]
fn data_that_there_is_no_memory_for_is_not_lost() {
    const LENGTH: usize = 2_000_000;
    let commands = format!(
        "memory 700000\npeek c 400000\ntake c 1000\ntake c {}\ndrain c\n",
        LENGTH - 1000
    );
    let outcome = with_little(&commands, |mut peer| {
        peer.send(LENGTH);
        peer.shutdown();
    });
    let outcome = outcome.expect_success();
    assert_eq!(outcome.output, "ok\nok\nerror enobufs\nok\nok\nok 0\n");
}

/// A datagram that is looked at is copied, and stays where it is when there is no memory for the copy.
#[test]
fn a_datagram_that_there_is_no_memory_for_is_not_lost() {
    const LENGTH: usize = 60_000;
    let peer = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has ports");
    peer.set_read_timeout(Some(LIMIT)).expect("a limit");
    let address = peer.local_addr().expect("it is bound");
    let filling = "peek u 65535\nmemory 5000\n".repeat(400);
    let run = Run {
        stdin: format!("udp u v4\nsendto u {address} go\n{filling}peek u 1\nrecvfrom u\n"),
        server: Some(address),
        memory: Some(LITTLE),
        ..Run::default()
    };
    let other = thread::spawn(move || {
        let (_, guest) = peer.recv_from(&mut [0; 2]).expect("it sends");
        peer.send_to(&[b'x'; LENGTH], guest).expect("there is room");
    });
    let outcome = runtime().block_on(Embedded::new(PUPPET).run(run));
    other.join().expect("the peer is content");
    let outcome = outcome.expect_success();

    let answers: Vec<&str> = outcome.output.lines().collect();
    let [_, _, filling @ .., least, received] = answers.as_slice() else {
        panic!("{answers:?}")
    };
    let looks: Vec<&str> = filling.iter().copied().step_by(2).collect();
    let last_whole = looks.partition_point(|look| *look == format!("ok {LENGTH}"));
    assert!((1..looks.len()).contains(&last_whole), "{looks:?}");
    let refused = looks.iter().skip(last_whole);
    assert!(
        refused.copied().all(|look| look == "error enobufs"),
        "{looks:?}"
    );
    assert_eq!(*least, "ok 1", "a little of it takes little");
    let word = received.rsplit(' ').next().unwrap_or_default();
    assert_eq!(word.len(), LENGTH);
}

/// A little at a time takes little.
#[test]
fn megabytes_are_received_with_little_memory() {
    const LENGTH: usize = 5_000_000;
    let outcome = with_little("drain c\n", |mut peer| {
        peer.send(LENGTH);
        peer.shutdown();
    });
    assert_eq!(
        outcome.expect_success().output,
        format!("ok\nok {LENGTH}\n")
    );
}

/// The data of a call is in memory before the call begins, so there is nobody who could answer with an error.
#[test]
fn a_call_that_does_not_fit_into_memory_ends_the_guest_and_leaves_its_neighbour() {
    let puppet = Embedded::new(PUPPET);
    let listener = Listener::v4();
    let address = listener.address();
    let run = |commands: &str, memory| Run {
        stdin: format!("connect c {address}\n{commands}"),
        server: Some(address),
        memory,
        ..Run::default()
    };
    let runtime = runtime();

    let neighbour = runtime.spawn({
        let puppet = puppet.clone();
        let run = run("recv c 6\nsendall c 6\n", None);
        async move { puppet.run(run).await }
    });
    let mut of_neighbour = listener.accept();
    let commands = "memory 800000\nsendall c 400000\n";
    let outcome = runtime.block_on(puppet.run(run(commands, Some(LITTLE))));
    let error = outcome.result.expect_err("there is no memory for it");
    let trap = error.downcast_ref();
    assert_eq!(trap, Some(&Trap::UnreachableCodeReached), "{error:?}");
    assert_eq!(outcome.output, "ok\nok\n");
    assert_eq!(listener.accept().drain(), 0, "its connection has ended");

    of_neighbour.send(6);
    of_neighbour.expect(6);
    let neighbour = runtime.block_on(neighbour).expect("it does not panic");
    assert_eq!(neighbour.expect_success().output, "ok\nok 6\nok\n");
}

/// A component that does not fit from the start is an error of the embedder's call.
#[test]
fn a_component_that_begins_with_more_is_refused() {
    let run = Run {
        memory: Some(1 << 16),
        ..Run::default()
    };
    let outcome = runtime().block_on(Embedded::new(PUPPET).run(run));
    let error = outcome.result.expect_err("it does not fit");
    assert!(
        error.to_string().contains("exceeds memory limits"),
        "{error}"
    );
}
