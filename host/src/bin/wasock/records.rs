//! Audit files, read line by line; what cannot be used is told and does not stop the rest.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use wasock::audit::json::{Line, LineError, Lines};

use crate::files;

/// How many lines that cannot be used are told one by one, of each file.
const MAX_TOLD: usize = 10;

/// Hand each record of the file to `take`, which may find that it cannot be used.
pub(crate) fn read(
    path: &Path,
    mut take: impl FnMut(&Line) -> Result<(), LineError>,
) -> Result<()> {
    let (mut used, mut unusable) = (0_u64, 0_usize);
    for line in Lines::new(files::open(path)?) {
        let (number, line) = line.with_context(|| format!("cannot read {}", path.display()))?;
        match line.and_then(|line| take(&line)) {
            Ok(()) => used += 1,
            Err(error) => {
                unusable += 1;
                if unusable <= MAX_TOLD {
                    eprintln!("{}:{number}: {error}", path.display());
                }
            }
        }
    }
    if unusable > 0 {
        let lines = if unusable == 1 { "line" } else { "lines" };
        eprintln!("{}: {unusable} {lines} could not be used", path.display());
    } else if used == 0 {
        eprintln!("{}: there are no records in it", path.display());
    }
    if used == 0 && unusable > 0 {
        return Err(anyhow!(
            "{} is not an audit file: no line of it can be used",
            path.display()
        ));
    }
    Ok(())
}
