//! A program of Rust's standard library that ends as it is told to.

use std::net::TcpStream;
use std::process::exit;

fn main() {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("fail") => exit(1),
        Some("trap") => panic!("as told"),
        // As many bytes as it is told to.
        Some("allocate") => {
            let length = arguments.next().unwrap().parse().unwrap();
            if Vec::<u8>::new().try_reserve_exact(length).is_err() {
                exit(1);
            }
        }
        // Connects first, so that one can tell that it runs.
        Some("compute") => {
            let _stream = TcpStream::connect(arguments.next().unwrap()).unwrap();
            loop {
                std::hint::spin_loop();
            }
        }
        _ => {}
    }
}
