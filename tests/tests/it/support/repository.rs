//! The files of the repository.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder that everything is in.
pub(crate) fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("this package is a folder of it")
}

/// The text of a file, by its path from the root.
pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file that belongs to the repository and whose name ends so, by its path from the root. What
/// is built, fetched or hidden does not belong to it.
pub(crate) fn files(ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(root(), &mut |path| {
        let path = path.strip_prefix(root()).expect("it is below the root");
        let path = path.to_string_lossy().into_owned();
        if path.ends_with(ending) {
            found.push(path);
        }
    });
    found.sort();
    assert!(!found.is_empty(), "no file ends with {ending}");
    found
}

fn walk(folder: &Path, visit: &mut impl FnMut(PathBuf)) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    for entry in entries {
        let path = entry.expect("it can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') || name == "target" || name == "node_modules" {
            continue;
        }
        if path.is_dir() {
            walk(&path, visit);
        } else {
            visit(path);
        }
    }
}
