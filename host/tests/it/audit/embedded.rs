//! The example of an embedder's own sink, as the documentation has it.

use wasock::audit::json::read_line;
use wasock::embedded::PLAIN_CLIENT;

use crate::audit_sink;
use crate::server::Server;

#[test]
fn the_example_has_both_guests_in_one_file_and_in_numbers() {
    let server = Server::start("127.0.0.1:0");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    let address = server.address.to_string();

    let running = audit_sink::run(PLAIN_CLIENT, &address, &file);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let [stranger, friend] = runtime.block_on(running).unwrap();
    assert_eq!((stranger.allowed.total(), stranger.denied.connect), (0, 1));
    assert_eq!((friend.allowed.connect, friend.denied.total()), (1, 0));
    assert_eq!(server.connections(), 1);

    let text = std::fs::read_to_string(&file).unwrap();
    let lines = text.lines().map(|line| read_line(line).unwrap());
    let connects = lines.filter(|line| line.event == "connect");
    let told: Vec<_> = connects
        .map(|line| (line.guest.unwrap(), line.seq, line.fields.verdict.unwrap()))
        .collect();
    let expected = [("stranger", 0, "denied"), ("friend", 0, "allowed")]
        .map(|(guest, seq, verdict)| (guest.to_owned(), seq, verdict.to_owned()));
    assert_eq!(told, expected);
}
