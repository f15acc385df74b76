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

/// How many pairs of a name and an address are kept, of all addresses together.
const MAX_PINS: usize = 1024;

/// How many names of one address are kept. Each is looked at when something is sent there, and whoever owns a zone can make
/// as many as he likes.
pub(crate) const MAX_NAMES: usize = 32;

/// The names that the addresses of one guest came from. A clone refers to the same.
#[derive(Clone)]
pub(crate) struct Pins {
    held: Arc<Mutex<Held>>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct Held {
    addresses: HashMap<IpAddr, Known>,
    count: usize,
    /// How often the guest was told something.
    told: u64,
}

/// What is known of one address.
#[derive(Default)]
struct Known {
    pins: Vec<Pin>,
    /// When the guest was told the last name that did not count before.
    learnt: u64,
    /// The names that count, and until when they are these: whoever asks in between gets the same list.
    names: Option<(Arc<[PinnedName]>, Instant)>,
}

struct Pin {
    name: PinnedName,
    expires: Instant,
    /// When the guest was told, by [`Held::told`].
    told: u64,
    /// Whether a rule denies the address for this name, at some port.
    restricts: bool,
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

    /// The guest is told that `name` has `address`. `restricts` if a rule denies what has this name: such a name is forgotten
    /// after all others, since without it the guest may do more.
    pub(crate) fn pin(&self, address: IpAddr, name: PinnedName, ttl: Duration, restricts: bool) {
        let now = self.now();
        let expires = now + ttl.clamp(MIN_TTL, MAX_TTL);
        let mut held = self.held();
        held.told += 1;
        let told = held.told;
        let address = address.to_canonical();
        let known = held.addresses.entry(address).or_default();
        if let Some(pin) = known.pins.iter_mut().find(|pin| pin.name == name) {
            let counted = now < pin.expires;
            pin.expires = pin.expires.max(expires);
            pin.told = told;
            pin.restricts = restricts;
            if !counted {
                known.learn(told);
            }
            return;
        }
        known.pins.push(Pin {
            name,
            expires,
            told,
            restricts,
        });
        known.learn(told);
        let is_crowded = known.pins.len() > MAX_NAMES;
        held.count += 1;
        if is_crowded {
            held.forget_one(Some(address), now);
        } else if held.count > MAX_PINS {
            held.forget_one(None, now);
        }
    }

    /// A number that goes up when the guest learns another name for `address`. That a name does not count any more is nothing
    /// learnt.
    ///
    /// To be asked before [`names`](Self::names): what is learnt in between is then news the next time.
    pub(crate) fn learnt(&self, address: IpAddr) -> u64 {
        let held = self.held();
        let known = held.addresses.get(&address.to_canonical());
        known.map_or(0, |known| known.learnt)
    }

    /// The names that count for `address` now.
    pub(crate) fn names(&self, address: IpAddr) -> Arc<[PinnedName]> {
        let now = self.now();
        let mut held = self.held();
        let Some(known) = held.addresses.get_mut(&address.to_canonical()) else {
            return Arc::default();
        };
        known.names(now)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Make room, at one address or anywhere: what has expired goes first, what restricts goes last, and of the same kind that
    /// which the guest was told longest ago. So what it was told just now stays, unless it only restricts less than the rest.
    fn forget_one(&mut self, at: Option<IpAddr>, now: Instant) {
        let addresses = self.addresses.iter();
        let first = addresses
            .filter(|(address, _)| at.is_none_or(|at| at == **address))
            .flat_map(|(address, known)| known.pins.iter().map(move |pin| (*address, pin)))
            .min_by_key(|(_, pin)| (now < pin.expires, pin.restricts, pin.told));
        let Some((address, told)) = first.map(|(address, pin)| (address, pin.told)) else {
            return;
        };
        if let Some(known) = self.addresses.get_mut(&address) {
            known.pins.retain(|pin| pin.told != told);
            known.names = None;
            self.count -= 1;
            if known.pins.is_empty() {
                self.addresses.remove(&address);
            }
        }
    }
}

impl Known {
    fn learn(&mut self, told: u64) {
        self.learnt = told;
        self.names = None;
    }

