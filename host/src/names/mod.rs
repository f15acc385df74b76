//! Names: who answers for them.
//!
//! A guest never asks a resolver. It asks its host, which asks the policy, then a [`Resolve`] that whoever made the
//! [`NetCtx`](crate::NetCtx) has chosen, and then the policy again about each address. Which of the addresses the guest
//! was told by which name is remembered, for that guest alone: it is what a rule with a name in it grants.
//!
//! ```
//! use std::sync::Arc;
//! use wasock::{NetCtx, Policy, names::Dns};
//!
//! let dns = Dns::builder().server("192.0.2.53:53".parse()?).build()?;
//! let policy = Policy::builder()
//!     .allow_outbound("tcp://api.example.com:443".parse()?)
//!     .build();
//! let net = NetCtx::builder().policy(policy).resolver(Arc::new(dns)).build();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | concept                              | where     |
//! |--------------------------------------|-----------|
//! | what the guest wrote                 | `asked`   |
//! | the servers of the machine, or others | `dns`    |
//! | the chain of aliases in an answer    | `chain`   |
//! | the order of addresses               | `order`   |
//! | the file of names                    | `hosts`   |

mod asked;
mod chain;
mod dns;
mod hosts;
mod order;

use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

use wasock_policy::Name;

pub(crate) use asked::Asked;
pub use dns::{Dns, DnsBuilder, NoServers};
pub use hosts::HostsFile;

/// How many addresses of an answer are looked at. The rest is as if it had not been there.
pub const MAX_ADDRESSES: usize = 256;

/// How many aliases an answer may lead through. A longer chain is a failure: a name that is not looked at could be a
/// denied one.
pub const MAX_CHAIN: usize = 16;

/// What a lookup ends with.
pub type Lookup = Pin<Box<dyn Future<Output = Result<Found, LookupFailure>> + Send>>;

/// Answers for names.
///
/// It is asked only for what the policy allows to look up, and what it answers is decided on before the guest sees it.
/// A lookup that the guest gives up is dropped.
pub trait Resolve: Send + Sync + 'static {
    /// Find the addresses of `name`, which is absolute: no search list applies.
    fn lookup(&self, name: &Name) -> Lookup;
}

/// The addresses of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The addresses, best first, and how long each may be relied on.
    pub addresses: Vec<(IpAddr, Duration)>,
    /// The names that the name is an alias of, in the order they were come across.
    pub chain: Vec<Name>,
}

/// Why a lookup has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LookupFailure {
    /// There is nobody to ask.
    NoResolver,
    /// There is no such name, or it has no address.
    NotFound,
    /// Nobody has answered in time.
    Timeout,
    /// Too many lookups of the same guest are under way.
    Busy,
    /// Nobody could be asked, or the answer was a refusal or made no sense.
    Failed,
}

impl fmt::Display for LookupFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoResolver => "there is no resolver",
            Self::NotFound => "no such name, or no address for it",
            Self::Timeout => "no answer in time",
            Self::Busy => "too many lookups at a time",
            Self::Failed => "no usable answer",
        })
    }
}

impl std::error::Error for LookupFailure {}
