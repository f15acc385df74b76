//! `docs/bsd-compatibility.md` against the interface and the cases.

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
    let mut has_cases = false;
    let mut count = 0;
    for line in document.lines() {
        let last = line.trim_end_matches(" |").rsplit(" | ").next();
        let last = last.unwrap_or_default();
        if !line.starts_with('|') || last == "case" {
            has_cases = last == "case";
        } else if has_cases && !line.starts_with("|---") {
            let case = last.trim_matches('`');
            assert!(cases.contains(&format!("fn {case}<")), "{line}");
            count += 1;
        }
    }
    assert!(count > 70, "{count}");
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
        if let Some((name, _)) = line
            .split_once(": func(")
            .or(line.split_once(": static func("))
        {
            let owner = around.last().expect("a function is in an interface");
            found.push(format!("{owner}.{name}"));
        } else if let Some(declared) = line.strip_suffix('{') {
            around.push(declared.trim().rsplit(' ').next().unwrap_or(declared));
        } else if line == "}" {
            around.pop();
        }
    }
    found
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
