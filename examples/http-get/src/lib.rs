//! Fetches a page over HTTP/1.1 and writes its body to standard output.
//! `wasock run --allow-outbound tcp://127.0.0.1:8000 http_get.wasm http://127.0.0.1:8000/`
#![no_std]
extern crate alloc;

use alloc::{boxed::Box, format, string::String};
use core::error::Error;
use wasock_guest::{BufReader, TcpStream, args, split_host_port, write_stdout};

wasock_guest::main!(http_get);

fn http_get() -> Result<(), Box<dyn Error>> {
    let arguments = args();
    let [_, url] = arguments.as_slice() else {
        return Err("usage: http-get URL, such as http://127.0.0.1:8000/index.html".into());
    };
    let rest = url.strip_prefix("http://").ok_or("not an http:// URL")?;
    let (server, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (host, port) = split_host_port(server);
    let stream = TcpStream::connect_host(host, port.map_or(Ok(80), str::parse)?);
    let stream = stream.map_err(|error| format!("{server}: {error}"))?;
    let head = format!("GET /{path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;

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
