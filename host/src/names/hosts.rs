//! The file of names that a machine keeps itself: `/etc/hosts`.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use wasock_policy::Name;

use super::{Found, Lookup, MAX_ADDRESSES, Resolve};

/// What is in a file has no time to live. It is looked at again when this is over.
const TTL: Duration = Duration::from_secs(60);

/// Answers from a file of names; for what is not in it, somebody else is asked.
pub struct HostsFile {
    names: HashMap<Name, Vec<IpAddr>>,
    otherwise: Option<Arc<dyn Resolve>>,
}

impl HostsFile {
    /// Take `content`, in the format of `/etc/hosts`: an address and its names a line, `#` before a comment. Lines that
    /// make no sense are left out, as everywhere else.
    #[must_use]
    pub fn new(content: &str) -> Self {
        let mut names: HashMap<Name, Vec<IpAddr>> = HashMap::new();
        for line in content.lines() {
            let line = line.split('#').next().unwrap_or_default();
            let mut words = line.split_whitespace();
            let Some(Ok(address)) = words.next().map(str::parse::<IpAddr>) else {
                continue;
            };
            for name in words.filter_map(|word| Name::parse(word).ok()) {
                let addresses = names.entry(name).or_default();
                if addresses.len() < MAX_ADDRESSES && !addresses.contains(&address) {
                    addresses.push(address);
                }
            }
        }
        Self {
            names,
            otherwise: None,
        }
    }

    /// Ask `resolver` for what is not in the file.
    #[must_use]
    pub fn or(mut self, resolver: Arc<dyn Resolve>) -> Self {
        self.otherwise = Some(resolver);
        self
    }
}

impl Resolve for HostsFile {
    fn lookup(&self, name: &Name) -> Lookup {
        let Some(addresses) = self.names.get(name) else {
            return match &self.otherwise {
                Some(resolver) => resolver.lookup(name),
                None => Box::pin(std::future::ready(Err(super::LookupFailure::NotFound))),
            };
        };
        let found = Found {
            addresses: addresses.iter().map(|&address| (address, TTL)).collect(),
            chain: Vec::new(),
        };
        Box::pin(std::future::ready(Ok(found)))
    }
}

impl std::fmt::Debug for HostsFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostsFile")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_has_the_addresses_of_its_lines() {
        let file = HostsFile::new(
            "# a comment\n10.0.0.1 db.internal DB # more\nfd00::1 db.internal\n\n\
             nonsense db.internal\n10.0.0.1 db.internal\n10.0.0.2\n10.0.0.3 *.bad ok\r\n",
        );
        let mut names: Vec<_> = file
            .names
            .iter()
            .map(|(name, addresses)| format!("{name} {addresses:?}"))
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "db [10.0.0.1]",
                "db.internal [10.0.0.1, fd00::1]",
                "ok [10.0.0.3]"
            ]
        );
    }
}
