//! The interface, and what repeats it.

use std::collections::BTreeMap;
use std::fs;

use sha2::{Digest, Sha256};
use wasock_core::Errno;
use wasock_core::flags::MsgFlags;

use crate::support::repository::{self, files};

/// `HASH  PATH` for each file of `wit/deps`: `cd wit && sha256sum --check deps.sha256`.
const CHECKSUMS: &str = "wit/deps.sha256";

const FLAGS: [(&str, MsgFlags); 12] = [
    ("oob", MsgFlags::OOB),
    ("peek", MsgFlags::PEEK),
    ("dontroute", MsgFlags::DONTROUTE),
    ("ctrunc", MsgFlags::CTRUNC),
    ("trunc", MsgFlags::TRUNC),
    ("dontwait", MsgFlags::DONTWAIT),
    ("eor", MsgFlags::EOR),
    ("waitall", MsgFlags::WAITALL),
    ("confirm", MsgFlags::CONFIRM),
    ("errqueue", MsgFlags::ERRQUEUE),
    ("nosignal", MsgFlags::NOSIGNAL),
    ("more", MsgFlags::MORE),
];

#[test]
fn core_and_wit_name_the_same_errors() {
    let core: Vec<String> = Errno::ALL
        .iter()
        .map(|errno| errno.name().to_lowercase())
        .collect();
    assert_eq!(cases("enum errno"), core);
}

#[test]
fn core_and_wit_number_the_flags_alike() {
    assert_eq!(cases("flags msg-flags"), FLAGS.map(|(name, _)| name));
    for (index, (name, flag)) in FLAGS.iter().enumerate() {
        assert_eq!(flag.bits(), 1 << index, "{name}");
    }
}

#[test]
fn the_pinned_wit_is_unchanged() {
    let pinned: BTreeMap<String, String> = repository::text(CHECKSUMS)
        .lines()
        .map(|line| line.split_once("  ").expect("HASH  PATH"))
        .map(|(hash, path)| (format!("wit/{path}"), hash.to_owned()))
        .collect();
    let found: BTreeMap<String, String> = files("")
        .into_iter()
        .filter(|path| path.starts_with("wit/deps/"))
        .map(|path| {
            let content = fs::read(repository::root().join(&path)).expect("it can be read");
            let hash = Sha256::digest(content);
            let hash = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            (path, hash)
        })
        .collect();
    assert_eq!(
        found, pinned,
        "wit/deps is copied from upstream, never edited"
    );
}

/// The names between the braces of a declaration in `wit/types.wit`.
fn cases(declaration: &str) -> Vec<String> {
    let text = repository::text("wit/types.wit");
    let (_, rest) = text
        .split_once(&format!("{declaration} {{"))
        .unwrap_or_else(|| panic!("there is no `{declaration}`"));
    let (body, _) = rest.split_once('}').expect("it ends");
    body.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .map(|line| line.trim_end_matches(',').to_owned())
        .collect()
}
