//! The commands, and the sockets that they are about.
//!
//! | command                  | answer        | what it does                                             |
//! |--------------------------|---------------|----------------------------------------------------------|
//! | `create NAME v4`         |               | makes a socket; `v6` for the other family                |
//! | `udp NAME v4`            |               | makes a datagram socket                                  |
//! | `resolve HOST`           | addresses     | looks a name up                                          |
//! | `bind NAME ADDR`         |               |                                                          |
//! | `listen NAME`            | local address | takes up to 16 connections                               |
//! | `accept LISTENER NAME`   |               |                                                          |
//! | `connect NAME ADDR`      |               | makes the socket if there is none                        |
//! | `non-blocking NAME`      |               |                                                          |
//! | `timeout NAME MILLIS`    |               | bounds the waiting of each call                          |
//! | `keepalive NAME`         |               | asks a peer that is silent for a second whether it is there |
//! | `send NAME COUNT`        | bytes taken   | one `send` of so many bytes of the pattern               |
//! | `sendall NAME COUNT`     |               | one `sendall`                                            |
//! | `sends NAME TIMES COUNT` |               | so many calls of `send`, each repeated until all is taken |
//! | `fill NAME`              | bytes taken   | sends without waiting until there is no room             |
//! | `recv NAME COUNT`        | bytes come    | one `recv`; what comes must be the pattern               |
//! | `peek NAME COUNT`        | bytes there   | the same, and leaves them there                          |
//! | `waitall NAME COUNT`     | bytes come    | `recv` that waits for so many                            |
//! | `take NAME COUNT`        |               | `recv` until so many bytes came                          |
//! | `spin NAME COUNT`        |               | `recv` without ever waiting, until so many bytes came    |
//! | `spin-send NAME COUNT`   |               | `send` without ever waiting, until so many bytes are taken |
//! | `spin-accept L NAME`     |               | `accept` without ever waiting, until somebody is there   |
//! | `spin-connect NAME ADDR` |               | `connect` without ever waiting, until it is done         |
//! | `spin-recvfrom NAME`     | sender, word  | `recvfrom` without ever waiting, until something is there |
//! | `drain NAME`             | bytes come    | `recv` to the end of the data                            |
//! | `sendto NAME ADDR WORD`  |               | sends a datagram                                         |
//! | `recvfrom NAME`          | sender, word  | receives one                                             |
//! | `name NAME`              | local address |                                                          |
//! | `peer NAME`              | its address   |                                                          |
//! | `shutdown NAME`          |               | ends the sending half                                    |
//! | `close NAME`             |               | closes; the handle stays                                 |
//! | `drop NAME`              |               | drops the handle without closing                         |
//! | `churn COUNT`            |               | makes sockets and drops them at once                     |
//!
//! An answer is `ok`, with what the table says behind it, or `error` and the name of the error (after `eai-` where a
//! lookup fails).

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::SocketAddr;
use core::time::Duration;

use wasock_conformance::peer::pattern_byte;
use wasock_guest::net::options::{
    set_so_keepalive, set_tcp_keepcnt, set_tcp_keepidle, set_tcp_keepintvl,
};
use wasock_guest::net::resolver::getaddrinfo;
use wasock_guest::net::sockets::{ShutdownHow, Socket};
use wasock_guest::net::types::{AddressFamily, AddrinfoFlags, Eai, Errno, MsgFlags, SocketType};

use crate::hoard::Hoard;

/// How much `fill` offers at once.
const PIECE: usize = 64 * 1024;

/// The sockets by name.
#[derive(Default)]
pub(crate) struct Stage {
    actors: BTreeMap<String, Actor>,
    hoard: Hoard,
}

/// A socket, and how far it is in the pattern that it sends and in the one that it receives.
struct Actor {
    socket: Socket,
    sent: usize,
    received: usize,
}

/// Why there is nothing to answer but that.
pub(crate) enum Failure {
    Errno(Errno),
    Lookup(Eai),
    /// The byte at this place is not that of the pattern.
    Corrupt(usize),
    /// The test is wrong.
    Misunderstood,
}

pub(crate) type Answer = Result<String, Failure>;

impl Stage {
    /// Does what the line says.
    pub(crate) fn act(&mut self, line: &str) -> String {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        match self.perform(&words) {
            Ok(detail) if detail.is_empty() => "ok".to_owned(),
            Ok(detail) => format!("ok {detail}"),
            Err(Failure::Errno(errno)) => format!("error {}", errno.name()),
            Err(Failure::Lookup(eai)) => format!("error eai-{}", eai.name()),
            Err(Failure::Corrupt(index)) => format!("corrupt at {index}"),
            Err(Failure::Misunderstood) => format!("misunderstood: {line}"),
        }
    }

