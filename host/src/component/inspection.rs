//! All that an outline says about a component.

use std::collections::BTreeMap;

use super::{Door, Outline, Role, Unsupplied, Why, unsupplied};

/// What a component is for, and what it can reach here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// What it is for.
    pub role: Role,
    /// The doors that [`add_to_linker`](crate::add_to_linker) has for it, the most far-reaching first, each with the imports that
    /// lead there.
    pub doors: Vec<(Door, Vec<String>)>,
    /// What it asks for and does not get. `wasock:net` is not among it: the provider supplies that.
    pub unsupplied: Vec<Unsupplied>,
}

impl Inspection {
    /// Look at an outline.
    #[must_use]
    pub fn of(outline: &Outline) -> Self {
        let mut unsupplied = unsupplied(outline);
        unsupplied.retain(|unsupplied| unsupplied.why != Why::Provider);

        let mut doors: BTreeMap<Door, Vec<String>> = BTreeMap::new();
        for import in &outline.imports {
            if !unsupplied.iter().any(|it| it.import == *import) {
                let imports = doors.entry(Door::of(import)).or_default();
                imports.push(import.clone());
            }
        }
        Self {
            role: Role::of(outline),
            doors: doors.into_iter().collect(),
            unsupplied,
        }
    }

    /// Whether it is a command that gets all it asks for.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.role.obstacle().is_none() && self.unsupplied.is_empty()
    }
}
