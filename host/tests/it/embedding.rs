//! The library in an embedder's hands, with the plain client: a component that knows nothing of wasock.

use wasmtime::component::{Component, Linker, ResourceTable, ResourceType};
use wasmtime::{Engine, Store};
use wasmtime_wasi::p2::bindings::Command;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasock::policy::PolicyBuilder;
use wasock::{Collect, NetCtx, NetCtxView, NetView, Policy, Record, SUPPLIED, embedded};

use crate::server::Server;
use crate::{embed, multi_tenant};

struct Guest {
    wasi: WasiCtx,
    net: NetCtx,
    table: ResourceTable,
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let (ctx, table) = (&mut self.wasi, &mut self.table);
        WasiCtxView { ctx, table }
    }
}

impl NetView for Guest {
    fn net(&mut self) -> NetCtxView<'_> {
        let (ctx, table) = (&mut self.net, &mut self.table);
        NetCtxView { ctx, table }
    }
}

/// As somebody has it who had `wasi:http` before. Nothing of it is called here.
#[cfg(feature = "http")]
impl wasmtime_wasi_http::WasiHttpView for Guest {
    fn http(&mut self) -> wasmtime_wasi_http::WasiHttpCtxView<'_> {
        unreachable!("ours is linked")
    }
}

struct Outcome {
    output: String,
    audit: Vec<String>,
}

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Runtime::new().unwrap().block_on(future)
}

/// Run the plain client against `server`, on a `WasiCtx` that grants everything there is to grant.
fn run_client(server: &Server, policy: PolicyBuilder) -> Outcome {
    let output = MemoryOutputPipe::new(1 << 16);
    let wasi = WasiCtx::builder()
        .args(&["client", &server.address.to_string(), "hello"])
        .stdout(output.clone())
        .stderr(output.clone())
        .inherit_network()
        .allow_tcp(true)
        .allow_udp(true)
        .allow_ip_name_lookup(true)
        .build();
    let audit = Collect::default();
    let net = NetCtx::builder()
        .policy(policy.build())
        .audit(audit.clone())
        .build();

    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    wasock::add_to_linker(&mut linker).unwrap();
    let component = Component::new(&engine, embedded::PLAIN_CLIENT).unwrap();
    let table = ResourceTable::new();
    let mut store = Store::new(&engine, Guest { wasi, net, table });
    _ = block_on(async {
        let command = Command::instantiate_async(&mut store, &component, &linker)
            .await
            .unwrap();
        command.wasi_cli_run().call_run(&mut store).await.unwrap()
    });

    Outcome {
        output: String::from_utf8(output.contents().to_vec()).unwrap(),
        audit: audit.records().iter().map(Record::explain).collect(),
    }
}

#[test]
fn without_a_grant_nothing_leaves_whatever_the_wasi_ctx_allows() {
    for host in ["127.0.0.1:0", "[::1]:0"] {
        let server = Server::start(host);
        let outcome = run_client(&server, Policy::builder());

        assert_eq!(outcome.output, "error: access-denied\n");
        assert_eq!(server.connections(), 0);
        let (address, rule) = (server.address, server.rule());
        let expected = format!(
            "denied: outbound tcp {address} (no rule)\n  allow it with: --allow-outbound {rule}"
        );
        assert_eq!(outcome.audit, [expected]);
    }
}

#[test]
fn the_rule_that_the_denial_names_is_enough() {
    for host in ["127.0.0.1:0", "[::1]:0"] {
        let server = Server::start(host);
        let rule = server.rule().parse().unwrap();
        let outcome = run_client(&server, Policy::builder().allow_outbound(rule));

        assert_eq!(outcome.output, "received: echo hello\n");
        let [allowed, closed] = &outcome.audit[..] else {
            panic!("{:?}", outcome.audit)
        };
        assert!(allowed.starts_with("allowed: outbound tcp"), "{allowed}");
        let traffic = "(received 11 bytes; sent 6;";
        assert!(
            closed.starts_with("closed: outbound tcp") && closed.contains(traffic),
            "{closed}"
        );
    }
}

#[test]
fn another_port_another_address_and_a_deny_rule_refuse() {
    let server = Server::start("127.0.0.1:0");
    let port = server.address.port();
    let other = if port == u16::MAX { 1 } else { port + 1 };
    let allow = |rule: String| Policy::builder().allow_outbound(rule.parse().unwrap());
    for (case, policy) in [
        ("port", allow(format!("tcp://127.0.0.1:{other}"))),
        ("address", allow(format!("tcp://127.0.0.2:{port}"))),
        ("family", allow(format!("tcp://[::1]:{port}"))),
        ("loopback is special", allow("tcp://any:any".to_owned())),
        (
            "deny",
            allow(server.rule()).deny_outbound("tcp://localhost:any".parse().unwrap()),
        ),
        (
            "direction",
            Policy::builder().allow_inbound(server.rule().parse().unwrap()),
        ),
    ] {
        let outcome = run_client(&server, policy);
        assert_eq!(outcome.output, "error: access-denied\n", "{case}");
        assert_eq!(server.connections(), 0, "{case}");
        assert_eq!(outcome.audit.len(), 1, "{case}");
    }
}

