//! Where a request goes: read from its URL once, and from nothing else.

use std::fmt;
use std::net::IpAddr;

use hyper::Uri;
use hyper::header::HeaderValue;
use rustls::pki_types::ServerName;
use wasmtime_wasi_http::Error;

use crate::audit::HttpScheme;
use crate::names::Asked;

/// The origin of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) scheme: HttpScheme,
    pub(super) host: Asked,
    pub(super) port: u16,
}

impl Target {
    /// Where a request for this URL goes.
    ///
    /// # Errors
    ///
    /// `HTTP-request-URI-invalid`: the host is neither a name nor an address, the port is none, or there is a user in front
    /// of the host, which no request is sent with and which is there to be mistaken for the host.
    pub(super) fn of(uri: &Uri) -> Result<Self, Error> {
        let scheme = match uri.scheme_str() {
            Some("https") => HttpScheme::Https,
            Some("http") => HttpScheme::Http,
            _ => return Err(Error::HttpProtocolError),
        };
        let authority = uri.authority().ok_or(Error::HttpRequestUriInvalid)?;
        let (host, port) = split(authority.as_str()).ok_or(Error::HttpRequestUriInvalid)?;
        let host = Asked::parse(host).map_err(|_| Error::HttpRequestUriInvalid)?;
        let port = match port {
            "" => default_port(scheme),
            port => parse_port(port).ok_or(Error::HttpRequestUriInvalid)?,
        };
        Ok(Self { scheme, host, port })
    }

    /// The one `Host` header that the request has.
    ///
    /// # Errors
    ///
    /// None that can happen: names and addresses are printable ASCII.
    pub(super) fn host_header(&self) -> Result<HeaderValue, Error> {
        let text = if self.port == default_port(self.scheme) {
            self.host_text()
        } else {
            self.to_string()
        };
        HeaderValue::try_from(text).map_err(|_| Error::HttpRequestUriInvalid)
    }

    /// Whom the server's certificate has to be for. `None` for a name that no certificate can be for, one with a hyphen at its
    /// end, say.
    pub(super) fn server_name(&self) -> Option<ServerName<'static>> {
        match &self.host {
            Asked::Address(address) => Some(ServerName::from(*address)),
            Asked::Name(name) => ServerName::try_from(name.as_str().to_owned()).ok(),
        }
    }

    fn host_text(&self) -> String {
        match &self.host {
            Asked::Address(IpAddr::V6(address)) => format!("[{address}]"),
            Asked::Address(address) => address.to_string(),
            Asked::Name(name) => name.to_string(),
        }
    }
}

/// `api.example.com:443`: always with the port.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host_text(), self.port)
    }
}

fn default_port(scheme: HttpScheme) -> u16 {
    match scheme {
        HttpScheme::Http => 80,
        HttpScheme::Https => 443,
    }
}

/// Host and port, which is empty if there is none.
fn split(authority: &str) -> Option<(&str, &str)> {
    if authority.contains('@') {
        return None;
    }
    // The colons of an IPv6 address are between brackets.
    let end = match authority.strip_prefix('[') {
        Some(_) => authority.find(']')? + 1,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, rest) = authority.split_at_checked(end)?;
    match rest {
        "" => Some((host, "")),
        rest => Some((host, rest.strip_prefix(':')?)),
    }
}

fn parse_port(text: &str) -> Option<u16> {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let port = text.parse().ok().filter(|_| is_digits)?;
    (port != 0).then_some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Result<Target, Error> {
        Target::of(&url.parse().unwrap())
    }

    #[test]
    fn host_and_port_have_one_form() {
        for (url, shown, header) in [
            (
                "https://API.Example.com/x",
                "api.example.com:443",
                "api.example.com",
            ),
            ("http://example.com./", "example.com:80", "example.com"),
            (
                "http://example.com:443/",
                "example.com:443",
                "example.com:443",
            ),
            ("https://example.com:443/", "example.com:443", "example.com"),
            ("https://example.com:/", "example.com:443", "example.com"),
            (
                "https://example.com:0443/",
                "example.com:443",
                "example.com",
            ),
            ("http://127.1/", "127.0.0.1:80", "127.0.0.1"),
            ("http://0x7f.1:8080/", "127.0.0.1:8080", "127.0.0.1:8080"),
            ("http://2130706433/", "127.0.0.1:80", "127.0.0.1"),
            ("http://[::1]/", "[::1]:80", "[::1]"),
            ("http://[::ffff:127.0.0.1]:8/", "127.0.0.1:8", "127.0.0.1:8"),
        ] {
            let target = target(url).unwrap();
            assert_eq!(target.to_string(), shown, "{url}");
            assert_eq!(target.host_header().unwrap(), header, "{url}");
        }
    }

    #[test]
    fn what_is_no_host_or_no_port_is_refused() {
        for url in [
            "http://user@example.com/",
            "http://example.com@127.0.0.1/",
            "http://example.com:0/",
            "http://example.com:65536/",
            "http://example.com:99999999999/",
            "http://999.1/",
            "http://1.2.3.4.5/",
            "http://a..b/",
            "http://[v1.x]/",
        ] {
            let refused = target(url);
            assert!(
                matches!(refused, Err(Error::HttpRequestUriInvalid)),
                "{url}"
            );
        }
    }

    #[test]
    fn only_two_schemes_are_known() {
        assert!(matches!(
            target("ftp://example.com/"),
            Err(Error::HttpProtocolError)
        ));
        assert!(matches!(target("/path"), Err(Error::HttpProtocolError)));
    }
}
