//! Values by network, found by an address in the network.
//!
//! Two networks are either apart, or one lies inside the other. So it is enough to find the last network that begins at or
//! before the address, by halving, and to go outwards from there. What is found costs nearly the same among ten
//! networks and among a hundred thousand.

use std::net::IpAddr;

use ipnet::IpNet;

/// Values by network. Built once.
#[derive(Clone, Debug)]
pub(crate) struct Nets<T> {
    v4: Family<T>,
    v6: Family<T>,
}

/// The networks of one family, by their first address, and larger ones before those inside them.
#[derive(Clone, Debug)]
struct Family<T> {
    /// Apart from the rest, so that the search touches little memory.
    firsts: Vec<u128>,
    rows: Vec<Row<T>>,
}

#[derive(Clone, Debug)]
struct Row<T> {
    last: u128,
    /// The smallest network around this one.
    around: Option<u32>,
    value: T,
}

impl<T> Nets<T> {
    /// The values of the networks with this address, from the smallest network to the largest.
    pub(crate) fn around(&self, address: IpAddr) -> impl Iterator<Item = &T> {
        let family = match address {
            IpAddr::V4(_) => &self.v4,
            IpAddr::V6(_) => &self.v6,
        };
        family.around(bits(address))
    }
}

impl<T> Family<T> {
    fn around(&self, address: u128) -> impl Iterator<Item = &T> {
        let begun = self.firsts.partition_point(|first| *first <= address);
        let row = |index: usize| self.rows.get(index);
        let outwards = move |inner: &&Row<T>| row(usize::try_from(inner.around?).ok()?);
        let nearest = begun.checked_sub(1).and_then(row);
        std::iter::successors(nearest, outwards)
            .filter(move |row| address <= row.last)
            .map(|row| &row.value)
    }

    fn new(mut nets: Vec<(IpNet, T)>) -> Self {
        nets.sort_by_key(|(net, _)| (bits(net.network()), net.prefix_len()));
        let mut family = Self::default();
        // The networks that the next one may lie in, from the largest to the smallest.
        let mut open: Vec<u32> = Vec::new();
        for (index, (net, value)) in (0u32..).zip(nets) {
            let (first, last) = (bits(net.network()), bits(net.broadcast()));
            while let Some(outer) = open.last().and_then(|outer| family.row(*outer))
                && outer.last < first
            {
                open.pop();
            }
            let around = open.last().copied();
            family.firsts.push(first);
            family.rows.push(Row {
                last,
                around,
                value,
            });
            open.push(index);
        }
        family
    }

    fn row(&self, index: u32) -> Option<&Row<T>> {
        self.rows.get(usize::try_from(index).ok()?)
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// Each network is there once, and has no host bits.
impl<T> FromIterator<(IpNet, T)> for Nets<T> {
    fn from_iter<I: IntoIterator<Item = (IpNet, T)>>(nets: I) -> Self {
        let (v4, v6) = nets.into_iter().partition(|(net, _)| net.addr().is_ipv4());
        Self {
            v4: Family::new(v4),
            v6: Family::new(v6),
        }
    }
}

impl<T> Default for Nets<T> {
    fn default() -> Self {
        Self {
            v4: Family::default(),
            v6: Family::default(),
        }
    }
}

impl<T> Default for Family<T> {
    fn default() -> Self {
        Self {
            firsts: Vec::new(),
            rows: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Networks that are often inside one another.
    fn net() -> impl Strategy<Value = IpNet> {
        let address = prop_oneof![
            (0u32..16, 0u32..4).prop_map(|(high, low)| IpAddr::V4((high << 28 | low).into())),
            (0u128..4, 0u128..4).prop_map(|(high, low)| IpAddr::V6((high << 126 | low).into())),
            any::<IpAddr>(),
        ];
        (address, 0u8..=128).prop_map(|(address, length)| {
            let longest = if address.is_ipv4() { 32 } else { 128 };
            IpNet::new(address, length.min(longest)).unwrap().trunc()
        })
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_contains_the_address(
            nets in prop::collection::hash_set(net(), 0..40), address: IpAddr, near in any::<prop::sample::Index>(),
        ) {
            let listed: Vec<IpNet> = nets.into_iter().collect();
            let nets: Nets<IpNet> = listed.iter().map(|net| (*net, *net)).collect();
            let mut addresses = vec![address];
            if !listed.is_empty() {
                let net = near.get(&listed);
                addresses.extend([net.network(), net.broadcast()]);
            }
            for address in addresses {
                let mut expected: Vec<_> = listed.iter().filter(|net| net.contains(&address)).collect();
                expected.sort_by_key(|net| std::cmp::Reverse(net.prefix_len()));
                prop_assert_eq!(nets.around(address).collect::<Vec<_>>(), expected, "{}", address);
            }
        }
    }
}
