//! Memory and time to compute: what a guest uses of the machine besides the network.
//!
//! | concept                             | file     |
//! |-------------------------------------|----------|
//! | both, for a store                   | here     |
//! | how much memory                     | `memory` |
//! | how long it computes                | `cpu`    |
//! | what makes the engine look          | `ticker` |

mod cpu;
mod memory;
#[cfg(test)]
mod tests;
mod ticker;

use wasmtime::{Store, UpdateDeadline};

use crate::view::{NetCtxView, NetView};

pub use cpu::CpuTimeExceeded;
pub(crate) use cpu::{Meter, metered};
pub(crate) use memory::MemoryBudget;
pub use ticker::Ticker;

/// Hold a guest to the limits `memory` and `cpu-time` of its [`NetCtx`], which may change while it runs.
///
/// - What it allocates beyond `memory` it does not get: `memory.grow` fails, and the guest's own allocator says so.
/// - When it has computed for `cpu-time`, it is stopped: the call ends with [`CpuTimeExceeded`]. Other guests go on.
/// - Whether the two are limited or not, a guest that computes lets others have their turn at each tick, and what a changed
///   policy takes from it is closed.
///
/// It takes the place of [`Store::limiter`] and [`Store::epoch_deadline_callback`]. The engine has to have
/// [epochs](wasmtime::Config::epoch_interruption), and a [`Ticker`] that advances them.
///
/// ```
/// # use wasmtime::component::ResourceTable;
/// # use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
/// # use wasock::{NetCtxView, NetView};
/// # struct State { wasi: WasiCtx, net: NetCtx, table: ResourceTable }
/// # impl WasiView for State {
/// #     fn ctx(&mut self) -> WasiCtxView<'_> { WasiCtxView { ctx: &mut self.wasi, table: &mut self.table } }
/// # }
/// # impl NetView for State {
/// #     fn net(&mut self) -> NetCtxView<'_> { NetCtxView { ctx: &mut self.net, table: &mut self.table } }
/// # }
/// use wasmtime::{Config, Engine, Store};
/// use wasock::policy::Policy;
/// use wasock::{NetCtx, Ticker};
///
/// let engine = Engine::new(Config::new().epoch_interruption(true))?;
/// let ticker = Ticker::start(&engine)?;
///
/// let policy = Policy::builder().limit("cpu-time=10s".parse()?).limit("memory=64MiB".parse()?);
/// let net = NetCtx::builder().policy(policy.build()).build();
/// let handle = net.handle();
/// # let (wasi, table) = (WasiCtx::builder().build(), ResourceTable::new());
/// let mut store = Store::new(&engine, State { wasi, net, table });
/// wasock::bound(&mut store);
/// // handle.metered(command.wasi_cli_run().call_run(&mut store)).await
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`NetCtx`]: crate::NetCtx
pub fn bound<T: NetView + 'static>(store: &mut Store<T>) {
    store.limiter(|state| {
        let NetCtxView { ctx, .. } = state.net();
        &mut ctx.memory
    });
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|mut store| {
        let mut net = store.data_mut().net();
        net.attend();
        net.ctx.guard.tick()?;
        Ok(UpdateDeadline::Yield(1))
    });
}
