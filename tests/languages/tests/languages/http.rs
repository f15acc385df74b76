//! Programs that make requests by HTTPS, with what their languages have for it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use wasock::{Collect, NetCtx, Record, TlsRoots};
use wasock_languages::{Language, Program as Example, build};

use crate::sandbox::Program;
use crate::{Result, policy, target};

#[test]
fn python_makes_the_requests_that_the_rules_allow() -> Result {
    let denied = "error: ErrorCode_HttpRequestDenied\n";
    makes_the_requests_that_the_rules_allow(Language::Python, denied)
}

#[test]
fn javascript_fetches_what_the_rules_allow() -> Result {
    makes_the_requests_that_the_rules_allow(Language::StarlingMonkey, "error: TypeError\n")
}

fn makes_the_requests_that_the_rules_allow(language: Language, denied: &str) -> Result {
    let program = Program::compile(&build(language, Example::Http, &target())?)?;
    let (server, roots) = serve()?;
    let url = format!("https://localhost:{}/path?query", server.port());
    let run = |rules: &[String], words: &[&str]| -> Result<(String, Vec<Record>)> {
        let audit = Collect::default();
        let net = NetCtx::builder()
            .policy(policy(rules)?)
            .tls_roots(roots.clone())
            .audit(audit.clone());
        let words = [&["app"], words].concat();
        Ok((program.run(&words, net)?, audit.records()))
    };

    let rules = [format!("tcp://localhost:{}", server.port())];
    let (output, _) = run(&rules, &["GET", &url])?;
    assert_eq!(output, "200: GET /path?query HTTP/1.1 and 0 bytes\n");
    let (output, _) = run(&rules, &["POST", &url, "hello"])?;
    assert_eq!(output, "200: POST /path?query HTTP/1.1 and 5 bytes\n");

    let (output, records) = run(&[], &["GET", &url])?;
    assert_eq!(output, denied);
    let [record] = records.as_slice() else {
        return Err(format!("{records:?}").into());
    };
    let expected = format!(
        "denied: http GET https://localhost:{port} (no rule)\n  \
         allow it with: --allow-outbound tcp://localhost:{port}",
        port = server.port()
    );
    assert_eq!(record.explain(), expected);
    Ok(())
}

/// A server for `localhost` that answers what it was asked, and those who vouch for it.
fn serve() -> Result<(SocketAddr, TlsRoots)> {
    let key = rcgen::KeyPair::generate()?;
    let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()])?;
    let certificate = params.self_signed(&key)?;
    let roots = TlsRoots::from_pem(certificate.pem().as_bytes())?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der())?,
        )?;
    let config = Arc::new(config);

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that goes away is no concern of the next one.
            _ = answer(stream, config.clone());
        }
    });
    Ok((address, roots))
}

fn answer(stream: TcpStream, config: Arc<ServerConfig>) -> Result {
    let connection = ServerConnection::new(config)?;
    let mut reader = BufReader::new(StreamOwned::new(connection, stream));
    let (mut head, mut length) = (String::new(), 0);
    while !head.ends_with("\r\n\r\n") {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        head.push_str(&line);
        let field = line
            .split_once(':')
            .map(|(name, value)| (name, value.trim()));
        match field {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse()?;
            }
            Some((name, "chunked")) if name.eq_ignore_ascii_case("transfer-encoding") => {
                length = usize::MAX;
            }
            _ => {}
        }
    }
    let body = if length == usize::MAX {
        chunks(&mut reader)?
    } else {
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        body
    };

    let line = head.lines().next().unwrap_or_default();
    let text = format!("{line} and {} bytes", body.len());
    let length = text.len();
    let stream = reader.get_mut();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{text}"
    )?;
    stream.flush()?;
    stream.conn.send_close_notify();
    Ok(stream.flush()?)
}

fn chunks(reader: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut size = String::new();
        reader.read_line(&mut size)?;
        let size = usize::from_str_radix(size.trim(), 16)?;
        let mut chunk = vec![0; size + 2];
        reader.read_exact(&mut chunk)?;
        if size == 0 {
            return Ok(body);
        }
        body.extend(chunk.iter().take(size));
    }
}
