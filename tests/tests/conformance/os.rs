//! The sockets of the operating system: the reference.

use wasock_conformance::World;
use wasock_conformance::table::cases;
use wasock_tests::os::Os;
use wasock_tests::peer::Peer;

use crate::backend::{Backend, Run};

pub(crate) fn backend(peer: Peer) -> Result<Backend, String> {
    Backend::new("os", &Run::all::<Os>(&cases()), move |run| {
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
