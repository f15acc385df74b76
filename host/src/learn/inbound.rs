//! What the guest took, and who came.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use wasock_policy::{Host, InboundRule, Listener, Policy, Protocol, Request};

use super::Requests;
use super::entry::Entry;
use super::outbound::list;

/// How many peers are listed. With more, a line is for any peer: nobody reads a longer one.
const MAX_PEERS: usize = 8;

/// The lines for the local addresses of these requests.
pub(super) fn entries(requests: &Requests) -> Vec<Entry> {
    let nothing = Policy::default();
    let mut taken: BTreeMap<(Protocol, IpAddr), BTreeMap<u16, AtPort>> = BTreeMap::new();
    for (request, seen) in requests {
        // What needs no rule, such as the bind of a socket that only connects.
        if nothing.decide(request).is_allowed() {
            continue;
        }
        let Some((protocol, local, peer)) = place(request) else {
            continue;
        };
        let key = (protocol, local.ip().to_canonical());
        let at_port = taken
            .entry(key)
            .or_default()
            .entry(local.port())
            .or_default();
        match peer {
            Some(peer) => {
                at_port.peers.insert(peer.ip().to_canonical());
                at_port.came += seen.times;
            }
            None => at_port.taken = at_port.taken.max(seen.times),
        }
    }
    let entries = taken
        .into_iter()
        .flat_map(|((protocol, address), ports)| at_address(protocol, address, ports));
    entries.collect()
}

/// What was taken at one port.
#[derive(Default)]
struct AtPort {
    peers: BTreeSet<IpAddr>,
    /// How often peers came.
    came: u64,
    /// How often the port was bound, or listened at: two steps of one thing.
    taken: u64,
}

/// Where, and who came if somebody did. Port 0 stands for one that the system has picked.
fn place(request: &Request) -> Option<(Protocol, SocketAddr, Option<SocketAddr>)> {
    let local = |listener: &Listener| {
        let port = if listener.ephemeral {
            0
        } else {
            listener.address.port()
        };
        SocketAddr::new(listener.address.ip(), port)
    };
    match request {
        Request::Bind { protocol, local } => Some((*protocol, *local, None)),
        Request::Listen { listener } => Some((Protocol::Tcp, local(listener), None)),
        Request::Accept { listener, peer, .. } => {
            Some((Protocol::Tcp, local(listener), Some(*peer)))
        }
        // Who was let in may be answered.
        Request::Receive { listener, peer } | Request::Reply { listener, peer, .. } => {
            Some((Protocol::Udp, local(listener), Some(*peer)))
        }
        Request::Resolve { .. }
        | Request::Answer { .. }
        | Request::Connect { .. }
        | Request::Send { .. }
        | Request::ReceiveReply { .. } => None,
    }
}

/// One line for all ports at which the same peers came; port 0, which is no port, has its own.
fn at_address(protocol: Protocol, address: IpAddr, ports: BTreeMap<u16, AtPort>) -> Vec<Entry> {
    let mut groups: BTreeMap<(bool, BTreeSet<IpAddr>), (Vec<u16>, AtPort)> = BTreeMap::new();
    for (port, at_port) in ports {
        let key = (port != 0, at_port.peers.clone());
        let (ports, all) = groups.entry(key).or_default();
        ports.push(port);
        all.came += at_port.came;
        all.taken += at_port.taken;
    }
    let host = Host::from(address);
    let entry = |((_, peers), (ports, all)): ((bool, BTreeSet<IpAddr>), (Vec<u16>, AtPort))| {
        let mut text = format!("{protocol}://{host}:{}", list(&ports));
        if (1..=MAX_PEERS).contains(&peers.len()) {
            text = format!("{text}#from={}", list(&peers));
        }
        let times = if all.came > 0 { all.came } else { all.taken };
        let entry = Entry::new::<InboundRule>(&text, times)?;
        Some(match peers.len() {
            0 => entry.with("nobody came"),
            1..=MAX_PEERS => entry,
            many => entry.with(format_args!("from {many} peers")),
        })
    };
    groups.into_iter().filter_map(entry).collect()
}
