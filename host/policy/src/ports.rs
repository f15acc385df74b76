//! The port part of a rule.

use std::fmt;
use std::ops::RangeInclusive;

/// Which ports a rule speaks of: single ports and inclusive ranges, or all of them.
///
/// Port 0 never names a port on the wire. In an inbound rule it stands for "a port that the system picks".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ports {
    /// Sorted and apart from each other, so that equal sets have one text. 0 is either a range of its own or the start
    /// of the range of all ports; it is never merged with its neighbour 1, since it means something else.
    ranges: Vec<RangeInclusive<u16>>,
}

impl Ports {
    /// Every port, the ephemeral ones among them: `any`.
    pub fn any() -> Self {
        Self {
            ranges: vec![0..=u16::MAX],
        }
    }

    /// One port; 0 for an ephemeral one.
    pub fn single(port: u16) -> Self {
        Self {
            ranges: vec![port..=port],
        }
    }

    /// The port, if there is just one.
    pub fn as_single(&self) -> Option<u16> {
        match self.ranges.as_slice() {
            [range] if range.start() == range.end() => Some(*range.start()),
            _ => None,
        }
    }

    /// Whether `port` is one of these; 0 asks whether an ephemeral port is.
    pub fn contains(&self, port: u16) -> bool {
        self.ranges.iter().any(|range| range.contains(&port))
    }

    /// Whether every port is one of these, ephemeral ones aside.
    pub(crate) fn are_all(&self) -> bool {
        self.ranges
            .iter()
            .any(|range| *range.start() <= 1 && *range.end() == u16::MAX)
    }

    /// Sorted and apart from each other.
    pub(crate) fn ranges(&self) -> &[RangeInclusive<u16>] {
        &self.ranges
    }

    /// Whether some port is one of both.
    pub(crate) fn overlap(&self, other: &Self) -> bool {
        let meets = |a: &RangeInclusive<u16>, b: &RangeInclusive<u16>| {
            a.start() <= b.end() && b.start() <= a.end()
        };
        self.ranges
            .iter()
            .any(|a| other.ranges.iter().any(|b| meets(a, b)))
    }

    /// The set of what the given ranges hold. None of them starts at 0 except `0..=0` and the range of all ports.
    pub(crate) fn from_ranges(mut ranges: Vec<RangeInclusive<u16>>) -> Self {
        ranges.sort_by_key(|range| (*range.start(), *range.end()));
        let mut merged: Vec<RangeInclusive<u16>> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match merged.last_mut() {
                Some(last) if joins(last, &range) => {
                    *last = *last.start()..=*last.end().max(range.end())
                }
                _ => merged.push(range),
            }
        }
        if merged.last().is_some_and(|last| *last == (0..=u16::MAX)) {
            return Self::any();
        }
        Self { ranges: merged }
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, range) in self.ranges.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            match (*range.start(), *range.end()) {
                (0, u16::MAX) => f.write_str("any")?,
                (start, end) if start == end => write!(f, "{start}")?,
                (start, end) => write!(f, "{start}-{end}")?,
            }
        }
        Ok(())
    }
}

/// Whether `next`, which does not start before `last`, overlaps or continues it.
fn joins(last: &RangeInclusive<u16>, next: &RangeInclusive<u16>) -> bool {
    if next.start() <= last.end() {
        return true;
    }
    *last != (0..=0) && *next.start() == last.end().saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_sets_have_one_text() {
        for (ranges, expected) in [
            (vec![443..=443, 80..=80], "80,443"),
            (vec![80..=81, 82..=90, 85..=100], "80-100"),
            (vec![80..=80, 80..=80], "80"),
            (vec![1..=5, 0..=0], "0,1-5"),
            (vec![80..=80, 0..=u16::MAX], "any"),
            (vec![0..=0, 0..=u16::MAX], "any"),
            (vec![1..=u16::MAX], "1-65535"),
        ] {
            assert_eq!(Ports::from_ranges(ranges).to_string(), expected);
        }
    }

    #[test]
    fn one_port_is_single() {
        for (ranges, expected) in [
            (vec![80..=80], Some(80)),
            (vec![0..=0], Some(0)),
            (vec![80..=81], None),
            (vec![80..=80, 443..=443], None),
            (vec![0..=u16::MAX], None),
        ] {
            assert_eq!(Ports::from_ranges(ranges).as_single(), expected);
        }
    }

    #[test]
    fn ranges_include_both_ends() {
        let ports = Ports::from_ranges(vec![8000..=8999]);
        for (port, expected) in [
            (7999, false),
            (8000, true),
            (8999, true),
            (9000, false),
            (0, false),
        ] {
            assert_eq!(ports.contains(port), expected, "{port}");
        }
    }
}
