//! The text of addresses, compared with the C library of this machine.
//!
//! Python's `socket` hands text to `inet_aton`, `inet_pton` and `inet_ntop` as it is, so one Python process
//! answers for the C library and nothing here needs C. Only the GNU C library is compared with: others are
//! known to differ.
//!
//! NUL is never asked about, because it cannot be: it would end the text in C, and Python refuses it first.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use wasock_core::inet::{aton, aton_exact, ntoa, ntop4, ntop6, pton4, pton6};

const SEED: u64 = 0x7761_736f_636b;
const TEXTS_PER_READER: usize = 20_000;
const ADDRESSES_PER_WRITER: usize = 10_000;

#[test]
fn the_c_library_reads_and_writes_the_same() {
    let mut random = Random(SEED);
    let mut cases = Vec::new();
    for _ in 0..TEXTS_PER_READER {
        let text = near_miss(&mut random, lenient_v4);
        cases.push(Case::read("aton", &text, aton(&text)));
        let text = near_miss(&mut random, strict_v4);
        cases.push(Case::read("pton4", &text, pton4(&text)));
        let text = near_miss(&mut random, v6);
        cases.push(Case::read("pton6", &text, pton6(&text)));
    }
    for _ in 0..ADDRESSES_PER_WRITER {
        let packed = words::<2>(&mut random);
        cases.push(Case::write("ntoa", &packed, ntoa(four(&packed))));
        cases.push(Case::write("ntop4", &packed, ntop4(four(&packed))));
        let packed = words::<8>(&mut random);
        let written = ntop6(packed.as_slice().try_into().unwrap());
        cases.push(Case::write("ntop6", &packed, written));
    }

    let answers = ask_the_c_library(&cases);

    let mut counts = BTreeMap::<_, Count>::new();
    let mut mismatches = Vec::new();
    for (case, theirs) in cases.iter().zip(answers) {
        let count = counts.entry(case.call).or_default();
        match theirs {
            Some(_) => count.accepted += 1,
            None => count.refused += 1,
        }
        if case.ours != theirs {
            let input = String::from_utf8_lossy(&case.input);
            let (call, ours) = (case.call, &case.ours);
            mismatches.push(format!(
                "{call} {input:?}: ours {ours:?}, theirs {theirs:?}"
            ));
        }
    }
    println!("{counts:#?}\nmismatches: {}", mismatches.len());
    assert!(mismatches.is_empty(), "{}", mismatches.join("\n"));
    // The comparison is worth something only if it sees both answers often.
    for reader in ["aton", "pton4", "pton6"] {
        let count = &counts[reader];
        let rarer = count.accepted.min(count.refused);
        assert!(rarer > TEXTS_PER_READER / 10, "{reader}: {count:?}");
    }
}

