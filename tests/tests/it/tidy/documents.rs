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
    let named: Vec<&str> = quoted(table)
        .into_iter()
        .filter(|word| word.matches('_').count() > 2)
        .collect();
    assert!(named.len() > 20, "{named:?}");
    for name in named {
        assert!(cases.contains(&format!("fn {name}<")), "{name}");
    }
}

/// The last column of these tables is a list of tests, and each of them exists.
#[test]
fn the_tests_that_tables_name_exist() {
    let tests: String = files(".rs")
        .into_iter()
        .filter(|path| !path.contains("/src/bin/"))
        .map(|path| text(&path))
        .collect();
    for (document, least) in [("docs/escapes.md", 30), ("docs/faults.md", 35)] {
        let mut count = 0;
        for row in rows(&text(document)) {
            let last = row.last().expect("a row has columns");
            let named = quoted(last);
            assert!(!named.is_empty(), "{document}: {row:?}");
            for test in named {
                let is_there = ["()", "<"]
                    .iter()
                    .any(|rest| tests.contains(&format!("fn {test}{rest}")));
                assert!(is_there, "{document}: {test}");
            }
            count += 1;
        }
        assert!(count >= least, "{document} has {count} rows");
    }
}

/// What the guide to policies says that others lack is held by tests.
#[test]
fn what_a_policy_can_do_is_held_by_tests() {
    let tests: String = files(".rs").into_iter().map(|path| text(&path)).collect();
    let guide = text("docs/policy.md");
    let (_, table) = guide.split_once("| | wasock | held by |").expect("a table");
    let (table, _) = table.split_once("\n\n").expect("an end");
    let table = format!("\n{}", table.trim_start());
    let rows = rows(&table);
    assert!(rows.len() > 15, "{rows:?}");
    for row in rows {
        let test = quoted(row.last().expect("a row has columns"));
        let [test] = test.as_slice() else {
            panic!("no test: {row:?}");
        };
        assert!(tests.contains(&format!("fn {test}(")), "{row:?}");
    }
}

/// The rows of all tables of a document, without their headings.
fn rows(document: &str) -> Vec<Vec<&str>> {
    let mut rows = Vec::new();
    let mut in_body = false;
    for line in document.lines() {
        let is_row = line.starts_with('|');
        if is_row && in_body {
            rows.push(line.trim_matches('|').split('|').map(str::trim).collect());
        }
        in_body = is_row && (in_body || line.starts_with("|---"));
    }
    rows
}

/// What stands between back quotes.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
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