    fn perform(&mut self, words: &[&str]) -> Answer {
        if let Some(answer) = self.hoard.perform(words) {
            return answer;
        }
        match words {
            ["create", name, version] => self.create(name, family(version)?)?,
            ["udp", name, version] => {
                let socket = Socket::create(family(version)?, SocketType::Dgram, 0)?;
                self.keep(name, socket);
            }
            ["resolve", host] => return resolve(host),
            ["connect", name, address] => self.connect(name, parse(address)?)?,
            ["accept", listener, name] => {
                let (socket, _peer) = self.actor(listener)?.socket.accept()?;
                self.keep(name, socket);
            }
            ["spin-accept", listener, name] => {
                let listener = self.actor(listener)?;
                listener.settimeout(Duration::ZERO)?;
                let (socket, _peer) = spin(Errno::Eagain, || listener.socket.accept())?;
                self.keep(name, socket);
            }
            ["spin-connect", name, address] => {
                let address: SocketAddr = parse(address)?;
                self.create(name, AddressFamily::Inet)?;
                let actor = self.actor(name)?;
                actor.settimeout(Duration::ZERO)?;
                spin(Errno::Ealready, || {
                    match actor.socket.connect(address.into()) {
                        Err(Errno::Einprogress) => Err(Errno::Ealready),
                        answer => answer,
                    }
                })?;
            }
            ["drop", name] => drop(self.actors.remove(*name)),
            ["churn", count] => {
                for _ in 0..parse(count)? {
                    socket(AddressFamily::Inet)?;
                }
            }
            [verb, name, rest @ ..] => return self.actor(name)?.perform(verb, rest),
            _ => return Err(Failure::Misunderstood),
        }
        Ok(String::new())
    }

    fn create(&mut self, name: &str, family: AddressFamily) -> Result<(), Failure> {
        let socket = socket(family)?;
        self.keep(name, socket);
        Ok(())
    }

    fn connect(&mut self, name: &str, address: SocketAddr) -> Result<(), Failure> {
        if !self.actors.contains_key(name) {
            let family = match address {
                SocketAddr::V4(_) => AddressFamily::Inet,
                SocketAddr::V6(_) => AddressFamily::Inet6,
            };
            self.create(name, family)?;
        }
        Ok(self.actor(name)?.socket.connect(address.into())?)
    }

    fn keep(&mut self, name: &str, socket: Socket) {
        let actor = Actor {
            socket,
            sent: 0,
            received: 0,
        };
        self.actors.insert(name.to_owned(), actor);
    }

    fn actor(&mut self, name: &str) -> Result<&mut Actor, Failure> {
        self.actors.get_mut(name).ok_or(Failure::Misunderstood)
    }
}

impl Actor {
    fn perform(&mut self, verb: &str, rest: &[&str]) -> Answer {
        match (verb, rest) {
            ("bind", [address]) => {
                let address: SocketAddr = parse(address)?;
                self.socket.bind(address.into())?;
            }
            ("listen", []) => {
                self.socket.listen(16)?;
                return Ok(SocketAddr::from(self.socket.getsockname()?).to_string());
            }
            ("non-blocking", []) => self.settimeout(Duration::ZERO)?,
            ("timeout", [millis]) => self.settimeout(Duration::from_millis(parse(millis)?))?,
            ("keepalive", []) => {
                set_so_keepalive(&self.socket, true)?;
                set_tcp_keepidle(&self.socket, 1.0)?;
                set_tcp_keepintvl(&self.socket, 1.0)?;
                set_tcp_keepcnt(&self.socket, 1)?;
            }
            ("send", [count]) => return Ok(self.send(parse(count)?)?.to_string()),
            ("sendall", [count]) => {
                let data = pattern(self.sent, parse(count)?);
                self.socket.sendall(&data, MsgFlags::empty())?;
                self.sent += data.len();
            }
            ("sends", [times, count]) => self.sends(parse(times)?, parse(count)?)?,
            ("fill", []) => return Ok(self.fill()?.to_string()),
            ("recv", [count]) => {
                let flags = MsgFlags::empty();
                return Ok(self.recv(parse(count)?, flags)?.to_string());
            }
            ("peek", [count]) => {
                let data = self.socket.recv(parse(count)?, MsgFlags::PEEK)?;
                return Ok(data.len().to_string());
            }
            ("waitall", [count]) => {
                return Ok(self.recv(parse(count)?, MsgFlags::WAITALL)?.to_string());
            }
            ("take", [count]) => self.take(parse(count)?)?,
            ("spin", [count]) => self.spin(parse(count)?)?,
            ("spin-send", [count]) => {
                let data = pattern(self.sent, parse(count)?);
                let mut rest = data.as_slice();
                while !rest.is_empty() {
                    let taken = spin(Errno::Eagain, || self.socket.send(rest, MsgFlags::DONTWAIT))?;
                    rest = rest.get(taken as usize..).unwrap_or_default();
                }
                self.sent += data.len();
            }
            ("drain", []) => return Ok(self.drain()?.to_string()),
            ("sendto", [address, word]) => {
                let address: SocketAddr = parse(address)?;
                let (data, flags) = (word.as_bytes(), MsgFlags::empty());
                self.socket.sendto(data, flags, address.into())?;
            }
            ("recvfrom", []) => return self.recvfrom(MsgFlags::empty()),
            ("spin-recvfrom", []) => {
                return spin(Errno::Eagain, || match self.recvfrom(MsgFlags::DONTWAIT) {
                    Err(Failure::Errno(errno)) => Err(errno),
                    answer => Ok(answer),
                })?;
            }
            ("name", []) => {
                return Ok(SocketAddr::from(self.socket.getsockname()?).to_string());
            }
            ("peer", []) => {
                return Ok(SocketAddr::from(self.socket.getpeername()?).to_string());
            }
            ("shutdown", []) => self.socket.shutdown(ShutdownHow::Write)?,
            ("close", []) => self.socket.close(),
            _ => return Err(Failure::Misunderstood),
        }
        Ok(String::new())
    }