#[test]
fn aton_exact_is_aton_without_white_space() {
    let mut random = Random(SEED);
    for _ in 0..TEXTS_PER_READER {
        let text = near_miss(&mut random, lenient_v4);
        let spaced = text.contains([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
        let expected = if spaced { None } else { aton(&text) };
        assert_eq!(aton_exact(&text), expected, "{text:?}");
    }
}

// The other side.

/// A call, its argument, and what this crate made of it: a packed address, or a text in UTF-8.
struct Case {
    call: &'static str,
    input: Vec<u8>,
    ours: Option<Vec<u8>>,
}

impl Case {
    fn read<const N: usize>(call: &'static str, text: &str, ours: Option<[u8; N]>) -> Self {
        let (input, ours) = (text.into(), ours.map(Vec::from));
        Self { call, input, ours }
    }

    fn write(call: &'static str, packed: &[u8], ours: String) -> Self {
        let (input, ours) = (packed.into(), Some(ours.into()));
        Self { call, input, ours }
    }
}

#[derive(Debug, Default)]
struct Count {
    accepted: usize,
    refused: usize,
}

/// Answers lines of a call and a hexadecimal argument; `-` is a refusal. The first line names the library.
const ORACLE: &str = "
import os, socket, sys
calls = {
    'aton': lambda b: socket.inet_aton(b.decode()),
    'pton4': lambda b: socket.inet_pton(socket.AF_INET, b.decode()),
    'pton6': lambda b: socket.inet_pton(socket.AF_INET6, b.decode()),
    'ntoa': lambda b: socket.inet_ntoa(b).encode(),
    'ntop4': lambda b: socket.inet_ntop(socket.AF_INET, b).encode(),
    'ntop6': lambda b: socket.inet_ntop(socket.AF_INET6, b).encode(),
}
print(os.confstr('CS_GNU_LIBC_VERSION'))
for line in sys.stdin:
    call, argument = line.rstrip('\\n').split(' ')
    try:
        print(calls[call](bytes.fromhex(argument)).hex())
    except OSError:
        print('-')
";

fn ask_the_c_library(cases: &[Case]) -> Vec<Option<Vec<u8>>> {
    let mut python = Command::new("python3")
        .args(["-c", ORACLE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test asks the C library through python3, which must be on the PATH");
    let mut stdin = python.stdin.take().unwrap();
    let questions: String = cases
        .iter()
        .map(|case| format!("{} {}\n", case.call, to_hex(&case.input)))
        .collect();

    // Another thread writes, so that neither side waits for the other with its pipe full.
    let writer = std::thread::spawn(move || stdin.write_all(questions.as_bytes()));
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
        .lines()
        .map(|line| (line != "-").then(|| from_hex(line)))
        .collect();
    assert_eq!(answers.len(), cases.len(), "one answer for each question");
    answers
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

// What is asked.

/// A xorshift generator: the same texts in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 16) as usize % bound
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// Every character that means something to one of the readers, and some that only look so.
const ALPHABET: &[char] = &[
    '0', '1', '2', '5', '7', '8', '9', 'a', 'f', 'F', 'g', 'x', 'X', 'b', 'e', '.', '.', ':', ':',
    ' ', '\t', '\n', '\x0b', '\x0c', '\r', '+', '-', '_', '%', '/', '[', '\x1c', '\x7f', '\u{85}',
    '\u{a0}', '\u{e9}', '\u{ff11}', '\u{3002}',
];

/// A text of the given form with up to three small edits: as likely right as wrong, never far off.
fn near_miss(random: &mut Random, form: fn(&mut Random) -> String) -> String {
    let mut text: Vec<char> = form(random).chars().collect();
    for _ in 0..random.pick(&[0, 0, 0, 1, 1, 2, 3]) {
        let at = random.below(text.len() + 1);
        let end = (at + 1 + random.below(4)).min(text.len());
        match random.below(5) {
            0 => text.insert(at, random.pick(ALPHABET)),
            1 if at < text.len() => text[at] = random.pick(ALPHABET),
            2 if at < text.len() => drop(text.remove(at)),
            3 if at < end => text.extend_from_within(at..end),
            _ => {
                let other: Vec<char> = form(random).chars().collect();
                text.truncate(at);
                text.extend(&other[random.below(other.len() + 1)..]);
            }
        }
    }
    text.into_iter().collect()
}

/// One to four parts in any base, at the limits of one to four bytes, at times with a tail.
fn lenient_v4(random: &mut Random) -> String {
    const LIMITS: [u64; 5] = [0xff, 0xffff, 0xff_ffff, 0xffff_ffff, u64::MAX >> 1];
    let count = 1 + random.below(4);
    let parts: Vec<String> = (1..=count)
        .map(|place| {
            let fits = if place == count {
                LIMITS[4 - count]
            } else {
                LIMITS[0]
            };
            let value = match random.below(8) {
                0 => random.pick(&LIMITS) + random.below(2) as u64,
                1 => fits,
                _ => random.next() % (fits + 1),
            };
            let zeros = "0".repeat(random.pick(&[0, 0, 0, 1, 2, 30]));
            match random.below(4) {
                0 => format!("0x{zeros}{value:x}"),
                1 => format!("0X{zeros}{value:X}"),
                2 => format!("0{zeros}{value:o}"),
                _ => value.to_string(),
            }
        })
        .collect();
    let tail = random.pick(&["", "", "", " ", "\n", "\t.x", "\x0b1", "\x0c\u{e9}", "\r\r"]);
    parts.join(".") + tail
}

fn strict_v4(random: &mut Random) -> String {
    let parts = [(); 4].map(|()| {
        let value = if random.one_in(16) {
            random.below(1000)
        } else {
            random.below(256)
        };
        random.pick(&[value, value, value % 10, 0]).to_string()
    });
    parts.join(".")
}

/// About eight groups, dotted decimal at the end or not, `::` somewhere or not.
fn v6(random: &mut Random) -> String {
    let dotted = random.one_in(4);
    let compressed = random.one_in(2);
    let full = 8 - 2 * usize::from(dotted);
    let count = match random.below(8) {
        0 => random.below(10),
        _ if compressed => random.below(full),
        _ => full,
    };
    let mut groups: Vec<String> = (0..count)
        .map(|_| match random.below(4) {
            0 => format!("{:04X}", random.below(0x10000)),
            1 => "0".into(),
            _ => format!("{:x}", random.below(0x10000) >> random.below(16)),
        })
        .collect();
    if dotted {
        groups.push(strict_v4(random));
    }

    if compressed {
        let tail = groups.split_off(random.below(groups.len() + 1));
        format!("{}::{}", groups.join(":"), tail.join(":"))
    } else {
        groups.join(":")
    }
}

/// A packed address rich in zero groups, and in the prefixes that have a form of their own.
fn words<const N: usize>(random: &mut Random) -> Vec<u8> {
    let mut words = [(); N].map(|()| match random.below(4) {
        0 | 1 => 0,
        2 => random.pick(&[1, 0xff, 0x100, 0xffff]),
        _ => random.next() as u16,
    });
    if let [prefix @ .., _, _] = words.as_mut_slice()
        && random.one_in(3)
    {
        prefix.fill(0);
        if let Some(last) = prefix.last_mut() {
            *last = random.pick(&[0, 0xffff]);
        }
    }
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn four(packed: &[u8]) -> [u8; 4] {
    packed.try_into().unwrap()
}
