//! Records of few names, so that they point at each other.

use hickory_resolver::proto::rr::rdata::{A, AAAA, CNAME};
use hickory_resolver::proto::rr::{Name, RData, Record};

use crate::input::Input;

/// How many names there are.
const NAMES: usize = 13;

/// One of the names. Some are spelled in two ways, and some no rule can name.
pub(super) fn name(choice: usize) -> Name {
    let labels: &[&[u8]] = match choice % NAMES {
        0 => &[b"asked", b"example"],
        1 => &[b"ASKED", b"Example"],
        2 => &[b"a", b"example"],
        3 => &[b"A", b"example"],
        4 => &[b"b", b"example"],
        5 => &[b"c", b"example"],
        6 => &[b"d", b"example"],
        7 => &[b"e", b"example"],
        8 => &[b"any"],
        9 => &[b"a.b", b"example"],
        10 => &[b"\xff\x1b[2J", b"example"],
        12 => &[b"-a", b"example"],
        _ => &[b"127", b"1"],
    };
    Name::from_labels(labels.iter().copied()).expect("labels of a name")
}

/// As many as the input has.
pub(super) fn any(input: &mut Input<'_>) -> Vec<Record> {
    let mut records = Vec::new();
    while !input.is_empty() {
        let owner = name(usize::from(input.byte()));
        let ttl = u32::from(input.byte());
        let data = match input.below(8) {
            0 => RData::A(A(input.array::<4>().into())),
            1 => RData::A(A([192, 0, 2, input.byte()].into())),
            2 => RData::AAAA(AAAA(input.array::<16>().into())),
            3 => {
                let last = input.byte();
                RData::AAAA(AAAA([0, 0, 0, 0, 0, 0xffff, 0xc000, last.into()].into()))
            }
            _ => RData::CNAME(CNAME(name(usize::from(input.byte())))),
        };
        records.push(Record::from_rdata(owner, ttl, data));
    }
    records
}
