//! Sets of flags: what those of messages, of lookups and of readiness have in common.

/// Defines a set of flags, whose bits are those of the WIT package: the first flag is bit 0. The numbers of an
/// operating system do not appear anywhere.
macro_rules! flag_set {
    (
        $(#[doc = $doc:literal])+
        $name:ident: $bits:ty;
        $($(#[doc = $flag_doc:literal])+ $flag:ident = $place:literal,)+
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $name($bits);

        impl $name {
            /// No flag.
            pub const NONE: Self = Self(0);
            $($(#[doc = $flag_doc])+ pub const $flag: Self = Self(1 << $place);)+

            const ALL_BITS: $bits = $((1 << $place) |)+ 0;

            /// The set with exactly these bits; bits that name no flag are dropped.
            #[must_use]
            pub const fn from_bits(bits: $bits) -> Self {
                Self(bits & Self::ALL_BITS)
            }

            /// The bits of the set.
            #[must_use]
            pub const fn bits(self) -> $bits {
                self.0
            }

            /// Whether every flag of `other` is in the set.
            #[must_use]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether no flag is in the set.
            #[must_use]
            pub const fn is_none(self) -> bool {
                self.0 == 0
            }

            /// The flags of either set.
            #[must_use]
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }

        impl core::ops::BitOr for $name {
            type Output = Self;

            fn bitor(self, other: Self) -> Self {
                self.union(other)
            }
        }

        impl core::ops::BitOrAssign for $name {
            fn bitor_assign(&mut self, other: Self) {
                *self = self.union(other);
            }
        }
    };
}

pub(crate) use flag_set;
