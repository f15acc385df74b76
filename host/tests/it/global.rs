//! Addresses of the whole world, without the world: each test runs itself again in a network namespace of its own, where
//! such addresses lead to the machine.
//!
//! That takes Linux, `unshare` (util-linux), `ip` (iproute2) and the permission for it. What is missing is said.

use std::process::{Command, Output};

use crate::cli::{self, wasock};
use crate::guests::{example, not_tested};
use crate::server::http_server;
use crate::zone::Zone;

/// Set where a test finds itself inside.
const INSIDE: &str = "WASOCK_TEST_INSIDE_NAMESPACE";

pub(crate) const V4: &str = "93.184.216.34";
const OTHER_V4: &str = "93.184.216.35";
/// One that is the machine's own.
const OWN: &str = "93.184.216.40";
const V6: &str = "2606:2800:220:1:248:1893:25c8:1946";

/// Whoever runs the tests is root inside, and need not be root outside. Where that is forbidden, root outside will do.
const NAMESPACES: [&[&str]; 2] = [&["--net", "--map-root-user"], &["--net"]];

/// The addresses, and then the program that follows as arguments. They are routed here without being addresses of an
/// interface, which would make them this machine's own.
const SET_UP: &str = r#"
    ip link set lo up &&
    ip route add local 93.184.216.34/31 dev lo &&
    ip -6 route add local 2606:2800:220:1:248:1893:25c8:1946/128 dev lo &&
    echo 1 > /proc/sys/net/ipv6/ip_nonlocal_bind &&
    ip addr add 93.184.216.40/32 dev lo &&
    exec "$@""#;

/// Run `test`, which is called `name`, inside.
pub(crate) fn inside(name: &str, test: impl FnOnce(&World)) {
    if std::env::var_os(INSIDE).is_some() {
        return test(&World::start());
    }
    // What it needs is built outside, where cargo can reach whom it wants.
    example("http-get");
    let namespace = match namespace() {
        Ok(namespace) => namespace,
        Err(missing) => return not_tested(name, &missing),
    };

    // A test of another module comes with its path.
    let name = match name.contains("::") {
        true => name.to_owned(),
        false => format!("{}::{name}", module_path!().split_once("::").unwrap().1),
    };
    let test = std::env::current_exe().unwrap();
    let arguments = [test.to_str().unwrap(), "--exact", &name, "--nocapture"];
    let output = enter(namespace, &arguments).unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stdout}{stderr}");
    assert!(stdout.contains("1 passed"), "{stdout}{stderr}");
}

/// How to get a namespace here, or why there is none.
fn namespace() -> Result<&'static [&'static str], String> {
    let mut obstacles = Vec::new();
    for namespace in NAMESPACES {
        match enter(namespace, &["true"]) {
            Ok(output) if output.status.success() => return Ok(namespace),
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                obstacles.push(said.trim().replace('\n', "; "));
            }
            Err(error) => return Err(format!("unshare: {error}")),
        }
    }
    obstacles.dedup();
    Err(obstacles.join("; "))
}

fn enter(namespace: &[&str], arguments: &[&str]) -> std::io::Result<Output> {
    Command::new("unshare")
        .args(namespace)
        .args(["sh", "-c", SET_UP, "sh"])
        .args(arguments)
        .env(INSIDE, "yes")
        .output()
}

/// Web servers at port 8080 of every address, and names for them.
pub(crate) struct World {
    zone: Zone,
}

impl World {
    fn start() -> Self {
        for host in [V4, OTHER_V4, OWN, "127.0.0.1"] {
            http_server(&format!("{host}:8080"));
        }
        http_server(&format!("[{V6}]:8080"));
        let zone = Zone::start();
        zone.set("www.example.test", &[V4, V6]);
        zone.set("v4.example.test", &[V4]);
        zone.set("v6.example.test", &[V6]);
        zone.set("inward.example.test", &["127.0.0.1"]);
        zone.set("mixed.example.test", &["127.0.0.1", V4]);
        Self { zone }
    }

    pub(crate) fn fetch(&self, rules: &[&str], host: &str) -> cli::Output {
        let dns = self.zone.address.to_string();
        let url = format!("http://{host}:8080/");
        let app = example("http-get").to_str().unwrap();
        wasock([&["run", "--dns", &dns], rules, &[app, &url]].concat())
    }

    #[track_caller]
    fn check_fetched(&self, rules: &[&str], host: &str) {
        let output = self.fetch(rules, host);
        assert_eq!(output.stdout, "hello\n", "{host}: {}", output.stderr);
        assert_eq!(output.status, Some(0), "{host}");
    }

