//! Finding a compiler for the guests.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Missing, Route, TARGET};

/// Debian's compiler, by its full path: the `rustc` on the path is usually rustup's.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// The source of the standard library, where Debian's compiler looks for it.
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src";

/// A compiler that can produce `wasm32-wasip2` components.
#[derive(Clone, Debug)]
pub struct Toolchain {
    pub(crate) parts: Parts,
}

/// What a route needs to be told to cargo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Parts {
    /// Nothing: cargo's own compiler has the target.
    Rustup,
    /// Another compiler, and the folder with the linkers that it lacks.
    Debian { rustc: PathBuf, linkers: PathBuf },
}

impl Toolchain {
    /// Look for a compiler: rustup's target first, Debian's packages second, or only what
    /// [`ROUTE_VARIABLE`](crate::ROUTE_VARIABLE) forces.
    ///
    /// # Errors
    ///
    /// [`Missing`], whose message says what to run.
    pub fn find() -> Result<Self, Missing> {
        let forced = Route::forced()?;
        let home = RustcHome::ask()?;

        choose(forced, &home, Path::exists).map(|parts| Self { parts })
    }

    /// The route that was found.
    #[must_use]
    pub fn route(&self) -> Route {
        match self.parts {
            Parts::Rustup => Route::Rustup,
            Parts::Debian { .. } => Route::Debian,
        }
    }

    /// Whether guests may use the standard library. If not, say which guests are left out: a test that
    /// quietly did not run looks like one that passed.
    #[must_use]
    pub fn has_std(&self) -> bool {
        self.route() == Route::Rustup
    }
}

/// Where the `rustc` in use keeps its libraries and linkers.
struct RustcHome {
    sysroot: PathBuf,
    host: String,
}

impl RustcHome {
    fn ask() -> Result<Self, Missing> {
        let program = PathBuf::from(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        let fail = |cause: String| Missing::Rustc {
            program: program.clone(),
            cause,
        };

        let output = Command::new(&program)
            .args(["--print", "sysroot", "--print", "host-tuple"])
            .output()
            .map_err(|error| fail(error.to_string()))?;
        if !output.status.success() {
            return Err(fail(
                String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            ));
        }

        let text = String::from_utf8_lossy(&output.stdout);
        Self::parse(&text).ok_or_else(|| fail(format!("it answered `{}`", text.trim())))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (sysroot, host) = (lines.next()?, lines.next()?);
        Some(Self {
            sysroot: sysroot.into(),
            host: host.to_owned(),
        })
    }

    /// The library of our target, there once rustup has added it.
    fn target(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib").join(TARGET)
    }

    /// The folder of `wasm-component-ld` and `rust-lld`, which run on the host.
    fn linkers(&self) -> PathBuf {
        self.sysroot
            .join("lib/rustlib")
            .join(&self.host)
            .join("bin")
    }
}

/// Decide for a route, given what is on the disk.
fn choose(
    forced: Option<Route>,
    home: &RustcHome,
    exists: impl Fn(&Path) -> bool,
) -> Result<Parts, Missing> {
    let mut absent = Vec::new();

    if forced != Some(Route::Debian) {
        let target = home.target();
        if exists(&target) {
            return Ok(Parts::Rustup);
        }
        absent.push(target);
    }

    if forced != Some(Route::Rustup) {
        let linkers = home.linkers();
        let needed = [
            DEBIAN_RUSTC.into(),
            DEBIAN_SOURCE.into(),
            linkers.join("wasm-component-ld"),
        ];
        let before = absent.len();
        absent.extend(needed.into_iter().filter(|path| !exists(path)));
        if absent.len() == before {
            return Ok(Parts::Debian {
                rustc: DEBIAN_RUSTC.into(),
                linkers,
            });
        }
    }

    Err(Missing::Target { forced, absent })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUSTUP: &str = "/sysroot/lib/rustlib/wasm32-wasip2";
    const LINKER: &str = "/sysroot/lib/rustlib/x86_64-unknown-linux-gnu/bin/wasm-component-ld";

    fn choose_among(present: &[&str], forced: Option<Route>) -> Result<Parts, Missing> {
        let home = RustcHome::parse("/sysroot\nx86_64-unknown-linux-gnu\n").unwrap();
        choose(forced, &home, |path| {
            present.iter().any(|known| Path::new(known) == path)
        })
    }

    fn debian() -> Parts {
        let linkers = Path::new(LINKER).parent().unwrap().to_owned();
        Parts::Debian {
            rustc: DEBIAN_RUSTC.into(),
            linkers,
        }
    }

    #[test]
    fn the_rustup_target_is_preferred() {
        let all = [RUSTUP, DEBIAN_RUSTC, DEBIAN_SOURCE, LINKER];
        assert_eq!(choose_among(&all, None).unwrap(), Parts::Rustup);
        assert_eq!(choose_among(&all, Some(Route::Debian)).unwrap(), debian());
    }

    #[test]
    fn debian_steps_in_where_the_rustup_target_is_missing() {
        let present = [DEBIAN_RUSTC, DEBIAN_SOURCE, LINKER];
        assert_eq!(choose_among(&present, None).unwrap(), debian());
    }

    #[test]
    fn a_forced_route_never_falls_back() {
        let error =
            choose_among(&[DEBIAN_RUSTC, DEBIAN_SOURCE, LINKER], Some(Route::Rustup)).unwrap_err();
        assert!(
            matches!(
                error,
                Missing::Target {
                    forced: Some(Route::Rustup),
                    ..
                }
            ),
            "{error}"
        );
    }

    #[test]
    fn half_a_debian_route_is_none_and_the_missing_half_is_named() {
        let Missing::Target { absent, .. } =
            choose_among(&[DEBIAN_RUSTC, LINKER], None).unwrap_err()
        else {
            panic!("expected a missing target");
        };
        assert_eq!(absent, [Path::new(RUSTUP), Path::new(DEBIAN_SOURCE)]);
    }

    #[test]
    fn an_answer_without_a_host_is_not_understood() {
        assert!(RustcHome::parse("/sysroot\n").is_none());
    }
}
