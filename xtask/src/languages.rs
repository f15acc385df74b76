//! `cargo xtask languages`: build the examples in Python and JavaScript.

use std::fs;

use anyhow::{Context, Result};
use wasock_languages::{Language, Program, build};

use crate::repository;

/// The command line.
pub(crate) fn run(_arguments: &[String]) -> Result<()> {
    println!("== Building the examples in Python and JavaScript");
    let target = repository::target_dir()?;
    let root = repository::root();

    for language in Language::ALL {
        let component = build(language, Program::Sockets, &target)?;
        let size = fs::metadata(&component)
            .with_context(|| format!("cannot look at {}", component.display()))?
            .len();
        let shown = component.strip_prefix(&root).unwrap_or(&component);
        println!("  {:>10} bytes  {}", size, shown.display());
    }
    println!("\nWhat they do, and how to run them: docs/languages.md");
    Ok(())
}
