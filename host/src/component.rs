//! What a file is, and what a component asks for: read from its outline, before anything is compiled.

mod doors;
mod inspection;
mod role;

use std::fmt;

use thiserror::Error;
use wasmparser::{Parser, Payload};

use crate::linker::SUPPLIED;

pub use doors::{Access, Door};
pub use inspection::Inspection;
pub use role::Role;

/// The names at the rim of a component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// What it imports: `wasi:io/poll@0.2.0`.
    pub imports: Vec<String>,
    /// What it exports: `wasi:cli/run@0.2.0`.
    pub exports: Vec<String>,
}

/// A file that is not a component.
#[derive(Debug, Error)]
pub enum NotAComponent {
    /// A core module, which the component model wraps.
    #[error(
        "this is a core WebAssembly module, not a component: build it with `--target wasm32-wasip2`, \
         or wrap it with `wasm-tools component new`"
    )]
    CoreModule,
    /// The text format.
    #[error(
        "this is WebAssembly text: turn it into a binary with `wasm-tools parse FILE -o OUT.wasm`"
    )]
    Text,
    /// A binary of a version that is neither a component's nor a module's.
    #[error("this is WebAssembly of an unknown version: build it with current tools")]
    Version,
    /// Not WebAssembly at all.
    #[error("this is not a WebAssembly file: a component begins with the bytes `\\0asm`")]
    Foreign,
    /// An empty file.
    #[error("the file is empty")]
    Empty,
    /// It begins as a component and does not go on as one.
    #[error("the component is damaged")]
    Damaged(#[source] wasmparser::BinaryReaderError),
}

/// An import of a component that wasock does not supply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupplied {
    /// What the component imports.
    pub import: String,
    /// Why it is not there.
    pub why: Why,
}

/// Why an import is not supplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// wasock knows it, and has no policy for it yet; so it stays shut.
    Unguarded,
    /// It serves requests, which is another thing than to make them: somebody has to send it some.
    Serving,
    /// It is of another generation of WASI than 0.2.
    Generation,
    /// It is `wasock:net`, which the provider supplies once it is plugged in.
    Provider,
    /// Nobody knows it here.
    Unknown,
}

impl Outline {
    /// Read the outline of a component.
    ///
    /// # Errors
    ///
    /// It is not a component; the error says what it is.
    pub fn read(file: &[u8]) -> Result<Self, NotAComponent> {
        check_kind(file)?;

        let mut outline = Self::default();
        // What is nested in the component has its own imports and exports, which are no concern here.
        let mut depth = 0_usize;
        for payload in Parser::new(0).parse_all(file) {
            match payload.map_err(NotAComponent::Damaged)? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::ComponentImportSection(section) if depth == 0 => {
                    for import in section {
                        let name = import.map_err(NotAComponent::Damaged)?.name.name;
                        outline.imports.push(name.to_owned());
                    }
                }
                Payload::ComponentExportSection(section) if depth == 0 => {
                    for export in section {
                        let name = export.map_err(NotAComponent::Damaged)?.name.name;
                        outline.exports.push(name.to_owned());
                    }
                }
                _ => {}
            }
        }
        Ok(outline)
    }

    /// Whether the component uses BSD sockets, and so needs the provider.
    #[must_use]
    pub fn imports_wasock(&self) -> bool {
        self.imports
            .iter()
            .any(|import| import.starts_with("wasock:net/"))
    }
}

/// The imports that [`add_to_linker`](crate::add_to_linker) leaves open.
#[must_use]
pub fn unsupplied(outline: &Outline) -> Vec<Unsupplied> {
    outline
        .imports
        .iter()
        .filter_map(|import| {
            why_not(import).map(|why| Unsupplied {
                import: import.clone(),
                why,
            })
        })
        .collect()
}

