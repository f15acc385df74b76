//! Where suppliers may differ from Linux, with the reason and its source.

use std::fmt::Write as _;

use wasock_conformance::sequence::{Action, Answer, Call, Outcome, Place};
use wasock_core::readiness::Readiness;
use wasock_core::{Errno, SockAddr};

use crate::driver::Supplier;
use crate::model::Peculiarity;

/// A permitted difference.
pub(crate) struct Difference {
    /// What it is, in a few words.
    pub(crate) name: &'static str,
    /// Why it is, and where that is written.
    pub(crate) reason: &'static str,
    /// Who differs.
    pub(crate) suppliers: &'static [Supplier],
    /// Whether only long runs meet it.
    pub(crate) is_rare: bool,
    when: When,
    /// Whether what comes later can still be compared.
    pub(crate) then: Then,
}

/// When a difference is met.
enum When {
    /// When the answers differ so.
    Answers(fn(&Met<'_>) -> bool),
    /// When the call is made: what differs shows later, or in nothing but that something does not happen.
    Called,
}

/// What follows a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// The sockets are the same.
    GoOn,
    /// They are not: the sequence ends for this supplier.
    End,
}

/// A difference that was met.
pub(crate) struct Met<'a> {
    pub(crate) supplier: Supplier,
    pub(crate) call: &'a Call,
    /// What Linux answered, and what the supplier did.
    pub(crate) linux: &'a Outcome,
    pub(crate) theirs: &'a Outcome,
    /// What is peculiar about the socket.
    pub(crate) peculiarity: Peculiarity,
}

const OURS: &[Supplier] = &[Supplier::Core, Supplier::Component];
const COMPONENT: &[Supplier] = &[Supplier::Component];

pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        name: "another family",
        reason: "Linux looks at the length of an address before its family, and takes IPv4 for its mapped form \
            (inet6_bind, tcp_v6_connect, udpv6_sendmsg): EINVAL and ENETUNREACH. POSIX says EAFNOSUPPORT.",
        suppliers: OURS,
        is_rare: false,
        when: When::Answers(|met| {
            let of_another = matches!(met.place(), Some(Place::OtherFamily | Place::Of(_)));
            let linux = met.linux_failed(Errno::Einval) || met.linux_failed(Errno::Enetunreach);
            of_another && linux && met.failed(Errno::Eafnosupport)
        }),
        then: Then::GoOn,
    },
    Difference {
        name: "no address while connecting",
        reason: "WASI answers invalid-state to local-address until the attempt has ended (wasi:sockets 0.2, tcp.wit). What is \
            known is the port, if the socket has been bound.",
        suppliers: COMPONENT,
        is_rare: false,
        when: When::Answers(|met| {
            // Of a port that the system chose there is another difference.
            let is_clear = |local: SockAddr| local.port() == 0 || !met.peculiarity.is_vague;
            let local = met.theirs.local.filter(|local| is_clear(*local));
            matches!(met.call.action, Action::Connect(_))
                && local.is_some_and(|local| local.ip().is_unspecified())
                && met.linux_failed(Errno::Einprogress)
                && met.failed(Errno::Einprogress)
        }),
        then: Then::GoOn,
    },
    Difference {
        name: "a port that the system chose",
        reason: "Linux keeps one that it chose for a send that failed then (inet_send_prepare), and forgets one after a \
            connection attempt that failed and with the end of listening (inet_put_port), even if it chose it for bind. \
            Core keeps what getsockname answered. POSIX has the state of a socket unspecified after such an attempt.",
        suppliers: OURS,
        is_rare: true,
        when: When::Answers(|met| {
            let same = met.linux.answer == met.theirs.answer;
            let differs = match met.call.action {
                Action::Bind(_) => met.failed(Errno::Einval) || met.linux_failed(Errno::Einval),
                Action::Connect(_) => met.failed(Errno::Eaddrnotavail),
                Action::Listen(_) => false,
                _ => return false,
            };
            met.peculiarity.is_vague && (same || differs)
        }),
        then: Then::End,
    },
    Difference {
        name: "a connection that was lost before connect could tell of it",
        reason: "Linux answers how it was lost. Core answers that it was made, unless it has done so, and the next call how \
            it was lost.",
        suppliers: OURS,
        is_rare: true,
        when: When::Answers(|met| {
            let lost = [
                Errno::Econnreset,
                Errno::Epipe,
                Errno::Econnaborted,
                Errno::Einval,
            ];
            matches!(met.call.action, Action::Connect(_))
                && met.peculiarity.is_gone
                && lost.iter().any(|errno| met.linux_failed(*errno))
                && (met.theirs.answer == Answer::Done || met.failed(Errno::Eisconn))
        }),
        then: Then::End,
    },
    Difference {
        name: "a peer with port 0",
        reason: "WASI takes no peer with port 0: invalid-argument (wasi:sockets 0.2, udp.wit). It can be asked for the \
            local address only, as nothing can be sent to it.",
        suppliers: COMPONENT,
        is_rare: false,
        when: When::Answers(|met| {
            matches!(met.call.action, Action::Connect(_))
                && met.linux_is_done()
                && met.failed(Errno::Einval)
        }),
        then: Then::End,
    },
    Difference {
        name: "sendto of a connected socket",
        reason: "Linux sends to the address that is given; POSIX and BSD have EISCONN, and WASI takes no other address \
            than the peer (wasi:sockets 0.2, udp.wit).",
        suppliers: OURS,
        is_rare: false,
        when: When::Answers(|met| {
            matches!(met.call.action, Action::Sendto(..))
                && met.peculiarity.has_peer
                && met.failed(Errno::Eisconn)
        }),
        then: Then::End,
    },
    Difference {
        name: "shutdown of an idle stream",
        reason: "Linux answers ENOTCONN and shuts down all the same (inet_shutdown in net/ipv4/af_inet.c), so that what \
            is received then is the end of data. For datagrams programs rely on it, and core does it too.",
        suppliers: OURS,
        is_rare: true,
        when: When::Answers(|met| {
            let polled = matches!(met.call.action, Action::Poll(_));
            met.peculiarity.was_shut_idle && (is_end(met.linux) || polled)
        }),
        then: Then::End,
    },
    Difference {
        name: "an end instead of a reset",
        reason: "Linux resets a connection that is closed with something unread. WASI has no way to ask for that, and \
            the host ends the sending half first, when it drops the streams (TcpSendStream in wasmtime-wasi): the \
            peer sees the end, and then that it cannot send.",
        suppliers: COMPONENT,
        is_rare: false,
        when: When::Answers(|met| {
            let ended = met.failed(Errno::Epipe)
                || is_end(met.theirs)
                || matches!(met.theirs.answer, Answer::Error(None | Some(Errno::Epipe)));
            let linux = met.linux_tells(Errno::Econnreset);
            let left = met.linux.answer == Answer::Error(None)
                && met.theirs.answer == Answer::Error(Some(Errno::Epipe));
            met.peculiarity.is_reset && (linux && ended || left)
        }),
        then: Then::GoOn,
    },
    Difference {
        name: "a reset that only Linux finds",
        reason: "Linux looks at the connection before it looks at what is to be sent, and whether it may be (tcp_sendmsg_locked, \
            sk_stream_error). Layers below core are not asked to write nothing, nor behind a shutdown.",
        suppliers: OURS,
        is_rare: true,
        when: When::Answers(|met| {
            let sends = matches!(
                met.call.action,
                Action::Send(..) | Action::Sendall(..) | Action::Sendto(..)
            );
            let nothing = matches!(
                met.call.action,
                Action::Send(0, _) | Action::Sendall(0, _) | Action::Sendto(0, ..)
            );
            let linux = met.linux_failed(Errno::Econnreset) || met.linux_failed(Errno::Epipe);
            let unseen = nothing && matches!(met.theirs.answer, Answer::Done | Answer::Count(0));
            sends && linux && (unseen || (met.peculiarity.is_mute && met.failed(Errno::Epipe)))
        }),
        then: Then::End,
    },
    Difference {
        name: "which of two mistakes is told",
        reason: "Linux looks for the address before it looks whether the socket has one (__inet_bind). POSIX leaves the \
            order open.",
        suppliers: OURS,
        is_rare: false,
        when: When::Answers(|met| {
            met.call.action == Action::Bind(Place::Elsewhere)
                && met.linux_failed(Errno::Eaddrnotavail)
                && met.failed(Errno::Einval)
        }),
        then: Then::GoOn,
    },
    Difference {
        name: "a second life",
        reason: "Linux lets a stream be bound and listen whose connection is gone; core never uses a socket again, as \
            POSIX has no way back from connected.",
        suppliers: OURS,
        is_rare: false,
        when: When::Answers(|met| {
            let again = matches!(met.call.action, Action::Bind(_) | Action::Listen(_));
            let linux = met.linux_is_done() || met.linux_failed(Errno::Eaddrinuse);
            again && met.peculiarity.is_gone && linux && met.failed(Errno::Einval)
        }),
        then: Then::End,
    },
    Difference {
        name: "a connection that is gone, seen by poll",
        reason: "WASI has pollables for reading and writing, and none that tells of an error or of the end of both halves. \
            Core says what it has found when it read.",
        suppliers: OURS,
        is_rare: false,
        when: When::Answers(|met| {
            let (Answer::Ready(linux), Answer::Ready(theirs)) =
                (met.linux.answer, met.theirs.answer)
            else {
                return false;
            };
            let asked = Readiness::READABLE | Readiness::WRITABLE;
            let seen = |it: Readiness| it.bits() & asked.bits();
            met.peculiarity.is_gone && linux.contains(theirs) && seen(linux) == seen(theirs)
        }),
        then: Then::GoOn,
    },
    Difference {
        name: "a refused datagram, seen by poll",
        reason: "Linux says that there is an error, and not that it can be received (datagram_poll). The system below \
            wakes who waits to receive, and more is not known before somebody does.",
        suppliers: OURS,
        is_rare: true,
        when: When::Answers(|met| {
            let (Answer::Ready(linux), Answer::Ready(theirs)) =
                (met.linux.answer, met.theirs.answer)
            else {
                return false;
            };
            let besides = |it: Readiness| it.bits() & Readiness::WRITABLE.bits();
            met.peculiarity.is_refused && besides(linux) == besides(theirs)
        }),
        then: Then::GoOn,
    },
    Difference {
        name: "who is told of a refused datagram",
        reason: "Linux tells whoever asks first. The host receives ahead, in the background, and so keeps it for the next \
            receive (IncomingDatagramStream in wasmtime-wasi); and core has datagrams that came before.",
        suppliers: OURS,
        is_rare: true,
        when: When::Answers(|met| {
            met.peculiarity.is_refused && met.linux_tells(Errno::Econnrefused)
        }),
        then: Then::End,
    },
    Difference {
        name: QUEUED,
        reason: "The host drops datagrams of others that were queued when the peer changed (IncomingDatagramStream in \
            wasmtime-wasi). Core receives before only where a receive is under way already: it would have to be ended.",
        suppliers: COMPONENT,
        is_rare: false,
        when: When::Called,
        then: Then::End,
    },
    Difference {
        name: "receiving without waiting from a shut socket",
        reason: "Linux answers the end of data to a UDP receive that may wait only, and EAGAIN to others, although poll says \
            readable (__skb_recv_udp): who follows poll would spin. Core answers the end of data to both.",
        suppliers: OURS,
        is_rare: false,
        when: When::Answers(|met| {
            let linux = met.linux_failed(Errno::Eagain) || met.linux_failed(Errno::Etimedout);
            met.peculiarity.is_deaf && linux && is_end(met.theirs)
        }),
        then: Then::GoOn,
    },
    Difference {
        name: FORGOTTEN,
        reason: "Linux gives up a port that it chose when a socket is disconnected, even from nobody \
            (__udp_disconnect in net/ipv4/udp.c). POSIX has the peer taken away and nothing else, and so has core.",
        suppliers: OURS,
        is_rare: false,
        when: When::Called,
        then: Then::End,
    },
];

