//! `docs/bsd-compatibility.md` against the interface and the cases.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::repository::{files, text};

const DOCUMENT: &str = "docs/bsd-compatibility.md";

#[test]
fn every_function_of_the_interface_has_a_row() {
    let document = text(DOCUMENT);
    let mut count = 0;
    for file in interface_files() {
        for function in functions(&text(&file)) {
            assert!(document.contains(&format!("`{function}`")), "{function}");
            count += 1;
        }
    }
    assert!(count > 80, "{count}");
}

#[test]
fn every_flag_and_option_has_a_row() {
    let document = text(DOCUMENT);
    for (file, declaration, prefix) in [
        ("wit/types.wit", "flags msg-flags", "MSG_"),
        ("wit/types.wit", "flags addrinfo-flags", "AI_"),
        ("wit/types.wit", "flags nameinfo-flags", "NI_"),
        ("wit/options.wit", "enum option-name", ""),
    ] {
        for name in super::wit::cases(file, declaration) {
            let name = format!("{prefix}{}", name.replace('-', "_").to_uppercase());
            let is_there = name == "OTHER" || document.contains(&format!("`{name}`"));
            assert!(is_there, "{name}");
        }
    }
}

/// Where the last column of a table is one of cases, each row has one.
#[test]
fn the_cases_that_it_names_exist() {
    let cases: String = files(".rs")
        .into_iter()
        .filter(|path| path.starts_with("tests/conformance/src/cases/"))
        .map(|path| text(&path))
        .collect();
    let document = text(DOCUMENT);
    let rows: Vec<_> = rows(&document)
        .into_iter()
        .filter(|row| row.contains_key("case"))
        .collect();
    for row in &rows {
        let case = row["case"].trim_matches('`');
        assert!(cases.contains(&format!("fn {case}<")), "{row:?}");
    }
    assert!(rows.len() > 70, "{}", rows.len());
}

/// What a call, a flag or an option is not, an error says, and it stands there.
#[test]
fn every_row_about_the_interface_says_how_it_fails() {
    let document = text(DOCUMENT);
    let about = rows(&document)
        .into_iter()
        .filter(|row| !row.contains_key("instead"));
    let mut count = 0;
    for row in about {
        let errors = row.get("errors").unwrap_or_else(|| panic!("{row:?}"));
        assert!(
            *errors == "none" || errors.contains("`E") || errors.starts_with("those of"),
            "{row:?}"
        );
        count += 1;
    }
    assert!(count > 170, "{count}");
}

/// A function has the errors of its rows, and a row has none that its functions do not have.
#[test]
fn the_errors_are_those_of_the_interface() {
    let declared = declared_errors();
    let document = text(DOCUMENT);
    let mut written: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for row in rows(&document) {
        let (Some(named), Some(errors)) = (row.get("`wasock:net`"), row.get("errors")) else {
            continue;
        };
        let functions: Vec<&str> = quoted(named).collect();
        let stated = written_errors(errors, &declared);
        let mut possible = BTreeSet::new();
        for function in &functions {
            let errors = declared.get(*function);
            let errors = errors.unwrap_or_else(|| panic!("there is no {function}"));
            possible.extend(errors.all());
            written.entry(function).or_default().extend(stated.clone());
        }
        let invented: Vec<_> = stated.difference(&possible).collect();
        assert!(invented.is_empty(), "{functions:?}: {invented:?}");
    }
    for (function, errors) in &declared {
        let stated = written.get(function.as_str()).cloned().unwrap_or_default();
        let missing: Vec<_> = errors.own.difference(&stated).collect();
        assert!(missing.is_empty(), "{function}: {missing:?}");
    }
}

/// A row of a table, each cell under the head of its column.
type Row<'a> = BTreeMap<&'a str, &'a str>;

fn rows(document: &str) -> Vec<Row<'_>> {
    let mut head: Vec<&str> = Vec::new();
    let mut rows = Vec::new();
    for line in document.lines() {
        let Some(cells) = line.strip_prefix("| ") else {
            if !line.starts_with('|') {
                head.clear();
            }
            continue;
        };
        let cells: Vec<&str> = cells.trim_end_matches(" |").split(" | ").collect();
        if head.is_empty() {
            head = cells;
        } else {
            assert_eq!(cells.len(), head.len(), "{line}");
            rows.push(head.iter().copied().zip(cells).collect());
        }
    }
    rows
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The errors of a cell, where `those of` another call are meant, too.
fn written_errors(cell: &str, declared: &BTreeMap<String, Errors>) -> BTreeSet<String> {
    let mut errors = BTreeSet::new();
    for word in quoted(cell) {
        if word.starts_with('E') {
            errors.insert(word.to_owned());
        } else {
            let found = declared
                .iter()
                .find(|(function, _)| function.ends_with(&format!(".{word}")));
            let (_, others) = found.unwrap_or_else(|| panic!("{cell}"));
            errors.extend(others.own.clone());
        }
    }
    errors
}

/// What the documentation of a function says about how it fails.
#[derive(Debug, Default)]
struct Errors {
    own: BTreeSet<String>,
    /// Those of every function of its interface.
    common: BTreeSet<String>,
}

impl Errors {
    fn all(&self) -> BTreeSet<String> {
        self.own.union(&self.common).cloned().collect()
    }
}

