//! Options.

use wasock_conformance::sequence::{Action, Answer, Outcome};
use wasock_core::addr::Family;
use wasock_core::sockopt::SockOpt;

use super::Skip;
use super::world::{Body, Socket, Stream, World};

impl World {
    /// Whether suppliers have the option alike.
    pub(super) fn check_option(&self, action: Action, socket: &Socket) -> Result<(), Skip> {
        let (option, value) = match action {
            Action::Getsockopt(option) => (option, None),
            Action::Setsockopt(option, value) => (option, Some(value)),
            _ => return Ok(()),
        };
        let is_stream = matches!(socket.body, Body::Stream(_));
        let is_alike = match option {
            // Always on for streams, and always off for datagrams; what is said of it is known after it was set.
            SockOpt::SoReuseaddr => is_stream && value.map_or(socket.is_shared, |it| it == 1),
            // Linux takes it for datagrams, and does nothing. A switch is on or off in the interface; Linux takes any number.
            SockOpt::SoKeepalive => is_stream && value.is_none_or(|it| it < 2),
            // Linux has it for both families.
            SockOpt::IpTtl => socket.family == Family::Inet,
            // Linux has several errors for sockets of IPv4.
            _ if socket.family == Family::Inet => false,
            // For Linux 0 is a limit too.
            SockOpt::Ipv6UnicastHops => value != Some(0),
            // It cannot be switched off, and is not to be set any more when there is an address.
            SockOpt::Ipv6V6only => value.is_none_or(|it| it == 1 && !self.may_be_unbound(socket)),
            _ => false,
        };
        if is_alike {
            Ok(())
        } else {
            Err(Skip::Doubtful)
        }
    }

    /// Whether Linux may have taken the address away.
    fn may_be_unbound(&self, socket: &Socket) -> bool {
        let is_gone = match socket.body {
            Body::Stream(Stream::Connected(end)) => self.end(end).is_gone,
            _ => false,
        };
        socket.is_vague || is_gone
    }
}

/// Follows what was set.
pub(super) fn note_option(action: Action, socket: &mut Socket, outcome: &Outcome) {
    if let (Action::Setsockopt(SockOpt::SoReuseaddr, _), Answer::Done) = (action, outcome.answer) {
        socket.is_shared = true;
    }
}
