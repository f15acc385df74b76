//! The text of addresses, compared with the C library of this machine.
//!
//! Only the GNU C library is compared with: others are known to differ. `cargo test` compares a bounded number of
//! texts, the same in every run; `WASOCK_STRINGS` is another number, and `WASOCK_SEED` another start.
//!
//! NUL is never asked about, because it cannot be: it would end the text in C.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod texts;

use std::collections::BTreeMap;
use std::env;
use std::ffi::{CStr, CString};
use std::fmt::Debug;
use std::time::Instant;

use wasock_c_library as c_library;
use wasock_core::inet::{aton, aton_exact, ntoa, ntop4, ntop6, pton4, pton6};

use texts::{Random, lenient_v4, near_miss, strict_v4, v6, words};

const SEED: u64 = 0x7761_736f_636b;

/// How many texts are read unless the environment says otherwise; a third as many addresses are written.
const TEXTS: u64 = 1_000_000;

/// How many mismatches are shown.
const SHOWN: usize = 50;

#[test]
fn the_c_library_reads_and_writes_the_same() {
    let (seed, texts) = (number("WASOCK_SEED", SEED), texts_to_read());
    let (mut random, mut tally) = (Random::new(seed), Tally::default());
    let started = Instant::now();
    while tally.read < texts {
        tally.round(&mut random);
    }
    println!(
        "{} texts read and {} addresses written, as by the GNU C library {}, in {:.1} s, seed {seed:#x}",
        tally.read,
        tally.written,
        c_library::version(),
        started.elapsed().as_secs_f64(),
    );
    for (call, Count { accepted, refused }) in &tally.counts {
        println!("{call:<10}{accepted:>10} accepted{refused:>10} refused");
    }
    tally.judge();
    // The comparison is worth something only if it sees both answers often.
    for reader in ["aton", "pton4", "pton6"] {
        let count = &tally.counts[reader];
        let rarer = count.accepted.min(count.refused);
        assert!(
            rarer > (count.accepted + count.refused) / 10,
            "{reader}: {count:?}"
        );
    }
}

#[test]
fn the_c_library_reads_every_short_text_the_same() {
    // What starts, separates, ends and breaks an address.
    const ALPHABET: &[u8] = b"0178aFxX.:% \n-";
    const LONGEST: usize = 5;
    let mut tally = Tally::default();
    let mut text = Vec::new();
    every_text(ALPHABET, LONGEST, &mut text, &mut |text| {
        tally.compare("aton", text, aton, c_library::aton);
        tally.compare("pton4", text, pton4, c_library::pton4);
        tally.compare("pton6", text, pton6, c_library::pton6);
    });
    tally.judge();
    let texts: usize = (0..=LONGEST as u32).map(|n| ALPHABET.len().pow(n)).sum();
    assert_eq!(tally.read, 3 * texts as u64);
}

#[test]
fn aton_exact_is_aton_without_white_space() {
    let mut random = Random::new(number("WASOCK_SEED", SEED));
    for _ in 0..texts_to_read() / 10 {
        let text = near_miss(&mut random, lenient_v4);
        let spaced = text.contains([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
        let expected = if spaced { None } else { aton(&text) };
        assert_eq!(aton_exact(&text), expected, "{text:?}");
    }
}

/// Calls `look` with every text of at most `longest` characters.
fn every_text(alphabet: &[u8], longest: usize, text: &mut Vec<u8>, look: &mut impl FnMut(&str)) {
    look(str::from_utf8(text).expect("the alphabet is ASCII"));
    if text.len() < longest {
        for byte in alphabet {
            text.push(*byte);
            every_text(alphabet, longest, text, look);
            text.pop();
        }
    }
}

/// What was compared, and what did not agree.
#[derive(Default)]
struct Tally {
    read: u64,
    written: u64,
    counts: BTreeMap<&'static str, Count>,
    mismatches: Vec<String>,
}

#[derive(Debug, Default)]
struct Count {
    accepted: u64,
    refused: u64,
}

impl Tally {
    /// A few comparisons of each call: more of those that have two answers.
    fn round(&mut self, random: &mut Random) {
        for _ in 0..3 {
            let text = near_miss(random, lenient_v4);
            self.compare("aton", &text, aton, c_library::aton);
            let text = near_miss(random, strict_v4);
            self.compare("pton4", &text, pton4, c_library::pton4);
            let text = near_miss(random, v6);
            self.compare("pton6", &text, pton6, c_library::pton6);
        }
        let packed = words::<2, 4>(random);
        self.write("ntoa", packed, ntoa, c_library::ntoa);
        self.write("ntop4", packed, ntop4, c_library::ntop4);
        let packed = words::<8, 16>(random);
        self.write("ntop6", packed, ntop6, c_library::ntop6);
    }

    fn compare<const N: usize>(
        &mut self,
        call: &'static str,
        text: &str,
        ours: fn(&str) -> Option<[u8; N]>,
        theirs: fn(&CStr) -> Option<[u8; N]>,
    ) {
        let c_text = CString::new(text).expect("no text has a zero byte");
        let (ours, theirs) = (ours(text), theirs(&c_text));
        self.read += 1;
        self.count(call, theirs.is_some());
        self.check(call, &text, &ours, &theirs);
    }

    fn write<const N: usize>(
        &mut self,
        call: &'static str,
        packed: [u8; N],
        ours: fn([u8; N]) -> String,
        theirs: fn([u8; N]) -> String,
    ) {
        self.written += 1;
        self.count(call, true);
        self.check(call, &packed, &ours(packed), &theirs(packed));
    }

    fn count(&mut self, call: &'static str, accepted: bool) {
        let count = self.counts.entry(call).or_default();
        *if accepted {
            &mut count.accepted
        } else {
            &mut count.refused
        } += 1;
    }

    fn check<T: Debug + PartialEq>(&mut self, call: &str, input: &dyn Debug, ours: &T, theirs: &T) {
        if ours != theirs {
            self.mismatches.push(format!(
                "{call} {input:?}: ours {ours:?}, theirs {theirs:?}"
            ));
        }
    }

    #[track_caller]
    fn judge(&self) {
        let shown = self.mismatches.get(..SHOWN).unwrap_or(&self.mismatches);
        assert!(
            shown.is_empty(),
            "{} mismatches\n{}",
            self.mismatches.len(),
            shown.join("\n")
        );
    }
}

fn texts_to_read() -> u64 {
    number("WASOCK_STRINGS", TEXTS)
}

/// The number in this variable of the environment.
fn number(variable: &str, otherwise: u64) -> u64 {
    match env::var(variable) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{variable} is a number, and not `{text}`")),
        Err(_) => otherwise,
    }
}
