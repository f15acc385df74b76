//! What a component is for: who is to call it.

use super::Outline;

/// What a component is for, by what it exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// A program that is run: it exports `wasi:cli/run` of WASI 0.2.
    Command,
    /// A server that a host sends requests to: it exports `wasi:http/incoming-handler` of WASI 0.2.
    HttpServer,
    /// A command or a server of another generation of WASI.
    OtherGeneration,
    /// A library: other components or a host call what it exports.
    Library,
    /// Nothing can be called.
    Nothing,
}

impl Role {
    /// What the component of this outline is for. One that is a command as well as something else is a command.
    #[must_use]
    pub fn of(outline: &Outline) -> Self {
        let exports = |start: &str| {
            let mut exports = outline.exports.iter();
            exports.any(|export| export.starts_with(start))
        };
        if exports("wasi:cli/run@0.2.") {
            Self::Command
        } else if exports("wasi:http/incoming-handler@0.2.") {
            Self::HttpServer
        } else if exports("wasi:cli/run@") || exports("wasi:http/handler@") {
            Self::OtherGeneration
        } else if outline.exports.is_empty() {
            Self::Nothing
        } else {
            Self::Library
        }
    }

    /// Why `wasock run` does not run it, if it is no command.
    #[must_use]
    pub fn obstacle(self) -> Option<&'static str> {
        match self {
            Self::Command => None,
            Self::HttpServer => {
                Some("it waits for HTTP requests, and wasock sends it none (`wasmtime serve` does)")
            }
            Self::OtherGeneration => Some("wasock runs programs of WASI 0.2"),
            Self::Library => Some("compose it with a program that calls it (`wac plug`)"),
            Self::Nothing => Some("it exports nothing that could be called"),
        }
    }

    /// One word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::HttpServer => "http-server",
            Self::OtherGeneration => "other-generation",
            Self::Library => "library",
            Self::Nothing => "nothing",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_exported_says_who_is_to_call() {
        for (exports, role) in [
            (&["wasi:cli/run@0.2.0"][..], Role::Command),
            (&["acme:things/door", "wasi:cli/run@0.2.12"], Role::Command),
            (&["wasi:http/incoming-handler@0.2.3"], Role::HttpServer),
            (
                &["wasi:http/incoming-handler@0.2.3", "wasi:cli/run@0.2.3"],
                Role::Command,
            ),
            (&["wasi:cli/run@0.3.0"], Role::OtherGeneration),
            (&["wasi:http/handler@0.3.0"], Role::OtherGeneration),
            (&["wasock:net/sockets@0.1.0"], Role::Library),
            (&[], Role::Nothing),
        ] {
            let outline = Outline {
                imports: Vec::new(),
                exports: exports.iter().map(|&name| name.to_owned()).collect(),
            };
            assert_eq!(Role::of(&outline), role, "{exports:?}");
        }
    }
}
