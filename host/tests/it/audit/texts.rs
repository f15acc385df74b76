//! What a person reads of the records that are more, or less, than a decision.

use super::samples::samples;

#[test]
fn a_person_reads_what_happened_and_what_would_change_it() {
    for (about, expected) in [
        (
            "connect, mapped",
            "allowed: outbound tcp 127.0.0.1:8080 (--allow-outbound tcp://127.0.0.1:8080)\n  \
               the guest asked for 203.0.113.5:80, which is mapped",
        ),
        (
            "closed",
            "closed: outbound tcp 93.184.216.34:443 (received 48213 bytes; sent 517; open 1.250s)",
        ),
        (
            "closed, by a limit",
            "closed: inbound udp 0.0.0.0:5000 (received 4096 bytes in 64 datagrams, 3 refused; \
             sent 640 bytes in 64 datagrams; open 30.000s)\n  \
               ended by the limit idle-time",
        ),
        (
            "exhausted",
            "denied: outbound tcp 93.184.216.34:443 (used up: connections=32)\n  \
               it is the limit of the tenant acme",
        ),
        (
            "exhausted, memory",
            "denied: memory of 83886080 bytes (used up: memory=64MiB)\n  \
               allow more with: --limit memory=AMOUNT",
        ),
        (
            "http",
            "allowed: http GET https://api.example.com:443, outbound tcp 93.184.216.34:443 \
             (--allow-outbound tcp://api.example.com:443, policy.toml:7): status 200",
        ),
        (
            "http, failed",
            "allowed: http GET https://api.example.com:443, outbound tcp 93.184.216.34:443 \
             (--allow-outbound tcp://api.example.com:443, policy.toml:7): failed, connection refused",
        ),
        (
            "policy-changed",
            "policy: changed, number 1 from now on (closed 2 sockets)",
        ),
        ("omitted", "denied: more, not shown"),
    ] {
        let samples = samples();
        let sample = samples.iter().find(|sample| sample.about == about);
        assert_eq!(sample.unwrap().record.explain(), expected, "{about}");
    }
}
