//! Passes each connection on to another address, many at once, until both ends have finished.
//! `wasock run --allow-inbound tcp://127.0.0.1:7000 --allow-outbound tcp://127.0.0.1:8000 port_forward.wasm 127.0.0.1:7000 127.0.0.1:8000`
#![no_std]
extern crate alloc;

use alloc::{boxed::Box, collections::BTreeMap};
use core::error::Error;
use wasock_guest::{Poller, Readiness, Relay, TcpListener, TcpStream, args, eprintln, println};

wasock_guest::main!(port_forward);

fn port_forward() -> Result<(), Box<dyn Error>> {
    let arguments = args();
    let [_, listen, target] = arguments.as_slice() else {
        return Err("usage: port-forward LISTEN TARGET, such as 127.0.0.1:0 127.0.0.1:80".into());
    };
    let target = target.parse()?;
    let listener = TcpListener::bind(listen.parse()?)?;
    listener.set_nonblocking(true)?;
    println!("listening on {}", listener.local_addr()?);

    // Token 0 is the listener, 2n and 2n + 1 are the two ends of relay n.
    let poller = Poller::new()?;
    poller.add(&listener, Readiness::READABLE, 0)?;
    let mut relays = BTreeMap::new();
    for number in 1.. {
        for event in poller.wait(None)? {
            let outcome = match relays.get_mut(&(event.token / 2)) {
                Some(relay) => Relay::advance(relay, &poller),
                None if event.token == 0 => listener.accept().and_then(|(client, _)| {
                    let ends = [client, TcpStream::connect_nonblocking(target)?];
                    let relay = Relay::new(&poller, ends, [2 * number, 2 * number + 1])?;
                    Ok(relays.insert(number, relay).is_some())
                }),
                None => continue,
            };
            if let Err(error) = outcome {
                eprintln!("{error}");
            }
            if outcome != Ok(false) {
                relays.remove(&(event.token / 2));
            }
        }
        // More than a thousand connections wait until one of these has ended.
        let mut interest = Readiness::empty();
        interest.set(Readiness::READABLE, relays.len() < 1000);
        poller.modify(0, interest)?;
    }
    Ok(())
}
