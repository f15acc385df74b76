//! Passes each line that a client sends on to all the others; a client that does not keep up is dropped.
//! `wasock run --allow-inbound tcp://127.0.0.1:7000 chat_server.wasm 127.0.0.1:7000`
#![no_std]
extern crate alloc;

use alloc::{boxed::Box, collections::BTreeMap};
use core::error::Error;
use wasock_guest::{LineStream, Poller, Readiness, TcpListener, args, println};

wasock_guest::main!(chat_server);

fn chat_server() -> Result<(), Box<dyn Error>> {
    let arguments = args();
    let [_, address] = arguments.as_slice() else {
        return Err("usage: chat-server ADDR, such as 127.0.0.1:0".into());
    };
    let listener = TcpListener::bind(address.parse()?)?;
    listener.set_nonblocking(true)?;
    println!("listening on {}", listener.local_addr()?);

    // Token 0 is the listener, the others are clients.
    let poller = Poller::new()?;
    poller.add(&listener, Readiness::READABLE, 0)?;
    let mut clients: BTreeMap<u32, LineStream> = BTreeMap::new();
    for number in 1.. {
        for event in poller.wait(None)? {
            if event.token == 0 {
                if let Ok((stream, _)) = listener.accept() {
                    let client = LineStream::new(&poller, stream, number, 64 * 1024)?;
                    clients.insert(number, client);
                }
                continue;
            }
            let lines = clients.get_mut(&event.token).map(LineStream::receive);
            let Some(Ok(Some(lines))) = lines else {
                clients.remove(&event.token);
                continue;
            };
            let line = lines.concat();
            clients.retain(|token, other| *token == event.token || other.push(&line).is_ok());
        }
        clients.retain(|_, client| client.flush(&poller).is_ok());
        // More than a thousand clients wait until one of these has left.
        let mut interest = Readiness::empty();
        interest.set(Readiness::READABLE, clients.len() < 1000);
        poller.modify(0, interest)?;
    }
    Ok(())
}
