//! What a guest's connection costs in the host: with wasmtime-wasi alone, and under a policy, with accounts and an audit.
//!
//! Both ends are in this process and are driven by hand, so that what a component costs is left out: a connection over
//! loopback that is made and kept, and rounds of 64 KiB through it. One thread does everything.

mod end;

use std::hint::black_box;
use std::process::ExitCode;

use end::{Guarded, Plain, World, connection};
use wasmtime_wasi_io::bytes::Bytes;
use wasock_benches::Measurement;

const KIB: usize = 1024;

fn main() -> ExitCode {
    wasock_benches::main(&[
        Measurement {
            name: "host: 64 KiB, wasmtime-wasi",
            run: transfer::<Plain, { 64 * KIB }>,
        },
        Measurement {
            name: "host: 64 KiB, guarded",
            run: transfer::<Guarded, { 64 * KIB }>,
        },
        Measurement {
            name: "host: 1 byte, wasmtime-wasi",
            run: transfer::<Plain, 1>,
        },
        Measurement {
            name: "host: 1 byte, guarded",
            run: transfer::<Guarded, 1>,
        },
    ])
}

/// `LENGTH` bytes from one end to the other, again and again.
fn transfer<W: World, const LENGTH: usize>(rounds: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut world = W::new();
        let (mut input, mut output) = connection(&mut world).await;
        let data = Bytes::from(vec![7; LENGTH]);
        for _ in 0..rounds {
            while output.check_write().expect("it is open") < LENGTH {
                output.ready().await;
            }
            output.write(data.clone()).expect("it is open");
            let mut left = LENGTH;
            while left > 0 {
                let came = black_box(input.read(left).expect("it is open"));
                if came.is_empty() {
                    input.ready().await;
                }
                left -= came.len();
            }
        }
    });
}
