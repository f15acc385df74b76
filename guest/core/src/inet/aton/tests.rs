use super::{aton, aton_exact};

/// Texts that both readings accept.
const ADDRESSES: &[(&str, [u8; 4])] = &[
    // Four parts.
    ("127.0.0.1", [127, 0, 0, 1]),
    ("123.45.67.89", [123, 45, 67, 89]),
    ("0.0.0.0", [0, 0, 0, 0]),
    ("255.255.255.255", [255, 255, 255, 255]),
    // Three: the last is 16 bits wide.
    ("127.0.1", [127, 0, 0, 1]),
    ("1.2.65535", [1, 2, 255, 255]),
    ("1.2.0xffff", [1, 2, 255, 255]),
    // Two: 24.
    ("127.1", [127, 0, 0, 1]),
    ("1.16777215", [1, 255, 255, 255]),
    ("1.0xffffff", [1, 255, 255, 255]),
    // One: all 32.
    ("0", [0, 0, 0, 0]),
    ("1", [0, 0, 0, 1]),
    ("127", [0, 0, 0, 127]),
    ("256", [0, 0, 1, 0]),
    ("2130706433", [127, 0, 0, 1]),
    ("4294967295", [255, 255, 255, 255]),
    ("0xffffffff", [255, 255, 255, 255]),
    ("037777777777", [255, 255, 255, 255]),
    // Hexadecimal and octal, mixed at will.
    ("0x7f.1", [127, 0, 0, 1]),
    ("0x7f000001", [127, 0, 0, 1]),
    ("0X7F.0.0.1", [127, 0, 0, 1]),
    ("0177.0.0.1", [127, 0, 0, 1]),
    ("017700000001", [127, 0, 0, 1]),
    ("010.0.0.1", [8, 0, 0, 1]),
    ("0x0a.012.10.1", [10, 10, 10, 1]),
    // Leading zeros do not count towards the size.
    ("00000000000000000000000000000001", [0, 0, 0, 1]),
    ("0x00000000000000000000000000000001", [0, 0, 0, 1]),
    ("00.00.00.00", [0, 0, 0, 0]),
];

/// Texts that only the reading with a tail accepts.
const TAILED: &[(&str, [u8; 4])] = &[
    ("127.0.0.1 ", [127, 0, 0, 1]),
    ("127.0.0.1\n", [127, 0, 0, 1]),
    ("127.0.0.1\t", [127, 0, 0, 1]),
    ("127.0.0.1\x0b", [127, 0, 0, 1]),
    ("127.0.0.1\x0c", [127, 0, 0, 1]),
    ("127.0.0.1\r", [127, 0, 0, 1]),
    ("127.0.0.1 garbage", [127, 0, 0, 1]),
    ("127.0.0.1\nxyz", [127, 0, 0, 1]),
    ("127.0.0.1 \0", [127, 0, 0, 1]),
    ("127.0.0.1 é", [127, 0, 0, 1]),
    ("1.2 .3.4", [1, 0, 0, 2]),
    ("1 2", [0, 0, 0, 1]),
];

/// Texts that neither accepts.
const REFUSED: &[&str] = &[
    // Parts that are missing, or one too many.
    "",
    ".",
    " ",
    "1.",
    ".1",
    "1.2.3.",
    ".1.2.3",
    "1..2.3",
    "1.2.3.4.5",
    "1.2.3.4.0",
    "1.2.3.4.0.0",
    "192.168.1.1.",
    // Parts too large for their place.
    "256.0.0.0",
    "256.0.0.1",
    "1.256.0.1",
    "1.2.256.4",
    "1.2.3.256",
    "0400.0.0.0",
    "0x100.1",
    "1.2.65536",
    "1.2.0x10000",
    "1.16777216",
    "1.0x1000000",
    "4294967296",
    "0x100000000",
    "040000000000",
    "99999999999999999999",
    // Digits that the base does not have, or none at all.
    "08.0.0.1",
    "09",
    "0x",
    "0X",
    "0x.1",
    "1.0x",
    "0xg",
    "0x1g",
    "0x0x1",
    "0x+1",
    "0b1",
    "0o7",
    "1e3",
    "a.b.c.d",
    // White space is for the tail alone.
    " 127.0.0.1",
    "\t1.2.3.4",
    "1. 2.3.4",
    "1.2.3. 4",
    // Signs.
    "+1.2.3.4",
    "1.+2.3.4",
    "-1..",
    "1.-2..",
    "-0",
    // Other things after the address, and other things altogether.
    "127.0.0.1x",
    "127.0.0.1/8",
    "127.0.0.1:80",
    "127.0.0.1%lo",
    "127.0.0.1\0",
    "127.0.0.1\0 ",
    "\0",
    "::1",
    "::ffff:1.2.3.4",
    "localhost",
    // Beyond ASCII: a full-width digit, no-break space, next line, an ideographic full stop.
    "127.0.0.\u{ff11}",
    "127.0.0.1\u{a0}",
    "127.0.0.1\u{85}",
    "127\u{3002}0.0.1",
];

#[test]
fn every_form_of_an_address_is_read_by_both() {
    for &(text, address) in ADDRESSES {
        assert_eq!(aton(text), Some(address), "aton {text:?}");
        assert_eq!(aton_exact(text), Some(address), "aton_exact {text:?}");
    }
}

#[test]
fn a_tail_after_white_space_is_ignored_by_aton_and_refused_by_aton_exact() {
    for &(text, address) in TAILED {
        assert_eq!(aton(text), Some(address), "aton {text:?}");
        assert_eq!(aton_exact(text), None, "aton_exact {text:?}");
    }
}

#[test]
fn what_is_no_address_is_refused_by_both() {
    for &text in REFUSED {
        assert_eq!(aton(text), None, "aton {text:?}");
        assert_eq!(aton_exact(text), None, "aton_exact {text:?}");
    }
}
