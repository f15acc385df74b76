//! Guests of one host, side by side.

use std::sync::Arc;

use super::guest::{Guest, block_on};
use super::names::{Table, closed_port};
use crate::{NetCtx, Policy};
use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;

#[test]
fn what_one_guest_was_told_is_nothing_to_another() {
    let port = closed_port();
    let rule = format!("tcp://shared.test:{port}#to=127.0.0.1");
    let policy = Policy::builder().allow_outbound(rule.parse().unwrap());
    let policy = Arc::new(policy.build());
    let resolver = Arc::new(Table::default().with("shared.test", &["127.0.0.1"], &[]));
    let guest = || {
        let builder = NetCtx::builder().policy(Arc::clone(&policy));
        Guest::with(builder.resolver(resolver.clone()))
    };
    let (mut one, mut other) = (guest(), guest());
    let server = format!("127.0.0.1:{port}");

    block_on(async {
        one.resolve("shared.test").await.unwrap();
        let socket = one.socket(&server);
        let answer = one.connect(socket, &server).await.err();
        assert_eq!(answer, Some(ErrorCode::ConnectionRefused));

        let socket = other.socket(&server);
        let answer = other.connect(socket, &server).await.err();
        assert_eq!(answer, Some(ErrorCode::AccessDenied));
        assert!(
            other
                .last_record()
                .starts_with("denied: outbound tcp 127.0.0.1:"),
            "{}",
            other.last_record()
        );
        // By asking itself it gets there.
        other.resolve("shared.test").await.unwrap();
        let answer = other.connect(socket, &server).await.err();
        assert_eq!(answer, Some(ErrorCode::ConnectionRefused));
    });
}
