//! A DNS server that answers as no correct one does. How, is in the first label of the name.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;

const A: u16 = 1;
const CNAME: u16 = 5;

/// It ends with the test's process.
pub(crate) struct DnsServer {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

/// One answer, in the making.
struct Message {
    flags: u16,
    records: Vec<u8>,
    count: u16,
}

struct Question<'a> {
    name: String,
    family: u16,
    id: &'a [u8],
    /// The question as it was asked.
    section: &'a [u8],
    by_tcp: bool,
}

impl DnsServer {
    pub(crate) fn start() -> Self {
        let (udp, tcp) = loop {
            let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
            if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()) {
                break (udp, tcp);
            }
        };
        let server = Self {
            address: udp.local_addr().unwrap(),
            asked: Arc::default(),
        };

        let asked = server.asked.clone();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let (length, peer) = udp.recv_from(&mut buffer).unwrap();
                let question = Question::read(&buffer[..length], false);
                asked.lock().unwrap().push(question.name.clone());
                if let Some(answer) = answer(&question) {
                    udp.send_to(&answer, peer).unwrap();
                }
            }
        });
        thread::spawn(move || {
            for mut stream in tcp.incoming().flatten() {
                thread::spawn(move || -> std::io::Result<()> {
                    loop {
                        let mut length = [0; 2];
                        stream.read_exact(&mut length)?;
                        let mut message = vec![0; u16::from_be_bytes(length).into()];
                        stream.read_exact(&mut message)?;
                        if let Some(answer) = answer(&Question::read(&message, true)) {
                            let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
                            stream.write_all(&[&length[..], &answer].concat())?;
                        }
                    }
                });
            }
        });
        server
    }

    /// Where there is no server.
    pub(crate) fn nowhere() -> Self {
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        Self {
            address: udp.local_addr().unwrap(),
            asked: Arc::default(),
        }
    }

    /// The names that were asked for by UDP.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl<'a> Question<'a> {
    fn read(message: &'a [u8], by_tcp: bool) -> Self {
        let mut labels = Vec::new();
        let mut at = 12;
        while message[at] != 0 {
            let length = usize::from(message[at]);
            let label = String::from_utf8(message[at + 1..][..length].to_vec()).unwrap();
            labels.push(label.to_ascii_lowercase());
            at += 1 + length;
        }
        Self {
            name: labels.join("."),
            family: u16::from_be_bytes([message[at + 1], message[at + 2]]),
            id: &message[..2],
            section: &message[12..at + 5],
            by_tcp,
        }
    }
}

impl Message {
    fn new() -> Self {
        Self {
            // A response, recursion desired and available.
            flags: 0x8180,
            records: Vec::new(),
            count: 0,
        }
    }

    fn code(mut self, code: u16) -> Self {
        self.flags |= code;
        self
    }

    fn record(mut self, name: &[u8], kind: u16, data: &[u8]) -> Self {
        self.records.extend(name);
        for number in [kind, 1, 0, 60, u16::try_from(data.len()).unwrap()] {
            self.records.extend(number.to_be_bytes());
        }
        self.records.extend(data);
        self.count += 1;
        self
    }

    fn alias(self, name: &str, target: &str) -> Self {
        self.record(&wire(name), CNAME, &wire(target))
    }

    fn v4(self, name: &str, address: [u8; 4]) -> Self {
        self.record(&wire(name), A, &address)
    }

    fn finish(self, question: &Question<'_>) -> Vec<u8> {
        let mut message = question.id.to_vec();
        for number in [self.flags, 1, self.count, 0, 0] {
            message.extend(number.to_be_bytes());
        }
        message.extend(question.section);
        message.extend(self.records);
        message
    }
}

fn wire(name: &str) -> Vec<u8> {
    let mut wire = Vec::new();
    for label in name.split('.') {
        wire.push(u8::try_from(label.len()).unwrap());
        wire.extend(label.as_bytes());
    }
    wire.push(0);
    wire
}

