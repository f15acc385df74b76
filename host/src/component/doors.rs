//! What an import leads to: the doors of a component, in the words of people.

/// Something outside of a component that it can reach by its imports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Door {
    /// Connections by TCP, both ways.
    Tcp,
    /// Datagrams by UDP, both ways.
    Udp,
    /// Addresses for names.
    Names,
    /// Requests by HTTP and HTTPS that the host makes for it.
    Http,
    /// The BSD sockets of `wasock:net`, which come with the provider and are the three at the top.
    Sockets,
    /// The file system.
    Files,
    /// Standard input, output and error, and whether they are a terminal.
    Stdio,
    /// Arguments and environment variables.
    Environment,
    /// What time it is, and how long something takes.
    Clocks,
    /// Random numbers.
    Random,
    /// Streams, readiness, handles and its own end: what leads nowhere by itself.
    Plumbing,
    /// What nobody knows here.
    Unknown,
}

/// Who decides what comes through a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// The policy, each time.
    Guarded,
    /// Whoever runs the component, by what is handed to it beforehand.
    Handed,
    /// Nobody: it is there for everyone.
    Open,
}

impl Door {
    /// All of them, the most far-reaching first.
    pub const ALL: [Self; 12] = [
        Self::Tcp,
        Self::Udp,
        Self::Names,
        Self::Http,
        Self::Sockets,
        Self::Files,
        Self::Stdio,
        Self::Environment,
        Self::Clocks,
        Self::Random,
        Self::Plumbing,
        Self::Unknown,
    ];

    /// Where an import leads: `wasi:sockets/tcp@0.2.0`, in any version.
    #[must_use]
    pub fn of(import: &str) -> Self {
        let interface = import.split('@').next().unwrap_or(import);
        let (package, interface) = interface.split_once('/').unwrap_or((interface, ""));
        match (package, interface) {
            ("wasi:sockets", "tcp" | "tcp-create-socket") => Self::Tcp,
            ("wasi:sockets", "udp" | "udp-create-socket") => Self::Udp,
            ("wasi:sockets", "ip-name-lookup") => Self::Names,
            ("wasi:sockets", "network" | "instance-network") => Self::Plumbing,
            // Of 0.3: all sockets in one interface.
            ("wasi:sockets", _) | ("wasock:net", _) => Self::Sockets,
            ("wasi:http", _) => Self::Http,
            ("wasi:filesystem", _) => Self::Files,
            ("wasi:cli", "environment") => Self::Environment,
            ("wasi:cli", "exit" | "run") => Self::Plumbing,
            ("wasi:cli", _) => Self::Stdio,
            ("wasi:clocks", _) => Self::Clocks,
            ("wasi:random", _) => Self::Random,
            ("wasi:io", _) => Self::Plumbing,
            _ => Self::Unknown,
        }
    }

    /// Who decides what comes through.
    #[must_use]
    pub fn access(self) -> Access {
        match self {
            Self::Tcp | Self::Udp | Self::Names | Self::Http | Self::Sockets => Access::Guarded,
            Self::Files | Self::Environment => Access::Handed,
            Self::Stdio | Self::Clocks | Self::Random | Self::Plumbing | Self::Unknown => {
                Access::Open
            }
        }
    }

    /// One word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Names => "names",
            Self::Http => "http",
            Self::Sockets => "sockets",
            Self::Files => "files",
            Self::Stdio => "stdio",
            Self::Environment => "environment",
            Self::Clocks => "clocks",
            Self::Random => "random",
            Self::Plumbing => "plumbing",
            Self::Unknown => "unknown",
        }
    }
}

impl Access {
    /// One word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guarded => "guarded",
            Self::Handed => "handed",
            Self::Open => "open",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SUPPLIED;

    #[test]
    fn everything_that_is_supplied_leads_somewhere_that_is_known() {
        for interface in SUPPLIED {
            assert_ne!(Door::of(interface), Door::Unknown, "{interface}");
        }
    }

    #[test]
    fn whatever_reaches_the_network_is_guarded() {
        for interface in SUPPLIED {
            let is_network =
                interface.starts_with("wasi:sockets/") || interface.starts_with("wasi:http/");
            let door = Door::of(interface);
            let is_guarded = door.access() == Access::Guarded;
            assert_eq!(
                is_guarded,
                is_network && door != Door::Plumbing,
                "{interface}"
            );
        }
    }

    #[test]
    fn the_version_does_not_matter_and_a_stranger_is_a_stranger() {
        for (import, door) in [
            ("wasi:sockets/tcp@0.2.0", Door::Tcp),
            ("wasi:sockets/tcp", Door::Tcp),
            ("wasi:sockets/types@0.3.0", Door::Sockets),
            ("wasi:http/client@0.3.0", Door::Http),
            ("wasock:net/sockets@0.1.0", Door::Sockets),
            ("wasi:keyvalue/store@0.2.0", Door::Unknown),
            ("acme:things/door@1.0.0", Door::Unknown),
            ("door", Door::Unknown),
            ("", Door::Unknown),
        ] {
            assert_eq!(Door::of(import), door, "{import}");
        }
    }

    #[test]
    fn each_door_has_a_word_of_its_own() {
        let mut words = Door::ALL.map(Door::as_str);
        words.sort_unstable();
        assert!(words.windows(2).all(|pair| pair[0] != pair[1]), "{words:?}");
    }
}
