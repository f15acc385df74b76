//! `wasi:sockets/ip-name-lookup` under the policy.
//!
//! | what is asked for             | decided                                       | refused as                 |
//! |-------------------------------|-----------------------------------------------|----------------------------|
//! | an address                    | nothing: it is returned, and gives nothing    |                            |
//! | a name                        | the name, before anybody is asked; then each address | permanent-resolver-failure |
//!
//! The guest is told the addresses that are allowed, and only those are pinned to the name. A lookup of which nothing is left
//! is refused.
//!
//! wasmtime-wasi's stream of addresses can be made by nobody else, so the handle of the guest leads to one of ours in
//! the resource table: handles are numbers, and the type is looked at on both ends by us alone.

use wasmtime::component::Resource;
use wasmtime_wasi::p2::bindings::sockets::ip_name_lookup::{
    Host, HostResolveAddressStream, ResolveAddressStream,
};
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddress, Network};
use wasmtime_wasi::p2::{DynPollable, SocketResult, subscribe};
use wasock_policy::Name;

use super::lookup::{AddressStream, OpenLookup};
use crate::NetCtxView;
use crate::names::Asked;

impl Host for NetCtxView<'_> {
    fn resolve_addresses(
        &mut self,
        network: Resource<Network>,
        name: String,
    ) -> SocketResult<Resource<ResolveAddressStream>> {
        // The handle is the guest's right to ask; it must be a live one.
        self.table.get(&network)?;

        let stream = match Asked::parse(&name).map_err(|_| ErrorCode::InvalidArgument)? {
            Asked::Address(address) => AddressStream::known(address),
            Asked::Name(name) => self.look_up(name)?,
        };
        let stream = self.table.push(stream)?;
        Ok(Resource::new_own(stream.rep()))
    }
}

impl HostResolveAddressStream for NetCtxView<'_> {
    fn resolve_next_address(
        &mut self,
        this: Resource<ResolveAddressStream>,
    ) -> SocketResult<Option<IpAddress>> {
        let stream = self.table.get_mut(&ours(&this))?;
        let address = stream.next(&self.ctx.sources)?;
        Ok(address.map(IpAddress::from))
    }

    fn subscribe(
        &mut self,
        this: Resource<ResolveAddressStream>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        subscribe(self.table, ours(&this))
    }

    fn drop(&mut self, this: Resource<ResolveAddressStream>) -> wasmtime::Result<()> {
        self.table
            .delete(Resource::<AddressStream>::new_own(this.rep()))?;
        Ok(())
    }
}

impl NetCtxView<'_> {
    fn look_up(&mut self, name: Name) -> Result<AddressStream, ErrorCode> {
        let lookup = OpenLookup::begin(&self.ctx.guard, name)?;
        let source = self.ctx.sources.source_of(lookup.name(), &self.ctx.guard);
        Ok(AddressStream::of(source, lookup))
    }
}

/// The stream that the guest's handle leads to.
fn ours(stream: &Resource<ResolveAddressStream>) -> Resource<AddressStream> {
    Resource::new_borrow(stream.rep())
}
