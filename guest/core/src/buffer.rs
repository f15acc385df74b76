//! Memory that the supplier keeps for a program.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;

use crate::Errno;

/// The most bytes of one buffer.
pub const LARGEST: usize = 16 * 1024 * 1024;

/// The most bytes of all buffers of a component.
pub const TOTAL: usize = 64 * 1024 * 1024;

/// What all buffers of a component have in common: how much they hold together.
#[derive(Debug, Clone, Default)]
pub struct Budget(Rc<Cell<usize>>);

/// A buffer. Dropping it gives its bytes back to the budget.
#[derive(Debug)]
pub struct Buffer {
    bytes: Vec<u8>,
    budget: Budget,
}

impl Buffer {
    /// `size` zero bytes.
    ///
    /// # Errors
    /// `EINVAL` for none; `ENOBUFS` for too many, or when there is no memory.
    pub fn new(size: usize, budget: &Budget) -> Result<Self, Errno> {
        if size == 0 {
            return Err(Errno::Einval);
        }
        let total = budget.0.get().saturating_add(size);
        if size > LARGEST || total > TOTAL {
            return Err(Errno::Enobufs);
        }
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(size).map_err(|_| Errno::Enobufs)?;
        bytes.resize(size, 0);
        budget.0.set(total);
        Ok(Self {
            bytes,
            budget: budget.clone(),
        })
    }

    /// Its size.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// At most `length` bytes from `offset` on.
    ///
    /// # Errors
    /// `EINVAL` for an offset behind the end.
    pub fn read(&self, offset: usize, length: usize) -> Result<&[u8], Errno> {
        let rest = self.bytes.get(offset..).ok_or(Errno::Einval)?;
        Ok(rest.get(..length).unwrap_or(rest))
    }

    /// Copies `data` to `offset`.
    ///
    /// # Errors
    /// `EINVAL` when it does not fit.
    pub fn write(&mut self, offset: usize, data: &[u8]) -> Result<(), Errno> {
        let end = offset.checked_add(data.len()).ok_or(Errno::Einval)?;
        let place = self.bytes.get_mut(offset..end).ok_or(Errno::Einval)?;
        place.copy_from_slice(data);
        Ok(())
    }

    /// How many of `length` bytes fit from `offset` on.
    ///
    /// # Errors
    /// `EINVAL` for an offset behind the end.
    pub fn room(&self, offset: usize, length: usize) -> Result<usize, Errno> {
        self.read(offset, length).map(<[u8]>::len)
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let total = &self.budget.0;
        total.set(total.get().saturating_sub(self.bytes.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_bounded_each_and_together_and_given_back() {
        let budget = Budget::default();
        assert_eq!(Buffer::new(0, &budget).err(), Some(Errno::Einval));
        for size in [LARGEST + 1, u32::MAX as usize, usize::MAX] {
            assert_eq!(
                Buffer::new(size, &budget).err(),
                Some(Errno::Enobufs),
                "{size}"
            );
        }
        let buffers: Vec<_> = (0..TOTAL / LARGEST)
            .map(|_| Buffer::new(LARGEST, &budget).unwrap())
            .collect();
        assert_eq!(Buffer::new(1, &budget).err(), Some(Errno::Enobufs));
        drop(buffers);
        assert!(Buffer::new(1, &budget).is_ok());
    }

    #[test]
    fn reading_is_cut_at_the_end_and_writing_is_refused_there() {
        let mut buffer = Buffer::new(4, &Budget::default()).unwrap();
        assert_eq!(buffer.write(1, b"abc"), Ok(()));
        assert_eq!(buffer.read(0, 2), Ok(&b"\0a"[..]));
        assert_eq!(buffer.read(2, usize::MAX), Ok(&b"bc"[..]));
        assert_eq!(buffer.read(4, 1), Ok(&b""[..]));
        assert_eq!(buffer.read(5, 1), Err(Errno::Einval));
        assert_eq!(buffer.write(2, b"abc"), Err(Errno::Einval));
        assert_eq!(buffer.write(usize::MAX, b"abc"), Err(Errno::Einval));
        assert_eq!(buffer.read(0, 9), Ok(&b"\0abc"[..]), "unchanged");
        assert_eq!(buffer.room(3, 9), Ok(1));
    }
}
