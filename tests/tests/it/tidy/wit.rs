//! The interface, and what repeats it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use sha2::{Digest, Sha256};
use wasock_core::Errno;
use wasock_core::flags::MsgFlags;
use wasock_core::names::{AddrInfoFlags, NameInfoFlags};
use wasock_core::readiness::Readiness;
use wasock_core::sockopt::SockOpt;

use crate::support::repository::{self, files};

/// The folders with WIT of others in `deps`, and `HASH  PATH` for each file of it in `deps.sha256`: `cd wit && sha256sum
/// --check deps.sha256`.
const PINNED: [&str; 2] = ["wit", "tests/programs/http-program/wit"];

const TYPES: &str = "wit/types.wit";

const OPTIONS: &str = "wit/options.wit";

const MSG_FLAGS: [(&str, MsgFlags); 12] = [
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

const ADDRINFO_FLAGS: [(&str, AddrInfoFlags); 7] = [
    ("passive", AddrInfoFlags::PASSIVE),
    ("canonname", AddrInfoFlags::CANONNAME),
    ("numerichost", AddrInfoFlags::NUMERICHOST),
    ("v4mapped", AddrInfoFlags::V4MAPPED),
    ("all", AddrInfoFlags::ALL),
    ("addrconfig", AddrInfoFlags::ADDRCONFIG),
    ("numericserv", AddrInfoFlags::NUMERICSERV),
];

const NAMEINFO_FLAGS: [(&str, NameInfoFlags); 5] = [
    ("numerichost", NameInfoFlags::NUMERICHOST),
    ("numericserv", NameInfoFlags::NUMERICSERV),
    ("nofqdn", NameInfoFlags::NOFQDN),
    ("namereqd", NameInfoFlags::NAMEREQD),
    ("dgram", NameInfoFlags::DGRAM),
];

const READINESS: [(&str, Readiness); 4] = [
    ("readable", Readiness::READABLE),
    ("writable", Readiness::WRITABLE),
    ("error", Readiness::ERROR),
    ("hangup", Readiness::HANGUP),
];

#[test]
fn core_and_wit_name_the_same_errors() {
    let core: Vec<String> = Errno::ALL
        .iter()
        .map(|errno| errno.name().to_lowercase())
        .collect();
    assert_eq!(cases(TYPES, "enum errno"), core);
}

#[test]
fn core_and_wit_number_the_flags_alike() {
    check_flags(
        TYPES,
        "flags msg-flags",
        &MSG_FLAGS.map(|(name, flag)| (name, flag.bits())),
    );
    let flags = ADDRINFO_FLAGS.map(|(name, flag)| (name, flag.bits().into()));
    check_flags(TYPES, "flags addrinfo-flags", &flags);
    let flags = NAMEINFO_FLAGS.map(|(name, flag)| (name, flag.bits().into()));
    check_flags(TYPES, "flags nameinfo-flags", &flags);
    let flags = READINESS.map(|(name, flag)| (name, flag.bits().into()));
    check_flags("wit/sockets.wit", "flags readiness", &flags);
}

/// Each option has a name and two functions, and there are no others but the questions that have no setting.
#[test]
fn core_and_wit_have_the_same_options() {
    const QUESTIONS: [&str; 5] = [
        "so-type",
        "so-protocol",
        "so-domain",
        "so-error",
        "so-acceptconn",
    ];

    let text = repository::text(OPTIONS);
    let functions = |prefix: &str| -> BTreeSet<String> {
        text.lines()
            .filter_map(|line| line.trim().strip_prefix(prefix)?.split_once(": func("))
            .map(|(name, _)| name.to_owned())
            .collect()
    };
    let core: BTreeSet<String> = SockOpt::ALL
        .iter()
        .map(|option| kebab(&format!("{option:?}")))
        .collect();
    let mut read = core.clone();
    read.extend(QUESTIONS.map(str::to_owned));
    assert_eq!(functions("set-"), core);
    assert_eq!(functions("get-"), read);

    let names: BTreeSet<String> = cases(OPTIONS, "enum option-name").into_iter().collect();
    assert!(read.is_subset(&names), "{read:?}");
}

/// `TcpKeepidle` as `tcp-keepidle`.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}

/// Checks that a declaration has these flags, each with the bit of its place.
fn check_flags(file: &str, declaration: &str, flags: &[(&str, u16)]) {
    let names: Vec<&str> = flags.iter().map(|(name, _)| *name).collect();
    assert_eq!(cases(file, declaration), names);
    for (index, (name, bits)) in flags.iter().enumerate() {
        assert_eq!(*bits, 1 << index, "{name}");
    }
}

#[test]
fn the_pinned_wit_is_unchanged() {
    for folder in PINNED {
        let pinned: BTreeMap<String, String> = repository::text(&format!("{folder}/deps.sha256"))
            .lines()
            .map(|line| line.split_once("  ").expect("HASH  PATH"))
            .map(|(hash, path)| (format!("{folder}/{path}"), hash.to_owned()))
            .collect();
        let found: BTreeMap<String, String> = files("")
            .into_iter()
            .filter(|path| path.starts_with(&format!("{folder}/deps/")))
            .map(|path| {
                let content = fs::read(repository::root().join(&path)).expect("it can be read");
                let hash = Sha256::digest(content);
                let hash = hash.iter().map(|byte| format!("{byte:02x}")).collect();
                (path, hash)
            })
            .collect();
        assert_eq!(
            found, pinned,
            "{folder}/deps is copied from upstream, never edited"
        );
    }
}

/// The names between the braces of a declaration.
pub(super) fn cases(file: &str, declaration: &str) -> Vec<String> {
    let text = repository::text(file);
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
