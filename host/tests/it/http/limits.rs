//! Budgets, and policies that change: a connection of a request is one of the guest's.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::p2::bindings::Command;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasock::audit::{Cause, Verdict};
use wasock::names::{Lookup, LookupFailure, Resolve};
use wasock::policy::{Limit, Mode, Name, OnRevoke, PolicyBuilder};
use wasock::{Collect, NetCtx, NetCtxBuilder, NetCtxView, NetHandle, NetView, Policy, Record};

use super::server::{MANY, WebServer, printed};
use crate::embedding::block_on;
use crate::guests::example;

/// The program in a store of its own, on a thread of its own.
struct Running {
    handle: NetHandle,
    audit: Collect,
    thread: JoinHandle<String>,
}

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

impl Running {
    fn start(policy: PolicyBuilder, words: &[&str]) -> Self {
        Self::with(NetCtx::builder().policy(policy.build()), words)
    }

    fn with(builder: NetCtxBuilder, words: &[&str]) -> Self {
        let audit = Collect::default();
        let net = builder.audit(audit.clone()).build();
        let handle = net.handle();
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        let thread = thread::spawn(move || block_on(call(net, &words)));
        Self {
            handle,
            audit,
            thread,
        }
    }

    /// What it printed, in the end.
    fn finish(self) -> (String, Vec<Record>) {
        let output = self.thread.join().unwrap();
        let usage = self.handle.usage();
        assert_eq!((usage.sockets, usage.connections), (0, 0));
        (output, self.audit.records())
    }
}

async fn call(net: NetCtx, words: &[String]) -> String {
    let output = MemoryOutputPipe::new(1 << 16);
    let wasi = WasiCtx::builder()
        .arg("http-program")
        .args(words)
        .stdout(output.clone())
        .stderr(output.clone())
        .build();
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    wasock::add_to_linker(&mut linker).unwrap();
    let component = Component::from_file(&engine, example("http-program")).unwrap();
    let table = ResourceTable::new();
    let mut store = Store::new(&engine, Guest { wasi, net, table });
    let command = Command::instantiate_async(&mut store, &component, &linker)
        .await
        .unwrap();
    _ = command.wasi_cli_run().call_run(&mut store).await.unwrap();
    String::from_utf8(output.contents().to_vec()).unwrap()
}

/// A policy that grants the server, within these limits.
fn limited(server: &WebServer, limits: &[&str]) -> PolicyBuilder {
    let rule = format!("tcp://localhost:{}", server.address.port());
    let policy = Policy::builder().allow_outbound(rule.parse().unwrap());
    limits
        .iter()
        .fold(policy, |policy, limit| policy.limit(limit.parse().unwrap()))
}

fn exhausted(records: &[Record]) -> Vec<Limit> {
    let limit = |record: &Record| match record {
        Record::Exhausted(exhausted) => Some(exhausted.limit),
        _ => None,
    };
    records.iter().filter_map(limit).collect()
}

fn causes(records: &[Record]) -> Vec<Cause> {
    let cause = |record: &Record| match record {
        Record::Closed(closed) => Some(closed.cause),
        _ => None,
    };
    records.iter().filter_map(cause).collect()
}

#[test]
fn a_connection_of_a_request_is_one_of_the_guests_while_it_lasts() {
    let server = WebServer::start("127.0.0.1:0");
    for (limit, name) in [
        (Limit::Connections, "connections=1"),
        (Limit::Sockets, "sockets=1"),
        (Limit::TotalConnections, "total-connections=1"),
    ] {
        let urls = ["/silent", "/"].map(|path| server.url(path));
        let policy = limited(&server, &[name]);
        let (output, records) = Running::start(policy, &["both", &urls[0], &urls[1]]).finish();
        assert_eq!(output, "error: ConnectionLimitReached\n", "{name}");
        assert_eq!(exhausted(&records), [limit]);
    }

    let policy = limited(&server, &["connections=1", "sockets=1"]);
    let url = server.url("/redirect?http://127.0.0.1:");
    let url = format!("{url}{}/", server.address.port());
    let (output, records) = Running::start(policy, &["follow", &url]).finish();
    assert!(output.ends_with("status: 200\nbody: hello\n\n"), "{output}");
    assert_eq!(exhausted(&records), []);
    assert_eq!(causes(&records), [Cause::Guest, Cause::Guest]);
}

