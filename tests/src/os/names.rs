//! Names, by the C library. Raw sockets, which it lists too, are left out, as the interface has none. A lookup
//! has its answer from the start.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use wasock_conformance::api::{AddrInfo, AnyType, Lookup, Question};
use wasock_core::Errno;
use wasock_core::names::Eai;

use crate::translate::{entry, query};

/// A translation that has its answer; none once it is closed. Pollers know it too.
#[derive(Debug)]
pub struct OsLookup(Rc<RefCell<Option<Vec<AddrInfo>>>>);

type Answer = Result<Vec<AddrInfo>, Eai>;

impl OsLookup {
    pub(super) fn start(question: &Question<'_>) -> Result<Self, Eai> {
        let answer = getaddrinfo(question)?;
        Ok(Self(Rc::new(RefCell::new(Some(answer)))))
    }

    pub(super) fn check_open(&self) -> Result<(), Errno> {
        self.0.borrow().as_ref().map(|_| ()).ok_or(Errno::Ebadf)
    }

    /// It, for a poller.
    pub(super) fn watch(&self) -> Weak<RefCell<Option<Vec<AddrInfo>>>> {
        Rc::downgrade(&self.0)
    }
}

impl Lookup for OsLookup {
    fn finish(&self) -> Answer {
        self.0.borrow().clone().ok_or(Eai::Canceled)
    }

    fn cancel(&self) {}

    fn close(&self) {
        self.0.take();
    }
}

/// `getaddrinfo`, without what only it can create.
pub(super) fn getaddrinfo(question: &Question<'_>) -> Answer {
    let all = wasock_c_library::getaddrinfo(&query(question))?;
    let entries = all.into_iter().map(entry);
    Ok(entries
        .filter(|entry| entry.kind != AnyType::Other)
        .collect())
}
