//! Values by pattern of names.

use std::collections::HashMap;

use crate::{Name, NamePattern};

/// Values by pattern, found by a name that matches.
#[derive(Clone, Debug)]
pub(super) struct Names<T> {
    exact: HashMap<Name, T>,
    below: HashMap<Name, T>,
    /// How many labels the longest parent has: a name is not looked at beyond them.
    deepest: usize,
}

impl<T> Names<T> {
    /// The values of the patterns that match.
    pub(super) fn matching(&self, name: &Name) -> impl Iterator<Item = &T> {
        let parents = name
            .as_str()
            .rmatch_indices('.')
            .take(self.deepest)
            .filter_map(|(dot, _)| name.as_str().get(dot + 1..));
        let below = parents.filter_map(|parent| self.below.get(parent));
        self.exact.get(name).into_iter().chain(below)
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
            exact: HashMap::new(),
            below: HashMap::new(),
            deepest: 0,
        }
    }
}
