//! `wasock-core` over the sockets of the operating system: what the provider does, without WASI.

use wasock_conformance::World;
use wasock_conformance::table::cases;
use wasock_tests::core_os::CoreOs;
use wasock_tests::peer::Peer;

use crate::backend::{Backend, Run};

pub(crate) fn backend(peer: Peer) -> Result<Backend, String> {
    let runs = Run::all::<CoreOs>(&cases());
    Backend::new("core", &runs, move |run| {
        let mut cases = cases::<CoreOs>().into_iter();
        let case = cases
            .find(|case| case.name == run.case)
            .ok_or("there is no such case")?;
        let world = World {
            api: &CoreOs,
            family: run.family,
            peer: peer.address(run.family),
        };
        (case.run)(&world).map_err(|failure| failure.to_string())
    })
}
