//! The `MSG_` flags.

use core::ops::{BitOr, BitOrAssign};

use crate::Errno;

/// A set of `MSG_` flags.
///
/// The bits are those of the `flags msg-flags` of the WIT package; the numbers of an operating system
/// do not appear here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MsgFlags(u16);

impl MsgFlags {
    /// No flag.
    pub const NONE: Self = Self(0);
    /// `MSG_OOB`.
    pub const OOB: Self = Self(1 << 0);
    /// `MSG_PEEK`.
    pub const PEEK: Self = Self(1 << 1);
    /// `MSG_DONTROUTE`.
    pub const DONTROUTE: Self = Self(1 << 2);
    /// `MSG_CTRUNC`.
    pub const CTRUNC: Self = Self(1 << 3);
    /// `MSG_TRUNC`.
    pub const TRUNC: Self = Self(1 << 4);
    /// `MSG_DONTWAIT`.
    pub const DONTWAIT: Self = Self(1 << 5);
    /// `MSG_EOR`.
    pub const EOR: Self = Self(1 << 6);
    /// `MSG_WAITALL`.
    pub const WAITALL: Self = Self(1 << 7);
    /// `MSG_CONFIRM`.
    pub const CONFIRM: Self = Self(1 << 8);
    /// `MSG_ERRQUEUE`.
    pub const ERRQUEUE: Self = Self(1 << 9);
    /// `MSG_NOSIGNAL`: always in effect, hence accepted everywhere.
    pub const NOSIGNAL: Self = Self(1 << 10);
    /// `MSG_MORE`.
    pub const MORE: Self = Self(1 << 11);

    /// The set with exactly these bits; bits that name no flag are dropped.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits & 0xfff)
    }

    /// The bits of the set.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether every flag of `other` is in the set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

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

impl BitOr for MsgFlags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for MsgFlags {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}