    fn names(&mut self, now: Instant) -> Arc<[PinnedName]> {
        if let Some((names, until)) = &self.names
            && now < *until
        {
            return Arc::clone(names);
        }
        let counting = || self.pins.iter().filter(|pin| now < pin.expires);
        let Some(until) = counting().map(|pin| pin.expires).min() else {
            return Arc::default();
        };
        let names: Arc<[_]> = counting().map(|pin| pin.name.clone()).collect();
        self.names = Some((Arc::clone(&names), until));
        names
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
            pins.pin(ADDRESS, name("a.example"), Duration::from_secs(ttl), false);
            clock.advance(Duration::from_secs(lasts - 1));
            assert_eq!(*pins.names(ADDRESS), [name("a.example")], "{ttl}");
            clock.advance(Duration::from_secs(1));
            assert_eq!(*pins.names(ADDRESS), [], "{ttl}");
        }
    }

    #[test]
    fn a_second_lookup_prolongs_and_another_name_adds() {
        let (pins, clock) = pins();
        pins.pin(ADDRESS, name("a.example"), Duration::ZERO, false);
        clock.advance(Duration::from_secs(30));
        pins.pin(ADDRESS, name("a.example"), Duration::ZERO, false);
        pins.pin(ADDRESS, name("b.example"), Duration::ZERO, false);
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
            pins.pin(address, name("a.example"), Duration::ZERO, false);
            clock.advance(Duration::from_millis(1));
        }
        let of_each = |known: &Known| known.pins.len();
        let held: usize = pins.held().addresses.values().map(of_each).sum();
        assert_eq!((held, pins.held().count), (MAX_PINS, MAX_PINS));
        assert_eq!(pins.names("0.0.0.0".parse().unwrap()).len(), 0);
        assert_eq!(pins.names("0.0.7.255".parse().unwrap()).len(), 1);
    }

    #[test]
    fn an_address_has_so_many_names_and_the_one_told_last_is_among_them() {
        let (pins, _) = pins();
        let numbered = |number: usize| name(&format!("n{number}.example"));
        for number in 0..1_000 {
            // The later, the sooner it expires.
            let ttl = Duration::from_secs(300_u64.saturating_sub(number as u64));
            pins.pin(ADDRESS, numbered(number), ttl, false);
            assert!(pins.names(ADDRESS).contains(&numbered(number)), "{number}");
        }
        let names = pins.names(ADDRESS);
        let last: Vec<_> = (1_000 - MAX_NAMES..1_000).map(numbered).collect();
        assert_eq!(*names, *last);
        assert_eq!(pins.held().count, MAX_NAMES);

        // To be told again is to be told last.
        pins.pin(ADDRESS, last[0].clone(), Duration::ZERO, false);
        pins.pin(ADDRESS, numbered(1_000), Duration::ZERO, false);
        assert!(pins.names(ADDRESS).contains(&last[0]));
        assert!(!pins.names(ADDRESS).contains(&last[1]));
    }

    #[test]
    fn a_name_that_restricts_is_not_pushed_out_by_others() {
        let (pins, _) = pins();
        pins.pin(ADDRESS, name("denied.example"), Duration::ZERO, true);
        for number in 0..2 * MAX_PINS {
            let other = name(&format!("n{number}.example"));
            pins.pin(ADDRESS, other.clone(), MAX_TTL, false);
            let address = IpAddr::from(u32::try_from(number).unwrap().to_be_bytes());
            pins.pin(address, other, MAX_TTL, false);
        }
        assert!(pins.names(ADDRESS).contains(&name("denied.example")));
        assert_eq!(pins.held().count, MAX_PINS);
    }

    #[test]
    fn all_who_ask_get_the_same_list_until_it_changes() {
        let (pins, clock) = pins();
        pins.pin(ADDRESS, name("a.example"), Duration::ZERO, false);
        let (names, learnt) = (pins.names(ADDRESS), pins.learnt(ADDRESS));
        pins.pin(ADDRESS, name("a.example"), Duration::ZERO, false);
        assert!(Arc::ptr_eq(&names, &pins.names(ADDRESS)));
        assert_eq!(pins.learnt(ADDRESS), learnt);

        pins.pin(ADDRESS, name("b.example"), MAX_TTL, false);
        assert_eq!(*pins.names(ADDRESS), [name("a.example"), name("b.example")]);
        assert!(learnt < pins.learnt(ADDRESS));

        // What has expired is gone without being news, and is news when it is told again.
        let learnt = pins.learnt(ADDRESS);
        clock.advance(MIN_TTL);
        assert_eq!(*pins.names(ADDRESS), [name("b.example")]);
        assert_eq!(pins.learnt(ADDRESS), learnt);
        pins.pin(ADDRESS, name("a.example"), Duration::ZERO, false);
        assert_eq!(pins.names(ADDRESS).len(), 2);
        assert!(learnt < pins.learnt(ADDRESS));
    }
}
