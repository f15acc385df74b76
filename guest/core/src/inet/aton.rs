//! The lenient reading of IPv4: `inet_aton`.

/// Reads IPv4 text of one to four parts; what follows a white-space character is ignored.
///
/// # BSD
/// `inet_aton(3)`, which answers 0 where this answers `None`.
#[doc(alias = "inet_aton")]
#[must_use]
pub fn aton(text: &str) -> Option<[u8; 4]> {
    let address = text.split(is_space).next()?;

    aton_exact(address)
}

/// Reads IPv4 text of one to four parts and nothing else: what `getaddrinfo` takes for a numeric host.
#[must_use]
pub fn aton_exact(text: &str) -> Option<[u8; 4]> {
    let mut address = 0;
    let mut free_bits = u32::BITS;

    let mut parts = text.split('.').peekable();
    while let Some(part) = parts.next() {
        let value = number(part)?;
        let bits = if parts.peek().is_some() { 8 } else { free_bits };
        if u64::from(value) >> bits != 0 {
            return None;
        }
        free_bits -= bits;
        address |= value << free_bits;

        // A fifth part would find no byte left.
        if free_bits == 0 && parts.peek().is_some() {
            return None;
        }
    }
    Some(address.to_be_bytes())
}

/// Reads a number with the prefixes of C.
fn number(part: &str) -> Option<u32> {
    let (digits, radix) = if let Some(hex) = part.strip_prefix("0x").or(part.strip_prefix("0X")) {
        (hex, 16)
    } else if part.starts_with('0') {
        (part, 8)
    } else {
        (part, 10)
    };

    // `from_str_radix` would take a sign.
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    u32::from_str_radix(digits, radix).ok()
}

/// `isspace` in the C locale; Rust's `is_ascii_whitespace` leaves out the vertical tab.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r')
}

#[cfg(test)]
mod tests;
