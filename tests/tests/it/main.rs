//! What can only be tested from outside: the repository as it lies there, components under a host, and the
//! program as a person uses it.
//!
//! Nothing waits for time to pass: every wait ends with an event, or with a failure after a limit that is far longer
//! than anything takes.

mod bindings;
mod cli;
mod documents;
mod escapes;
mod faults;
mod provider;
mod std_net;
mod stock_host;
mod support;
mod tidy;
mod traps;