/// Tell a component from everything else by its first bytes.
fn check_kind(file: &[u8]) -> Result<(), NotAComponent> {
    if file.is_empty() {
        return Err(NotAComponent::Empty);
    }
    if Parser::is_component(file) {
        return Ok(());
    }
    if Parser::is_core_wasm(file) {
        return Err(NotAComponent::CoreModule);
    }
    if file.starts_with(b"\0asm") {
        return Err(NotAComponent::Version);
    }
    let text = file.trim_ascii_start();
    let begins = |start: &&[u8]| text.starts_with(start);
    if [&b"(component"[..], b"(module", b"(;", b";;"]
        .iter()
        .any(begins)
    {
        return Err(NotAComponent::Text);
    }
    Err(NotAComponent::Foreign)
}

fn why_not(import: &str) -> Option<Why> {
    let (interface, version) = match import.split_once('@') {
        Some((interface, version)) => (interface, Some(version)),
        None => (import, None),
    };
    let is_0_2 = version.is_some_and(|version| version.starts_with("0.2."));

    if SUPPLIED.contains(&interface) && is_0_2 {
        return None;
    }
    if interface.starts_with("wasock:net/") {
        return Some(Why::Provider);
    }
    if interface == "wasi:http/incoming-handler" && is_0_2 {
        return Some(Why::Serving);
    }
    if interface.starts_with("wasi:") {
        return Some(if is_0_2 {
            Why::Unguarded
        } else {
            Why::Generation
        });
    }
    Some(Why::Unknown)
}

impl Why {
    /// One word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unguarded => "unguarded",
            Self::Serving => "serving",
            Self::Generation => "generation",
            Self::Provider => "provider",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Unsupplied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let package = self.import.split(['/', '@']).next().unwrap_or_default();
        write!(f, "{}: ", self.import)?;
        match self.why {
            Why::Unguarded => write!(
                f,
                "wasock does not guard {package} yet, so it is not linked"
            ),
            Why::Serving => f.write_str(
                "wasock lets components make requests, and serves none, so it is not linked",
            ),
            Why::Generation => f.write_str("wasock guards WASI 0.2 only, so it is not linked"),
            Why::Provider => f.write_str("it comes with the provider: `wasock run` plugs it in"),
            Why::Unknown => f.write_str(
                "nobody supplies it: compose the component with one that exports it (`wac plug`)",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(import: &str) -> Option<Why> {
        why_not(import)
    }

    #[test]
    fn an_import_that_is_not_supplied_has_a_reason() {
        for (import, why) in [
            ("wasi:io/poll@0.2.0", None),
            ("wasi:sockets/tcp@0.2.12", None),
            #[cfg(feature = "http")]
            ("wasi:http/types@0.2.4", None),
            ("wasi:http/incoming-handler@0.2.0", Some(Why::Serving)),
            ("wasi:keyvalue/store@0.2.0", Some(Why::Unguarded)),
            ("wasi:http/handler@0.3.0", Some(Why::Generation)),
            ("wasi:sockets/types@0.3.0", Some(Why::Generation)),
            ("wasi:io/poll", Some(Why::Generation)),
            ("wasock:net/sockets@0.1.0", Some(Why::Provider)),
            ("acme:things/door", Some(Why::Unknown)),
            ("door", Some(Why::Unknown)),
        ] {
            assert_eq!(reason(import), why, "{import}");
        }
    }

    #[test]
    fn what_is_not_a_component_is_told_by_what_it_is() {
        for (file, message) in [
            (&b""[..], "empty"),
            (b"\0asm\x01\0\0\0", "core WebAssembly module"),
            (b"  (component)", "text"),
            (b"\x7fELF", "not a WebAssembly file"),
            (b"\0asm\x0a\0\x01\0", "unknown version"),
            (b"\0asm\x0d\0\x01\0\x07\xff", "damaged"),
        ] {
            let error = Outline::read(file).unwrap_err().to_string();
            assert!(error.contains(message), "{file:?}: {error}");
        }
    }

    #[test]
    fn an_empty_component_has_an_empty_outline() {
        let outline = Outline::read(b"\0asm\x0d\0\x01\0").unwrap();
        assert_eq!(outline, Outline::default());
    }
}
