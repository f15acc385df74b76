//! A layer below core that does whatever its contract allows, as the input says; and that fails where core does not keep
//! to its side.
//!
//! The contract is the documentation of [`wasock_core::backend`]: which call belongs into which state, and what each may
//! answer. Data that is read and written follows a [`pattern`](crate::pattern), so the layer sees whether each byte
//! comes, once and in its place.

mod datagram;
mod options;
mod stream;

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;

use wasock_core::addr::Family;
use wasock_core::backend::Backend;
use wasock_core::sockopt::SockOpt;
use wasock_core::{Errno, SockAddr};

pub(crate) use datagram::Mail;
pub(crate) use stream::{Connection, Wire, peer};

use crate::input::Input;

/// The layer, which all its sockets share, and whoever tests core over it.
#[derive(Clone, Debug)]
pub(crate) struct Layer<'a>(Rc<World<'a>>);

#[derive(Debug)]
struct World<'a> {
    input: RefCell<Input<'a>>,
    /// The errors of the call under way.
    errors: RefCell<Vec<(Cause, Errno)>>,
    calls: Cell<usize>,
    is_over: Cell<bool>,
    /// Which options no socket has, by the bit of their place modulo 8.
    refused: u8,
}

/// What an error of the layer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A call that gets a socket ready, or a datagram: each error is answered.
    Call,
    /// The connection: however many errors show it, its end is answered once.
    Connection,
}

impl<'a> Layer<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        let mut input = Input::new(data);
        let refused = input.byte();
        Self(Rc::new(World {
            input: RefCell::new(input),
            errors: RefCell::default(),
            calls: Cell::new(0),
            is_over: Cell::new(false),
            refused,
        }))
    }

    pub(crate) fn input(&self) -> RefMut<'_, Input<'a>> {
        self.0.input.borrow_mut()
    }

    /// What the layer has answered with since this was last asked.
    pub(crate) fn take_errors(&self) -> Vec<(Cause, Errno)> {
        self.0.errors.take()
    }

    /// How often the layer was called.
    pub(crate) fn calls(&self) -> usize {
        self.0.calls.get()
    }

    /// Says that nobody looks any more: sockets may go without ceremony.
    pub(crate) fn end(&self) {
        self.0.is_over.set(true);
    }

    fn is_over(&self) -> bool {
        self.0.is_over.get()
    }

    /// Whether no socket has the option.
    pub(crate) fn refuses(&self, option: SockOpt) -> bool {
        let place = SockOpt::ALL.iter().position(|known| *known == option);
        self.0.refused >> (place.unwrap_or(0) % 8) & 1 == 1
    }

    fn called(&self) {
        self.0.calls.set(self.0.calls.get() + 1);
    }

    /// One of these errors.
    fn fail(&self, cause: Cause, errors: &[Errno]) -> Errno {
        let error = self.input().pick(errors);
        self.0.errors.borrow_mut().push((cause, error));
        error
    }

    /// Done, mostly; otherwise one of these errors.
    fn try_to(&self, cause: Cause, errors: &[Errno]) -> Result<(), Errno> {
        if self.input().below(4) == 3 {
            Err(self.fail(cause, errors))
        } else {
            Ok(())
        }
    }

    fn try_to_create(&self) -> Result<(), Errno> {
        self.called();
        self.try_to(Cause::Call, &[Errno::Emfile, Errno::Enfile])
    }
}

impl<'a> Backend for Layer<'a> {
    type Stream = Wire<'a>;
    type Datagram = Mail<'a>;

    fn create_stream(&mut self, family: Family) -> Result<Wire<'a>, Errno> {
        self.try_to_create()?;
        Ok(Wire::new(self.clone(), family))
    }

    fn create_datagram(&mut self, family: Family) -> Result<Mail<'a>, Errno> {
        self.try_to_create()?;
        Ok(Mail::new(self.clone(), family))
    }
}

/// The address that a socket gets for the one it asks for.
pub(crate) fn given(address: &SockAddr) -> SockAddr {
    let mut given = *address;
    if given.port() == 0 {
        given.set_port(40_000);
    }
    given
}
