//! Making a request.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use wasock_guest::println;

use crate::bindings::wasi::http::outgoing_handler::handle;
use crate::bindings::wasi::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, Method, OutgoingBody, OutgoingRequest,
    RequestOptions, Scheme,
};
use crate::bindings::wasi::io::streams::StreamError;
use crate::response::Response;

/// A request that was sent, or is being sent.
pub(crate) struct Pending(FutureIncomingResponse);

/// What the request has for a body.
enum Upload {
    Nothing,
    Pattern(usize),
    GivenUp,
}

/// Send a request. A body is sent whole before this returns.
pub(crate) fn begin(method: &str, url: &str, words: &[&str]) -> Result<Pending, String> {
    let headers = Fields::new();
    let options = RequestOptions::new();
    let mut upload = Upload::Nothing;
    for word in words {
        if *word == "half" {
            upload = Upload::GivenUp;
        } else if let Some((name, value)) = word.split_once(':') {
            // A program goes on without a header that it may not set.
            if let Err(error) = headers.append(name, value.as_bytes()) {
                println!("header {name}: {error:?}");
            }
        } else {
            option(word, &options, &mut upload).ok_or_else(|| format!("what is {word}?"))?;
        }
    }

    let request = OutgoingRequest::new(headers);
    request.set_method(&parse_method(method)).map_err(invalid)?;
    let (scheme, rest) = url.split_once("://").ok_or("a URL has a scheme")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    request
        .set_scheme(Some(&parse_scheme(scheme)))
        .map_err(invalid)?;
    request.set_authority(Some(authority)).map_err(invalid)?;
    request
        .set_path_with_query((!path.is_empty()).then_some(path))
        .map_err(invalid)?;

    let body = match upload {
        Upload::Nothing => None,
        Upload::Pattern(_) | Upload::GivenUp => Some(request.body().map_err(invalid)?),
    };
    let pending = Pending(handle(request, Some(options)).map_err(|code| shown(&code))?);
    match (body, upload) {
        (Some(body), Upload::Pattern(count)) => send(body, count)?,
        (Some(body), _) => give_up(body)?,
        (None, _) => {}
    }
    Ok(pending)
}

impl Pending {
    /// Wait for the head of the response.
    pub(crate) fn wait(self) -> Result<Response, String> {
        self.0.subscribe().block();
        let response = self.0.get().ok_or("not ready, though it says so")?;
        let response = response.map_err(|()| "it was got before")?;
        response.map(Response).map_err(|code| shown(&code))
    }
}

/// The names of the variants, without what some have in them.
pub(crate) fn shown(code: &ErrorCode) -> String {
    let text = format!("{code:?}");
    let text = text.strip_prefix("ErrorCode::").unwrap_or(&text);
    text.to_owned()
}

fn option(word: &str, options: &RequestOptions, upload: &mut Upload) -> Option<()> {
    let (name, value) = word.split_once('=')?;
    let number: u64 = value.parse().ok()?;
    let time = Some(number * 1_000_000);
    match name {
        "upload" => *upload = Upload::Pattern(usize::try_from(number).ok()?),
        "connect-timeout" => options.set_connect_timeout(time).ok()?,
        "first-byte-timeout" => options.set_first_byte_timeout(time).ok()?,
        "between-bytes-timeout" => options.set_between_bytes_timeout(time).ok()?,
        _ => return None,
    }
    Some(())
}

fn send(body: OutgoingBody, count: usize) -> Result<(), String> {
    let stream = body.write().map_err(invalid)?;
    let mut sent = 0;
    while sent < count {
        stream.subscribe().block();
        let permit = match stream.check_write() {
            Ok(permit) => usize::try_from(permit).unwrap_or(usize::MAX),
            // The server does not want the rest. What it has to say is in the response.
            Err(StreamError::Closed) => break,
            Err(StreamError::LastOperationFailed(error)) => return Err(error.to_debug_string()),
        };
        let piece: Vec<u8> = (sent..count.min(sent.saturating_add(permit)))
            .map(pattern)
            .collect();
        if stream.write(&piece).is_err() {
            break;
        }
        sent += piece.len();
    }
    drop(stream);
    match OutgoingBody::finish(body, None) {
        Ok(()) => Ok(()),
        Err(code) => Err(shown(&code)),
    }
}

fn give_up(body: OutgoingBody) -> Result<(), String> {
    let stream = body.write().map_err(invalid)?;
    stream.subscribe().block();
    stream.check_write().map_err(|_| "nobody wants the body")?;
    stream.write(b"half").map_err(|_| "nobody takes the body")?;
    Ok(())
}

/// A byte of what is uploaded.
fn pattern(index: usize) -> u8 {
    u8::try_from(index % 251).unwrap_or_default()
}

fn parse_method(name: &str) -> Method {
    match name {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        "CONNECT" => Method::Connect,
        "OPTIONS" => Method::Options,
        "TRACE" => Method::Trace,
        "PATCH" => Method::Patch,
        other => Method::Other(other.to_owned()),
    }
}

fn parse_scheme(name: &str) -> Scheme {
    match name {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        other => Scheme::Other(other.to_owned()),
    }
}

fn invalid(_: ()) -> String {
    "that is no such request".to_owned()
}
