//! The sockets of the operating system: the reference.

use wasock_conformance::World;
use wasock_conformance::table::{Needs, cases};
use wasock_tests::os::Os;
use wasock_tests::peer::Peer;

use crate::backend::{Backend, Run};

pub(crate) fn backend(peer: Peer) -> Result<Backend, String> {
    // The machine has a resolver of its own, which knows nothing of the names in the cases, and its `poll` waits
    // for what can never happen.
    let all = cases();
    let here = |needs| !matches!(needs, Needs::Resolver | Needs::Foresight);
    for case in all.iter().filter(|case| !here(case.needs)) {
        eprintln!("os leaves out {}: it needs {:?}", case.name, case.needs);
    }
    let runs = Run::all::<Os>(all.iter().filter(|case| here(case.needs)));
    Backend::new("os", &runs, move |run| {
        let mut cases = cases::<Os>().into_iter();
        let case = cases
            .find(|case| case.name == run.case)
            .ok_or("there is no such case")?;
        let world = World {
            api: &Os,
            family: run.family,
            peer: peer.address(run.family),
        };
        (case.run)(&world).map_err(|failure| failure.to_string())
    })
}
