//! Requests that the policy leads elsewhere: the server hears of the host that was asked for.

use super::server::WebServer;
use super::{check_answered, check_denied, run};

const URL: &str = "http://www.far-away.example/";

#[test]
fn a_request_goes_to_the_target_and_is_for_the_host_that_was_asked_for() {
    let server = WebServer::start("127.0.0.2:0");
    let target = server.address;
    let map = format!("tcp://any:80={target}");
    let options = |rule: &str| {
        let name = "www.far-away.example=203.0.113.5";
        let resolve = "www.far-away.example";
        [
            "--map",
            name,
            "--map",
            &map,
            "--allow-resolve",
            resolve,
            "--allow-outbound",
            rule,
        ]
        .map(str::to_owned)
    };
    let fetch = |rule: &str| {
        let options = options(rule);
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        run(&options, &["fetch", "GET", URL])
    };

    let granted = fetch(&format!("tcp://{target}"));
    check_answered(&granted, "status: 200\nbody: hello\n\n");
    assert_eq!(server.request().header("host"), ["www.far-away.example"]);

    // The rule for the host is one for the addresses of the host.
    let refused = fetch("tcp://www.far-away.example:any#to=203.0.113.5,127.0.0.2");
    let target = target.to_string();
    check_denied(
        &refused,
        &[
            &target,
            "the guest asked for 203.0.113.5:80, which is mapped",
        ],
    );
    assert_eq!(server.requests().len(), 1);
}
