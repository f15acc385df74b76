//! Where cargo leaves the components.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::TARGET;

/// A guest package to build, and the kind of component that comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The cargo package; for a binary also the name of the binary.
    pub name: String,
    /// What cargo makes of it.
    pub kind: Kind,
}

/// What cargo makes of a package; it names the two kinds of file differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A `cdylib`: the file has underscores for the hyphens of the name. The only kind that `no_std`
    /// guests can have: the start-up object of a binary comes with the standard library.
    Lib,
    /// A binary: the file is named as the package.
    Bin,
}

impl Package {
    /// A package whose library is a `cdylib`.
    #[must_use]
    pub fn lib(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind: Kind::Lib,
        }
    }

    /// A package with one binary, named as the package.
    #[must_use]
    pub fn bin(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind: Kind::Bin,
        }
    }

    /// The path of the component below `target_dir`.
    #[must_use]
    pub fn artifact_path(&self, target_dir: &Path) -> PathBuf {
        let stem = match self.kind {
            Kind::Lib => self.name.replace('-', "_"),
            Kind::Bin => self.name.clone(),
        };
        target_dir
            .join(TARGET)
            .join("release")
            .join(format!("{stem}.wasm"))
    }
}

/// A component that was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// The package that it was built from.
    pub name: String,
    /// The component.
    pub path: PathBuf,
}

impl Artifact {
    /// The files that it was compiled from, as far as cargo knows: sources, included files and WIT of the
    /// package and of the packages it takes by path, but no `Cargo.toml`. A build script prints them as
    /// `cargo::rerun-if-changed`.
    ///
    /// # Errors
    ///
    /// If the `.d` file that cargo writes beside the component cannot be read.
    pub fn sources(&self) -> io::Result<Vec<PathBuf>> {
        let text = fs::read_to_string(self.path.with_extension("d"))?;
        Ok(parse_dep_info(&text))
    }
}

/// Read a `.d` file: `TARGET: SOURCE SOURCE …`, in which a space of a path is written `\ `.
fn parse_dep_info(text: &str) -> Vec<PathBuf> {
    // ": " and not ":", which a path may hold (`C:\…`).
    let Some((_, sources)) = text.lines().next().and_then(|line| line.split_once(": ")) else {
        return Vec::new();
    };

    let mut paths = Vec::new();
    let mut path = String::new();
    for word in sources.split_ascii_whitespace() {
        match word.strip_suffix('\\') {
            Some(start) => {
                path.push_str(start);
                path.push(' ');
            }
            None => {
                path.push_str(word);
                paths.push(PathBuf::from(std::mem::take(&mut path)));
            }
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_libraries_lose_their_hyphens() {
        let cases = [
            (
                Package::lib("wasock-provider"),
                "t/wasm32-wasip2/release/wasock_provider.wasm",
            ),
            (
                Package::bin("http-get"),
                "t/wasm32-wasip2/release/http-get.wasm",
            ),
        ];
        for (package, path) in cases {
            assert_eq!(package.artifact_path(Path::new("t")), Path::new(path));
        }
    }

    #[test]
    fn the_sources_are_read_from_cargos_dep_info() {
        let cases: [(&str, &[&str]); 4] = [
            (
                "/t/a.wasm: /src/a.rs /src/b.rs\n",
                &["/src/a.rs", "/src/b.rs"],
            ),
            (
                "/t/a.wasm: /my\\ src/a.rs /b.rs\n",
                &["/my src/a.rs", "/b.rs"],
            ),
            ("/t/a.wasm: \n", &[]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            let expected: Vec<PathBuf> = expected.iter().map(PathBuf::from).collect();
            assert_eq!(parse_dep_info(text), expected, "{text:?}");
        }
    }
}
