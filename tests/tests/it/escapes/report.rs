//! A policy that only reports.

use std::net::{SocketAddr, TcpStream};

use super::Prisoner;

#[test]
fn a_policy_that_reports_still_refuses_special_addresses() {
    let mut prisoner = Prisoner::under(["--report"]);
    for address in [
        "169.254.169.254:80",
        "[fd00:ec2::254]:80",
        "127.0.0.1:22",
        "10.0.0.1:443",
        "[64:ff9b::a9fe:a9fe]:80",
    ] {
        let report = format!("denied: outbound tcp {address}");
        prisoner.tries(&format!("connect a{address} {address}"), "eacces", &report);
    }

    // And lets through the rest.
    prisoner.does("create s v4");
    prisoner.does("bind s 127.0.0.1:0");
    let server: SocketAddr = prisoner.does("listen s").parse().expect("an address");
    let _client = TcpStream::connect(server).expect("it listens");
    prisoner.does("accept s connection");
    prisoner.reports.push("inbound tcp listen".to_owned());
    prisoner.ends();
}
