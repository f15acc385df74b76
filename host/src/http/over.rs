//! The end of a connection, or of an attempt at one, that the guest does not bring about: a limit, or another policy.

use std::sync::Arc;

use tokio::time::{sleep, timeout};
use wasock_policy::Limit;

use crate::audit::Cause;
use crate::guard::link::{Link, Wait, Way};
use crate::guard::open::Open;

/// Completes when the connection is over, with what ended it.
pub(super) async fn over(open: Arc<Open>) -> Cause {
    let mut link = Link::new(Arc::clone(&open), Way::In);
    loop {
        let guard = link.guard().clone();
        // From here on no change is missed.
        let mut changed = std::pin::pin!(guard.changed());
        changed.as_mut().enable();
        match link.wait() {
            Wait::Over => return open.ended().unwrap_or(Cause::Guest),
            Wait::None => changed.await,
            // Looked at again: bytes may have passed in the meantime.
            Wait::Rate(time) | Wait::End(time) => _ = timeout(time, changed).await,
        }
    }
}

/// Completes when the attempt is over, with what ended it. Only a connection can be idle, or last too long.
pub(super) async fn attempt_over(open: Arc<Open>) -> Cause {
    let guard = open.guard();
    let withdrawn = async {
        loop {
            let mut changed = std::pin::pin!(guard.changed());
            changed.as_mut().enable();
            if let Some(cause) = open.ended() {
                return cause;
            }
            changed.await;
        }
    };
    let Some(time) = guard.in_force().terms.time(Limit::ConnectTime) else {
        return withdrawn.await;
    };
    tokio::select! {
        biased;
        cause = withdrawn => cause,
        () = sleep(time) => {
            let cause = Cause::Limit(Limit::ConnectTime);
            open.end(cause);
            if let Some(exceeded) = guard.in_force().terms.time_over(Limit::ConnectTime) {
                guard.exhausted(&exceeded, || open.refused());
            }
            cause
        }
    }
}
