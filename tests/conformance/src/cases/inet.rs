//! `inet_aton`, `inet_ntoa`, `inet_pton`, `inet_ntop`.

use wasock_core::Errno;

use crate::api::{AnyFamily, Api};
use crate::failure::{OrFail, expect_eq, expect_err};
use crate::{Failure, World};

/// What `inet_aton` accepts, and the address as a number.
const ATON: &[(&str, u32)] = &[
    ("127.0.0.1", 0x7f00_0001),
    ("123.45.67.89", 0x7b2d_4359),
    ("0.0.0.0", 0),
    ("255.255.255.255", 0xffff_ffff),
    // Fewer parts: the last one fills the bytes that remain.
    ("127.1", 0x7f00_0001),
    ("127.0.1", 0x7f00_0001),
    ("127", 127),
    ("1", 1),
    ("0", 0),
    ("256", 256),
    ("4294967295", 0xffff_ffff),
    ("1.16777215", 0x01ff_ffff),
    ("1.2.65535", 0x0102_ffff),
    // Hexadecimal.
    ("0x7f.1", 0x7f00_0001),
    ("0x7f000001", 0x7f00_0001),
    ("0X7F.0.0.1", 0x7f00_0001),
    ("0xffffffff", 0xffff_ffff),
    ("1.0xffffff", 0x01ff_ffff),
    ("1.2.0xffff", 0x0102_ffff),
    // Octal.
    ("0177.0.0.1", 0x7f00_0001),
    ("017700000001", 0x7f00_0001),
    ("037777777777", 0xffff_ffff),
    ("010.0.0.1", 0x0800_0001),
    ("00000000000000000001", 1),
    ("0000.0.0.01", 1),
    // One white-space character ends the address, whatever follows it.
    ("127.0.0.1 ", 0x7f00_0001),
    ("127.0.0.1\n", 0x7f00_0001),
    ("127.0.0.1\t", 0x7f00_0001),
    ("127.0.0.1 garbage", 0x7f00_0001),
    ("127.0.0.1\nxyz", 0x7f00_0001),
    ("1.2 .3.4", 0x0100_0002),
    ("1 2", 1),
];

/// What `inet_aton` refuses.
const NOT_ATON: &[&str] = &[
    "",
    ".",
    " ",
    "1.2.3.",
    ".1.2.3",
    "1..2.3",
    "1.2.3.4.5",
    "192.168.1.1.",
    // A part that is too great.
    "256.0.0.1",
    "1.256.0.1",
    "1.2.3.256",
    "0400.0.0.0",
    "4294967296",
    "0x100000000",
    "040000000000",
    "99999999999999999999",
    "1.16777216",
    "1.2.65536",
    "1.0x1000000",
    // Digits that are none.
    "08.0.0.1",
    "09",
    "0x",
    "0x.1",
    "1.0x",
    "0xg",
    "0x1g",
    "1e3",
    // White space and signs where they do not belong.
    " 127.0.0.1",
    "\t1.2.3.4",
    "+1.2.3.4",
    "-1.2.3.4",
    "1.-2.3.4",
    "1. 2.3.4",
    // More than an address.
    "127.0.0.1x",
    "127.0.0.1/8",
    "127.0.0.1:80",
    "::1",
    "::ffff:1.2.3.4",
    "localhost",
    "\u{ff11}\u{ff12}\u{ff17}.0.0.1",
    "127.0.0.1\0",
    "1\u{0}2",
];

const PTON4: &[(&str, [u8; 4])] = &[
    ("0.0.0.0", [0; 4]),
    ("1.2.3.4", [1, 2, 3, 4]),
    ("255.255.255.255", [255; 4]),
    ("192.168.100.9", [192, 168, 100, 9]),
];

/// What `inet_pton` refuses although `inet_aton` accepts some of it.
const NOT_PTON4: &[&str] = &[
    "",
    "127.1",
    "127",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "01.2.3.4",
    "1.2.3.00",
    "1.2.3.4 ",
    " 1.2.3.4",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "1.2.3.",
    "1.2.3.4\n",
    "1.2.3.4\0",
    "::1",
    "::ffff:1.2.3.4",
];

