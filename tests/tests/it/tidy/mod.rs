//! What holds about the repository as it lies there, and no compiler checks.

mod compatibility;
mod documents;
mod sources;
mod wit;
