//! Run, learn, run again.
