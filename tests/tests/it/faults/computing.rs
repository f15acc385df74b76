//! A guest that computes and never calls: it is stopped when its time is up, and its neighbours in the process do not notice.
//! Ctrl-C is in `cli::endings`.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;
use wasmtime::Trap;
use wasock_tests::artifacts::{PUPPET, WASI_PROGRAM};

use super::embedder::{Computing, Embedded, Run, runtime};
use crate::support::peer::Listener;

/// How often a guest that computes is looked at.
const TICK: Duration = Duration::from_millis(5);

/// A run that connects, sends, and receives to the end.
fn conversation(listener: &Listener) -> Run<'static> {
    Run {
        stdin: format!(
            "connect c {}\nsendall c 100000\nshutdown c\ndrain c\n",
            listener.address()
        ),
        server: Some(listener.address()),
        ..Run::default()
    }
}

/// The other end of it.
fn converse(listener: Listener) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut peer = listener.accept();
        assert_eq!(peer.drain(), 100_000);
        peer.send(200_000);
        peer.shutdown();
    })
}

const CONVERSED: &str = "ok\nok\nok\nok 200000\n";

#[test]
fn a_store_that_computes_is_stopped_and_its_neighbour_goes_on() {
    let computes = Embedded::new(WASI_PROGRAM);
    let converses = Embedded::on(&computes.engine, PUPPET);
    let engine = computes.engine.clone();
    let runtime = runtime();

    let spinning = runtime.spawn(async move {
        let args = &["spin"];
        let run = Run {
            args,
            ..Run::default()
        };
        computes.run(run).await
    });
    for _ in 0..3 {
        let listener = Listener::v4();
        let run = conversation(&listener);
        let peer = converse(listener);
        let outcome = runtime.block_on(converses.run(run)).expect_success();
        assert_eq!(outcome.output, CONVERSED);
        peer.join().expect("what was said was right");
    }
    assert!(!spinning.is_finished(), "it computes all the time");

    engine.increment_epoch();
    let outcome = runtime.block_on(spinning).expect("it does not panic");
    assert_eq!(outcome.output, "spinning\n");
    let error = outcome.result.expect_err("it never ends of its own accord");
    assert_eq!(error.downcast_ref(), Some(&Trap::Interrupt), "{error:?}");
}

/// With one thread, guests take turns where the embedder lets them.
#[test]
fn on_one_thread_a_store_that_computes_gives_way() {
    let computes = Embedded::new(WASI_PROGRAM);
    let converses = Embedded::on(&computes.engine, PUPPET);
    let engine = computes.engine.clone();
    let (stop, stopped) = channel::<()>();
    let clock = thread::spawn(move || {
        while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
            engine.increment_epoch();
        }
    });

    let listener = Listener::v4();
    let run = conversation(&listener);
    let peer = converse(listener);
    let runtime = Builder::new_current_thread().enable_all().build();
    let outcome = runtime.expect("a runtime").block_on(async {
        let args = &["spin"];
        let spinning = Run {
            args,
            computing: Computing::GivesWay,
            ..Run::default()
        };
        let conversing = Run {
            computing: Computing::GivesWay,
            ..run
        };
        tokio::select! {
            outcome = computes.run(spinning) => panic!("it ended: {outcome:?}"),
            outcome = converses.run(conversing) => outcome,
        }
    });
    assert_eq!(outcome.expect_success().output, CONVERSED);
    peer.join().expect("what was said was right");
    drop(stop);
    clock.join().expect("the clock ends");
}
