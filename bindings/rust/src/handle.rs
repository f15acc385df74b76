//! Handles of sockets.

/// What a type with a field `socket: Rc<Socket>` has, whatever it is connected to.
macro_rules! handle {
    ($type:ident) => {
        impl $type {
            /// Sets how long each call may wait: `None` forever, zero not at all.
            ///
            /// # Errors
            /// - `EBADF`: the socket is closed.
            #[doc(alias("SO_RCVTIMEO", "SO_SNDTIMEO"))]
            pub fn set_timeout(&self, timeout: Option<Duration>) -> Result<(), Error> {
                crate::time::set_timeout(&self.socket, timeout)
            }

            /// Makes calls that would wait answer `EAGAIN`, or lets them wait forever again.
            ///
            /// It takes the place of a timeout that was set before.
            ///
            /// # Errors
            /// Those of [`set_timeout`](Self::set_timeout).
            #[doc(alias = "O_NONBLOCK")]
            pub fn set_nonblocking(&self, nonblocking: bool) -> Result<(), Error> {
                self.set_timeout(nonblocking.then_some(Duration::ZERO))
            }

            /// The address of this end.
            ///
            /// # Errors
            /// - `EBADF`: the socket is closed.
            #[doc(alias = "getsockname")]
            pub fn local_addr(&self) -> Result<SocketAddr, Error> {
                Ok(self.socket.getsockname()?.into())
            }

            /// Closes the socket, for every clone: later calls answer `EBADF`. What was sent is still delivered.
            pub fn close(&self) {
                self.socket.close();
            }

            /// The socket, for the calls that have no method here.
            #[must_use]
            pub fn socket(&self) -> &Socket {
                &self.socket
            }

            /// The socket itself, if this is the only handle of it.
            ///
            /// # Errors
            /// This handle, if there is a clone.
            #[doc(alias = "detach")]
            pub fn into_socket(self) -> Result<Socket, Self> {
                Rc::try_unwrap(self.socket).map_err(|socket| Self { socket })
            }
        }

        /// Takes over a socket of this type.
        impl From<Socket> for $type {
            fn from(socket: Socket) -> Self {
                let socket = Rc::new(socket);
                Self { socket }
            }
        }

        impl AsRef<Socket> for $type {
            fn as_ref(&self) -> &Socket {
                &self.socket
            }
        }
    };
}

pub(crate) use handle;
