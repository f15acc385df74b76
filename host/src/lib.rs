//! The wasock host: runs WebAssembly components under a network policy.
//!
//! A component reaches exactly what its [`Policy`] lists (name or address, port, direction); everything else is refused, and
//! the refusal says which rule would allow it. It works on any component of WASI 0.2, also one that
//! never heard of wasock: the policy sits behind `wasi:sockets`.
//!
//! To embed it, give the state of your store a [`NetCtx`] ([`NetView`]) and link with [`add_to_linker`] in the place of
//! wasmtime-wasi's function of that name. `examples/embed.rs` is a whole program.
//!
//! # What a policy covers today
//!
//! TCP and UDP, by name and by address, lookups of names, and the requests of `wasi:http`; what is not guarded (WASI 0.3) is not
//! linked.
//!
//! For names a context needs a [resolver](NetCtxBuilder::resolver): [`names::Dns`], or one of your own. A guest that was told
//! an address by name reaches it by rules for that name, for as long as the answer lasts, and never less than one minute or
//! more than five. A guest that has an address from elsewhere has only the rules for addresses.
//!
//! A request by `wasi:http` is a lookup, a connection and the sending over it, and allowed by the rules for these: the rule
//! `tcp://api.example.com:443` is one for `https://api.example.com`. The host sends it, by HTTP/1.1, to an address that the
//! policy allows, and to nobody who cannot prove to be the host of the URL ([`NetCtxBuilder::tls_roots`]). Where a redirect leads, is for the
//! guest to ask for. There is no proxy, no upgrade to another protocol, and no `CONNECT`.
//!
//! Datagrams have no connection. A peer that the guest has sent to may answer without a rule of its own, and one that an
//! inbound rule has let in may be answered; both until the two have been silent for five minutes.
//!
//! # Limits, tenants, and a policy that changes
//!
//! A policy [limits](policy::Limits) what a guest uses: sockets, connections, bytes, rates, lookups, times, and with [`bound`]
//! memory and time to compute. Budgets nest: a [`Tenant`] has one for all of its guests, and a [`Host`] one for all tenants;
//! both may have a ceiling, a policy that no guest gets beyond. What is used up is named in the records and in the errors.
//!
//! A [`NetHandle`] leads to the network of a guest that runs: it puts another policy in force, which counts for what is open
//! too, takes everything away, and shows what is used.
//!
//! # Layout
//!
//! | concept                                  | where         |
//! |------------------------------------------|---------------|
//! | the network of one guest                 | `ctx`, `view` |
//! | the same, from outside                   | `handle`      |
//! | whom guests belong to                    | `tenants`     |
//! | what they use, and how much there is     | `account`     |
//! | memory and time to compute               | `bounds`      |
//! | which doors a guest has                  | `linker`      |
//! | decisions, and the calls they are made in | `guard`       |
//! | the requests of `wasi:http`              | `http`        |
//! | the record of decisions                  | [`audit`]     |
//! | who answers for names                    | [`names`]     |
//! | the addresses of the machine itself      | `own_addresses` |
//! | from what happened to a policy           | [`learn`]     |
//! | time                                     | `clock`       |
//! | what a file is and asks for              | [`component`] |
//! | an app and the provider in one           | [`mod@compose`] |
//! | the components that come along           | [`embedded`]  |

#![forbid(unsafe_code)]

mod account;
pub mod audit;
mod bounds;
mod clock;
pub mod component;
pub mod compose;
mod ctx;
pub mod embedded;
mod guard;
mod handle;
#[cfg(feature = "http")]
mod http;
pub mod learn;
mod linker;
pub mod names;
mod own_addresses;
mod tenants;
mod view;

/// The policy: rules, requests and decisions.
pub use wasock_policy as policy;

pub use account::Usage;
pub use audit::{AuditSink, Collect, Person, Record};
pub use bounds::{CpuTimeExceeded, Ticker, bound};
pub use clock::{Clock, SystemClock};
pub use compose::compose;
pub use ctx::{NetCtx, NetCtxBuilder};
pub use guard::linger::Lingering;
pub use handle::NetHandle;
#[cfg(feature = "http")]
pub use http::{BadRoots, TlsRoots};
pub use linker::{SUPPLIED, add_to_linker};
pub use own_addresses::own_addresses;
pub use policy::Policy;
pub use tenants::{Host, HostBuilder, Tenant, TenantBuilder};
pub use view::{NetCtxView, NetView};
