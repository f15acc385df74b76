//! The network policy of wasock: the grammar of its rules, and the one function that decides.
//!
//! The crate is pure. It opens no socket, asks no resolver, reads no clock and knows no runtime, so a decision
//! depends on nothing but the rules and the request, and every decision can be tested as a table.
//!
//! ```
//! use wasock_policy::{Policy, Protocol, Request};
//!
//! let policy = Policy::builder()
//!     .allow_outbound("tcp://93.184.216.0/24:443".parse()?)
//!     .deny_outbound("tcp://any:25".parse()?)
//!     .build();
//!
//! let request = Request::Connect { protocol: Protocol::Tcp, remote: ([93, 184, 216, 34], 80).into(), names: [].into() };
//! let decision = policy.decide(&request);
//!
//! assert!(!decision.is_allowed());
//! assert_eq!(
//!     decision.explain(&request).to_string(),
//!     "denied: outbound tcp 93.184.216.34:80 (no rule)\n  \
//!        allow it with: --allow-outbound tcp://93.184.216.34:80"
//! );
//! # Ok::<(), wasock_policy::ParseError>(())
//! ```
//!
//! # Layout
//!
//! | concept | file |
//! |---|---|
//! | what a rule says | `rule`, made of `endpoint` (`protocol`, `host`, `ports`) and `name` |
//! | its text form | `parse`, `parse_error` |
//! | a policy as a file | `file` |
//! | what a guest asks for | `request` |
//! | which rules concern a request | `ruleset`, `nets` |
//! | how often, how fast, how long | `limits` |
//! | another target than the one asked for | `mapping` |
//! | what becomes of a refusal | `mode` |
//! | addresses that need an explicit rule | `special`, `carried` |
//! | the decision, its order and its reasons | `decide`, `decision` |
//! | what a person reads | `explanation`, `consider`, `diff`, `warning` |
//!
//! # Names
//!
//! A name is worth what our own resolver answers for it, to this guest. The host asks three times: before the query
//! ([`Request::Resolve`]), for each address of the answer ([`Request::Answer`]), and when the guest uses an address, with
//! the lookups that it knows the address from ([`PinnedName`]). A guest that was never told an address by name has only
//! the rules for addresses.
//!
//! ```
//! use wasock_policy::{Name, Policy, Protocol, Request};
//!
//! let policy = Policy::builder()
//!     .allow_outbound("tcp://db.internal:5432".parse()?)
//!     .build();
//!
//! let request = Request::Connect {
//!     protocol: Protocol::Tcp,
//!     remote: ([10, 0, 3, 7], 5432).into(),
//!     names: [Name::parse("db.internal")?.into()].into(),
//! };
//! assert_eq!(
//!     policy.decide(&request).explain(&request).to_string(),
//!     "denied: outbound tcp 10.0.3.7:5432 (not meant by --allow-outbound tcp://db.internal:5432)\n  \
//!        db.internal resolved to 10.0.3.7 (private): \
//!        a name alone never reaches such an address; add #to=10.0.3.7\n  \
//!        allow it with: --allow-outbound tcp://db.internal:5432#to=10.0.3.7"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod carried;
mod consider;
mod decide;
mod decision;
mod diff;
mod endpoint;
mod explanation;
mod file;
mod host;
mod limits;
mod line;
mod mapping;
mod mode;
mod name;
mod nets;
mod origin;
mod parse;
mod parse_error;
mod policy;
mod ports;
mod protocol;
mod request;
mod rule;
mod ruleset;
mod special;
mod warning;

pub use carried::{Carried, Form};
pub use consider::{Consideration, Considered, Difference, Role};
pub use decision::{Decision, Reason, Verdict, Via};
pub use diff::{Change, Outcome, PolicyDiff};
pub use endpoint::Endpoint;
pub use explanation::Explanation;
pub use file::{FileError, Mistake, PolicyFile};
pub use host::Host;
/// A network in CIDR form, as rules have it.
pub use ipnet::IpNet;
pub use limits::{Amount, Limit, LimitSetting, Limits, Rate, Unit};
pub use line::{Effect, Line, Rule};
pub use mapping::{Mapping, NameMapping, SocketMapping};
pub use mode::{Mode, OnRevoke};
pub use name::{Name, NameError, NamePattern, PinnedName};
pub use origin::Origin;
pub use parse_error::{Expected, ParseError};
pub use policy::{Policy, PolicyBuilder};
pub use ports::Ports;
pub use protocol::{Direction, Protocol};
pub use request::{Listener, Request};
pub use rule::{InboundRule, OutboundRule, ResolveRule};
pub use special::{Block, Special};
pub use warning::Warning;
