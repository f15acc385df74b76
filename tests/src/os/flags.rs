//! The `MSG_` flags, translated; those that the interface under test does not implement are refused
//! as it refuses them.

use rustix::net::{RecvFlags, SendFlags};
use wasock_core::Errno;
use wasock_core::flags::MsgFlags;

/// The flags of receiving. `MSG_NOSIGNAL` means nothing there, and `MSG_TRUNC` only where `trunc` says so: the
/// length of a datagram is asked for always.
pub(super) fn receiving(flags: MsgFlags, trunc: bool) -> Result<RecvFlags, Errno> {
    let table = [
        (MsgFlags::PEEK, RecvFlags::PEEK),
        (MsgFlags::WAITALL, RecvFlags::WAITALL),
        (MsgFlags::DONTWAIT, RecvFlags::DONTWAIT),
        (MsgFlags::NOSIGNAL, RecvFlags::empty()),
    ];
    let mut known = if trunc {
        MsgFlags::TRUNC
    } else {
        MsgFlags::NONE
    };
    let mut found = RecvFlags::empty();
    for (ours, theirs) in table {
        known |= ours;
        if flags.contains(ours) {
            found |= theirs;
        }
    }
    if known.contains(flags) {
        Ok(found)
    } else {
        Err(Errno::Eopnotsupp)
    }
}

/// The flags of sending. `MSG_NOSIGNAL` is always in effect.
pub(super) fn sending(flags: MsgFlags) -> Result<SendFlags, Errno> {
    let known = MsgFlags::DONTWAIT | MsgFlags::NOSIGNAL;
    if !known.contains(flags) {
        return Err(Errno::Eopnotsupp);
    }
    Ok(if flags.contains(MsgFlags::DONTWAIT) {
        SendFlags::NOSIGNAL | SendFlags::DONTWAIT
    } else {
        SendFlags::NOSIGNAL
    })
}