    #[track_caller]
    fn check_refused(&self, rules: &[&str], host: &str, denial: &str) {
        let output = self.fetch(rules, host);
        assert_eq!(output.stdout, "", "{host}");
        assert_eq!(output.status, Some(1), "{host}: {}", output.stderr);
        assert!(
            output.stderr.contains(denial),
            "{denial}: {}",
            output.stderr
        );
    }
}

#[test]
fn a_name_alone_is_enough() {
    inside("a_name_alone_is_enough", |world| {
        for host in ["www", "v4", "v6", "alias"] {
            let host = format!("{host}.example.test");
            let rule = format!("tcp://{host}:8080");
            world.check_fetched(&["--allow-outbound", &rule], &host);
            let denial = format!("denied: lookup {host} (no rule)");
            world.check_refused(&[], &host, &denial);
        }
        // Its addresses are for who asks by name.
        let rule = ["--allow-outbound", "tcp://www.example.test:8080"];
        let denial = format!("denied: outbound tcp {V4}:8080 (no rule)");
        world.check_refused(&rule, V4, &denial);
        let denial = format!("denied: outbound tcp [{V6}]:8080 (no rule)");
        world.check_refused(&rule, &format!("[{V6}]"), &denial);
    });
}

#[test]
fn any_is_the_world_and_not_this_machine() {
    inside("any_is_the_world_and_not_this_machine", |world| {
        let rule = ["--allow-outbound", "tcp://any:8080"];
        for host in [V4, OTHER_V4, &format!("[{V6}]"), "www.example.test"] {
            world.check_fetched(&rule, host);
        }
        for host in ["127.0.0.1", "[::1]", "[64:ff9b::127.0.0.1]"] {
            let denial = "(not meant by --allow-outbound tcp://any:8080)";
            world.check_refused(&rule, host, denial);
        }
        // An address that is like any other, but for whose it is.
        let denial = format!("{OWN} is this host's own address");
        world.check_refused(&rule, OWN, &denial);
        let own = format!("tcp://{OWN}:8080");
        world.check_fetched(&["--allow-outbound", &own], OWN);
        // It gets no further than the socket, which has no such addresses.
        world.check_refused(&rule, "[::ffff:127.0.0.1]", "ENETUNREACH");
        let denial = "inward.example.test resolved to 127.0.0.1 (loopback)";
        world.check_refused(&rule, "inward.example.test", denial);
    });
}

/// The guest is told what it may reach, and nothing of the rest.
#[test]
fn of_several_addresses_those_within_reach_are_told() {
    inside(
        "of_several_addresses_those_within_reach_are_told",
        |world| {
            let rule = ["-v", "--allow-outbound", "tcp://mixed.example.test:8080"];
            let output = world.fetch(&rule, "mixed.example.test");
            assert_eq!(output.stdout, "hello\n", "{}", output.stderr);
            for part in [
                "denied: answer mixed.example.test with 127.0.0.1",
                &format!("allowed: outbound tcp {V4}:8080"),
            ] {
                assert!(output.stderr.contains(part), "{part}: {}", output.stderr);
            }
            assert!(!output.stderr.contains("outbound tcp 127.0.0.1:8080"));
        },
    );
}

#[test]
fn a_second_answer_gets_nowhere_that_no_rule_covers() {
    inside(
        "a_second_answer_gets_nowhere_that_no_rule_covers",
        |world| {
            let host = "v4.example.test";
            let narrow = format!("tcp://{host}:8080#to={V4}");
            let narrow = ["--allow-outbound", &narrow];
            let address = format!("tcp://{V4}:8080");
            let address = ["--allow-resolve", host, "--allow-outbound", &address];
            let name = ["--allow-outbound", "tcp://v4.example.test:8080"];
            for rules in [&narrow[..], &address, &name] {
                world.check_fetched(rules, host);
            }

            world.zone.set(host, &[OTHER_V4]);
            let denial =
                format!("denied: answer {host} with {OTHER_V4} (#to= leaves this address out");
            world.check_refused(&narrow, host, &denial);
            let denial = format!("denied: outbound tcp {OTHER_V4}:8080 (no rule)");
            world.check_refused(&address, host, &denial);
            // Whoever trusts the name, and only the name, goes along.
            world.check_fetched(&name, host);

            world.zone.set(host, &["127.0.0.1"]);
            let denial = format!("{host} resolved to 127.0.0.1 (loopback)");
            world.check_refused(&name, host, &denial);
        },
    );
}
