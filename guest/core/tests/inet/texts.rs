//! What is asked: texts and addresses from a seed, as likely right as wrong and never far off.

/// A xorshift generator: the same texts in every run.
pub(crate) struct Random(u64);

impl Random {
    /// The generator of this seed; zero has none, and gets another.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.max(1))
    }

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
pub(crate) fn near_miss(random: &mut Random, form: fn(&mut Random) -> String) -> String {
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
pub(crate) fn lenient_v4(random: &mut Random) -> String {
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

pub(crate) fn strict_v4(random: &mut Random) -> String {
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
pub(crate) fn v6(random: &mut Random) -> String {
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

/// A packed address of `N` groups, which are `BYTES` bytes: rich in zero groups, and in the prefixes that have a form
/// of their own.
pub(crate) fn words<const N: usize, const BYTES: usize>(random: &mut Random) -> [u8; BYTES] {
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
    let mut packed = [0; BYTES];
    for (pair, word) in packed.chunks_mut(2).zip(words) {
        pair.copy_from_slice(&word.to_be_bytes());
    }
    packed
}
