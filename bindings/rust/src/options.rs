//! The options of sockets.

use core::time::Duration;

use crate::error::Error;
use crate::listener::TcpListener;
use crate::net::options;
use crate::net::sockets::Socket;
use crate::net::types::AddressFamily;
use crate::stream::TcpStream;
use crate::time::seconds;
use crate::udp::UdpSocket;

/// What sockets of every type have.
macro_rules! common {
    ($type:ident) => {
        impl $type {
            /// Takes the error that waits to be answered, if there is one: how an attempt to connect failed, how the
            /// connection broke, or what a datagram met.
            ///
            /// # Errors
            /// - `EBADF`: the socket is closed.
            #[doc(alias = "SO_ERROR")]
            pub fn take_error(&self) -> Result<Option<Error>, Error> {
                let error = options::get_so_error(self.socket())?;
                Ok(error.map(Error::from))
            }

            /// How many routers a packet may pass.
            ///
            /// # Errors
            /// - `EBADF`: the socket is closed.
            #[doc(alias("IP_TTL", "IPV6_UNICAST_HOPS"))]
            pub fn ttl(&self) -> Result<u32, Error> {
                let socket = self.socket();
                Ok(if is_inet6(socket)? {
                    options::get_ipv6_unicast_hops(socket)?
                } else {
                    options::get_ip_ttl(socket)?
                })
            }

            /// Sets how many routers a packet may pass: from 1 to 255.
            ///
            /// # Errors
            /// - `EBADF`:  the socket is closed.
            /// - `EINVAL`: out of range.
            #[doc(alias("IP_TTL", "IPV6_UNICAST_HOPS"))]
            pub fn set_ttl(&self, ttl: u32) -> Result<(), Error> {
                let socket = self.socket();
                Ok(if is_inet6(socket)? {
                    options::set_ipv6_unicast_hops(socket, ttl)?
                } else {
                    options::set_ip_ttl(socket, ttl)?
                })
            }

            /// The size of the receive buffer in bytes.
            ///
            /// # Errors
            /// - `EBADF`: the socket is closed.
            #[doc(alias = "SO_RCVBUF")]
            pub fn recv_buffer_size(&self) -> Result<u32, Error> {
                Ok(options::get_so_rcvbuf(self.socket())?)
            }

            /// Asks for a receive buffer of this size. The system raises and lowers it to what it allows.
            ///
            /// # Errors
            /// - `EBADF`:  the socket is closed.
            /// - `EINVAL`: 0 bytes.
            #[doc(alias = "SO_RCVBUF")]
            pub fn set_recv_buffer_size(&self, size: u32) -> Result<(), Error> {
                Ok(options::set_so_rcvbuf(self.socket(), size)?)
            }

            /// The size of the send buffer in bytes.
            ///
            /// # Errors
            /// - `EBADF`: the socket is closed.
            #[doc(alias = "SO_SNDBUF")]
            pub fn send_buffer_size(&self) -> Result<u32, Error> {
                Ok(options::get_so_sndbuf(self.socket())?)
            }

            /// Asks for a send buffer of this size. The system raises and lowers it to what it allows.
            ///
            /// # Errors
            /// - `EBADF`:  the socket is closed.
            /// - `EINVAL`: 0 bytes.
            #[doc(alias = "SO_SNDBUF")]
            pub fn set_send_buffer_size(&self, size: u32) -> Result<(), Error> {
                Ok(options::set_so_sndbuf(self.socket(), size)?)
            }
        }
    };
}

common!(TcpStream);
common!(TcpListener);
common!(UdpSocket);

