//! Documents that show what `wasock` says: it is run, and has to say it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::host::wasock;
use crate::support::repository;

/// A block of a document, as its fence calls it.
struct Block<'a> {
    language: &'a str,
    lines: Vec<&'a str>,
}

/// The files that the document shows are written down, and the commands are given where they are.
#[test]
fn the_guide_to_policies_shows_what_is_said() {
    let document = repository::text("docs/policy.md");
    let folder = tempfile::tempdir().expect("there is room");
    let of = |language| {
        blocks(&document)
            .into_iter()
            .filter(move |block| block.language == language)
    };
    let files = of("toml")
        .filter(|block| write_down(block, folder.path()))
        .count();
    let commands: usize = of("console").map(|block| hold(&block, folder.path())).sum();
    assert!(
        files > 4 && commands > 4,
        "{files} files, {commands} commands"
    );
}

/// Files have their name in their first line.
fn write_down(block: &Block<'_>, folder: &Path) -> bool {
    let name = block.lines.first().and_then(|line| line.strip_prefix("# "));
    let Some(name) = name.filter(|name| name.ends_with(".toml")) else {
        return false;
    };
    fs::write(folder.join(name), block.lines.join("\n") + "\n").expect("there is room");
    true
}

/// Gives each command of a block, and compares what is said with what the block says next. Answers how many there were.
fn hold(block: &Block<'_>, folder: &Path) -> usize {
    let mut count = 0;
    let mut lines = block.lines.iter().peekable();
    while let Some(line) = lines.next() {
        let command = line
            .strip_prefix("$ ")
            .unwrap_or_else(|| panic!("no command: {line}"));
        let mut expected = String::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
            expected += line;
            expected += "\n";
        }
        assert_eq!(said(command, folder), expected, "$ {command}");
        count += 1;
    }
    count
}

/// What a shell shows.
fn said(command: &str, folder: &Path) -> String {
    let program = wasock([]).get_program().to_owned();
    let programs = Path::new(&program).parent().expect("it is in a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {command}\n}} 2>&1")])
        .env("PATH", format!("{}:{path}", programs.display()))
        .current_dir(folder)
        .output()
        .expect("there is a shell");
    String::from_utf8(output.stdout).expect("it is text")
}

fn blocks(document: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let lines = lines.by_ref().take_while(|line| !line.starts_with("```"));
            blocks.push(Block {
                language,
                lines: lines.collect(),
            });
        }
    }
    blocks
}
