//! Taking the names out of a component that is shipped.

/// The custom section that names the parts of a component for who reads it in a disassembler. The linker writes it
/// and has no option not to; `strip` reaches the modules inside only.
const NAMES: &[u8] = b"component-name";

/// The magic number and the version.
const HEADER: usize = 8;

/// The component without the names of its parts, which nothing that runs it looks at: a tenth of the provider.
///
/// What is no component comes back as it is; who uses it will say so.
#[must_use]
pub fn without_names(component: &[u8]) -> Vec<u8> {
    keep_others(component).unwrap_or_else(|| component.to_vec())
}

fn keep_others(component: &[u8]) -> Option<Vec<u8>> {
    let (header, mut rest) = component.split_at_checked(HEADER)?;
    let mut kept = header.to_vec();
    while !rest.is_empty() {
        let (section, behind) = split_section(rest)?;
        if !is_names(section) {
            kept.extend_from_slice(section);
        }
        rest = behind;
    }
    Some(kept)
}

/// The first section, with its number and its length, and what is behind it.
fn split_section(sections: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, content) = read_length(sections.get(1..)?)?;
    let start = sections.len() - content.len();
    sections.split_at_checked(start.checked_add(length)?)
}

/// Whether it is the section of names: number 0, the length, its own name.
fn is_names(section: &[u8]) -> bool {
    let name = || {
        let (_, content) = read_length(section.strip_prefix(&[0])?)?;
        let (length, name) = read_length(content)?;
        name.get(..length)
    };
    name() == Some(NAMES)
}

/// A number of at most 32 bits in LEB128, and what is behind it.
fn read_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut length = 0_u64;
    for (place, byte) in bytes.iter().enumerate().take(5) {
        length |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((length.try_into().ok()?, bytes.get(place + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn only_the_names_of_the_component_are_taken_out() {
        let names = section(0, b"\x0ecomponent-namewhatever they are");
        let producers = section(0, b"\x09producers\x00");
        let long = section(1, &[7; 300]);
        let whole = [EMPTY, &producers, &names, &long, &names].concat();
        let expected = [EMPTY, &producers, &long].concat();
        assert_eq!(without_names(&whole), expected);
    }

    #[test]
    fn what_is_cut_off_or_no_component_stays_as_it_is() {
        let names = section(0, b"\x0ecomponent-name");
        let whole = [EMPTY, &names].concat();
        for length in 0..whole.len() {
            let cut = &whole[..length];
            assert_eq!(without_names(cut), cut, "{length}");
        }
        let absurd = [EMPTY, &[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]].concat();
        assert_eq!(without_names(&absurd), absurd);
    }

    fn section(number: u8, content: &[u8]) -> Vec<u8> {
        let mut section = vec![number];
        let mut length = content.len();
        while length >= 0x80 {
            section.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        section.push(length as u8);
        section.extend_from_slice(content);
        section
    }
}
