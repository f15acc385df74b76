//! The examples of the documentation, which shows these files.
#![expect(unreachable_pub, reason = "they are written for programs of their own")]

use wasock_guest::Error;

#[path = "../../../../bindings/rust/snippets/clones.rs"]
mod clones;
#[path = "../../../../bindings/rust/snippets/create_connection.rs"]
mod create_connection;
#[path = "../../../../bindings/rust/snippets/socketpair.rs"]
mod socketpair;
#[path = "../../../../bindings/rust/snippets/vectored.rs"]
mod vectored;

pub(crate) fn run() -> Result<(), Error> {
    socketpair::talk_to_oneself()?;
    create_connection::greet()?;
    vectored::send_head_and_body()?;
    clones::share_a_connection()
}
