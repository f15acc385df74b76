//! `getaddrinfo` in the background.

use wasock_core::names::Eai;

use crate::api::{AnyFamily, Api, Lookup, Question};
use crate::cases::getaddrinfo::about;
use crate::failure::{OrFail, expect_eq};
use crate::{Failure, World};

/// A lookup of an address as text, which has its answer at once.
pub(crate) fn numeric<A: Api>(world: &World<'_, A>) -> Result<A::Lookup, Failure> {
    let lookup = world.api.lookup(&about("127.0.0.1", "80"));
    lookup.or_fail("lookup of an address as text")
}

pub(crate) fn a_lookup_answers_what_getaddrinfo_does<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let questions = [
        about("127.0.0.1", "80"),
        about("::1", "http"),
        Question {
            host: None,
            ..about("", "80")
        },
    ];
    for question in questions {
        let expected = world.api.getaddrinfo(&question, None);
        let expected = expected.or_fail("getaddrinfo")?;
        let lookup = world.api.lookup(&question).or_fail("lookup")?;
        let found = lookup.finish().or_fail("finish")?;
        expect_eq!(found, expected, "the answer to {question:?}");
    }
    Ok(())
}

pub(crate) fn an_answer_is_given_as_often_as_it_is_asked_for<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let lookup = numeric(world)?;
    let first = lookup.finish().or_fail("finish")?;
    for _ in 0..3 {
        let again = lookup.finish().or_fail("finish")?;
        expect_eq!(again, first, "the answer again");
        lookup.cancel();
    }
    Ok(())
}

pub(crate) fn a_closed_lookup_is_canceled<A: Api>(world: &World<'_, A>) -> Result<(), Failure> {
    let lookup = numeric(world)?;
    for _ in 0..2 {
        lookup.close();
        expect_eq!(lookup.finish(), Err(Eai::Canceled), "finish");
        lookup.cancel();
        expect_eq!(lookup.finish(), Err(Eai::Canceled), "finish after cancel");
    }
    Ok(())
}

pub(crate) fn what_needs_no_resolver_fails_at_the_start<A: Api>(
    world: &World<'_, A>,
) -> Result<(), Failure> {
    let questions = [
        (about("name.test", "80"), Eai::Noname),
        (about("127.0.0.1", "no-such-service"), Eai::Service),
        (
            Question {
                family: AnyFamily::Unix,
                ..about("127.0.0.1", "80")
            },
            Eai::Family,
        ),
    ];
    for (question, expected) in questions {
        match world.api.lookup(&question) {
            Err(found) => expect_eq!(found, expected, "{question:?}"),
            Ok(_) => {
                return Err(Failure::new(alloc::format!(
                    "{question:?}: expected {expected:?}, found a lookup"
                )));
            }
        }
    }
    Ok(())
}
