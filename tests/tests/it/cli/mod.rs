//! `wasock` as a person uses it.

mod components;
mod endings;
mod help;
mod policy;
mod world;
