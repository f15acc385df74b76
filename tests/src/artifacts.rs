//! Where the components are that the build script has built: a path for each.
//!
//! They import `wasock:net`; the provider is plugged in by whoever runs them.

include!(concat!(env!("OUT_DIR"), "/artifacts.rs"));
