//! A component downloads a file that it was granted, and is refused the same one without the grant.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::wasock_run;
use crate::command::wait_within;
use crate::server::Server;

/// The size of the file: large enough that a lost or repeated byte has room to happen.
const SIZE: usize = 10_000_000;

/// Longer than any download takes; a hang is to end with a message.
const LIMIT: Duration = Duration::from_secs(180);

/// Serve a file with Python, and let the component fetch it with and without a grant.
pub(super) fn show_download(http_get: &Path, scratch: &Path) -> Result<()> {
    let original = noise(SIZE);
    let served = scratch.join("served");
    fs::create_dir_all(&served).with_context(|| format!("cannot make {}", served.display()))?;
    fs::write(served.join("file"), &original).context("cannot write the file to serve")?;

    println!("\n== A web server outside of wasock: Python's, with {SIZE} bytes of noise in a file");
    let server = serve(&served)?;
    let address = format!("127.0.0.1:{}", port(&server.greeting)?);
    println!("   it listens on {address}");

    println!("\n== A component that was granted this server, and nothing else, downloads the file");
    let copy = scratch.join("copy");
    let started = Instant::now();
    let status = fetch(
        &["--allow-outbound", &format!("tcp://{address}")],
        http_get,
        &address,
        &copy,
    )?;
    let took = started.elapsed();
    ensure!(status.success(), "the download failed: {status}");
    compare(&original, &copy, took)?;

    println!(
        "\n== The same component without the grant is refused, and told which rule would allow it"
    );
    let denied = scratch.join("denied");
    let status = fetch(&[], http_get, &address, &denied)?;
    ensure!(
        !status.success(),
        "a download that nothing allows succeeded"
    );
    let leaked = fs::metadata(&denied)
        .context("cannot look at the output")?
        .len();
    ensure!(leaked == 0, "{leaked} bytes arrived that nothing allows");
    println!("   refused, as it should be: {status}, no byte arrived");
    Ok(())
}

fn serve(folder: &Path) -> Result<Server> {
    // -u: what Python prints on a pipe would stay in its buffer.
    let mut python = Command::new("python3");
    python
        .args([
            "-u",
            "-m",
            "http.server",
            "0",
            "--bind",
            "127.0.0.1",
            "--directory",
        ])
        .arg(folder);
    Server::start(python.stderr(Stdio::null()))
}

/// The port in `Serving HTTP on 127.0.0.1 port 40001 (http://127.0.0.1:40001/) ...`.
fn port(greeting: &str) -> Result<u16> {
    let mut words = greeting
        .split_whitespace()
        .skip_while(|word| *word != "port")
        .skip(1);
    words
        .next()
        .and_then(|word| word.parse().ok())
        .with_context(|| format!("the web server did not say its port, but `{greeting}`"))
}

/// Run the component with its output going to a file. Its messages are for the audience.
fn fetch(rules: &[&str], http_get: &Path, address: &str, output: &Path) -> Result<ExitStatus> {
    let file =
        File::create(output).with_context(|| format!("cannot write {}", output.display()))?;
    let url = format!("http://{address}/file");
    let mut child = wasock_run(rules, http_get, &[&url])?
        .stdin(Stdio::null())
        .stdout(file)
        .spawn()
        .context("cannot start wasock")?;
    wait_within(&mut child, LIMIT)
}

fn compare(original: &[u8], copy: &Path, took: Duration) -> Result<()> {
    let copy = fs::read(copy).context("cannot read the downloaded file")?;
    if copy != original {
        let differs = copy
            .iter()
            .zip(original)
            .position(|(ours, theirs)| ours != theirs);
        let at = differs.unwrap_or_else(|| copy.len().min(original.len()));
        bail!(
            "the copy has {} bytes, the original {}; they differ from byte {at} on",
            copy.len(),
            original.len()
        );
    }

    let seconds = took.as_secs_f64();
    let rate = copy.len() as f64 / 1e6 / seconds;
    println!(
        "   {} bytes sent, {} bytes received, all of them equal",
        original.len(),
        copy.len()
    );
    println!("   {seconds:.2} s with start and compilation of the component, {rate:.1} MB/s");
    Ok(())
}

/// Bytes in which no two places look alike (xorshift, Marsaglia 2003), so that no mix-up goes unseen; the same in
/// every run.
fn noise(size: usize) -> Vec<u8> {
    let mut state: u64 = 0x2545_f491_4f6c_dd1d;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_what_python_prints() {
        assert_eq!(
            port("Serving HTTP on 127.0.0.1 port 40001 (http://127.0.0.1:40001/) ...").unwrap(),
            40001
        );
        assert!(port("python3: No module named http").is_err());
    }

    #[test]
    fn the_noise_has_the_size_that_was_asked_for_and_does_not_repeat_at_once() {
        let bytes = noise(1001);
        assert_eq!(bytes.len(), 1001);
        assert_ne!(bytes[..8], bytes[8..16]);
    }
}
