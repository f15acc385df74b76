//! What it sees of the file system.

use alloc::borrow::ToOwned;
use alloc::string::String;

use wasock_guest::{println, write_stdout};

use crate::bindings::wasi::filesystem::preopens::get_directories;
use crate::bindings::wasi::filesystem::types::{DescriptorFlags, ErrorCode, OpenFlags, PathFlags};

/// More than any file of a test.
const LONGEST: u64 = 64 * 1024;

pub(crate) fn folders() {
    for (_folder, name) in get_directories() {
        println!("{name}");
    }
}

pub(crate) fn read(path: &str) -> Result<(), String> {
    let folders = get_directories();
    let (folder, _) = folders.first().ok_or("there is no folder")?;
    let file = folder
        .open_at(
            PathFlags::SYMLINK_FOLLOW,
            path,
            OpenFlags::empty(),
            DescriptorFlags::READ,
        )
        .map_err(name)?;
    let (content, _end) = file.read(LONGEST, 0).map_err(name)?;
    write_stdout(&content).map_err(|_| "nobody reads".to_owned())
}

fn name(code: ErrorCode) -> String {
    code.name().to_owned()
}