#[test]
fn bytes_are_counted_each_way_and_end_where_they_are_used_up() {
    let server = WebServer::start("127.0.0.1:0");
    let url = server.url("/download");
    let policy = limited(&server, &["bytes-in=100kB"]);
    let (output, records) = Running::start(policy, &["fetch", "GET", &url]).finish();
    let (before, error) = output.trim_end().rsplit_once('\n').unwrap();
    assert!(before.starts_with("status: 200\nbody: "), "{output}");
    assert_eq!(error, "error: HTTP response body size exceeds limit");
    assert_eq!(exhausted(&records), [Limit::BytesIn]);
    assert_eq!(causes(&records), [Cause::Limit(Limit::BytesIn)]);

    let upload = format!("upload={MANY}");
    let policy = limited(&server, &["bytes-out=100kB"]);
    let running = Running::start(policy, &["fetch", "POST", &server.url("/"), &upload]);
    let handle = running.handle.clone();
    let (output, records) = running.finish();
    assert_eq!(output, "error: HttpRequestBodySize(None)\n");
    assert_eq!(exhausted(&records), [Limit::BytesOut]);
    assert_eq!(handle.usage().bytes_out, 100_000);
}

#[test]
fn what_goes_through_is_counted_and_a_rate_changes_none_of_it() {
    let server = WebServer::start("127.0.0.1:0");
    let url = server.url("/download");
    for limits in [&[][..], &["rate-in=4MiB/s", "rate-out=4MiB/s"]] {
        let running = Running::start(limited(&server, limits), &["fetch", "GET", &url]);
        let handle = running.handle.clone();
        let (output, records) = running.finish();
        assert_eq!(output, format!("status: 200\n{}", printed(MANY)));
        let usage = handle.usage();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {MANY}\r\n\r\n").len();
        assert_eq!(usage.bytes_in, (MANY + head) as u64);
        let Some(Record::Closed(closed)) = records.last() else {
            panic!("{records:?}");
        };
        assert_eq!(closed.received.bytes, usage.bytes_in);
        assert_eq!(closed.sent.bytes, usage.bytes_out);
    }
}

#[test]
fn a_connection_that_lasts_too_long_is_ended() {
    let server = WebServer::start("127.0.0.1:0");
    for (limit, setting, code, text) in [
        (
            Limit::Lifetime,
            "lifetime=50ms",
            "HttpResponseTimeout",
            "HTTP response timeout",
        ),
        (
            Limit::IdleTime,
            "idle-time=50ms",
            "ConnectionReadTimeout",
            "connection read timeout",
        ),
    ] {
        let run = |path| {
            let policy = limited(&server, &[setting]);
            let (output, records) =
                Running::start(policy, &["fetch", "GET", &server.url(path)]).finish();
            assert_eq!(exhausted(&records), [limit]);
            assert_eq!(causes(&records), [Cause::Limit(limit)]);
            output
        };
        assert_eq!(run("/silent"), format!("error: {code}\n"));
        // How much of the response has come before is up to the machine.
        let stalled = run("/stall");
        let last = stalled.lines().last().unwrap_or_default();
        let ends = [format!("error: {text}"), format!("error: {code}")];
        assert!(ends.iter().any(|end| end == last), "{stalled}");
    }
}

#[test]
fn lookups_are_counted() {
    let server = WebServer::start("127.0.0.1:0");
    let urls = ["/silent", "/"].map(|path| server.url_of("localhost", path));
    let policy = limited(&server, &["lookups=1"]);
    let (output, records) = Running::start(policy, &["both", &urls[0], &urls[1]]).finish();
    assert!(output.starts_with("error: DnsError"), "{output}");
    assert_eq!(exhausted(&records), [Limit::Lookups]);
}

#[test]
fn nobody_is_asked_when_no_lookup_is_left() {
    /// Knows no name, and counts the questions.
    #[derive(Clone, Default)]
    struct Counting(Arc<AtomicUsize>);

    impl Resolve for Counting {
        fn lookup(&self, _: &Name) -> Lookup {
            self.0.fetch_add(1, Ordering::Relaxed);
            Box::pin(async { Err(LookupFailure::NotFound) })
        }
    }

    for (limit, asked) in [("lookups=1", 1), ("lookups=0", 0)] {
        let resolver = Counting::default();
        let policy = Policy::builder()
            .allow_outbound("tcp://app.test:80".parse().unwrap())
            .limit(limit.parse().unwrap());
        let builder = NetCtx::builder().policy(policy.build());
        let builder = builder.resolver(Arc::new(resolver.clone()));
        let running = Running::with(builder, &["fetch", "GET", "http://app.test/"]);
        let (output, records) = running.finish();
        assert!(output.starts_with("error: DnsError"), "{output}");
        assert_eq!(resolver.0.load(Ordering::Relaxed), asked, "{limit}");
        assert_eq!(exhausted(&records).len(), 1 - asked, "{limit}");
    }
}

