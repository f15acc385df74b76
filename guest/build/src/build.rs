//! Running cargo for the guests.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf, absolute};
use std::process::{Command, Stdio};

use crate::environment::is_of_the_outer_build;
use crate::target_dir::for_route;
use crate::toolchain::Parts;
use crate::{Artifact, BuildError, Package, TARGET, Toolchain};

/// What to build. It is always the `release` profile, which the guest workspace defines: there is no use
/// for a component that is slow and large.
#[derive(Clone, Debug)]
pub struct Build {
    /// The `Cargo.toml` of the guest workspace.
    pub manifest: PathBuf,
    /// Its packages to build.
    pub packages: Vec<Package>,
    /// The target folder: that of [`guest_target_dir`](crate::guest_target_dir), or another one that no
    /// waiting cargo holds. The Debian route puts `-debian` behind its name.
    pub target_dir: PathBuf,
}

impl Toolchain {
    /// Build guests, and return their components in the order of the packages.
    ///
    /// cargo's messages go to standard error; nothing goes to standard output, which cargo would read as
    /// instructions in a build script.
    ///
    /// # Errors
    ///
    /// [`BuildError`], whose message holds the command that failed.
    pub fn build(&self, build: &Build) -> Result<Vec<Artifact>, BuildError> {
        let manifest = absolute_path(&build.manifest)?;
        let target_dir = for_route(&absolute_path(&build.target_dir)?, self.route());

        let mut command = self.command(&manifest, &build.packages, &target_dir)?;
        let status = command.status().map_err(|source| BuildError::Start {
            what: format!("{} could not be started", command.get_program().display()),
            source,
        })?;
        if !status.success() {
            return Err(BuildError::Cargo {
                command: show(&command),
                status,
            });
        }

        build
            .packages
            .iter()
            .map(|package| collect(package, &target_dir))
            .collect()
    }

    fn command(
        &self,
        manifest: &Path,
        packages: &[Package],
        target_dir: &Path,
    ) -> Result<Command, BuildError> {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        for (name, _) in env::vars_os() {
            if name.to_str().is_some_and(is_of_the_outer_build) {
                command.env_remove(name);
            }
        }

        command
            .arg("build")
            .arg("--release")
            .args(["--target", TARGET]);
        command
            .arg("--manifest-path")
            .arg(manifest)
            .arg("--target-dir")
            .arg(target_dir);
        for package in packages {
            command.args(["--package", &package.name]);
        }
        if let Parts::Debian { rustc, linkers } = &self.parts {
            command
                .arg("-Zbuild-std=core,alloc")
                // `-Z` is for nightly compilers and for those who say that they know what they do.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("RUSTC", rustc)
                .env("PATH", path_with(linkers)?);
        }

        command.env("CARGO_ENCODED_RUSTFLAGS", remapped_paths(manifest));

        // The folder decides which `.cargo/config.toml` and which toolchain override apply.
        if let Some(folder) = manifest.parent() {
            command.current_dir(folder);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null());
        Ok(command)
    }
}

/// Flags that keep the folders of this machine out of the components: a panic names the file it is in, and
/// `strip` leaves that text alone.
fn remapped_paths(manifest: &Path) -> OsString {
    let home = |variable, folder| {
        env::var_os(variable)
            .map(PathBuf::from)
            .or_else(|| env::home_dir().map(|home| home.join(folder)))
    };
    let folders = [
        (
            manifest.parent().and_then(Path::parent).map(Path::to_owned),
            "wasock",
        ),
        (home("CARGO_HOME", ".cargo"), "cargo"),
        (home("RUSTUP_HOME", ".rustup"), "rustup"),
    ];

    let mut flags = OsString::new();
    for (folder, name) in folders {
        let Some(folder) = folder else { continue };
        if !flags.is_empty() {
            flags.push("\x1f");
        }
        flags.push("--remap-path-prefix=");
        flags.push(folder);
        flags.push(format!("={name}"));
    }
    flags
}

/// The search path with rustup's linkers in front. `gcc-ld` holds the names that `rust-lld` goes by there.
fn path_with(linkers: &Path) -> Result<OsString, BuildError> {
    let rest = env::var_os("PATH").unwrap_or_default();
    let folders = [linkers.to_owned(), linkers.join("gcc-ld")]
        .into_iter()
        .chain(env::split_paths(&rest));

    env::join_paths(folders).map_err(|error| BuildError::Start {
        what: format!("{} cannot be put on the search path", linkers.display()),
        source: io::Error::new(io::ErrorKind::InvalidInput, error),
    })
}

fn collect(package: &Package, target_dir: &Path) -> Result<Artifact, BuildError> {
    let path = package.artifact_path(target_dir);
    if !path.is_file() {
        return Err(BuildError::NoArtifact {
            package: package.name.clone(),
            path,
        });
    }
    Ok(Artifact {
        name: package.name.clone(),
        path,
    })
}

/// Relative paths are the caller's; cargo is started in another folder.
fn absolute_path(path: &Path) -> Result<PathBuf, BuildError> {
    absolute(path).map_err(|source| BuildError::Start {
        what: format!("{} cannot be made absolute", path.display()),
        source,
    })
}

/// The command as one would type it, with the variables that matter.
fn show(command: &Command) -> String {
    let variables = command.get_envs().filter_map(|(name, value)| {
        let value = value.filter(|_| name != "PATH" && name != "CARGO_ENCODED_RUSTFLAGS")?;
        Some(format!("{}={}", name.display(), value.display()))
    });
    let words = [command.get_program()]
        .into_iter()
        .chain(command.get_args());
    variables
        .chain(words.map(|word| word.display().to_string()))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(parts: Parts) -> Command {
        let packages = [Package::lib("one"), Package::bin("two")];
        let manifest = Path::new("/repo/guest/Cargo.toml");
        Toolchain { parts }
            .command(manifest, &packages, Path::new("/t/guest"))
            .unwrap()
    }

    #[test]
    fn the_rustup_route_is_a_plain_cargo_build() {
        let text = show(&command(Parts::Rustup));
        let expected = "build --release --target wasm32-wasip2 --manifest-path /repo/guest/Cargo.toml \
                        --target-dir /t/guest --package one --package two";
        assert!(text.ends_with(expected), "{text}");
    }

    #[test]
    fn the_debian_route_brings_its_compiler_and_builds_core_and_alloc() {
        let parts = Parts::Debian {
            rustc: "/usr/bin/rustc".into(),
            linkers: "/bin/linkers".into(),
        };
        let command = command(parts);
        let text = show(&command);
        for part in [
            "RUSTC=/usr/bin/rustc",
            "RUSTC_BOOTSTRAP=1",
            "-Zbuild-std=core,alloc",
        ] {
            assert!(text.contains(part), "{text}");
        }

        let path = command
            .get_envs()
            .find(|(name, _)| *name == "PATH")
            .and_then(|(_, value)| value)
            .unwrap();
        let folders: Vec<PathBuf> = env::split_paths(path).take(2).collect();
        assert_eq!(
            folders,
            [Path::new("/bin/linkers"), Path::new("/bin/linkers/gcc-ld")]
        );
    }

    #[test]
    fn variables_of_the_cargo_that_runs_this_test_are_not_handed_on() {
        let command = command(Parts::Rustup);
        let removed = command
            .get_envs()
            .any(|(name, value)| name == "CARGO_MANIFEST_DIR" && value.is_none());
        assert!(removed, "cargo sets CARGO_MANIFEST_DIR for tests");
    }
}