    fn settimeout(&self, timeout: Duration) -> Result<(), Errno> {
        self.socket.settimeout(Some(timeout.as_secs_f64()))
    }

    fn send(&mut self, count: usize) -> Result<usize, Errno> {
        let data = pattern(self.sent, count);
        let taken = self.socket.send(&data, MsgFlags::empty())? as usize;
        self.sent += taken;
        Ok(taken)
    }

    fn sends(&mut self, times: usize, count: usize) -> Result<(), Errno> {
        for _ in 0..times {
            let mut left = count;
            while left > 0 {
                left -= self.send(left)?;
            }
        }
        Ok(())
    }

    fn fill(&mut self) -> Result<usize, Errno> {
        let before = self.sent;
        loop {
            let data = pattern(self.sent, PIECE);
            match self.socket.send(&data, MsgFlags::DONTWAIT) {
                Ok(taken) => self.sent += taken as usize,
                Err(Errno::Eagain) => return Ok(self.sent - before),
                Err(errno) => return Err(errno),
            }
        }
    }

    fn recv(&mut self, count: u32, flags: MsgFlags) -> Result<usize, Failure> {
        let data = self.socket.recv(count, flags)?;
        for byte in &data {
            if *byte != pattern_byte(self.received) {
                return Err(Failure::Corrupt(self.received));
            }
            self.received += 1;
        }
        Ok(data.len())
    }

    fn recvfrom(&self, flags: MsgFlags) -> Answer {
        let received = self.socket.recvfrom(u32::from(u16::MAX), flags)?;
        let sender = received.address.map(SocketAddr::from);
        let sender = sender.ok_or(Failure::Misunderstood)?;
        let word = String::from_utf8_lossy(&received.data).into_owned();
        Ok(format!("{sender} {word}"))
    }

    fn take(&mut self, count: usize) -> Result<(), Failure> {
        let end = self.received + count;
        while self.received < end {
            let wanted = u32::try_from(end - self.received).unwrap_or(u32::MAX);
            if self.recv(wanted, MsgFlags::empty())? == 0 {
                return Err(Failure::Corrupt(self.received));
            }
        }
        Ok(())
    }

    fn spin(&mut self, count: usize) -> Result<(), Failure> {
        let end = self.received + count;
        while self.received < end {
            match self.recv(u32::MAX, MsgFlags::DONTWAIT) {
                Ok(0) => return Err(Failure::Corrupt(self.received)),
                Ok(_) | Err(Failure::Errno(Errno::Eagain)) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    fn drain(&mut self) -> Result<usize, Failure> {
        let before = self.received;
        while self.recv(u32::MAX, MsgFlags::empty())? > 0 {}
        Ok(self.received - before)
    }
}

/// Makes a call that does not wait again and again, for as long as it answers `not_yet`.
fn spin<T>(not_yet: Errno, mut call: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match call() {
            Err(errno) if errno == not_yet => {}
            answer => return answer,
        }
    }
}

fn family(version: &str) -> Result<AddressFamily, Failure> {
    match version {
        "v4" => Ok(AddressFamily::Inet),
        "v6" => Ok(AddressFamily::Inet6),
        _ => Err(Failure::Misunderstood),
    }
}

/// The addresses of a host, each once, in the order of the answer.
fn resolve(host: &str) -> Answer {
    let answer = getaddrinfo(
        Some(host),
        None,
        AddressFamily::Unspec,
        SocketType::Stream,
        0,
        AddrinfoFlags::empty(),
        None,
    );
    let addresses = answer.map_err(Failure::Lookup)?.into_iter();
    let words = addresses.map(|found| SocketAddr::from(found.address).ip().to_string());
    Ok(words.collect::<Vec<_>>().join(" "))
}

fn socket(family: AddressFamily) -> Result<Socket, Errno> {
    Socket::create(family, SocketType::Stream, 0)
}

fn pattern(start: usize, count: usize) -> Vec<u8> {
    (start..start + count).map(pattern_byte).collect()
}

pub(crate) fn parse<T: core::str::FromStr>(word: &str) -> Result<T, Failure> {
    word.parse().map_err(|_| Failure::Misunderstood)
}

impl From<Errno> for Failure {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}
