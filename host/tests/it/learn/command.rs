//! `wasock learn`.
