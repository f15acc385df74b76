//! How a guest came to know an address.

use std::sync::Arc;

use super::Name;

/// A lookup by which a guest was told an address: what it asked for, and the names it was led through.
///
/// A name rule grants what *our* resolver answered to *this* guest, so the host keeps one of these for each address that
/// it hands out, as long as the answer lasts. Cloning is cheap.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PinnedName {
    /// The name that the guest asked for. Allow rules are about this one.
    pub asked: Name,
    /// The names that it is an alias of (the targets of its CNAME records). Deny rules are about these as well.
    pub chain: Arc<[Name]>,
}

impl PinnedName {
    /// Every name of the lookup.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        std::iter::once(&self.asked).chain(self.chain.iter())
    }
}

/// A name that is no alias.
impl From<Name> for PinnedName {
    fn from(asked: Name) -> Self {
        Self {
            asked,
            chain: Arc::default(),
        }
    }
}
