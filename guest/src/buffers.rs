//! The exported resource `buffer`.

use alloc::vec::Vec;
use core::cell::RefCell;

use wasock_core::buffer::{self, Budget};

use crate::bindings::exports::wasock::net::sockets::{self as wit, Errno, GuestBuffer};
use crate::convert::errno_to_wit;

/// A buffer as the program holds it; none when it is closed.
pub(crate) struct Buffer(RefCell<Option<buffer::Buffer>>);

impl Buffer {
    /// Does something with it.
    ///
    /// # Errors
    /// `EBADF` when it is closed; those of `action`.
    pub(crate) fn with<T>(
        &self,
        action: impl FnOnce(&mut buffer::Buffer) -> Result<T, wasock_core::Errno>,
    ) -> Result<T, Errno> {
        let mut buffer = self.0.borrow_mut();
        let buffer = buffer.as_mut().ok_or(Errno::Ebadf)?;
        action(buffer).map_err(errno_to_wit)
    }
}

impl GuestBuffer for Buffer {
    fn create(size: u32) -> Result<wit::Buffer, Errno> {
        BUDGET
            .new_buffer(size as usize)
            .map(|buffer| wit::Buffer::new(Self(RefCell::new(Some(buffer)))))
            .map_err(errno_to_wit)
    }

    fn len(&self) -> u32 {
        let size = self.0.borrow().as_ref().map_or(0, buffer::Buffer::size);
        u32::try_from(size).unwrap_or(u32::MAX)
    }

    fn read(&self, offset: u32, length: u32) -> Result<Vec<u8>, Errno> {
        self.with(|buffer| buffer.read(offset as usize, length as usize).map(Vec::from))
    }

    fn write(&self, offset: u32, data: Vec<u8>) -> Result<(), Errno> {
        self.with(|buffer| buffer.write(offset as usize, &data))
    }

    fn close(&self) {
        self.0.take();
    }
}

/// The budget of all buffers of this component, made with the first of them.
struct SharedBudget(RefCell<Option<Budget>>);

static BUDGET: SharedBudget = SharedBudget(RefCell::new(None));

// SAFETY: a component of WASI 0.2 has one thread.
unsafe impl Sync for SharedBudget {}

impl SharedBudget {
    fn new_buffer(&self, size: usize) -> Result<buffer::Buffer, wasock_core::Errno> {
        let mut budget = self.0.borrow_mut();
        buffer::Buffer::new(size, budget.get_or_insert_with(Budget::default))
    }
}
