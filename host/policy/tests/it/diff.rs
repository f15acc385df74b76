//! What changes from one policy to the next.

use wasock_policy::{Mode, OnRevoke, Policy, PolicyBuilder, PolicyDiff, PolicyFile, Protocol};

use crate::{connect, connect_as, policy};

fn file(name: &str, text: &str) -> Policy {
    let file = PolicyFile::parse(name, &format!("version = 1\n{text}")).unwrap();
    Policy::builder().file(file).build()
}

fn shown(old: &Policy, new: &Policy) -> String {
    PolicyDiff::between(old, new).to_string()
}

#[test]
fn what_differs_is_listed_with_its_place() {
    let old = file(
        "old.toml",
        "map = [\"a.example=10.0.0.1\"]\n[outbound]\nallow = [\"tcp://any:443\", \"tcp://any:80\"]\n\
         [limits]\nconnections = 32\nlookups = 5",
    );
    let new = file(
        "new.toml",
        "mode = \"report\"\non-revoke = \"keep\"\nmap = [\"b.example=10.0.0.1\"]\n\
         [outbound]\nallow = [\"tcp://any:80\"]\ndeny = [\"tcp://any:25\"]\n\
         [limits]\nconnections = 64\nbytes-out = \"1GiB\"",
    );
    assert_eq!(
        shown(&old, &new),
        "- --allow-outbound tcp://any:443 (old.toml:4)\n\
         + --deny-outbound tcp://any:25 (new.toml:7)\n\
         - --map a.example=10.0.0.1\n\
         + --map b.example=10.0.0.1\n\
         - --limit connections=32\n\
         + --limit connections=64\n\
         + --limit bytes-out=1GiB\n\
         - --limit lookups=5\n\
         - --mode enforce\n\
         + --mode report\n\
         - on-revoke = \"close\"\n\
         + on-revoke = \"keep\"\n"
    );
    let back = PolicyDiff::between(&new, &old);
    assert_eq!(back.mode, Some((Mode::Report, Mode::Enforce)));
    assert_eq!(back.on_revoke, Some((OnRevoke::Keep, OnRevoke::Close)));
    assert!(!back.is_empty());
}

#[test]
fn the_order_and_the_place_of_lines_are_no_change() {
    let old = file(
        "old.toml",
        "outbound.allow = [\"tcp://any:443\", \"tcp://any:80\"]",
    );
    let new = policy(&[
        "--allow-outbound tcp://any:80",
        "--allow-outbound tcp://any:443",
    ]);
    assert!(PolicyDiff::between(&old, &new).is_empty());
    assert_eq!(shown(&old, &new), "");
}

#[test]
fn what_stands_there_twice_counts_twice() {
    let once = policy(&["--allow-outbound tcp://any:80"]);
    let twice = policy(&[
        "--allow-outbound tcp://any:80",
        "--allow-outbound tcp://any:80",
    ]);
    assert_eq!(shown(&once, &twice), "+ --allow-outbound tcp://any:80\n");
    assert_eq!(shown(&twice, &once), "- --allow-outbound tcp://any:80\n");
}

#[test]
fn the_order_of_mappings_is_a_change() {
    let one = "\"tcp://any:80=10.0.0.1:80\"";
    let other = "\"tcp://10.0.0.0/8:80=10.0.0.2:80\"";
    let old = file("old.toml", &format!("map = [{one}, {other}]"));
    let new = file("new.toml", &format!("map = [{other}, {one}]"));
    assert_eq!(
        shown(&old, &new),
        "  --map in another order, of which the first counts\n"
    );
    assert_eq!(shown(&old, &old), "");
}

#[test]
fn a_request_tells_what_follows() {
    let old = policy(&[
        "--allow-outbound tcp://any:443",
        "--allow-outbound tcp://any:80",
    ]);
    let new = policy(&["--allow-outbound tcp://8.8.8.8:443"]);
    assert_eq!(old.change(&new, &connect("8.8.8.8:443")), None);
    assert_eq!(old.change(&new, &connect("8.8.8.8:22")), None);
    let change = old.change(&new, &connect("8.8.8.8:80")).unwrap();
    assert!(change.old.decision.is_allowed() && !change.new.decision.is_allowed());

    let reporting = PolicyBuilder::from(new).mode(Mode::Report).build();
    let change = old.change(&reporting, &connect("8.8.8.8:80")).unwrap();
    assert!(change.new.decision.is_allowed() && change.new.decision.is_reported());
}

#[test]
fn a_request_that_is_led_elsewhere_has_changed() {
    let allowing = || {
        Policy::builder()
            .allow_outbound("tcp://any:80".parse().unwrap())
            .allow_outbound("tcp://127.0.0.1:8080".parse().unwrap())
    };
    let old = allowing().build();
    let new = allowing()
        .map("tcp://8.8.8.8:80=127.0.0.1:8080".parse().unwrap())
        .build();
    let asked = connect_as(Protocol::Tcp, "8.8.8.8:80", &["dns.example"]);
    let change = old.change(&new, &asked).unwrap();
    assert_eq!(change.old.request, asked);
    assert_eq!(change.new.request, connect("127.0.0.1:8080"));
    assert!(change.old.decision.is_allowed() && change.new.decision.is_allowed());
    assert_eq!(new.change(&new, &asked), None);
}
