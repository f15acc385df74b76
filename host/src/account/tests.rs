use std::sync::Arc;
use std::time::{Duration, Instant};

use wasock_policy::{Amount, Limit, Limits, Rate};

use super::{Account, Grant, Terms, Tier};
use crate::audit::Level;

fn tier(level: Level, limits: Limits) -> Tier {
    let account = Arc::new(Account::new(level));
    Tier { account, limits }
}

/// A tenant of a host, and the terms of a store in it.
struct Nested {
    host: Tier,
    tenant: Tier,
}

impl Nested {
    fn new(host: Limits, tenant: Limits) -> Self {
        Self {
            host: tier(Level::Host, host),
            tenant: tier(Level::Tenant("acme".into()), tenant),
        }
    }

    fn store(&self, limits: Limits) -> Arc<Terms> {
        let store = tier(Level::Store, limits);
        let tiers = [store, self.tenant.clone(), self.host.clone()];
        Arc::new(Terms::new(tiers))
    }
}

fn sockets(sockets: u64) -> Limits {
    Limits {
        sockets: Some(sockets),
        ..Limits::default()
    }
}

fn bytes(bytes_in: u64) -> Limits {
    Limits {
        bytes_in: Some(bytes_in),
        ..Limits::default()
    }
}

#[test]
fn a_limit_is_reached_exactly_at_whichever_level_it_is_and_given_back() {
    let none = Limits::default();
    for (host, tenant, store, level) in [
        (none, none, sockets(3), Level::Store),
        (none, sockets(3), none, Level::Tenant("acme".into())),
        (sockets(3), none, none, Level::Host),
        (sockets(3), sockets(4), sockets(5), Level::Host),
        (sockets(5), sockets(4), sockets(3), Level::Store),
    ] {
        let nested = Nested::new(host, tenant);
        let store = nested.store(store);
        let take = || Grant::take(Arc::clone(&store), Limit::Sockets, 1);
        let mut held: Vec<_> = (0..3).map(|_| take().unwrap()).collect();

        let exceeded = take().unwrap_err();
        assert_eq!(exceeded.limit, Limit::Sockets);
        assert_eq!((exceeded.level, exceeded.amount), (level, Amount::Count(3)));
        assert_eq!(nested.host.account.usage().sockets, 3, "nothing was kept");

        held.pop();
        let _again = take().unwrap();
        assert!(take().is_err());
        held.clear();
        assert_eq!(nested.host.account.usage().sockets, 1);
    }
}

#[test]
fn what_one_store_has_the_others_of_the_tenant_do_not() {
    let nested = Nested::new(Limits::default(), sockets(2));
    let stores = [0, 1].map(|_| nested.store(Limits::default()));
    let take = |store: usize| Grant::take(Arc::clone(&stores[store]), Limit::Sockets, 1);
    let first = take(0).unwrap();
    let _second = take(1).unwrap();
    assert!(take(0).is_err() && take(1).is_err());
    drop(first);
    assert!(take(1).is_ok());
}

#[test]
fn a_part_is_taken_where_less_is_left_than_wanted() {
    let nested = Nested::new(bytes(100), bytes(80));
    let store = nested.store(Limits::default());
    assert_eq!(store.left(Limit::BytesIn), 80);
    assert_eq!(store.take_up_to(Limit::BytesIn, 60), 60);
    assert_eq!(store.used_up(Limit::BytesIn), None);
    assert_eq!(store.take_up_to(Limit::BytesIn, 60), 20);
    assert_eq!(store.take_up_to(Limit::BytesIn, 60), 0);
    assert_eq!(nested.host.account.usage().bytes_in, 80);
    let used_up = store.used_up(Limit::BytesIn).unwrap();
    assert_eq!(used_up.level, Level::Tenant("acme".into()));

    // What no level limits is counted all the same.
    assert_eq!(store.take_up_to(Limit::BytesOut, 7), 7);
    assert_eq!(nested.host.account.usage().bytes_out, 7);
    assert_eq!(store.left(Limit::BytesOut), u64::MAX);
}

#[test]
fn threads_that_take_at_once_get_no_more_than_there_is() {
    let nested = Nested::new(bytes(100_000), Limits::default());
    let stores = [0, 1, 2, 3].map(|_| nested.store(Limits::default()));
    let taken: u64 = std::thread::scope(|scope| {
        let take = |store: &Arc<Terms>| {
            let store = Arc::clone(store);
            scope.spawn(move || {
                let taken = (0..50_000).map(|_| store.take_up_to(Limit::BytesIn, 3));
                taken.sum::<u64>()
            })
        };
        let threads: Vec<_> = stores.iter().map(take).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert_eq!(taken, 100_000);
    assert_eq!(nested.host.account.usage().bytes_in, 100_000);
}

#[test]
fn of_times_the_shortest_counts_and_of_rates_the_slowest() {
    let idle = |seconds| Limits {
        idle_time: Some(Duration::from_secs(seconds)),
        ..Limits::default()
    };
    let nested = Nested::new(idle(30), idle(10));
    let store = nested.store(idle(20));
    assert_eq!(store.time(Limit::IdleTime), Some(Duration::from_secs(10)));
    let over = store.time_over(Limit::IdleTime).unwrap();
    assert_eq!(over.level, Level::Tenant("acme".into()));
    assert!(store.need_a_clock());
    assert_eq!(store.time(Limit::Lifetime), None);

    let rate = |amount| Limits {
        rate_in: Rate::new(amount, Duration::from_secs(1)),
        ..Limits::default()
    };
    let nested = Nested::new(rate(1_000), rate(100));
    let (one, other) = (nested.store(rate(500)), nested.store(Limits::default()));
    let now = Instant::now();
    assert_eq!(one.ready(Limit::RateIn, now), Ok(100));
    one.pass(Limit::RateIn, 100, now);
    assert!(one.ready(Limit::RateIn, now).is_err());
    assert!(other.ready(Limit::RateIn, now).is_err(), "of one tenant");
    assert_eq!(one.ready(Limit::RateOut, now), Ok(u64::MAX));
}
