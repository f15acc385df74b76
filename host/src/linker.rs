//! The doors of a guest: each interface that is linked, by name.

use wasmtime::component::{HasData, Linker, ResourceTable};
use wasmtime_wasi::cli::{WasiCli, WasiCliView as _};
use wasmtime_wasi::clocks::{WasiClocks, WasiClocksView as _};
use wasmtime_wasi::filesystem::{WasiFilesystem, WasiFilesystemView as _};
use wasmtime_wasi::p2::bindings::{cli, clocks, filesystem, random, sockets};
use wasmtime_wasi::random::{WasiRandom, WasiRandomView as _};
use wasmtime_wasi_io::bindings::wasi::io;

use crate::NetView;
use crate::view::Guarded;

/// The interfaces that [`add_to_linker`] supplies, in any version 0.2.x.
pub const SUPPLIED: &[&str] = &[
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:random/random",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/stderr",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:cli/terminal-stderr",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:sockets/instance-network",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/network",
    "wasi:sockets/tcp",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/udp",
    "wasi:sockets/udp-create-socket",
    #[cfg(feature = "http")]
    "wasi:http/types",
    #[cfg(feature = "http")]
    "wasi:http/outgoing-handler",
];

/// Link everything of WASI 0.2 that a command needs, with the network under the store's [`NetCtx`].
///
/// It takes the place of [`wasmtime_wasi::p2::add_to_linker_async`]. Both on one linker is an error, in either
/// order, unless the linker allows shadowing; then the last one counts, and it must be this one.
///
/// The functions are asynchronous: instantiate with `instantiate_async`, on a tokio runtime of more than one thread, or
/// a guest that computes keeps its own sockets waiting.
///
/// A door that is not guarded is not linked: nothing of WASI 0.3, and of `wasi:http` not the serving of requests.
/// [`unsupplied`](crate::component::unsupplied) tells which imports of a component that leaves open.
///
/// # Errors
///
/// An interface is there already.
///
/// [`NetCtx`]: crate::NetCtx
pub fn add_to_linker<T: NetView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    let l = linker;
    io::error::add_to_linker::<T, HasTable>(l, |t| t.ctx().table)?;
    // Ours: what waits for a socket has to be woken by what happens to it here.
    io::poll::add_to_linker::<T, Guarded>(l, T::net)?;
    io::streams::add_to_linker::<T, HasTable>(l, |t| t.ctx().table)?;
    clocks::monotonic_clock::add_to_linker::<T, WasiClocks>(l, T::clocks)?;
    clocks::wall_clock::add_to_linker::<T, WasiClocks>(l, T::clocks)?;
    random::random::add_to_linker::<T, WasiRandom>(l, T::random)?;
    random::insecure::add_to_linker::<T, WasiRandom>(l, T::random)?;
    random::insecure_seed::add_to_linker::<T, WasiRandom>(l, T::random)?;
    cli::environment::add_to_linker::<T, WasiCli>(l, T::cli)?;
    cli::exit::add_to_linker::<T, WasiCli>(l, T::cli)?;
    cli::stdin::add_to_linker::<T, WasiCli>(l, T::cli)?;
    cli::stdout::add_to_linker::<T, WasiCli>(l, T::cli)?;
    cli::stderr::add_to_linker::<T, WasiCli>(l, T::cli)?;
    cli::terminal_input::add_to_linker::<T, WasiCli>(l, T::cli)?;
    cli::terminal_output::add_to_linker::<T, WasiCli>(l, T::cli)?;
    cli::terminal_stdin::add_to_linker::<T, WasiCli>(l, T::cli)?;
    cli::terminal_stdout::add_to_linker::<T, WasiCli>(l, T::cli)?;
    cli::terminal_stderr::add_to_linker::<T, WasiCli>(l, T::cli)?;
    filesystem::preopens::add_to_linker::<T, WasiFilesystem>(l, T::filesystem)?;
    filesystem::types::add_to_linker::<T, WasiFilesystem>(l, T::filesystem)?;

    // The network: ours, from the handle that every call needs to the sockets themselves.
    let options = sockets::network::LinkOptions::default();
    sockets::instance_network::add_to_linker::<T, Guarded>(l, T::net)?;
    sockets::network::add_to_linker::<T, Guarded>(l, &options, T::net)?;
    sockets::tcp_create_socket::add_to_linker::<T, Guarded>(l, T::net)?;
    sockets::tcp::add_to_linker::<T, Guarded>(l, T::net)?;
    sockets::udp_create_socket::add_to_linker::<T, Guarded>(l, T::net)?;
    sockets::ip_name_lookup::add_to_linker::<T, Guarded>(l, T::net)?;
    sockets::udp::add_to_linker::<T, Guarded>(l, T::net)?;
    #[cfg(feature = "http")]
    add_http(l)?;
    Ok(())
}

/// Requests, which our hooks send. Serving them is another door, and stays shut.
#[cfg(feature = "http")]
fn add_http<T: NetView>(l: &mut Linker<T>) -> wasmtime::Result<()> {
    use wasmtime_wasi_http::p2::bindings::http::{outgoing_handler, types};
    use wasmtime_wasi_http::{WasiHttp, WasiHttpCtxView};

    fn http<T: NetView>(state: &mut T) -> WasiHttpCtxView<'_> {
        state.net().http()
    }
    let options = types::LinkOptions::default();
    types::add_to_linker::<T, WasiHttp>(l, &options, http)?;
    outgoing_handler::add_to_linker::<T, WasiHttp>(l, http)
}

struct HasTable;

impl HasData for HasTable {
    type Data<'a> = &'a mut ResourceTable;
}
