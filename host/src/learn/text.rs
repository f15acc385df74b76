//! A learnt policy as a file.

use std::fmt;

use super::Learned;
use super::entry::Entry;

impl fmt::Display for Learned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# What {} did, as it was recorded.", self.who())?;
        match (self.records, &self.time) {
            (1, Some((first, _))) => writeln!(f, "# One record, of {}.", first.escape_debug())?,
            (records, Some((first, last))) => {
                let (first, last) = (first.escape_debug(), last.escape_debug());
                writeln!(f, "# {records} records, from {first} to {last}.")?;
            }
            (_, None) => writeln!(f, "# No record.")?,
        }
        if self.sections.iter().any(|entry| !entry.active) {
            writeln!(
                f,
                "# A line that is commented out does not count: it reaches what has to be meant on purpose, or was refused."
            )?;
        }
        writeln!(f, "version = 1")?;

        let sections = [
            ("outbound", &self.sections.outbound),
            ("inbound", &self.sections.inbound),
            ("resolve", &self.sections.resolve),
        ];
        for (name, entries) in sections {
            write_section(f, name, entries)?;
        }
        Ok(())
    }
}

impl Learned {
    fn who(&self) -> String {
        let mut guests = self.guests.iter();
        match (guests.next(), guests.len()) {
            (None, _) => "a component".to_owned(),
            (Some(name), 0) => name.escape_debug().to_string(),
            (Some(name), more) => format!("{} and {more} more", name.escape_debug()),
        }
    }
}

fn write_section(f: &mut fmt::Formatter<'_>, name: &str, entries: &[Entry]) -> fmt::Result {
    if entries.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n[{name}]\nallow = [")?;
    let (active, inactive): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| entry.active);
    for entry in active.into_iter().chain(inactive) {
        writeln!(f, "    {entry}")?;
    }
    writeln!(f, "]")
}
