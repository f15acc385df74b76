//! The provider as other hosts see it.

use wasock::component::Outline;
use wasock::embedded::PROVIDER;

/// It goes into every program that is composed with it.
const LARGEST: usize = 184 * 1024;

#[test]
fn the_provider_imports_exactly_what_it_needs() {
    let mut outline = Outline::read(PROVIDER).expect("it is a component");
    outline.imports.sort();
    assert_eq!(
        outline.imports,
        [
            "wasi:clocks/monotonic-clock@0.2.0",
            "wasi:io/error@0.2.0",
            "wasi:io/poll@0.2.0",
            "wasi:io/streams@0.2.0",
            "wasi:sockets/instance-network@0.2.0",
            "wasi:sockets/ip-name-lookup@0.2.0",
            "wasi:sockets/network@0.2.0",
            "wasi:sockets/tcp-create-socket@0.2.0",
            "wasi:sockets/tcp@0.2.0",
            "wasi:sockets/udp-create-socket@0.2.0",
            "wasi:sockets/udp@0.2.0",
        ]
    );
}

#[test]
fn the_provider_exports_the_interfaces_of_wasock_net() {
    let mut outline = Outline::read(PROVIDER).expect("it is a component");
    outline.exports.sort();
    assert_eq!(
        outline.exports,
        [
            "wasock:net/inet@0.1.0",
            "wasock:net/options@0.1.0",
            "wasock:net/pollables@0.1.0",
            "wasock:net/resolver@0.1.0",
            "wasock:net/sockets@0.1.0",
            "wasock:net/types@0.1.0",
        ]
    );
}

#[test]
fn the_provider_is_small() {
    println!("the provider has {} bytes", PROVIDER.len());
    assert!(PROVIDER.len() < LARGEST, "{} bytes", PROVIDER.len());
}