/// A name that is a pointer to itself, where the first record of an answer has its data.
fn pointer(question: &Question<'_>) -> [u8; 2] {
    let place = u16::try_from(12 + question.section.len() + 12).unwrap();
    (0xc000 | place).to_be_bytes()
}

fn answer(question: &Question<'_>) -> Option<Vec<u8>> {
    const ADDRESS: [u8; 4] = [192, 0, 2, 1];

    let name = question.name.as_str();
    let is_v4 = question.family == A;
    let message = Message::new();
    let message = match name.split('.').next().unwrap() {
        "v4" | "v6-refused" if is_v4 => message.v4(name, ADDRESS),
        "v6-refused" => message.code(5),
        // The rest of the chain is for the client to ask for.
        "alias-apart" => message.alias(name, "middle.test"),
        "middle" => message.alias(name, "v4.test"),
        "truncated" if !question.by_tcp => message.code(0x0200),
        "truncated" if is_v4 => message.v4(name, ADDRESS),
        "many" if !question.by_tcp => message.code(0x0200),
        // As many as a message holds, with the name as a pointer to the question.
        "many" if is_v4 => (0..4_000_u16).fold(message, |message, number| {
            let [high, low] = number.to_be_bytes();
            message.record(&[0xc0, 12], A, &[192, 0, high, low])
        }),
        // More than a message holds: it says so, and ends where it must.
        "lie" if !question.by_tcp => message.code(0x0200),
        "lie" if is_v4 => {
            let message = (0..4_000_u16).fold(message, |message, number| {
                let [high, low] = number.to_be_bytes();
                message.record(&[0xc0, 12], A, &[192, 0, high, low])
            });
            Message {
                count: 10_000,
                ..message
            }
        }
        // In the middle of the record.
        "cut" if is_v4 => {
            let mut message = message.v4(name, ADDRESS).finish(question);
            message.truncate(message.len() - 6);
            return Some(message);
        }
        // As somebody answers who has not seen the question.
        "guess" => {
            let message = message.v4(name, ADDRESS).finish(question);
            let id = [!question.id[0], !question.id[1]];
            return Some([&id, &message[2..]].concat());
        }
        "othername" if is_v4 => {
            let section = [&wire("v4.test")[..], &[0, 1, 0, 1]].concat();
            let other = Question {
                name: "v4.test".to_owned(),
                section: &section,
                ..*question
            };
            return Some(message.v4("v4.test", ADDRESS).finish(&other));
        }
        "stranger" if is_v4 => message.v4("other.test", ADDRESS),
        "circle" => message
            .alias(name, "circle-too.test")
            .alias("circle-too.test", name),
        "refused" => message.code(5),
        "broken" => message.code(2),
        "control" => {
            let message = message.record(&wire(name), CNAME, &wire("a\x1b[2J.test"));
            if is_v4 {
                message.v4("a\x1b[2J.test", ADDRESS)
            } else {
                message
            }
        }
        "deep" => {
            let names: Vec<_> = (0..20).map(|number| format!("n{number}.test")).collect();
            let first = message.alias(name, &names[0]);
            let message = names
                .windows(2)
                .fold(first, |message, pair| message.alias(&pair[0], &pair[1]));
            message.v4(&names[19], ADDRESS)
        }
        "silent" => return None,
        "garbage" => return Some([question.id, &[0xff; 40]].concat()),
        "longlabel" => {
            let label = [&[64][..], &[b'a'; 64], &[0]].concat();
            message.record(&wire(name), CNAME, &label)
        }
        // A pointer to itself.
        "pointer" => message.record(&[0xc0, 12], CNAME, &pointer(question)),
        "longname" => {
            let name = [[1, b'a']; 150].concat();
            message.record(&[0xc0, 12], CNAME, &[&name[..], &[0]].concat())
        }
        _ => message,
    };
    Some(message.finish(question))
}