#[test]
fn stock_wasi_on_the_same_linker_is_an_error_in_either_order() {
    let engine = Engine::default();

    let mut linker = Linker::<Guest>::new(&engine);
    wasock::add_to_linker(&mut linker).unwrap();
    assert!(wasmtime_wasi::p2::add_to_linker_async(&mut linker).is_err());

    let mut linker = Linker::<Guest>::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker).unwrap();
    assert!(wasock::add_to_linker(&mut linker).is_err());
}

#[cfg(feature = "http")]
#[test]
fn stock_http_on_the_same_linker_is_an_error_in_either_order() {
    use wasmtime_wasi_http::p2::add_only_http_to_linker_async as add_stock;

    let engine = Engine::default();

    let mut linker = Linker::<Guest>::new(&engine);
    wasock::add_to_linker(&mut linker).unwrap();
    assert!(add_stock(&mut linker).is_err());

    let mut linker = Linker::<Guest>::new(&engine);
    add_stock(&mut linker).unwrap();
    assert!(wasock::add_to_linker(&mut linker).is_err());
}

/// Something that each interface has.
const AN_ITEM_OF: &[(&str, &str)] = &[
    ("wasi:io/error", "error"),
    ("wasi:io/poll", "pollable"),
    ("wasi:io/streams", "input-stream"),
    ("wasi:clocks/monotonic-clock", "now"),
    ("wasi:clocks/wall-clock", "now"),
    ("wasi:random/random", "get-random-u64"),
    ("wasi:random/insecure", "get-insecure-random-u64"),
    ("wasi:random/insecure-seed", "insecure-seed"),
    ("wasi:cli/environment", "get-arguments"),
    ("wasi:cli/exit", "exit"),
    ("wasi:cli/stdin", "get-stdin"),
    ("wasi:cli/stdout", "get-stdout"),
    ("wasi:cli/stderr", "get-stderr"),
    ("wasi:cli/terminal-input", "terminal-input"),
    ("wasi:cli/terminal-output", "terminal-output"),
    ("wasi:cli/terminal-stdin", "get-terminal-stdin"),
    ("wasi:cli/terminal-stdout", "get-terminal-stdout"),
    ("wasi:cli/terminal-stderr", "get-terminal-stderr"),
    ("wasi:filesystem/preopens", "get-directories"),
    ("wasi:filesystem/types", "descriptor"),
    ("wasi:sockets/instance-network", "instance-network"),
    ("wasi:sockets/ip-name-lookup", "resolve-addresses"),
    ("wasi:sockets/network", "network"),
    ("wasi:sockets/tcp", "tcp-socket"),
    ("wasi:sockets/tcp-create-socket", "create-tcp-socket"),
    ("wasi:sockets/udp", "udp-socket"),
    ("wasi:sockets/udp-create-socket", "create-udp-socket"),
    #[cfg(feature = "http")]
    ("wasi:http/types", "outgoing-request"),
    #[cfg(feature = "http")]
    ("wasi:http/outgoing-handler", "handle"),
];

#[test]
fn the_list_of_supplied_interfaces_is_what_is_linked() {
    let listed: Vec<&str> = AN_ITEM_OF.iter().map(|(interface, _)| *interface).collect();
    assert_eq!(listed, SUPPLIED);

    let engine = Engine::default();
    let mut linker = Linker::<Guest>::new(&engine);
    wasock::add_to_linker(&mut linker).unwrap();
    for &(interface, item) in AN_ITEM_OF {
        // What is there cannot be put there; which version of 0.2 it is there in, is wasmtime-wasi's choice.
        let mut is_taken = |patch| {
            let name = format!("{interface}@0.2.{patch}");
            let mut instance = linker.instance(&name).unwrap();
            let thing = ResourceType::host::<()>();
            instance.resource(item, thing, |_, _| Ok(())).is_err()
        };
        assert!((0..=20).any(&mut is_taken), "{interface}");
    }
}

#[test]
fn the_example_runs() {
    let server = Server::start("127.0.0.1:0");
    let address = server.address.to_string();
    let args = ["client", &address, "hello"];
    let run = |policy| block_on(embed::run(embedded::PLAIN_CLIENT, &args, policy)).unwrap();

    assert!(!run(Policy::default()));
    assert_eq!(server.connections(), 0);
    let rule = server.rule().parse().unwrap();
    assert!(run(Policy::builder().allow_outbound(rule).build()));
    assert_eq!(server.connections(), 1);
}

#[test]
fn what_one_tenant_of_the_example_uses_up_the_other_has() {
    let server = Server::start("127.0.0.1:0");
    let address = server.address.to_string();
    let args = ["client", &address, "hello"];
    let rule = server.rule().parse().unwrap();
    let policy = Policy::builder().allow_outbound(rule).build();
    let running = multi_tenant::run(embedded::PLAIN_CLIENT, &args, policy);
    let [frugal, generous] = block_on(running).unwrap();

    assert_eq!(frugal.succeeded, [true, true, true, false, false]);
    assert_eq!(frugal.usage.total_connections, 3);
    assert_eq!(generous.succeeded, [true; 5]);
    assert_eq!(generous.usage.total_connections, 5);
    assert_eq!(server.connections(), 8);
    for outcome in [frugal, generous] {
        let usage = outcome.usage;
        let open = (usage.sockets, usage.connections, usage.memory);
        assert_eq!(open, (0, 0, 0), "given back");
        assert_eq!(usage.bytes_out, 6 * usage.total_connections);
        assert!(!usage.cpu_time.is_zero());
    }
}
