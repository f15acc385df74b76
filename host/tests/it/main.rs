//! The host from outside: its library as an embedder has it, its binary as a person has it.

mod audit;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "an example, of which the test takes `run`"
)]
#[path = "../../examples/audit-sink.rs"]
mod audit_sink;
mod cli;
mod compose;
mod dns;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "an example, of which the test takes `run`"
)]
#[path = "../../examples/embed.rs"]
mod embed;
mod embedding;
mod examples;
mod global;
mod guests;
#[cfg(feature = "http")]
mod http;
mod inspect;
mod learn;
mod limits;
mod mapping;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "an example, of which the test takes `run`"
)]
#[path = "../../examples/multi-tenant.rs"]
mod multi_tenant;
mod names;
mod reload;
mod server;
mod std_programs;
mod zone;
