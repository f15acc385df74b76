//! The names that a resolver may be asked for.
//!
//! ```text
//! name  = label , { "." , label } , [ "." ] ;      (* at most 253 octets without the last "." *)
//! label = char , { char } ;                        (* at most 63 *)
//! char  = letter | digit | "-" | "_" ;
//! ```
//!
//! The last label is not a number: not all digits, and not `0x` with hexadecimal digits or nothing after it.
//! No top-level domain is one, and what looks like an address must not reach a resolver that reads addresses
//! in another way than [`inet`](crate::inet).
//!
//! `_` is in no host name by the standards, and in many in practice.

const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// Whether `name` is one.
pub(super) fn is_name(name: &str) -> bool {
    let name = without_root(name);
    name.len() <= MAX_NAME && name.split('.').all(is_label) && !is_number(last_label(name))
}

/// Whether `name` is `localhost`. No resolver is asked for it, so none can say otherwise (RFC 6761, section 6.3).
///
/// The names below it mean this machine too, but the host is asked for those: who answers for a name also decides what
/// may be reached by it, and where it leads if it is mapped.
pub(super) fn is_localhost(name: &str) -> bool {
    without_root(name).eq_ignore_ascii_case("localhost")
}

fn without_root(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

fn last_label(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn is_label(label: &str) -> bool {
    (1..=MAX_LABEL).contains(&label.len())
        && label
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_'))
}

fn is_number(label: &str) -> bool {
    let hex = label.strip_prefix("0x").or(label.strip_prefix("0X"));
    match hex {
        Some(digits) => digits.bytes().all(|digit| digit.is_ascii_hexdigit()),
        None => label.bytes().all(|digit| digit.is_ascii_digit()),
    }
}
