//! The `MSG_` flags.

use crate::Errno;
use crate::flag_set::flag_set;

flag_set! {
    /// A set of `MSG_` flags.
    ///
    /// The bits are those of the `flags msg-flags` of the WIT package; the numbers of an operating system
    /// do not appear here.
    MsgFlags: u16;
    /// `MSG_OOB`.
    OOB = 0,
    /// `MSG_PEEK`.
    PEEK = 1,
    /// `MSG_DONTROUTE`.
    DONTROUTE = 2,
    /// `MSG_CTRUNC`.
    CTRUNC = 3,
    /// `MSG_TRUNC`.
    TRUNC = 4,
    /// `MSG_DONTWAIT`.
    DONTWAIT = 5,
    /// `MSG_EOR`.
    EOR = 6,
    /// `MSG_WAITALL`.
    WAITALL = 7,
    /// `MSG_CONFIRM`.
    CONFIRM = 8,
    /// `MSG_ERRQUEUE`.
    ERRQUEUE = 9,
    /// `MSG_NOSIGNAL`: always in effect, hence accepted everywhere.
    NOSIGNAL = 10,
    /// `MSG_MORE`.
    MORE = 11,
}

impl MsgFlags {
    /// Refuses every flag that is not in `implemented`: accepting one that does nothing would be a lie.
    ///
    /// # Errors
    /// `EOPNOTSUPP` when a flag is left over.
    pub(crate) const fn only(self, implemented: Self) -> Result<(), Errno> {
        if self.0 & !(implemented.0 | Self::NOSIGNAL.0) == 0 {
            Ok(())
        } else {
            Err(Errno::Eopnotsupp)
        }
    }
}