/// Text that is canonical: both ways.
const CANONICAL6: &[(&str, [u16; 8])] = &[
    ("::", [0; 8]),
    ("::1", [0, 0, 0, 0, 0, 0, 0, 1]),
    ("1::", [1, 0, 0, 0, 0, 0, 0, 0]),
    ("1:2:3:4:5:6:7:8", [1, 2, 3, 4, 5, 6, 7, 8]),
    ("2001:db8::1", [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]),
    ("fe80::abcd:ef01", [0xfe80, 0, 0, 0, 0, 0, 0xabcd, 0xef01]),
    // A single zero is not shortened, the longest run is, the first of equal ones.
    ("2001:db8:0:1:1:1:1:1", [0x2001, 0xdb8, 0, 1, 1, 1, 1, 1]),
    ("2001:0:0:1::1", [0x2001, 0, 0, 1, 0, 0, 0, 1]),
    ("2001:db8::1:0:0:1", [0x2001, 0xdb8, 0, 0, 1, 0, 0, 1]),
    ("1:2:3:4:5:6::", [1, 2, 3, 4, 5, 6, 0, 0]),
    ("::3:4:5:6:7:8", [0, 0, 3, 4, 5, 6, 7, 8]),
    // With an IPv4 address inside.
    ("::ffff:1.2.3.4", [0, 0, 0, 0, 0, 0xffff, 0x0102, 0x0304]),
    ("::1.2.3.4", [0, 0, 0, 0, 0, 0, 0x0102, 0x0304]),
    (
        "64:ff9b::102:304",
        [0x64, 0xff9b, 0, 0, 0, 0, 0x0102, 0x0304],
    ),
];

/// Text that is allowed, but not canonical.
const PTON6: &[(&str, [u16; 8])] = &[
    ("0:0:0:0:0:0:0:0", [0; 8]),
    (
        "2001:0db8:0000:0000:0000:0000:0000:0001",
        [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1],
    ),
    ("2001:DB8::A", [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0xa]),
    ("::FFFF:1.2.3.4", [0, 0, 0, 0, 0, 0xffff, 0x0102, 0x0304]),
    (
        "64:ff9b::1.2.3.4",
        [0x64, 0xff9b, 0, 0, 0, 0, 0x0102, 0x0304],
    ),
    ("1:2:3:4:5:6:1.2.3.4", [1, 2, 3, 4, 5, 6, 0x0102, 0x0304]),
    ("1:2:3:4:5:6:7::", [1, 2, 3, 4, 5, 6, 7, 0]),
];

const NOT_PTON6: &[&str] = &[
    "",
    ":",
    ":::",
    "1",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "1:2:3:4:5:6:7:8::1",
    "12345::",
    "g::",
    ":1::",
    "1::1:",
    "::1%lo",
    "fe80::1%1",
    "[::1]",
    "::1 ",
    " ::1",
    "::1\n",
    "::1\0",
    "::1/64",
    "::1.2.3",
    "::1.2.3.256",
    "::01.2.3.4",
    "1.2.3.4",
    "1.2.3.4::",
    "::1.2.3.4:5",
];

pub(crate) fn inet_aton_reads_the_forms_of_bsd<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for (text, expected) in ATON {
        let found = world.api.inet_aton(text);
        expect_eq!(
            found,
            Ok(expected.to_be_bytes().to_vec()),
            "inet_aton of {text:?}"
        );
    }
    Ok(())
}

pub(crate) fn inet_aton_of_anything_else_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for text in NOT_ATON {
        expect_eq!(
            world.api.inet_aton(text),
            Err(Errno::Einval),
            "inet_aton of {text:?}"
        );
    }
    Ok(())
}

pub(crate) fn inet_ntoa_writes_dotted_decimal<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    for (text, packed) in PTON4 {
        expect_eq!(
            world.api.inet_ntoa(packed).as_deref(),
            Ok(*text),
            "inet_ntoa of {packed:?}"
        );
    }
    let found = world.api.inet_ntoa(&[1, 20, 0, 200]);
    expect_eq!(
        found.as_deref(),
        Ok("1.20.0.200"),
        "inet_ntoa of 1, 20, 0, 200"
    );
    Ok(())
}

