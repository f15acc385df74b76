//! What the tests share: programs that cannot hang a test, and the other ends of their connections.

pub(crate) mod component;
pub(crate) mod host;
pub(crate) mod namespace;
pub(crate) mod peer;
pub(crate) mod program;
pub(crate) mod puppet;
pub(crate) mod repository;
#[allow(
    dead_code,
    reason = "the tests of the host have it, and use more of it"
)]
#[path = "../../../../host/tests/it/zone.rs"]
pub(crate) mod zone;