fn declared_errors() -> BTreeMap<String, Errors> {
    let mut declared = BTreeMap::new();
    for file in interface_files() {
        read_errors(&text(&file), &mut declared);
    }
    declared
}

/// Reads the sections about errors of a file. One may refer to a function above it.
fn read_errors(text: &str, declared: &mut BTreeMap<String, Errors>) {
    let (mut around, mut common, mut own) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut section = "";
    for line in text.lines().map(str::trim) {
        if let Some(line) = line.strip_prefix("///") {
            let line = line.trim();
            section = line.strip_prefix("# ").unwrap_or(section);
            if section.starts_with("Errors") && !line.starts_with('#') {
                let to = if section == "Errors" {
                    &mut own
                } else {
                    &mut common
                };
                to.extend(errors_of_line(line, declared));
            }
        } else if line.starts_with('@') || line.starts_with("//") {
            // What is documented comes below.
        } else {
            if let Some(function) = function(line) {
                let owner = around.last().expect("a function is in an interface");
                let errors = Errors {
                    own: own.clone(),
                    common: common.clone(),
                };
                declared.insert(format!("{owner}.{function}"), errors);
            }
            enter_or_leave(line, &mut around);
            own.clear();
            section = "";
        }
    }
}

/// The errors that a line of documentation names: at the beginning of an item, or as those of another function.
fn errors_of_line(line: &str, declared: &BTreeMap<String, Errors>) -> BTreeSet<String> {
    let mut errors = BTreeSet::new();
    let item = line.strip_prefix("- `");
    if let Some((name, _)) = item.and_then(|item| item.split_once('`')) {
        errors.insert(name_in_c(name));
    }
    if line.contains("hose of `") || line.starts_with("As `") {
        // Behind a colon it says when.
        let names = line.split(':').next().unwrap_or(line);
        for word in quoted(names) {
            let suffix = format!(".{word}");
            let other = declared.iter().find(|(name, _)| name.ends_with(&suffix));
            match other {
                Some((_, other)) => errors.extend(other.own.clone()),
                None => drop(errors.insert(name_in_c(word))),
            }
        }
    }
    errors
}

/// `einval` is `EINVAL`, and `noname` is `EAI_NONAME`.
fn name_in_c(name: &str) -> String {
    let errnos = super::wit::cases("wit/types.wit", "enum errno");
    let name = name.replace('-', "_").to_uppercase();
    if errnos.contains(&name.to_lowercase()) {
        name
    } else {
        format!("EAI_{name}")
    }
}

/// The interface is what is declared here; what it uses is below `deps`.
fn interface_files() -> Vec<String> {
    let mut files = files(".wit");
    files.retain(|path| path.starts_with("wit/") && path.matches('/').count() == 1);
    files
}

/// The functions of a file, each behind the resource that has it, or else the interface.
fn functions(text: &str) -> Vec<String> {
    let mut around: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with("//") {
            continue;
        }
        if let Some(name) = function(line) {
            let owner = around.last().expect("a function is in an interface");
            found.push(format!("{owner}.{name}"));
        }
        enter_or_leave(line, &mut around);
    }
    found
}

/// The function that a line declares.
fn function(line: &str) -> Option<&str> {
    let declared = line
        .split_once(": func(")
        .or(line.split_once(": static func("));
    declared.map(|(name, _)| name)
}

/// Keeps the names of the declarations around a line.
fn enter_or_leave<'a>(line: &'a str, around: &mut Vec<&'a str>) {
    if let Some(declared) = line.strip_suffix('{') {
        around.push(declared.trim().rsplit(' ').next().unwrap_or(declared));
    } else if line == "}" {
        around.pop();
    }
}

#[test]
fn functions_are_found_behind_what_has_them() {
    let text = "\
        interface a {\n\
            resource b {\n\
                c: func();\n\
                d: static func(e: u32) -> result<b, errno>;\n\
            }\n\
            flags f {\n g,\n }\n\
            use types.{errno};\n\
            // h: func();\n\
            i: func();\n\
        }\n";
    assert_eq!(functions(text), ["b.c", "b.d", "a.i"]);
}

#[test]
fn errors_are_read_with_those_that_are_referred_to() {
    let mut declared = BTreeMap::new();
    let text = "\
        /// # Errors of every function\n\
        /// - `ebadf`: closed.\n\
        interface a {\n\
            /// Does `b`.\n\
            ///\n\
            /// # Errors\n\
            /// - `einval`: `eagain` is another matter.\n\
            /// - `noname`: no name.\n\
            ///\n\
            /// # BSD\n\
            /// - `eio`: not here.\n\
            @since(version = 0.1.0)\n\
            b: func();\n\
            /// # Errors\n\
            /// Those of `b`, and `eacces`: refused.\n\
            c: func();\n\
            d: func();\n\
        }\n";
    read_errors(text, &mut declared);
    let own = |function: &str| -> Vec<&str> {
        declared[function].own.iter().map(String::as_str).collect()
    };
    assert_eq!(own("a.b"), ["EAI_NONAME", "EINVAL"]);
    assert_eq!(own("a.c"), ["EACCES", "EAI_NONAME", "EINVAL"]);
    assert_eq!(own("a.d"), [""; 0]);
    assert!(declared["a.d"].common.contains("EBADF"));
}
