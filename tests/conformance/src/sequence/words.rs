//! Lines of text, word by word.

use core::fmt;
use core::str::{FromStr, SplitAsciiWhitespace};

use wasock_core::addr::Family;
use wasock_core::flags::MsgFlags;
use wasock_core::readiness::Readiness;
use wasock_core::sockopt::SockOpt;

use crate::api::Shutdown;

/// The line is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotUnderstood;

impl fmt::Display for NotUnderstood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is neither a call nor an outcome")
    }
}

/// The words of a line.
pub(super) struct Words<'a>(SplitAsciiWhitespace<'a>);

impl<'a> Words<'a> {
    pub(super) fn of(line: &'a str) -> Self {
        Self(line.split_ascii_whitespace())
    }

    pub(super) fn next(&mut self) -> Result<&'a str, NotUnderstood> {
        self.0.next().ok_or(NotUnderstood)
    }

    /// The next word, as what it means.
    pub(super) fn parse<T: FromStr>(&mut self) -> Result<T, NotUnderstood> {
        self.next()?.parse().map_err(|_| NotUnderstood)
    }

    /// The next word, as the member of a list that it names.
    pub(super) fn choose<T: Copy>(&mut self, list: &[(&str, T)]) -> Result<T, NotUnderstood> {
        let word = self.next()?;
        let found = list.iter().find(|(name, _)| *name == word);
        found.map(|(_, it)| *it).ok_or(NotUnderstood)
    }

    pub(super) fn flags(&mut self) -> Result<MsgFlags, NotUnderstood> {
        let set = Set(&FLAGS).parse(self.next()?)?;
        Ok(set.into_iter().fold(MsgFlags::NONE, |sum, it| sum | it))
    }

    pub(super) fn readiness(&mut self) -> Result<Readiness, NotUnderstood> {
        let set = Set(&READINESS).parse(self.next()?)?;
        Ok(set.into_iter().fold(Readiness::NONE, |sum, it| sum | it))
    }

    /// That there are no more.
    pub(super) fn end(mut self) -> Result<(), NotUnderstood> {
        match self.0.next() {
            None => Ok(()),
            Some(_) => Err(NotUnderstood),
        }
    }
}

/// The name of a member of such a list.
pub(super) fn name<T: PartialEq>(list: &[(&'static str, T)], it: T) -> &'static str {
    let found = list.iter().find(|(_, member)| *member == it);
    found.map_or("?", |(name, _)| name)
}

pub(super) const FAMILIES: [(&str, Family); 2] = [("v4", Family::Inet), ("v6", Family::Inet6)];

pub(super) const HOWS: [(&str, Shutdown); 3] = [
    ("rd", Shutdown::Read),
    ("wr", Shutdown::Write),
    ("rdwr", Shutdown::Both),
];

/// Those that may be compared.
pub(super) const OPTIONS: [(&str, SockOpt); 5] = [
    ("so_reuseaddr", SockOpt::SoReuseaddr),
    ("so_keepalive", SockOpt::SoKeepalive),
    ("ip_ttl", SockOpt::IpTtl),
    ("ipv6_unicast_hops", SockOpt::Ipv6UnicastHops),
    ("ipv6_v6only", SockOpt::Ipv6V6only),
];

const FLAGS: [(&str, MsgFlags); 6] = [
    ("peek", MsgFlags::PEEK),
    ("waitall", MsgFlags::WAITALL),
    ("dontwait", MsgFlags::DONTWAIT),
    ("trunc", MsgFlags::TRUNC),
    ("oob", MsgFlags::OOB),
    ("nosignal", MsgFlags::NOSIGNAL),
];

const READINESS: [(&str, Readiness); 4] = [
    ("readable", Readiness::READABLE),
    ("writable", Readiness::WRITABLE),
    ("error", Readiness::ERROR),
    ("hangup", Readiness::HANGUP),
];

/// A set in one word: `-`, or its members with `+` between them.
struct Set<'a, T>(&'a [(&'static str, T)]);

impl<T: Copy> Set<'_, T> {
    fn parse(&self, word: &str) -> Result<alloc::vec::Vec<T>, NotUnderstood> {
        if word == "-" {
            return Ok(alloc::vec::Vec::new());
        }
        word.split('+')
            .map(|name| Words::of(name).choose(self.0))
            .collect()
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, is_in: impl Fn(T) -> bool) -> fmt::Result {
        let mut separator = "";
        for (name, member) in self.0 {
            if is_in(*member) {
                write!(f, "{separator}{name}")?;
                separator = "+";
            }
        }
        if separator.is_empty() {
            f.write_str("-")?;
        }
        Ok(())
    }
}

/// Flags as they are written.
pub(super) struct Flags(pub(super) MsgFlags);

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Set(&FLAGS).write(f, |flag| self.0.contains(flag))
    }
}

/// Readiness as it is written.
pub(super) struct Events(pub(super) Readiness);

impl fmt::Display for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Set(&READINESS).write(f, |event| self.0.contains(event))
    }
}
