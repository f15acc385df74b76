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
//! let request = Request::Connect { protocol: Protocol::Tcp, remote: ([93, 184, 216, 34], 80).into() };
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
//! | what a rule says | `rule`, made of `endpoint` (`protocol`, `host`, `ports`) |
//! | its text form | `parse`, `parse_error` |
//! | what a guest asks for | `request` |
//! | which rules concern a request | `ruleset` |
//! | addresses that need an explicit rule | `special`, `carried` |
//! | the decision, its order and its reasons | `decide`, `decision` |
//! | what a person reads | `explanation` |
#![forbid(unsafe_code)]

mod carried;
mod decide;
mod decision;
mod endpoint;
mod explanation;
mod host;
mod line;
mod parse;
mod parse_error;
mod policy;
mod ports;
mod protocol;
mod request;
mod rule;
mod ruleset;
mod special;

pub use carried::{Carried, Form};
pub use decision::{Decision, Reason, Verdict, Via};
pub use endpoint::Endpoint;
pub use explanation::Explanation;
pub use host::Host;
pub use line::{Effect, Line, Rule};
pub use parse_error::{Expected, ParseError};
pub use policy::{Policy, PolicyBuilder};
pub use ports::Ports;
pub use protocol::{Direction, Protocol};
pub use request::{Listener, Request};
pub use rule::{InboundRule, OutboundRule};
pub use special::{Block, Special};
