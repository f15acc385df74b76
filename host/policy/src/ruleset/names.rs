//! Values by pattern of names.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::{Name, NamePattern};

/// Values by pattern, found by a name that matches.
#[derive(Clone, Debug)]
pub(super) struct Names<T> {
    exact: HashMap<Name, T, BuildHasherDefault<Fnv>>,
    below: HashMap<Name, T, BuildHasherDefault<Fnv>>,
    /// How many labels the longest parent has: a name is not looked at beyond them.
    deepest: usize,
}

impl<T> Names<T> {
    /// Visits the values of the patterns that match.
    pub(super) fn visit_matching<'a>(&'a self, name: &Name, mut visit: impl FnMut(&'a T)) {
        if let Some(value) = self.exact.get(name) {
            visit(value);
        }
        if self.below.is_empty() {
            return;
        }
        let dots = name.as_str().rmatch_indices('.').take(self.deepest);
        for (dot, _) in dots {
            let parent = name.as_str().get(dot + 1..).unwrap_or_default();
            if let Some(value) = self.below.get(parent) {
                visit(value);
            }
        }
    }
}

/// FNV-1a. What is in the map comes from the author of a policy, who has no reason to make it slow, and names are short: a
/// hash that withstands strangers would be most of what a decision costs.
struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

/// Each pattern is there once.
impl<T> FromIterator<(NamePattern, T)> for Names<T> {
    fn from_iter<I: IntoIterator<Item = (NamePattern, T)>>(patterns: I) -> Self {
        let mut names = Self::default();
        for (pattern, value) in patterns {
            match pattern {
                NamePattern::Exact(name) => _ = names.exact.insert(name, value),
                NamePattern::Below(parent) => {
                    let labels = parent.as_str().split('.').count();
                    names.deepest = names.deepest.max(labels);
                    names.below.insert(parent, value);
                }
            }
        }
        names
    }
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self {
            exact: HashMap::default(),
            below: HashMap::default(),
            deepest: 0,
        }
    }
}
