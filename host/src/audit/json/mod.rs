//! Records as lines of JSON, and back: the format of `docs/audit.md`.
//!
//! A line is an object in ASCII, whatever the record holds, so that it can disturb neither a terminal nor a reader that
//! splits at other line ends than `\n`. It has an end: texts are cut and lists are counted, so that no guest makes a
//! line longer than [`MAX_LINE`].
//!
//! | concept                          | file     |
//! |----------------------------------|----------|
//! | which fields there are           | `fields` |
//! | records as fields                | `write`  |
//! | fields as requests, to be decided on again | `read`   |
//! | the lines of a file              | `lines`  |
//! | texts and times                  | `text`, `time` |

mod fields;
mod lines;
mod read;
mod text;
mod time;
mod write;

pub use fields::{Fields, Line, PinnedFields, TrafficFields};
pub use lines::Lines;
pub use read::{LineError, Recorded, read_line};
pub use write::line;
pub(super) use write::line_after;

/// The version of the format. It changes when a field changes its meaning or goes; fields are added without.
pub const VERSION: u32 = 1;

/// No line is longer, whatever a guest does. In octets, without the line end.
///
/// The texts of the policy's author are cut as well, see `text`.
pub const MAX_LINE: usize = 128 * 1024;
