//! What a nested cargo must not inherit.

/// Prefixes of cargo's own variables that configure the person's machine and not the outer build: where
/// crates come from, how the network is reached, how much is printed and run at once.
const KEPT: [&str; 9] = [
    "CARGO_BUILD_JOBS",
    "CARGO_CACHE_",
    "CARGO_HOME",
    "CARGO_HTTP_",
    "CARGO_MAKEFLAGS",
    "CARGO_NET_",
    "CARGO_REGISTR", // CARGO_REGISTRY_… and CARGO_REGISTRIES_…
    "CARGO_SOURCE_",
    "CARGO_TERM_",
];

/// Variables without cargo's prefix that an outer cargo, clippy or a person's shell sets for the host's build.
const DROPPED: [&str; 13] = [
    "CLIPPY_ARGS",
    "DEBUG",
    "HOST",
    "OPT_LEVEL",
    "OUT_DIR",
    "PROFILE",
    "RUSTC_BOOTSTRAP",
    "RUSTC_LINKER",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTDOCFLAGS",
    "RUSTFLAGS",
    "TARGET",
];

/// Whether a variable belongs to the build that is running and not to the nested one.
///
/// Host flags break a wasm build (`-C target-cpu=native`, sanitizers, coverage), a host target folder
/// deadlocks it, and clippy's wrapper would check it instead of building it. Of cargo's own variables
/// everything goes that is not known to be about the machine: new ones appear with new cargo versions.
pub(crate) fn is_of_the_outer_build(name: &str) -> bool {
    if name.starts_with("CARGO_") {
        return !KEPT.iter().any(|kept| name.starts_with(kept));
    }
    name.starts_with("DEP_") || DROPPED.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_and_folders_of_the_outer_build_are_dropped() {
        for name in [
            "CARGO_BUILD_TARGET",
            "CARGO_CFG_UNIX",
            "CARGO_ENCODED_RUSTFLAGS",
            "CARGO_FEATURE_STD",
            "CARGO_MANIFEST_DIR",
            "CARGO_PKG_NAME",
            "CARGO_PROFILE_RELEASE_LTO",
            "CARGO_TARGET_DIR",
            "CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS",
            "DEP_Z_ROOT",
            "OUT_DIR",
            "RUSTC_WORKSPACE_WRAPPER",
            "RUSTFLAGS",
        ] {
            assert!(is_of_the_outer_build(name), "{name}");
        }
    }

    #[test]
    fn what_describes_the_machine_is_kept() {
        for name in [
            "CARGO",
            "CARGO_HOME",
            "CARGO_HTTP_CAINFO",
            "CARGO_MAKEFLAGS",
            "CARGO_NET_OFFLINE",
            "CARGO_REGISTRIES_CRATES_IO_PROTOCOL",
            "CARGO_TERM_COLOR",
            "HTTPS_PROXY",
            "PATH",
            "RUSTC",
            "RUSTUP_TOOLCHAIN",
        ] {
            assert!(!is_of_the_outer_build(name), "{name}");
        }
    }
}
