//! Steps of the cases about readiness.

use core::time::Duration;

use wasock_core::readiness::Readiness;

use crate::api::Api;
use crate::datagram::PATIENCE;
use crate::failure::{Failure, OrFail, expect_eq, expect_that};
use crate::world::World;

pub(crate) const NOTHING: Readiness = Readiness::NONE;
pub(crate) const READABLE: Readiness = Readiness::READABLE;
pub(crate) const WRITABLE: Readiness = Readiness::WRITABLE;
pub(crate) const ERROR: Readiness = Readiness::ERROR;
pub(crate) const HANGUP: Readiness = Readiness::HANGUP;

/// No waiting.
pub(crate) const AT_ONCE: Option<Duration> = Some(Duration::ZERO);
/// A wait that is expected to end with nothing.
pub(crate) const SHORT: Option<Duration> = Some(Duration::from_millis(20));

/// Everything that can be asked for.
pub(crate) fn both() -> Readiness {
    READABLE | WRITABLE
}

impl<A: Api> World<'_, A> {
    /// What one socket is ready for, after a wait no longer than `timeout`.
    pub(crate) fn poll_one(
        &self,
        socket: &A::Socket,
        wanted: Readiness,
        timeout: Option<Duration>,
    ) -> Result<Readiness, Failure> {
        let ready = self.api.poll(&[(socket, wanted)], &[], &[], timeout);
        match *ready.or_fail("poll")?.sockets {
            [] => Ok(NOTHING),
            [(0, readiness)] => {
                expect_that!(
                    !readiness.is_none(),
                    "poll: an entry that is ready for nothing"
                );
                Ok(readiness)
            }
            ref other => Err(Failure::new(alloc::format!(
                "poll of one socket: expected at most one entry, found {other:?}"
            ))),
        }
    }

    /// Fails unless the socket is ready for exactly this, of all there is.
    pub(crate) fn expect_ready(
        &self,
        socket: &A::Socket,
        expected: Readiness,
        what: &str,
    ) -> Result<(), Failure> {
        let found = self.poll_one(socket, both(), AT_ONCE)?;
        expect_eq!(Names(found), Names(expected), "{what}");
        Ok(())
    }

    /// Waits until the socket is ready for one of `wanted`.
    pub(crate) fn wait_for(
        &self,
        socket: &A::Socket,
        wanted: Readiness,
        what: &str,
    ) -> Result<Readiness, Failure> {
        let found = self.poll_one(socket, wanted, PATIENCE)?;
        expect_that!(
            !found.is_none(),
            "{what}: expected readiness, found none in time"
        );
        Ok(found)
    }
}

/// A readiness that is shown by its names.
#[derive(PartialEq, Eq)]
pub(crate) struct Names(pub(crate) Readiness);

impl core::fmt::Debug for Names {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let names = [
            (READABLE, "readable"),
            (WRITABLE, "writable"),
            (ERROR, "error"),
            (HANGUP, "hangup"),
        ];
        let members = names.iter().filter(|(member, _)| self.0.contains(*member));
        f.debug_set()
            .entries(members.map(|(_, name)| name))
            .finish()
    }
}
