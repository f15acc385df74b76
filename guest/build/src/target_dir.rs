//! The folder that all guest builds share.

use std::path::{Path, PathBuf};

use crate::Route;

/// The target folder for guests built from a build script: `<outer target folder>/guest`.
///
/// All build scripts share it, so that what the guests have in common is compiled once. It is not the outer
/// folder itself, whose lock the outer cargo holds while it waits for the build script: a nested cargo
/// there would wait forever.
///
/// `out_dir` is the `OUT_DIR` of the build script, `<outer>/<profile>/build/<package>-<hash>/out`. Where it
/// has another shape, the folder is below `out_dir`: slower, for nothing is shared, and still right.
#[must_use]
pub fn guest_target_dir(out_dir: &Path) -> PathBuf {
    let profile_dir = out_dir
        .ancestors()
        .find(|ancestor| ancestor.file_name().is_some_and(|name| name == "build"))
        .and_then(Path::parent);

    match profile_dir.and_then(Path::parent) {
        Some(outer) if !outer.as_os_str().is_empty() => outer.join("guest"),
        _ => out_dir.join("guest"),
    }
}

/// The folder that is really used on a route. The two routes have one each: the same crates come out of them
/// with other compilers and other standard libraries.
pub(crate) fn for_route(target_dir: &Path, route: Route) -> PathBuf {
    match route {
        Route::Rustup => target_dir.to_owned(),
        Route::Debian => {
            let mut name = target_dir.file_name().unwrap_or_default().to_owned();
            name.push("-debian");
            target_dir.with_file_name(name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_scripts_share_a_folder_beside_the_profile() {
        let cases = [
            ("/p/target/debug/build/wasock-0f/out", "/p/target/guest"),
            (
                "/p/target/x86_64-unknown-linux-gnu/debug/build/wasock-0f/out",
                "/p/target/x86_64-unknown-linux-gnu/guest",
            ),
            (
                "/build/p/target/debug/build/wasock-0f/out",
                "/build/p/target/guest",
            ),
            ("/elsewhere/out", "/elsewhere/out/guest"),
            ("/build/out", "/build/out/guest"),
            ("debug/build/out", "debug/build/out/guest"),
        ];
        for (out_dir, expected) in cases {
            assert_eq!(
                guest_target_dir(Path::new(out_dir)),
                Path::new(expected),
                "{out_dir}"
            );
        }
    }

    #[test]
    fn the_routes_do_not_share_a_folder() {
        let dir = Path::new("/t/guest");
        assert_eq!(for_route(dir, Route::Rustup), dir);
        assert_eq!(for_route(dir, Route::Debian), Path::new("/t/guest-debian"));
    }
}
