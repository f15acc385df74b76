//! The two ways to a `wasm32-wasip2` compiler.

use std::env;
use std::fmt;

use crate::Missing;

/// The environment variable that forces a route: `rustup` or `debian`.
pub const ROUTE_VARIABLE: &str = "WASOCK_WASM_ROUTE";

/// Where the compiler for the guests comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// The rustup toolchain with its `wasm32-wasip2` target: guests may use `std`.
    Rustup,
    /// Debian's `rustc-web` with `core` and `alloc` built from source: guests have to be `no_std`.
    Debian,
}

impl Route {
    /// The route that [`ROUTE_VARIABLE`] asks for, if it is set and not empty.
    ///
    /// # Errors
    ///
    /// [`Missing::UnknownRoute`] if it holds anything but the name of a route: a typing error there must
    /// not silently test the wrong compiler.
    pub fn forced() -> Result<Option<Self>, Missing> {
        match env::var_os(ROUTE_VARIABLE) {
            None => Ok(None),
            Some(value) => Self::parse(&value.to_string_lossy()),
        }
    }

    fn parse(value: &str) -> Result<Option<Self>, Missing> {
        match value {
            "" => Ok(None),
            "rustup" => Ok(Some(Self::Rustup)),
            "debian" => Ok(Some(Self::Debian)),
            other => Err(Missing::UnknownRoute(other.to_owned())),
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rustup => "rustup",
            Self::Debian => "debian",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_parsed_from_what_it_displays_as() {
        for route in [Route::Rustup, Route::Debian] {
            assert_eq!(Route::parse(&route.to_string()).unwrap(), Some(route));
        }
    }

    #[test]
    fn an_empty_variable_forces_nothing() {
        assert_eq!(Route::parse("").unwrap(), None);
    }

    #[test]
    fn an_unknown_route_is_an_error_that_names_the_known_ones() {
        let message = Route::parse("Debian").unwrap_err().to_string();
        for part in [ROUTE_VARIABLE, "`Debian`", "rustup", "debian"] {
            assert!(message.contains(part), "{message}");
        }
    }
}
