//! The C library, asked through Python.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// Answers a line for each line: `!` and the error, or entries separated by tabs. The first line names the library.
///
/// Texts are passed as bytes, which Python hands to the C library as they are.
const ORACLE: &str = r#"
import os, socket, sys
from socket import AF_INET, AF_INET6
families = {'unspec': 0, 'inet': AF_INET, 'inet6': AF_INET6, 'unix': socket.AF_UNIX, 'other': 99}
types = {'unspec': 0, 'stream': socket.SOCK_STREAM, 'dgram': socket.SOCK_DGRAM, 'raw': socket.SOCK_RAW,
         'rdm': socket.SOCK_RDM, 'seqpacket': socket.SOCK_SEQPACKET, 'other': 99}
ai = ['PASSIVE', 'CANONNAME', 'NUMERICHOST', 'V4MAPPED', 'ALL', 'ADDRCONFIG', 'NUMERICSERV']
ni = ['NUMERICHOST', 'NUMERICSERV', 'NOFQDN', 'NAMEREQD', 'DGRAM']
errors = {getattr(socket, name): name[4:].lower() for name in dir(socket) if name.startswith('EAI_')}

def flags(prefix, names, bits):
    return sum(getattr(socket, prefix + name) for place, name in enumerate(names) if int(bits) >> place & 1)

def text(argument):
    return None if argument == 'none' else bytes.fromhex(argument[1:])

def name(names, number):
    return next((name for name in names if names[name] == number), str(int(number)))

def addrinfo(host, service, family, type, protocol, bits):
    answer = socket.getaddrinfo(text(host), text(service), families[family], types[type], int(protocol),
                                flags('AI_', ai, bits))
    for family, type, protocol, canonname, address in answer:
        packed = socket.inet_pton(family, address[0].split('%')[0])
        zone = address[3] if family == AF_INET6 else 0
        yield (f'{name(families, family)} {name(types, type)} {protocol} {canonname or "-"}'
               f' {int.from_bytes(packed, "big"):x} {address[1]} {zone}')

def nameinfo(host, port, zone, bits):
    address = (host, int(port), 0, int(zone)) if ':' in host else (host, int(port))
    return socket.getnameinfo(address, flags('NI_', ni, bits))

def service(name, transport):
    return [str(socket.getservbyname(bytes.fromhex(name).decode(), transport))]

def port(number, transport):
    return [socket.getservbyport(int(number), transport)]

calls = {'addrinfo': addrinfo, 'nameinfo': nameinfo, 'service': service, 'port': port}
print(os.confstr('CS_GNU_LIBC_VERSION'))
for line in sys.stdin:
    call, *arguments = line.split()
    try:
        print('\t'.join(calls[call](*arguments)))
    except socket.gaierror as error:
        print('!' + errors[error.args[0]])
    except OSError:
        print('!none')
"#;

pub(crate) fn ask(questions: &[String]) -> Vec<crate::Answer> {
    let mut python = Command::new("python3")
        .args(["-c", ORACLE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test asks the C library through python3, which must be on the PATH");
    let mut stdin = python.stdin.take().unwrap();
    let text = questions.join("\n") + "\n";

    // Another thread writes, so that neither side waits for the other with its pipe full.
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = python.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "python3: {}, see its message above",
        output.status
    );
    writer.join().unwrap().unwrap();

    let output = String::from_utf8(output.stdout).unwrap();
    let (library, answers) = output.split_once('\n').unwrap();
    println!("compared with {library}");
    let answers: Vec<_> = answers
        .split_terminator('\n')
        .map(|line| match line.strip_prefix('!') {
            Some(error) => Err(error.to_owned()),
            None => Ok(line.split('\t').map(str::to_owned).collect()),
        })
        .collect();
    assert_eq!(
        answers.len(),
        questions.len(),
        "one answer for each question"
    );
    answers
}
