//! Names that a resolver has to be asked for.
//!
//! | name                 | what the resolver answers                        |
//! |----------------------|--------------------------------------------------|
//! | `both.test`          | one address of IPv6, then two of IPv4            |
//! | `four.test`          | one address of IPv4                              |
//! | `later.test`         | the same, after a moment                         |
//! | `never.test`         | nothing, ever                                    |
//! | `slow-server.test`   | that it got no answer in time                    |
//! | `broken-server.test` | that it got no usable answer                     |
//! | any other            | that there is no such name                       |

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::time::Duration;

use wasock_core::names::{AddrInfoFlags, Eai};

use crate::api::{AddrInfo, AnyFamily, AnyType, Api, Lookup, Poller, Question};
use crate::cases::getaddrinfo::about;
use crate::cases::lookup::numeric;
use crate::datagram::PATIENCE;
use crate::failure::{OrFail, expect_eq, expect_err};
use crate::readiness::{AT_ONCE, READABLE, SHORT};
use crate::{Failure, World};

/// A question about a name, for a stream.
fn name(host: &str) -> Question<'_> {
    Question {
        flags: AddrInfoFlags::NONE,
        ..about(host, "80")
    }
}

/// The addresses of an answer.
fn addresses(answer: &[AddrInfo]) -> Vec<String> {
    answer
        .iter()
        .map(|entry| entry.address.to_string())
        .collect()
}

pub(crate) fn a_name_has_the_addresses_that_the_resolver_answers<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let six = "[2001:4860:4860::8888]:80";
    let expected: [(AnyFamily, &[&str]); 3] = [
        (AnyFamily::Unspec, &[six, "8.8.8.8:80", "8.8.4.4:80"]),
        (AnyFamily::Inet, &["8.8.8.8:80", "8.8.4.4:80"]),
        (AnyFamily::Inet6, &[six]),
    ];
    for (family, expected) in expected {
        for host in ["both.test", "BOTH.test.", "both.test"] {
            let question = Question {
                family,
                ..name(host)
            };
            let answer = world.api.getaddrinfo(&question, None);
            let answer = answer.or_fail("getaddrinfo")?;
            expect_eq!(addresses(&answer), expected, "{host}, {family:?}");
        }
    }
    let question = Question {
        kind: AnyType::Unspec,
        flags: AddrInfoFlags::CANONNAME,
        ..name("four.test")
    };
    let answer = world.api.getaddrinfo(&question, None);
    let answer = answer.or_fail("getaddrinfo")?;
    let names: Vec<_> = answer
        .into_iter()
        .map(|it| (it.kind, it.canonname))
        .collect();
    let expected = [
        (AnyType::Stream, Some("four.test".into())),
        (AnyType::Dgram, None),
    ];
    expect_eq!(names, expected, "types and canonical names");
    Ok(())
}

pub(crate) fn a_name_without_an_address_of_the_family_is_nodata_or_mapped<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let question = Question {
        family: AnyFamily::Inet6,
        ..name("four.test")
    };
    let found = world.api.getaddrinfo(&question, None);
    expect_eq!(found.err(), Some(Eai::Nodata), "getaddrinfo");
    let question = Question {
        flags: AddrInfoFlags::V4MAPPED,
        ..question
    };
    let answer = world.api.getaddrinfo(&question, None);
    let answer = answer.or_fail("getaddrinfo with v4mapped")?;
    expect_eq!(addresses(&answer), ["[::ffff:8.8.8.8]:80"], "with v4mapped");
    let both = AddrInfoFlags::V4MAPPED | AddrInfoFlags::ALL;
    let question = Question {
        host: Some("both.test"),
        flags: both,
        ..question
    };
    let answer = world.api.getaddrinfo(&question, None);
    let answer = answer.or_fail("getaddrinfo with all")?;
    let expected = [
        "[2001:4860:4860::8888]:80",
        "[::ffff:8.8.8.8]:80",
        "[::ffff:8.8.4.4]:80",
    ];
    expect_eq!(addresses(&answer), expected, "with v4mapped and all");
    Ok(())
}

pub(crate) fn a_name_that_nobody_knows_is_noname<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let found = world.api.getaddrinfo(&name("unknown.test"), None);
    expect_eq!(found.err(), Some(Eai::Noname), "getaddrinfo");
    let lookup = world.api.lookup(&name("unknown.test")).or_fail("lookup")?;
    wait_for(world, &lookup)?;
    for _ in 0..2 {
        expect_eq!(lookup.finish().err(), Some(Eai::Noname), "finish");
    }
    Ok(())
}

pub(crate) fn what_goes_wrong_at_the_name_server_is_told<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let expected = [
        ("slow-server.test", Eai::Again),
        ("broken-server.test", Eai::Again),
    ];
    for (host, expected) in expected {
        let found = world.api.getaddrinfo(&name(host), None);
        expect_eq!(found.err(), Some(expected), "getaddrinfo of {host}");
    }
    Ok(())
}

