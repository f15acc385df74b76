//! What was there before a policy changed.

use std::fs;
use std::net::{SocketAddr, TcpStream};

use super::Prisoner;
use crate::support::peer::Listener;

#[test]
fn what_was_open_does_not_outlive_its_rule() {
    let listener = Listener::v4();
    let folder = tempfile::tempdir().expect("there is room");
    let file = folder.path().join("policy.toml");
    let rules = format!(
        "version = 1\n\
         [outbound]\nallow = [\"tcp://{}\"]\n\
         [inbound]\nallow = [\"tcp://127.0.0.1:0\"]\n",
        listener.address()
    );
    fs::write(&file, rules).expect("there is room");
    let path = file.to_str().expect("text").to_owned();
    let mut prisoner = Prisoner::under(["--policy", &path]);

    prisoner.does(&format!("connect out {}", listener.address()));
    let _peer = listener.accept();
    prisoner.does("create in v4");
    prisoner.does("bind in 127.0.0.1:0");
    let server: SocketAddr = prisoner.does("listen in").parse().expect("an address");
    prisoner.does("create late v4");
    prisoner.does("bind late 127.0.0.1:0");

    // A receive is parked when the rules go.
    prisoner.puppet.tell("recv out 1");
    fs::write(&file, "version = 1\n").expect("there is room");
    prisoner.puppet.signal("HUP");
    let answer = prisoner.puppet.answer();
    assert!(answer.starts_with("error e"), "{answer}");

    prisoner.tries(
        &format!("connect again {}", listener.address()),
        "eacces",
        "(no rule)",
    );
    prisoner.tries("listen late", "eacces", "denied: inbound tcp listen");
    let _client = TcpStream::connect(server);
    let answer = prisoner.puppet.ask("accept in connection");
    assert!(answer.starts_with("error e"), "{answer}");

    // Another change gives it back.
    let rules = format!(
        "version = 1\n[outbound]\nallow = [\"tcp://{}\"]\n",
        listener.address()
    );
    fs::write(&file, rules).expect("there is room");
    prisoner.puppet.signal("HUP");
    prisoner.becomes_allowed(&format!("connect back {}", listener.address()));
    listener.accept();
    prisoner.ends();
}
