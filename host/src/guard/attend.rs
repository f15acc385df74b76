//! Closing what has ended without the guest.
//!
//! A change of the policy, or a limit, ends a socket from anywhere; but what the operating system has of it is in the resource
//! table of the store, which is the guest's while it runs. So it is closed by whoever has the store in hand next: a
//! call of the guest, a wait that is woken for it, a tick.
//!
//! A UDP socket keeps its port until the guest closes it, and nothing goes through any more.
//!
//! The guest's handle stays, and leads to a socket that has never been used. wasmtime-wasi closes a socket only with the
//! handle; here its socket is exchanged for a fresh one, and closed with it.

use wasmtime::component::Resource;
use wasmtime_wasi::p2::TcpSocket;
use wasmtime_wasi::p2::bindings::sockets::network::IpAddressFamily;
use wasmtime_wasi::p2::bindings::sockets::tcp::{HostTcpSocket as _, ShutdownType};
use wasmtime_wasi::p2::bindings::sockets::tcp_create_socket::Host as _;

use super::socket_state::{Family, Phase};
use crate::NetCtxView;

impl NetCtxView<'_> {
    /// Close what has ended, if anything has.
    pub(crate) fn attend(&mut self) {
        let attention = self.ctx.guard.attention();
        if attention == self.ctx.attended {
            return;
        }
        let mut all_closed = true;
        for (rep, family, cause) in self.ctx.sockets.ended() {
            if self.close_ended(rep, family) {
                self.ctx.sockets.set_phase(rep, Phase::Ended(cause));
            } else {
                // No descriptor is left for a moment: the next call tries again.
                all_closed = false;
            }
        }
        self.ctx.udp.end();
        if all_closed {
            self.ctx.attended = attention;
        }
    }

    /// Returns whether it is closed.
    fn close_ended(&mut self, rep: u32, family: Family) -> bool {
        let socket = || Resource::<TcpSocket>::new_borrow(rep);
        // The streams of a connection hold it as well.
        _ = self.inner().shutdown(socket(), ShutdownType::Both);
        let family = match family {
            Family::V4 => IpAddressFamily::Ipv4,
            Family::V6 => IpAddressFamily::Ipv6,
        };
        let Ok(fresh) = self.inner().create_tcp_socket(family) else {
            return false;
        };
        let Ok(fresh) = self.table.delete(fresh) else {
            return false;
        };
        if let Ok(slot) = self.table.get_mut(&socket()) {
            *slot = fresh;
        }
        true
    }
}
