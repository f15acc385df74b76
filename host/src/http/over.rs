//! The end of a connection that the guest does not bring about: a limit, or another policy.

use std::sync::Arc;

use tokio::time::timeout;

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
