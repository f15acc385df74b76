//! See `fuzz/targets`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wasock_fuzz_targets::run("inet", data));
