//! What a guest asks the addresses of: a text that anybody reads as an address is one here, and never a name.

// A module of the host, mounted so that fuzzing does not build the rest of it.
#[path = "../../../host/src/names/asked.rs"]
mod host;

use std::net::IpAddr;

use url::Host;
use wasock_core::inet;

use crate::input::Input;
use host::Asked;

/// One text.
pub(crate) fn asked(data: &[u8]) {
    let text = Input::new(data).text();
    let read = Asked::parse(&text);
    match &read {
        Ok(Asked::Address(address)) => assert_eq!(address.to_canonical(), *address),
        Ok(Asked::Name(name)) => {
            assert_eq!(Asked::parse(name.as_str()), Ok(Asked::Name(name.clone())));
            for text in [text.as_str(), name.as_str()] {
                assert!(text.parse::<IpAddr>().is_err());
                assert_eq!(inet::aton_exact(text), None);
                assert!(!matches!(
                    Host::parse(text),
                    Ok(Host::Ipv4(_) | Host::Ipv6(_))
                ));
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    // One address, whoever reads it.
    if let Ok(address) = text.parse::<IpAddr>() {
        assert_eq!(read, Ok(Asked::Address(address.to_canonical())));
    }
}
