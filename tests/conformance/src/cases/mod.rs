//! The cases, one file per theme. The comment of a case says why it is as it is, where that is not plain.

pub(crate) mod accept;
pub(crate) mod bind;
pub(crate) mod close;
pub(crate) mod connect;
pub(crate) mod connect_progress;
pub(crate) mod create;
pub(crate) mod denied;
pub(crate) mod flags;
pub(crate) mod inet;
pub(crate) mod listen;
pub(crate) mod names;
pub(crate) mod nonblocking;
pub(crate) mod peek;
pub(crate) mod recv;
pub(crate) mod reset;
pub(crate) mod send;
pub(crate) mod sendall;
pub(crate) mod shutdown;
pub(crate) mod timeout;
