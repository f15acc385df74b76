//! Documents lead somewhere.

use std::path::Path;

use crate::support::repository::{files, root, text};

/// What the README says about a call is held by a case, which a later change may rename.
#[test]
fn the_cases_that_the_readme_names_exist() {
    let cases: String = files(".rs")
        .into_iter()
        .filter(|path| path.starts_with("tests/conformance/src/cases/"))
        .map(|path| text(&path))
        .collect();
    let readme = text("README.md");
    let (_, table) = readme.split_once("## The calls").expect("there is a table");
    let (table, _) = table.split_once("\n## ").expect("something follows");
    let named: Vec<&str> = table
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| word.matches('_').count() > 2)
        .collect();
    assert!(named.len() > 20, "{named:?}");
    for name in named {
        assert!(cases.contains(&format!("fn {name}<")), "{name}");
    }
}

/// The tables of attempts to get out, and of what a policy can do, are lists of tests, and each of them exists.
#[test]
fn what_documents_say_is_held_by_a_test_has_one() {
    let tests: String = files(".rs")
        .into_iter()
        .filter(|path| path.starts_with("tests/tests/it/") || path.starts_with("host/"))
        .map(|path| text(&path))
        .collect();
    for (document, at_least) in [("docs/escapes.md", 30), ("docs/policy.md", 15)] {
        let mut count = 0;
        for row in text(document).lines().filter(|line| line.starts_with("| ")) {
            let last = row.trim_end_matches(" |").rsplit("| ").next();
            let name = last.and_then(|cell| cell.strip_prefix('`')?.strip_suffix('`'));
            let Some(name) = name.filter(|name| name.matches('_').count() > 1) else {
                continue;
            };
            assert!(tests.contains(&format!("fn {name}(")), "{document}: {row}");
            count += 1;
        }
        assert!(count >= at_least, "{document}: {count}");
    }
}

#[test]
fn every_link_of_a_document_leads_to_a_file() {
    for document in files(".md") {
        let folder = root().join(&document);
        let folder = folder.parent().expect("it is in a folder");
        for link in links(&text(&document)) {
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = folder.join(path);
            assert!(target.exists(), "{document} leads to {link}");

            let document_of_anchor = if path.is_empty() {
                root().join(&document)
            } else {
                target
            };
            if !anchor.is_empty() && document_of_anchor.extension().is_some_and(|e| e == "md") {
                assert!(
                    anchors(&document_of_anchor)
                        .iter()
                        .any(|known| known == anchor),
                    "{document} leads to {link}, and there is no such heading"
                );
            }
        }
    }
}

/// The targets of `[text](target)` that are files here.
fn links(document: &str) -> Vec<String> {
    prose(document)
        .flat_map(|line| line.split("](").skip(1))
        .filter_map(|rest| rest.split([')', ' ']).next())
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        .map(str::to_owned)
        .collect()
}

/// The names by which the headings of a document are linked to.
fn anchors(document: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(document).expect("it can be read");
    prose(&text)
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            line.trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}

/// The lines that are not code.
fn prose(document: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    document.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    })
}
