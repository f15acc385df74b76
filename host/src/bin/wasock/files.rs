//! The person's files: the one place where the command uses the authority of its process over the file
//! system. Everything else holds what it was handed.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use cap_std::fs::{Dir, File, OpenOptions};
use cap_std::{AmbientAuthority, ambient_authority};
use wasmparser::Parser;

use crate::output::or_left;

/// How much is read of a file before it has to look like a component.
const HEAD: u64 = 4096;

/// No policy is longer.
const MAX_POLICY: u64 = 16 << 20;

/// Read the component that the person named. Of what is none, the beginning is read, which is enough to tell: the file may
/// have no end.
pub(crate) fn read_component(path: &Path) -> Result<Vec<u8>> {
    let attempt = || -> io::Result<Vec<u8>> {
        let mut component = Vec::new();
        let mut file = File::open_ambient(path, ambient_authority())?;
        (&mut file).take(HEAD).read_to_end(&mut component)?;
        if Parser::is_component(&component) {
            file.read_to_end(&mut component)?;
        }
        Ok(component)
    };
    attempt().with_context(|| format!("cannot read {}", path.display()))
}

/// Read so much of a file, and no more.
fn read_up_to(path: &Path, most: u64) -> Result<Vec<u8>> {
    let attempt = || -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        let file = File::open_ambient(path, ambient_authority())?;
        file.take(most).read_to_end(&mut content)?;
        Ok(content)
    };
    attempt().with_context(|| format!("cannot read {}", path.display()))
}

/// Read a policy.
pub(crate) fn read_policy(path: &Path) -> Result<String> {
    let content = read_up_to(path, MAX_POLICY + 1)?;
    if content.len() as u64 > MAX_POLICY {
        let most = MAX_POLICY >> 20;
        bail!(
            "{} is no policy: expected a file of at most {most} MiB; is it the right one?",
            path.display()
        );
    }
    String::from_utf8(content).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        anyhow!("{} is not text in UTF-8, from byte {at} on", path.display())
    })
}

/// Whether it is a file that can be read again and says the same: a pipe is not.
pub(crate) fn is_regular(path: &Path) -> bool {
    path.is_file()
}

/// Read the file of names that the machine keeps.
pub(crate) fn read_hosts() -> Result<String> {
    let content = read_up_to(Path::new("/etc/hosts"), MAX_POLICY)?;
    Ok(String::from_utf8_lossy(&content).into_owned())
}

/// Open a file to read it piece by piece.
pub(crate) fn open(path: &Path) -> Result<BufReader<File>> {
    File::open_ambient(path, ambient_authority())
        .map(BufReader::new)
        .with_context(|| format!("cannot read {}", path.display()))
}

/// Open a file that lines are added to; it is made if it is not there.
pub(crate) fn append(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    File::open_ambient_with(path, &options, ambient_authority())
        .with_context(|| format!("cannot open {} to append to it", path.display()))
}

/// Write `content` to `path`, whole or not at all: what is there stays until the new file is complete.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    let attempt = || -> io::Result<()> {
        let authority = ambient_authority();
        // Not a file that one can be renamed over: `-o /dev/stdout`.
        if path.exists() && !path.is_file() {
            return write_through(path, content, authority);
        }
        let name = path
            .file_name()
            .ok_or_else(|| io::Error::from(io::ErrorKind::IsADirectory))?;
        let folder = Dir::open_ambient_dir(parent(path), authority)?;
        let partial = partial_name(name);
        folder
            .write(&partial, content)
            .and_then(|()| folder.rename(&partial, &folder, name))
            .inspect_err(|_| _ = folder.remove_file(&partial))
    };
    attempt().with_context(|| format!("cannot write {}", path.display()))
}

fn write_through(path: &Path, content: &[u8], authority: AmbientAuthority) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true);
    or_left(File::open_ambient_with(path, &options, authority)?.write_all(content))
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Beside the file, so that a rename is possible; of this process, so that two do not meet.
fn partial_name(name: &OsStr) -> OsString {
    let mut name = name.to_owned();
    name.push(format!(".{}.partial", std::process::id()));
    name
}
