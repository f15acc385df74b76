//! The wasock host.
