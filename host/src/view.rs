//! How the host functions find the network context in a store.

use wasmtime::component::{HasData, ResourceTable};
use wasmtime_wasi::WasiView;
use wasmtime_wasi::sockets::WasiSocketsCtxView;

use crate::NetCtx;

/// A store's state that holds a [`NetCtx`].
///
/// ```
/// use wasmtime::component::ResourceTable;
/// use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
/// use wasock::{NetCtx, NetCtxView, NetView};
///
/// struct State {
///     wasi: WasiCtx,
///     net: NetCtx,
///     table: ResourceTable,
/// }
///
/// impl WasiView for State {
///     fn ctx(&mut self) -> WasiCtxView<'_> {
///         WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
///     }
/// }
///
/// impl NetView for State {
///     fn net(&mut self) -> NetCtxView<'_> {
///         NetCtxView { ctx: &mut self.net, table: &mut self.table }
///     }
/// }
/// ```
pub trait NetView: WasiView {
    /// The context, and the table that [`WasiView::ctx`] yields too.
    fn net(&mut self) -> NetCtxView<'_>;
}

/// A [`NetCtx`] with the resources of its store: what the guarded interfaces are implemented for.
pub struct NetCtxView<'a> {
    /// The network context of the guest.
    pub ctx: &'a mut NetCtx,
    /// The resources of the guest; the same table as that of its [`WasiCtx`](wasmtime_wasi::WasiCtx).
    pub table: &'a mut ResourceTable,
}

impl NetCtxView<'_> {
    /// wasmtime-wasi's implementation over the private context. What calls it has decided before.
    pub(crate) fn inner(&mut self) -> WasiSocketsCtxView<'_> {
        WasiSocketsCtxView {
            ctx: &mut self.ctx.private,
            table: self.table,
        }
    }
}

/// Marks [`NetCtxView`] as what guarded host functions are called on.
pub(crate) struct Guarded;

impl HasData for Guarded {
    type Data<'a> = NetCtxView<'a>;
}
