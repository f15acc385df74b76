//! Why a name could not be translated.

/// The `EAI_` codes of `<netdb.h>`: the enum `eai` of the WIT package, in the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Eai {
    /// `EAI_ADDRFAMILY`: the host is an address of another family.
    Addrfamily,
    /// `EAI_AGAIN`: the name server failed for now.
    Again,
    /// `EAI_BADFLAGS`: a flag does not fit the other arguments.
    Badflags,
    /// `EAI_FAIL`: the name server failed for good, or the policy of the host refuses.
    Fail,
    /// `EAI_FAMILY`: the address family is not supported.
    Family,
    /// `EAI_MEMORY`: not enough memory.
    Memory,
    /// `EAI_NODATA`: the name exists but has no address that was asked for.
    Nodata,
    /// `EAI_NONAME`: the name or the service is not known.
    Noname,
    /// `EAI_OVERFLOW`: an argument does not fit its buffer.
    Overflow,
    /// `EAI_SERVICE`: the service is not known for this socket type.
    Service,
    /// `EAI_SOCKTYPE`: the socket type is not supported.
    Socktype,
    /// `EAI_SYSTEM`: a system error.
    System,
    /// `EAI_INPROGRESS`: there is no answer yet.
    Inprogress,
    /// `EAI_CANCELED`: the lookup was cancelled, or closed.
    Canceled,
    /// `EAI_NOTCANCELED`: the lookup cannot be cancelled any more.
    Notcanceled,
    /// `EAI_ALLDONE`: every lookup is done already.
    Alldone,
    /// `EAI_INTR`: interrupted.
    Intr,
    /// `EAI_IDN_ENCODE`: the name cannot be encoded.
    IdnEncode,
    /// An error that has no `EAI_` name.
    Other,
}