#[test]
fn a_policy_that_takes_the_grant_away_ends_the_request_and_wakes_who_waits() {
    for path in ["/silent", "/stall"] {
        for revoke in [false, true] {
            let server = WebServer::start("127.0.0.1:0");
            let policy = limited(&server, &[]);
            let running = Running::start(policy, &["fetch", "GET", &server.url(path)]);
            server.wait_for(1);
            let cause = if revoke {
                running.handle.revoke();
                Cause::Revoked
            } else {
                running.handle.set_policy(Policy::default());
                Cause::Policy
            };

            let (output, records) = running.finish();
            // Whether the head of the response had come before, is up to the threads.
            let error = output.lines().last().unwrap_or_default();
            let known = ["error: HttpRequestDenied", "error: HTTP request denied"];
            assert!(known.contains(&error), "{output}");
            assert_eq!(causes(&records), [cause], "{path}");
        }
    }
}

#[test]
fn a_policy_that_keeps_what_is_open_lets_the_request_end() {
    let server = WebServer::start("127.0.0.1:0");
    let url = server.url("/held");
    let running = Running::start(limited(&server, &[]), &["fetch", "GET", &url]);
    server.wait_for(1);
    let keeping = Policy::builder().on_revoke(OnRevoke::Keep);
    running.handle.set_policy(keeping.build());
    server.release();
    let (output, records) = running.finish();
    assert_eq!(output, "status: 200\nbody: held\n");
    assert_eq!(causes(&records), [Cause::Guest]);
}

#[test]
fn a_mapped_request_goes_where_the_policy_leads_it_and_says_what_the_guest_has_asked() {
    let server = WebServer::start("127.0.0.1:0");
    let address = server.address;
    let mapping = format!("tcp://203.0.113.5:80={address}");
    let mapped = |rule: String| {
        Policy::builder()
            .map(mapping.parse().unwrap())
            .allow_outbound(rule.parse().unwrap())
    };
    let words = ["fetch", "GET", "http://203.0.113.5/"];
    // The target is what is decided on.
    let refused = mapped("tcp://203.0.113.5:80".to_owned());
    let (output, records) = Running::start(refused, &words).finish();
    assert_eq!(output, "error: HttpRequestDenied\n");
    let denied =
        format!("denied: http GET http://203.0.113.5:80, outbound tcp {address} (no rule)");
    assert_eq!(records[0].to_string(), denied);

    let allowed = mapped(format!("tcp://{address}"));
    let (output, records) = Running::start(allowed, &words).finish();
    assert_eq!(output, "status: 200\nbody: hello\n\n");
    assert_eq!(server.request().header("host"), ["203.0.113.5"]);
    let Some(Record::Closed(closed)) = records.last() else {
        panic!("{records:?}");
    };
    let asked = Some(([203, 0, 113, 5], 80).into());
    assert_eq!((closed.remote, closed.asked), (Some(address), asked));
}

#[test]
fn a_mode_that_only_reports_lets_no_request_through_to_what_is_special() {
    let server = WebServer::start("127.0.0.1:0");
    for url in [server.url("/"), server.url_of("localhost", "/")] {
        let policy = Policy::builder().mode(Mode::Report);
        let (output, records) = Running::start(policy, &["fetch", "GET", &url]).finish();
        assert_eq!(output, "error: HttpRequestDenied\n");
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].verdict(), Some(Verdict::Denied));
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_request_that_the_store_takes_with_it_leaves_its_records() {
    let server = WebServer::start("127.0.0.1:0");
    let policy = limited(&server, &[]);
    let (output, records) = Running::start(policy, &["abandon", &server.url("/silent")]).finish();
    assert_eq!(output, "begun\n");
    let Record::Http(request) = &records[0] else {
        panic!("{records:?}");
    };
    assert_eq!(request.outcome, wasock::audit::HttpOutcome::Abandoned);
}
