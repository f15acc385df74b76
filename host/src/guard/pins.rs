//! What one guest was told by name: the addresses, and for how long the name counts for them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use wasock_policy::PinnedName;

use crate::clock::Clock;

/// How long a name counts at least. Programs look a name up and connect a while later, in a second attempt say, and some
/// answers have a time to live of nothing.
const MIN_TTL: Duration = Duration::from_secs(60);

/// How long a name counts at most. The grant is for the name; where an address goes to somebody else, it must not go along
/// for days because an answer said so.
const MAX_TTL: Duration = Duration::from_secs(300);

/// How many pairs of a name and an address are kept. With one more, the one that would expire first is forgotten.
const MAX_PINS: usize = 1024;

/// The names that the addresses of one guest came from. A clone refers to the same.
#[derive(Clone)]
pub(crate) struct Pins {
    held: Arc<Mutex<Held>>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct Held {
    addresses: HashMap<IpAddr, Vec<Pin>>,
    count: usize,
}

struct Pin {
    name: PinnedName,
    expires: Instant,
}

impl Pins {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            held: Arc::default(),
            clock,
        }
    }

    /// The time, by the clock that pins expire by.
    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The guest is told that `name` has `address`.
    pub(crate) fn pin(&self, address: IpAddr, name: PinnedName, ttl: Duration) {
        let expires = self.now() + ttl.clamp(MIN_TTL, MAX_TTL);
        let mut held = self.held();
        let pins = held.addresses.entry(address.to_canonical()).or_default();
        if let Some(pin) = pins.iter_mut().find(|pin| pin.name == name) {
            pin.expires = pin.expires.max(expires);
            return;
        }
        pins.push(Pin { name, expires });
        held.count += 1;
        if held.count > MAX_PINS {
            held.forget_one();
        }
    }

    /// The names that count for `address` now.
    pub(crate) fn names(&self, address: IpAddr) -> Arc<[PinnedName]> {
        let held = self.held();
        let Some(pins) = held.addresses.get(&address.to_canonical()) else {
            return Arc::default();
        };
        let now = self.now();
        pins.iter()
            .filter(|pin| now < pin.expires)
            .map(|pin| pin.name.clone())
            .collect()
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Expired ones come first by themselves.
    fn forget_one(&mut self) {
        let first = self
            .addresses
            .iter()
            .flat_map(|(address, pins)| {
                let of_address = pins.iter().enumerate();
                of_address.map(|(index, pin)| (pin.expires, *address, index))
            })
            .min_by_key(|(expires, _, _)| *expires);
        let Some((_, address, index)) = first else {
            return;
        };
        if let Some(pins) = self.addresses.get_mut(&address) {
            pins.remove(index);
            self.count -= 1;
            if pins.is_empty() {
                self.addresses.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::tests::clock::ManualClock;

    fn name(text: &str) -> PinnedName {
        text.parse::<wasock_policy::Name>().unwrap().into()
    }

    fn pins() -> (Pins, ManualClock) {
        let clock = ManualClock::default();
        (Pins::new(Arc::new(clock.clone())), clock)
    }

    const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    #[test]
    fn a_pin_lasts_as_long_as_the_answer_within_limits() {
        for (ttl, lasts) in [(0, 60), (100, 100), (86_400, 300)] {
            let (pins, clock) = pins();
            pins.pin(ADDRESS, name("a.example"), Duration::from_secs(ttl));
            clock.advance(Duration::from_secs(lasts - 1));
            assert_eq!(*pins.names(ADDRESS), [name("a.example")], "{ttl}");
            clock.advance(Duration::from_secs(1));
            assert_eq!(*pins.names(ADDRESS), [], "{ttl}");
        }
    }

    #[test]
    fn a_second_lookup_prolongs_and_another_name_adds() {
        let (pins, clock) = pins();
        pins.pin(ADDRESS, name("a.example"), Duration::ZERO);
        clock.advance(Duration::from_secs(30));
        pins.pin(ADDRESS, name("a.example"), Duration::ZERO);
        pins.pin(ADDRESS, name("b.example"), Duration::ZERO);
        clock.advance(Duration::from_secs(45));
        assert_eq!(*pins.names(ADDRESS), [name("a.example"), name("b.example")]);
        let mapped = "::ffff:192.0.2.1".parse().unwrap();
        assert_eq!(pins.names(mapped).len(), 2);
    }

    #[test]
    fn there_is_an_end_to_them_and_the_oldest_goes_first() {
        let (pins, clock) = pins();
        for number in 0..2 * MAX_PINS {
            let address = IpAddr::from(u32::try_from(number).unwrap().to_be_bytes());
            pins.pin(address, name("a.example"), Duration::ZERO);
            clock.advance(Duration::from_millis(1));
        }
        let held: usize = pins.held().addresses.values().map(Vec::len).sum();
        assert_eq!((held, pins.held().count), (MAX_PINS, MAX_PINS));
        assert_eq!(pins.names("0.0.0.0".parse().unwrap()).len(), 0);
        assert_eq!(pins.names("0.0.7.255".parse().unwrap()).len(), 1);
    }
}
