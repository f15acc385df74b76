//! Fetches a page over HTTP/1.1 and writes its body to standard output.
//! `wasock run --allow-outbound tcp://127.0.0.1:8000 http_get.wasm 127.0.0.1:8000 /`
#![no_std]
extern crate alloc;

use alloc::{boxed::Box, format, string::String};
use core::{error::Error, net::SocketAddr};
use wasock_guest::{BufReader, TcpStream, args, write_stdout};

wasock_guest::main!(http_get);

fn http_get() -> Result<(), Box<dyn Error>> {
    let arguments = args();
    let [_, address, path] = arguments.as_slice() else {
        return Err("usage: http-get ADDR PATH, such as 127.0.0.1:8000 /index.html".into());
    };
    let address: SocketAddr = address.parse()?;
    let stream = TcpStream::connect(address).map_err(|error| format!("{address}: {error}"))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;

    let mut reader = BufReader::new(&stream);
    let head = reader.read_until(b"\r\n\r\n", 64 * 1024)?;
    let length = body_length(&String::from_utf8_lossy(&head.ok_or("no answer")?))?;
    reader.forward(length, write_stdout)?;
    Ok(())
}

/// Checks the head of the answer and returns how long the body is, if the server knows it.
fn body_length(head: &str) -> Result<Option<u64>, Box<dyn Error>> {
    let mut lines = head.trim_end().split("\r\n");
    let status = lines.next().unwrap_or_default();
    let code = status.split(' ').nth(1).unwrap_or_default();
    if !status.starts_with("HTTP/1.") || !code.starts_with('2') {
        return Err(format!("the server answers {status:?}").into());
    }
    let mut length = None;
    for line in lines {
        let (name, value) = line.split_once(':').ok_or("a header without a colon")?;
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = Some(value.trim().parse()?),
            "transfer-encoding" => return Err(format!("cannot read{value} encoding").into()),
            _ => {}
        }
    }
    Ok(length)
}
