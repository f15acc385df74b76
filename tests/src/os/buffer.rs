//! Buffers. An operating system has none of this kind, so these are core's, with its limits.

use std::cell::RefCell;

use wasock_conformance::api::Buffer;
use wasock_core::Errno;
use wasock_core::buffer::{self, Budget};

/// Memory to receive into; none once it is closed.
#[derive(Debug)]
pub struct OsBuffer(RefCell<Option<buffer::Buffer>>);

std::thread_local! {
    /// A case has a thread of its own, as it has a component of its own.
    static BUDGET: Budget = Budget::default();
}

impl OsBuffer {
    pub(crate) fn new(size: u32) -> Result<Self, Errno> {
        BUDGET
            .with(|budget| buffer::Buffer::new(size as usize, budget))
            .map(|buffer| Self(RefCell::new(Some(buffer))))
    }

    /// How many of `length` bytes fit from `offset` on.
    pub(crate) fn room(&self, offset: u32, length: u32) -> Result<usize, Errno> {
        self.open(|buffer| buffer.room(offset as usize, length as usize))
    }

    fn open<T>(
        &self,
        call: impl FnOnce(&mut buffer::Buffer) -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        call(self.0.borrow_mut().as_mut().ok_or(Errno::Ebadf)?)
    }
}

impl Buffer for OsBuffer {
    fn size(&self) -> u32 {
        let buffer = self.0.borrow();
        let size = buffer.as_ref().map_or(0, buffer::Buffer::size);
        u32::try_from(size).unwrap_or(u32::MAX)
    }

    fn read(&self, offset: u32, length: u32) -> Result<Vec<u8>, Errno> {
        self.open(|buffer| {
            let bytes = buffer.read(offset as usize, length as usize);
            bytes.map(<[u8]>::to_vec)
        })
    }

    fn write(&self, offset: u32, data: &[u8]) -> Result<(), Errno> {
        self.open(|buffer| buffer.write(offset as usize, data))
    }

    fn close(&self) {
        self.0.take();
    }
}
