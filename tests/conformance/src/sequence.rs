//! Sequences of calls, for tests that compare suppliers with each other.
//!
//! The cases of this crate say what is right. A sequence does not: it is carried out on several suppliers, and what
//! they answer is compared. A [`Call`] is a line of text and its [`Outcome`] is another, so a sequence is a file that
//! a person can read, and a supplier may be on the other end of a pipe. A [`Stage`] carries the calls out.
//!
//! Sockets have numbers, and addresses are named by what they are ([`Place`]): which ports a supplier gets is its own
//! affair.

mod call;
mod outcome;
mod place;
mod stage;
mod words;

pub use call::{Action, Call, Kind, Name, Patience};
pub use outcome::{Answer, Digest, Outcome};
pub use place::Place;
pub use stage::Stage;
pub use words::NotUnderstood;