pub(crate) fn getaddrinfo_that_runs_out_of_time_is_again<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    for timeout in [AT_ONCE, SHORT, Some(Duration::from_nanos(1))] {
        let found = world.api.getaddrinfo(&name("never.test"), timeout);
        expect_eq!(found.err(), Some(Eai::Again), "getaddrinfo, {timeout:?}");
    }
    let answer = world.api.getaddrinfo(&name("later.test"), PATIENCE);
    let answer = answer.or_fail("getaddrinfo with time enough")?;
    expect_eq!(addresses(&answer), ["8.8.8.8:80"], "with time enough");
    Ok(())
}

pub(crate) fn a_lookup_is_in_progress_until_it_has_an_answer<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let lookup = world.api.lookup(&name("later.test")).or_fail("lookup")?;
    let first = lookup.finish().err();
    expect_eq!(first, Some(Eai::Inprogress), "finish at once");
    wait_for(world, &lookup)?;
    for _ in 0..2 {
        let answer = lookup.finish().or_fail("finish")?;
        expect_eq!(addresses(&answer), ["8.8.8.8:80"], "the answer");
        lookup.cancel();
        let ready = world.api.poll(&[], &[&lookup], &[], AT_ONCE);
        expect_eq!(ready.or_fail("poll")?.lookups, [0], "poll afterwards");
    }
    Ok(())
}

pub(crate) fn a_lookup_wakes_who_waits_for_it<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let poller = world.api.poller().or_fail("poller")?;
    let never = world.api.lookup(&name("never.test")).or_fail("lookup")?;
    let later = world.api.lookup(&name("later.test")).or_fail("lookup")?;
    poller.add_lookup(&never, 1).or_fail("add_lookup")?;
    poller.add_lookup(&later, 2).or_fail("add_lookup")?;
    for _ in 0..2 {
        let found = poller.wait(10, PATIENCE).or_fail("wait")?;
        expect_eq!(found, [(2, READABLE)], "wait");
    }
    poller.remove(2).or_fail("remove")?;
    expect_eq!(
        poller.wait(10, SHORT).or_fail("wait")?,
        [],
        "wait for the other"
    );

    let numeric = numeric(world)?;
    let list = [&never, &numeric, &later];
    let ready = world.api.poll(&[], &list, &[], None).or_fail("poll")?;
    expect_eq!(ready.lookups, [1, 2], "poll");
    let ready = world
        .api
        .poll(&[], &list[..1], &[], SHORT)
        .or_fail("poll")?;
    expect_eq!(ready.lookups, [], "poll of the one without an answer");
    Ok(())
}

pub(crate) fn a_lookup_under_way_may_stand_in_the_list_twice<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let never = world.api.lookup(&name("never.test")).or_fail("lookup")?;
    let ready = world.api.poll(&[], &[&never, &never], &[], SHORT);
    expect_eq!(ready.or_fail("poll")?.lookups, [], "poll");
    let later = world.api.lookup(&name("later.test")).or_fail("lookup")?;
    let ready = world.api.poll(&[], &[&later, &later], &[], PATIENCE);
    expect_eq!(ready.or_fail("poll")?.lookups, [0, 1], "poll");
    let poller = world.api.poller().or_fail("poller")?;
    poller.add_lookup(&never, 1).or_fail("add_lookup")?;
    poller.add_lookup(&never, 2).or_fail("add_lookup again")?;
    expect_eq!(poller.wait(10, SHORT).or_fail("wait")?, [], "wait");
    Ok(())
}

pub(crate) fn a_lookup_that_is_given_up_is_canceled<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let lookup = world.api.lookup(&name("never.test")).or_fail("lookup")?;
    for _ in 0..2 {
        lookup.cancel();
        expect_eq!(lookup.finish().err(), Some(Eai::Canceled), "finish");
        // There is nothing to wait for any more.
        wait_for(world, &lookup)?;
    }
    lookup.close();
    expect_eq!(
        lookup.finish().err(),
        Some(Eai::Canceled),
        "finish when closed"
    );
    let result = world.api.poll(&[], &[&lookup], &[], AT_ONCE);
    expect_err!(result, Ebadf, "poll when closed");
    Ok(())
}

/// Each way makes room for another. A host bounds how many are under way, and may take a moment to end one.
pub(crate) fn lookups_under_way_are_closed_and_dropped<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let poller = world.api.poller().or_fail("poller")?;
    for number in 0..40 {
        let lookup = world.api.lookup(&name("never.test")).or_fail("lookup")?;
        poller.add_lookup(&lookup, number).or_fail("add_lookup")?;
        expect_eq!(poller.wait(10, SHORT).or_fail("wait")?, [], "wait");
        match number % 3 {
            0 => lookup.close(),
            1 => lookup.cancel(),
            _ => {}
        }
    }
    expect_err!(poller.wait(10, None), Edeadlk, "wait when all are gone");
    let answer = world.api.getaddrinfo(&name("four.test"), None);
    let answer = answer.or_fail("getaddrinfo after that")?;
    expect_eq!(addresses(&answer), ["8.8.8.8:80"], "getaddrinfo after that");
    Ok(())
}

/// Waits until the lookup has an answer.
fn wait_for<A: Api>(world: &World<'_, A>, lookup: &A::Lookup) -> Result<(), Failure> {
    let ready = world.api.poll(&[], &[lookup], &[], PATIENCE);
    expect_eq!(ready.or_fail("poll")?.lookups, [0], "a wait for the lookup");
    Ok(())
}
