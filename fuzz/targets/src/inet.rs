//! Addresses as text: what is read and written is what the C library reads and writes, and comes back.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
use wasock_c_library as glibc;
use wasock_core::inet::{aton, aton_exact, ntoa, ntop4, ntop6, pton4, pton6};

use crate::input::Input;

/// A text, and sixteen bytes of address.
pub(crate) fn inet(data: &[u8]) {
    let mut input = Input::new(data);
    read(&input.text());
    write(input.array());
}

fn read(text: &str) {
    let (lenient, exact) = (aton(text), aton_exact(text));
    assert!(exact.is_none() || exact == lenient);
    let (v4, v6) = (pton4(text), pton6(text));
    // What the strict reader takes in decimal, the lenient one takes too: it has no leading zero to read as octal.
    assert!(v4.is_none() || v4 == exact);
    assert!(v4.is_none() || v6.is_none());

    for address in [lenient, v4].into_iter().flatten() {
        write4(address);
    }
    if let Some(address) = v6 {
        write(address);
    }

    // NUL ends a text in C, and none here.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    if let Ok(c_text) = std::ffi::CString::new(text) {
        assert_eq!(lenient, glibc::aton(&c_text), "inet_aton of {text:?}");
        assert_eq!(v4, glibc::pton4(&c_text), "inet_pton of {text:?}");
        assert_eq!(v6, glibc::pton6(&c_text), "inet_pton of {text:?}");
    }
}

fn write(address: [u8; 16]) {
    let text = ntop6(address);
    assert_eq!(pton6(&text), Some(address), "{text}");
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    assert_eq!(text, glibc::ntop6(address));

    let [a, b, c, d, ..] = address;
    write4([a, b, c, d]);
}

fn write4(address: [u8; 4]) {
    let text = ntop4(address);
    assert_eq!(ntoa(address), text);
    assert_eq!(pton4(&text), Some(address), "{text}");
    assert_eq!(aton_exact(&text), Some(address), "{text}");
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    assert_eq!(text, glibc::ntop4(address));
}