const QUEUED: &str = "datagrams that are queued when the peer changes";

const FORGOTTEN: &str = "disconnecting and the port";

/// The difference that was met, if it is permitted.
pub(crate) fn find(met: &Met<'_>) -> Option<&'static Difference> {
    let applies = |it: &&Difference| match it.when {
        When::Answers(applies) => it.suppliers.contains(&met.supplier) && applies(met),
        When::Called => false,
    };
    DIFFERENCES.iter().find(applies)
}

/// The suppliers that differ by this call of a socket, whatever they answer, with the name of the difference.
/// `has_queued` says that datagrams are queued.
pub(crate) fn called(
    call: &Call,
    linux: &Outcome,
    has_queued: bool,
) -> Option<(&'static str, &'static [Supplier])> {
    let changes_peer = matches!(call.action, Action::Connect(_) | Action::Disconnect);
    let has_port = linux.local.is_none_or(|local| local.port() != 0);
    if call.action == Action::Disconnect && linux.answer == Answer::Done && !has_port {
        Some((FORGOTTEN, OURS))
    } else if changes_peer && has_queued {
        Some((QUEUED, COMPONENT))
    } else {
        None
    }
}

impl Met<'_> {
    fn failed(&self, errno: Errno) -> bool {
        self.theirs.answer == Answer::Failed(errno)
    }

    /// The address that the call names.
    fn place(&self) -> Option<Place> {
        match self.call.action {
            Action::Bind(place) | Action::Connect(place) | Action::Sendto(_, _, place) => {
                Some(place)
            }
            _ => None,
        }
    }

    /// Whether Linux answered this error, or as what `SO_ERROR` has.
    fn linux_tells(&self, errno: Errno) -> bool {
        self.linux_failed(errno) || self.linux.answer == Answer::Error(Some(errno))
    }

    fn linux_is_done(&self) -> bool {
        self.linux.answer == Answer::Done
    }

    fn linux_failed(&self, errno: Errno) -> bool {
        self.linux.answer == Answer::Failed(errno)
    }
}

/// Whether it is the end of the data.
fn is_end(outcome: &Outcome) -> bool {
    match outcome.answer {
        Answer::Data(digest) | Answer::Received(digest, ..) => digest.length == 0,
        _ => false,
    }
}

/// Why it is a failure that some were not met.
pub(crate) fn not_met(names: &[String]) -> String {
    format!(
        "these differences are permitted, and no sequence has met them:\n  {}\n\
        Where there is none any more, take it off the list in differences.rs.",
        names.join("\n  ")
    )
}

/// All of them, as text.
pub(crate) fn list() -> String {
    let mut text = String::new();
    for it in DIFFERENCES {
        let suppliers: Vec<_> = it.suppliers.iter().map(|it| it.name()).collect();
        let end = match it.then {
            Then::GoOn => "",
            Then::End => ", and the sequence ends",
        };
        let _ = writeln!(
            text,
            "{} ({}{end})\n    {}",
            it.name,
            suppliers.join(", "),
            it.reason
        );
    }
    text
}
