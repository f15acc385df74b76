//! Who answers a guest's lookups: nobody needs to be asked, or the resolver.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wasock_policy::Name;

use super::answers::Answers;
use super::guard::Guard;
use super::lookup::loopback;
use super::pins::Pins;
use crate::clock::Clock;
use crate::names::{Found, Lookup, LookupFailure, Resolve};

/// How many lookups of one context may be under way at a time. One more fails, as a resolver fails that has too much to do.
pub(crate) const MAX_LOOKUPS: usize = 16;

/// Whom the lookups of one guest ask, and what is remembered of the answers. A clone refers to the same.
#[derive(Clone)]
pub(crate) struct Sources {
    resolver: Option<Arc<dyn Resolve>>,
    /// One for each lookup that may be under way. Those of other contexts do not count.
    permits: Arc<Semaphore>,
    pub(super) answers: Answers,
    pub(crate) pins: Pins,
}

/// Where the answer to one question comes from.
pub(crate) enum Source {
    /// It is there.
    Known(Result<Found, LookupFailure>),
    /// Somebody is asked. The permit is given back with the answer.
    Asked(Lookup, OwnedSemaphorePermit),
}

impl Sources {
    pub(crate) fn new(resolver: Option<Arc<dyn Resolve>>, clock: Arc<dyn Clock>) -> Self {
        Self {
            resolver,
            permits: Arc::new(Semaphore::new(MAX_LOOKUPS)),
            answers: Answers::new(Arc::clone(&clock)),
            pins: Pins::new(clock),
        }
    }

    /// Whom to ask for a name. That it may be looked up is decided before. Nobody is asked for a name that the policy maps, or
    /// that has been answered a short while ago.
    pub(crate) fn source_of(&self, name: &Name, guard: &Guard) -> Source {
        let known = guard.mapped(name).or_else(|| loopback(name));
        if let Some(found) = known.or_else(|| self.answers.get(name)) {
            return Source::Known(Ok(found));
        }
        let Some(resolver) = &self.resolver else {
            return Source::Known(Err(LookupFailure::NoResolver));
        };
        match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => Source::Asked(resolver.lookup(name), permit),
            Err(_) => Source::Known(Err(LookupFailure::Busy)),
        }
    }
}
