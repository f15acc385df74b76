//! Where the answers may differ, with the reason.

use wasock_core::addr::Family;
use wasock_core::create::SocketType;
use wasock_core::names::{AddrInfo, AddrInfoFlags, Eai, Query};

pub(crate) type Answer = Result<Vec<AddrInfo>, Eai>;

/// A permitted difference.
pub(crate) struct Difference {
    /// What it is, and why.
    pub(crate) reason: &'static str,
    /// Whether it is what makes ours, the second, differ from theirs, the third.
    applies: fn(&Query<'_>, &Answer, &Answer) -> bool,
}

pub(crate) const DIFFERENCES: [Difference; 7] = [
    Difference {
        reason: "zones are numbers: no component can be told the name of an interface",
        applies: |query, ours, theirs| {
            let by_name = query.host.is_some_and(|host| host.ends_with("%lo"));
            by_name && *ours == Err(Eai::Noname) && theirs.is_ok()
        },
    },
    Difference {
        reason: "a port is at most 65535: the GNU C library takes it modulo 65536 (gaih_inet_serv), and goes on to the host",
        applies: |query, ours, theirs| {
            let host = [Err(Eai::Addrfamily), Err(Eai::Noname)];
            is_no_port(query)
                && *ours == Err(Eai::Service)
                && (theirs.is_ok() || host.contains(theirs))
        },
    },
    Difference {
        reason: "TCP and UDP only: nothing else can be created (raw sockets, SCTP)",
        applies: |_, ours, theirs| match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => *ours == created(theirs),
            _ => false,
        },
    },
    Difference {
        reason: "TCP and UDP only: nothing is left, so it is an error",
        applies: |_, ours, theirs| {
            let nothing = theirs.as_ref().is_ok_and(|list| created(list).is_empty());
            nothing && [Err(Eai::Service), Err(Eai::Socktype)].contains(ours)
        },
    },
    Difference {
        reason: "TCP and UDP only: the GNU C library goes on for others, and refuses something else",
        applies: |query, ours, theirs| {
            let others = matches!(query.r#type, SocketType::Raw | SocketType::Seqpacket)
                || !matches!(query.protocol, 0 | 6 | 17);
            others
                && [Err(Eai::Service), Err(Eai::Socktype)].contains(ours)
                && [Err(Eai::Service), Err(Eai::Addrfamily), Err(Eai::Noname)].contains(theirs)
        },
    },
    Difference {
        reason: "the order of the families: without a host the GNU C library puts one first that the machine has a route for",
        applies: |query, ours, theirs| match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => {
                let theirs = created(theirs);
                let of = |list: &[AddrInfo], family| -> Vec<AddrInfo> {
                    let of_it = list.iter().filter(|entry| entry.family == family);
                    of_it.cloned().map(without_name).collect()
                };
                let same = |family| of(ours, family) == of(&theirs, family);
                matches!(query.host, None | Some("*")) && same(Family::Inet) && same(Family::Inet6)
            }
            _ => false,
        },
    },
    Difference {
        reason: "AI_ADDRCONFIG: the GNU C library asks which addresses the machine has, even for addresses as text; the host \
            of a component says so where it resolves a name",
        applies: |query, ours, theirs| {
            let fewer = match (ours, theirs) {
                (Ok(ours), Ok(theirs)) => {
                    let ours: Vec<_> = ours.iter().cloned().map(without_name).collect();
                    let mut theirs = created(theirs).into_iter().map(without_name);
                    theirs.all(|entry| ours.contains(&entry))
                }
                (_, Err(Eai::Addrfamily | Eai::Noname)) => true,
                _ => false,
            };
            query.flags.contains(AddrInfoFlags::ADDRCONFIG) && fewer
        },
    },
];

/// Why answers that differ may, or none.
pub(crate) fn find(query: &Query<'_>, ours: &Answer, theirs: &Answer) -> Option<&'static str> {
    let found = DIFFERENCES
        .iter()
        .find(|it| (it.applies)(query, ours, theirs));
    found.map(|it| it.reason)
}

/// A number that no port has.
fn is_no_port(query: &Query<'_>) -> bool {
    let number = query.service.map(|text| text.trim().parse::<i128>());
    matches!(number, Some(Ok(number)) if !(0..=65_535).contains(&number))
}

/// What can be created.
fn created(list: &[AddrInfo]) -> Vec<AddrInfo> {
    let is_created = |entry: &&AddrInfo| {
        let socket = (entry.r#type, entry.protocol);
        [(SocketType::Stream, 6), (SocketType::Dgram, 17)].contains(&socket)
    };
    list.iter().filter(is_created).cloned().collect()
}

/// The first entry of a list has the canonical name, whichever it is.
fn without_name(entry: AddrInfo) -> AddrInfo {
    AddrInfo {
        canonname: None,
        ..entry
    }
}
