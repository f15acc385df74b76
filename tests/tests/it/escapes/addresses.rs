//! Addresses that are another one in disguise.

use super::Prisoner;
use crate::support::peer::Listener;

/// Everything in the world, and a server that is named.
fn anywhere(listener: &Listener) -> [String; 2] {
    [
        "tcp://any:any".to_owned(),
        format!("tcp://{}", listener.address()),
    ]
}

/// Under a policy for the whole world and one server on this machine.
fn in_the_world(listener: &Listener) -> Prisoner {
    let [world, server] = anywhere(listener);
    Prisoner::under(["--allow-outbound", &world, "--allow-outbound", &server])
}

#[track_caller]
fn reaches(prisoner: &mut Prisoner, listener: &Listener) {
    prisoner.does(&format!("connect friend {}", listener.address()));
    listener.accept();
}

#[test]
fn the_whole_world_is_not_this_machine_nor_its_neighbours() {
    let listener = Listener::v4();
    let mut prisoner = in_the_world(&listener);
    for (address, what) in [
        ("127.0.0.2:80", "loopback"),
        ("[::1]:80", "loopback"),
        ("10.1.2.3:80", "private"),
        ("192.168.0.1:80", "private"),
        ("172.31.0.1:80", "private"),
        ("100.64.0.1:80", "shared address space"),
        ("169.254.169.254:80", "a cloud metadata service"),
        ("168.63.129.16:80", "the platform service of a cloud"),
        ("[fd00:ec2::254]:80", "a cloud metadata service"),
        ("[fd12::1]:80", "private"),
    ] {
        let report = format!("denied: outbound tcp {address} (not meant by");
        prisoner.tries(&format!("connect a{address} {address}"), "eacces", &report);
        let ip = address.trim_end_matches(":80").trim_matches(['[', ']']);
        prisoner.reports.push(format!("{ip} is {what} ("));
    }
    reaches(&mut prisoner, &listener);
    prisoner.ends();
}

#[test]
fn an_address_inside_another_is_seen() {
    let listener = Listener::v4();
    let mut prisoner = in_the_world(&listener);
    for (address, inside) in [
        ("64:ff9b::7f00:1", "127.0.0.1 (NAT64, RFC 6052)"),
        ("64:ff9b::a9fe:a9fe", "169.254.169.254 (NAT64, RFC 6052)"),
        ("64:ff9b:1::a00:1", "10.0.0.1 (local NAT64, RFC 8215)"),
        ("2002:7f00:1::", "127.0.0.1 (6to4, RFC 3056)"),
        ("2002:a00:1::1", "10.0.0.1 (6to4, RFC 3056)"),
        (
            "2001:0:808:808::5601:5601",
            "169.254.169.254 (Teredo, RFC 4380)",
        ),
    ] {
        let report = format!("{address} carries {inside}, which is ");
        prisoner.tries(
            &format!("connect a{address} [{address}]:80"),
            "eacces",
            &report,
        );
    }
    reaches(&mut prisoner, &listener);
    prisoner.ends();
}

/// What an IPv4-mapped address means is decided by its IPv4 form; the layer below does not even take it.
#[test]
fn an_ipv4_mapped_address_reaches_no_more_than_its_ipv4_form() {
    let listener = Listener::v4();
    let mut prisoner = in_the_world(&listener);
    for address in [
        "[::ffff:127.0.0.2]:80",
        "[::ffff:a9fe:a9fe]:80",
        "[::127.0.0.1]:80",
    ] {
        let answer = prisoner
            .puppet
            .ask(&format!("connect a{address} {address}"));
        assert!(answer.starts_with("error e"), "{address}: {answer}");
    }
    reaches(&mut prisoner, &listener);
    prisoner.ends();
}

#[test]
fn the_unspecified_address_is_this_machine() {
    let listener = Listener::v4();
    let port = listener.address().port();
    let other = Listener::v4().address().port();
    let mut prisoner = in_the_world(&listener);
    for (address, means) in [
        (format!("0.0.0.0:{other}"), format!("127.0.0.1:{other}")),
        (format!("[::]:{port}"), format!("[::1]:{port}")),
    ] {
        let report = format!("denied: outbound tcp {means} (not meant by");
        prisoner.tries(&format!("connect a{address} {address}"), "eacces", &report);
    }
    prisoner.does(&format!("connect friend 0.0.0.0:{port}"));
    listener.accept();
    prisoner.ends();
}

#[test]
fn many_hosts_at_once_are_not_reached() {
    let listener = Listener::v4();
    let mut prisoner = in_the_world(&listener);
    prisoner.does("udp u v4");
    // Broadcast needs an option that WASI does not have, so the policy is not even asked.
    let answer = prisoner.puppet.ask("sendto u 255.255.255.255:9 knock");
    assert_eq!(answer, "error eacces");
    for address in ["224.0.0.1:9", "239.1.2.3:9"] {
        let report = format!("denied: outbound udp send {address} (no rule)");
        prisoner.tries(&format!("sendto u {address} knock"), "eacces", &report);
    }
    for address in ["255.255.255.255:9", "224.0.0.1:9"] {
        let answer = prisoner
            .puppet
            .ask(&format!("connect t{address} {address}"));
        assert!(answer.starts_with("error e"), "{address}: {answer}");
    }
    reaches(&mut prisoner, &listener);
    prisoner.ends();
}

#[test]
fn port_0_leads_nowhere() {
    let listener = Listener::v4();
    let rule = format!("tcp://{}", listener.address());
    let mut prisoner = Prisoner::under(["--allow-outbound", &rule]);
    let answer = prisoner.puppet.ask("connect zero 127.0.0.1:0");
    assert_eq!(answer, "error econnrefused");
    reaches(&mut prisoner, &listener);
    prisoner.ends();
}