pub(crate) fn inet_ntoa_of_another_length_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for packed in [&[][..], &[1, 2, 3], &[1, 2, 3, 4, 5], &[0; 16]] {
        expect_err!(
            world.api.inet_ntoa(packed),
            Einval,
            "inet_ntoa of {} bytes",
            packed.len()
        );
    }
    Ok(())
}

pub(crate) fn inet_pton_reads_ipv4_strictly<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    for (text, packed) in PTON4 {
        let found = world.api.inet_pton(AnyFamily::Inet, text);
        expect_eq!(found, Ok(packed.to_vec()), "inet_pton of {text:?}");
    }
    for text in NOT_PTON4 {
        let found = world.api.inet_pton(AnyFamily::Inet, text);
        expect_eq!(found, Err(Errno::Einval), "inet_pton of {text:?}");
    }
    Ok(())
}

pub(crate) fn inet_pton_reads_ipv6<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    for (text, groups) in CANONICAL6.iter().chain(PTON6) {
        let found = world.api.inet_pton(AnyFamily::Inet6, text);
        expect_eq!(found, Ok(packed(groups)), "inet_pton of {text:?}");
    }
    for text in NOT_PTON6 {
        let found = world.api.inet_pton(AnyFamily::Inet6, text);
        expect_eq!(found, Err(Errno::Einval), "inet_pton of {text:?}");
    }
    Ok(())
}

pub(crate) fn inet_ntop_writes_the_canonical_form<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for (text, packed) in PTON4 {
        let found = world.api.inet_ntop(AnyFamily::Inet, packed);
        expect_eq!(found.as_deref(), Ok(*text), "inet_ntop of {packed:?}");
    }
    for (text, groups) in CANONICAL6 {
        let found = world.api.inet_ntop(AnyFamily::Inet6, &packed(groups));
        expect_eq!(found.as_deref(), Ok(*text), "inet_ntop of {groups:x?}");
    }
    Ok(())
}

pub(crate) fn inet_ntop_of_another_length_is_einval<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for (family, lengths) in [
        (AnyFamily::Inet, [0, 3, 5, 16]),
        (AnyFamily::Inet6, [0, 4, 15, 17]),
    ] {
        for length in lengths {
            let packed = alloc::vec![0; length];
            expect_err!(
                world.api.inet_ntop(family, &packed),
                Einval,
                "inet_ntop of {family:?}, {length} bytes"
            );
        }
    }
    Ok(())
}

pub(crate) fn inet_pton_and_ntop_know_no_other_family<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for family in [AnyFamily::Unspec, AnyFamily::Unix, AnyFamily::Other] {
        expect_err!(
            world.api.inet_pton(family, "127.0.0.1"),
            Eafnosupport,
            "inet_pton in {family:?}"
        );
        expect_err!(
            world.api.inet_ntop(family, &[127, 0, 0, 1]),
            Eafnosupport,
            "inet_ntop in {family:?}"
        );
    }
    Ok(())
}

pub(crate) fn inet_text_and_bytes_are_each_others_reverse<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for seed in 0_usize..200 {
        let bytes: alloc::vec::Vec<u8> = (0..16).map(|at| sparse_byte(seed * 16 + at)).collect();
        let text = world
            .api
            .inet_ntop(AnyFamily::Inet6, &bytes)
            .or_fail("inet_ntop")?;
        expect_eq!(
            world.api.inet_pton(AnyFamily::Inet6, &text),
            Ok(bytes),
            "inet_pton of {text:?}"
        );
    }
    Ok(())
}

fn packed(groups: &[u16; 8]) -> alloc::vec::Vec<u8> {
    groups
        .iter()
        .flat_map(|group| group.to_be_bytes())
        .collect()
}

/// Half of them zero, so that runs of zeros occur.
fn sparse_byte(index: usize) -> u8 {
    let byte = crate::peer::pattern_byte(index);
    if byte & 3 == 0 { byte } else { 0 }
}
