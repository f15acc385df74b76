//! The components that are built with this crate and go wherever it goes.

/// The provider: exports `wasock:net`, imports the sockets of WASI 0.2. Any WASI 0.2 host can run what it is
/// plugged into.
pub const PROVIDER: &[u8] = include_bytes!(env!("WASOCK_PROVIDER_WASM"));

/// A small network client that has never heard of wasock: what the demo and the tests guard.
///
/// Arguments: `IP:PORT` and a message. It sends the message as a line and prints the line that comes back; if it cannot, it
/// prints the error code of WASI and fails.
pub const PLAIN_CLIENT: &[u8] = include_bytes!(env!("WASOCK_PLAIN_CLIENT_WASM"));