/// What streams have, and listeners for the streams that they accept.
macro_rules! stream {
    ($type:ident) => {
        impl $type {
            /// Whether a silent peer is asked if it is still there.
            ///
            /// # Errors
            /// - `EBADF`: the socket is closed.
            #[doc(alias = "SO_KEEPALIVE")]
            pub fn keepalive(&self) -> Result<bool, Error> {
                Ok(options::get_so_keepalive(self.socket())?)
            }

            /// Asks a silent peer if it is still there, and ends the connection with `ETIMEDOUT` if it is not.
            ///
            /// # Errors
            /// - `EBADF`: the socket is closed.
            #[doc(alias = "SO_KEEPALIVE")]
            pub fn set_keepalive(&self, on: bool) -> Result<(), Error> {
                Ok(options::set_so_keepalive(self.socket(), on)?)
            }

            /// How long a peer is silent before it is asked.
            ///
            /// # Errors
            /// - `EBADF`: the socket is closed.
            #[doc(alias = "TCP_KEEPIDLE")]
            pub fn keepalive_time(&self) -> Result<Duration, Error> {
                let time = options::get_tcp_keepidle(self.socket())?;
                Ok(Duration::try_from_secs_f64(time).unwrap_or(Duration::MAX))
            }

            /// Sets how long a peer is silent before it is asked: from 1 to 32,767 seconds, whole ones.
            ///
            /// # Errors
            /// - `EBADF`:  the socket is closed.
            /// - `EINVAL`: out of range, or with a fraction.
            #[doc(alias = "TCP_KEEPIDLE")]
            pub fn set_keepalive_time(&self, time: Duration) -> Result<(), Error> {
                Ok(options::set_tcp_keepidle(
                    self.socket(),
                    time.as_secs_f64(),
                )?)
            }

            /// How long to wait for an answer before asking again.
            ///
            /// # Errors
            /// - `EBADF`: the socket is closed.
            #[doc(alias = "TCP_KEEPINTVL")]
            pub fn keepalive_interval(&self) -> Result<Duration, Error> {
                let time = options::get_tcp_keepintvl(self.socket())?;
                Ok(Duration::try_from_secs_f64(time).unwrap_or(Duration::MAX))
            }

            /// Sets how long to wait for an answer before asking again: from 1 to 32,767 seconds, whole ones.
            ///
            /// # Errors
            /// - `EBADF`:  the socket is closed.
            /// - `EINVAL`: out of range, or with a fraction.
            #[doc(alias = "TCP_KEEPINTVL")]
            pub fn set_keepalive_interval(&self, time: Duration) -> Result<(), Error> {
                Ok(options::set_tcp_keepintvl(
                    self.socket(),
                    time.as_secs_f64(),
                )?)
            }

            /// How often a peer is asked in vain before the connection ends.
            ///
            /// # Errors
            /// - `EBADF`: the socket is closed.
            #[doc(alias = "TCP_KEEPCNT")]
            pub fn keepalive_retries(&self) -> Result<u32, Error> {
                Ok(options::get_tcp_keepcnt(self.socket())?)
            }

            /// Sets how often a peer is asked in vain before the connection ends: from 1 to 127.
            ///
            /// # Errors
            /// - `EBADF`:  the socket is closed.
            /// - `EINVAL`: out of range.
            #[doc(alias = "TCP_KEEPCNT")]
            pub fn set_keepalive_retries(&self, count: u32) -> Result<(), Error> {
                Ok(options::set_tcp_keepcnt(self.socket(), count)?)
            }

            /// Whether small segments are sent at once.
            ///
            /// # Errors
            /// - `EBADF`:       the socket is closed.
            /// - `ENOPROTOOPT`: the supplier does not have this option; over WASI 0.2 none does.
            #[doc(alias = "TCP_NODELAY")]
            pub fn nodelay(&self) -> Result<bool, Error> {
                Ok(options::get_tcp_nodelay(self.socket())?)
            }

            /// Sends small segments at once, instead of waiting for an answer to what was sent before.
            ///
            /// # Errors
            /// Those of [`nodelay`](Self::nodelay).
            #[doc(alias = "TCP_NODELAY")]
            pub fn set_nodelay(&self, on: bool) -> Result<(), Error> {
                Ok(options::set_tcp_nodelay(self.socket(), on)?)
            }

            /// How long closing waits for what was sent; `None` when it does not.
            ///
            /// # Errors
            /// - `EBADF`:       the socket is closed.
            /// - `ENOPROTOOPT`: the supplier does not have this option; over WASI 0.2 none does.
            #[doc(alias = "SO_LINGER")]
            pub fn linger(&self) -> Result<Option<Duration>, Error> {
                let time = options::get_so_linger(self.socket())?;
                Ok(time.map(|time| Duration::try_from_secs_f64(time).unwrap_or(Duration::MAX)))
            }

            /// Sets how long closing waits for what was sent: `None` not at all, and it is delivered in the background; zero
            /// not at all, and the connection is reset.
            ///
            /// # Errors
            /// Those of [`linger`](Self::linger); `EINVAL` for more than 32,767 seconds or a fraction.
            #[doc(alias = "SO_LINGER")]
            pub fn set_linger(&self, time: Option<Duration>) -> Result<(), Error> {
                Ok(options::set_so_linger(self.socket(), seconds(time))?)
            }
        }
    };
}

stream!(TcpStream);
stream!(TcpListener);

impl UdpSocket {
    /// Whether it may send to the broadcast address.
    ///
    /// # Errors
    /// - `EBADF`:       the socket is closed.
    /// - `ENOPROTOOPT`: the supplier does not have this option; over WASI 0.2 none does.
    #[doc(alias = "SO_BROADCAST")]
    pub fn broadcast(&self) -> Result<bool, Error> {
        Ok(options::get_so_broadcast(self.socket())?)
    }

    /// Allows it to send to the broadcast address.
    ///
    /// # Errors
    /// Those of [`broadcast`](Self::broadcast), and
    /// - `EACCES`: the network policy of the host refuses.
    #[doc(alias = "SO_BROADCAST")]
    pub fn set_broadcast(&self, on: bool) -> Result<(), Error> {
        Ok(options::set_so_broadcast(self.socket(), on)?)
    }
}

fn is_inet6(socket: &Socket) -> Result<bool, Error> {
    Ok(options::get_so_domain(socket)? == AddressFamily::Inet6)
}
