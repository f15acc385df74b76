//! `wasi:sockets/ip-name-lookup`: refused, because the policy does not speak of names yet.
//!
//! An IP literal is refused like any other name: no lookup, no exception.

use wasmtime::component::Resource;
use wasmtime_wasi::p2::bindings::sockets::ip_name_lookup::{
    Host, HostResolveAddressStream, ResolveAddressStream,
};
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddress, Network};
use wasmtime_wasi::p2::{DynPollable, SocketError, SocketResult};

use super::guard::Denied;
use crate::NetCtxView;

impl Host for NetCtxView<'_> {
    fn resolve_addresses(
        &mut self,
        network: Resource<Network>,
        name: String,
    ) -> SocketResult<Resource<ResolveAddressStream>> {
        // The handle is the guest's right to ask; it must be a live one.
        self.table.get(&network)?;

        let Denied = self.ctx.guard.refuse_lookup(&name);
        // A resolver has no "access denied" in the BSD interface: this is its EAI_FAIL.
        Err(SocketError::from(ErrorCode::PermanentResolverFailure))
    }
}

impl HostResolveAddressStream for NetCtxView<'_> {
    fn resolve_next_address(
        &mut self,
        this: Resource<ResolveAddressStream>,
    ) -> SocketResult<Option<IpAddress>> {
        self.inner().resolve_next_address(this)
    }

    fn subscribe(
        &mut self,
        this: Resource<ResolveAddressStream>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        HostResolveAddressStream::subscribe(&mut self.inner(), this)
    }

    fn drop(&mut self, this: Resource<ResolveAddressStream>) -> wasmtime::Result<()> {
        HostResolveAddressStream::drop(&mut self.inner(), this)
    }
}
