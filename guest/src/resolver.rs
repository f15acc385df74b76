//! The exported interface `resolver`.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{OnceCell, RefCell};
use core::net::IpAddr;

use wasock_core::backend::Progress;
use wasock_core::names::{self, Answers, Eai, Query};
use wasock_core::{Instant, Timeout};

use crate::Provider;
use crate::bindings::exports::wasock::net::resolver::{
    self as wit, AddressFamily, Addrinfo, AddrinfoFlags, Eai as WitEai, Guest, GuestLookup,
    NameinfoFlags, Seconds, Sockaddr, SocketType,
};
use crate::bindings::wasi::io::poll::Pollable;
use crate::bindings::wasi::sockets::instance_network::instance_network;
use crate::bindings::wasi::sockets::ip_name_lookup::{ResolveAddressStream, resolve_addresses};
use crate::bindings::wasi::sockets::network::ErrorCode;
use crate::convert::{
    address_from_wit, addrinfo_flags_from_wit, addrinfo_to_wit, eai_to_wit, family_from_wit,
    ip_from_wasi, nameinfo_flags_from_wit, timeout_from_wit, type_from_wit,
};
use crate::errors::eai;
use crate::memory;
use crate::wait::{block_on, not_yet, now};

/// A translation of core over the lookups of WASI.
pub(crate) type Translation = names::Translation<Resolving>;

impl Guest for Provider {
    type Lookup = Lookup;

    fn getaddrinfo(
        host: Option<String>,
        service: Option<String>,
        family: AddressFamily,
        r#type: SocketType,
        protocol: u32,
        flags: AddrinfoFlags,
        timeout: Option<Seconds>,
    ) -> Result<Vec<Addrinfo>, WitEai> {
        let query = query(
            host.as_deref(),
            service.as_deref(),
            family,
            r#type,
            protocol,
            flags,
        );
        let translation = RefCell::new(start(&query).map_err(eai_to_wit)?);
        let until = match timeout_from_wit(timeout).map_err(|_| WitEai::System)? {
            Timeout::Never => None,
            Timeout::NonBlocking => Some(Instant(0)),
            Timeout::After(length) => Some(now().after(length)),
        };
        loop {
            match translation.borrow_mut().finish() {
                Err(Eai::Inprogress) => {}
                answer => return to_wit(answer),
            }
            if until.is_some_and(|until| now() >= until) {
                return Err(WitEai::Again);
            }
            block_on(pollable(&translation.borrow()), until);
        }
    }

    fn getnameinfo(address: Sockaddr, flags: NameinfoFlags) -> Result<(String, String), WitEai> {
        names::getnameinfo(&address_from_wit(address), nameinfo_flags_from_wit(flags))
            .map(|info| (info.host, info.service))
            .map_err(eai_to_wit)
    }
}

/// A lookup as the program holds it; a poller knows what is in it.
pub(crate) struct Lookup {
    pub(crate) shared: Rc<RefCell<Translation>>,
}

impl GuestLookup for Lookup {
    fn start(
        host: Option<String>,
        service: Option<String>,
        family: AddressFamily,
        r#type: SocketType,
        protocol: u32,
        flags: AddrinfoFlags,
    ) -> Result<wit::Lookup, WitEai> {
        let query = query(
            host.as_deref(),
            service.as_deref(),
            family,
            r#type,
            protocol,
            flags,
        );
        let shared = Rc::new(RefCell::new(start(&query).map_err(eai_to_wit)?));
        Ok(wit::Lookup::new(Self { shared }))
    }

    fn finish(&self) -> Result<Vec<Addrinfo>, WitEai> {
        let answer = self.shared.borrow_mut().finish();
        if let Err(Eai::Inprogress) = answer {
            not_yet();
        }
        to_wit(answer)
    }

    fn cancel(&self) {
        self.shared.borrow_mut().cancel();
    }

    fn close(&self) {
        self.shared.borrow_mut().close();
    }
}

impl Drop for Lookup {
    fn drop(&mut self) {
        self.close();
    }
}

/// A lookup of WASI that is under way. The pollable is dropped before what it belongs to.
pub(crate) struct Resolving {
    pollable: OnceCell<Pollable>,
    stream: ResolveAddressStream,
}

impl Answers for Resolving {
    fn next(&mut self) -> Result<Progress<Option<IpAddr>>, Eai> {
        match self.stream.resolve_next_address() {
            Ok(address) => Ok(Progress::Done(address.map(ip_from_wasi))),
            Err(ErrorCode::WouldBlock) => Ok(Progress::Pending),
            Err(code) => Err(eai(code)),
        }
    }
}

/// What to wait on for an answer; none when there is one.
pub(crate) fn pollable(translation: &Translation) -> Option<&Pollable> {
    let resolving = translation.below()?;
    Some(
        resolving
            .pollable
            .get_or_init(|| resolving.stream.subscribe()),
    )
}

fn query<'a>(
    host: Option<&'a str>,
    service: Option<&'a str>,
    family: AddressFamily,
    r#type: SocketType,
    protocol: u32,
    flags: AddrinfoFlags,
) -> Query<'a> {
    Query {
        host,
        service,
        family: family_from_wit(family),
        r#type: type_from_wit(r#type),
        protocol,
        flags: addrinfo_flags_from_wit(flags),
    }
}

fn start(query: &Query<'_>) -> Result<Translation, Eai> {
    memory::check(0).map_err(|_| Eai::Memory)?;
    Translation::start(query, |lookup| {
        let stream = resolve_addresses(&instance_network(), lookup.name()).map_err(eai)?;
        Ok(Resolving {
            pollable: OnceCell::new(),
            stream,
        })
    })
}

fn to_wit(answer: Result<Vec<names::AddrInfo>, Eai>) -> Result<Vec<Addrinfo>, WitEai> {
    match answer {
        Ok(list) => Ok(list.into_iter().map(addrinfo_to_wit).collect()),
        Err(error) => Err(eai_to_wit(error)),
    }
}
