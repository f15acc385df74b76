//! Does on sockets what the lines on its standard input say, and answers each with a line.
//!
//! So a test decides in which order the guest, its peer and the end of the program meet, and
//! nothing depends on how fast anything is. The commands are in [`stage`] and [`hoard`]; `exit` ends the program with its
//! sockets as they are, and the end of the input ends it after dropping them.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod hoard;
mod stage;

use core::mem::forget;

use lines::Lines;
use wasock_guest::{Error, write_stdout};

use stage::Stage;

wasock_guest::main!(puppet);

fn puppet() -> Result<(), Error> {
    let mut stage = Stage::default();
    for line in Lines::default() {
        if line == "exit" {
            forget(stage);
            return Ok(());
        }
        let mut answer = stage.act(&line);
        answer.push('\n');
        write_stdout(answer.as_bytes())?;
    }
    Ok(())
}
