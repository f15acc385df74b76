use core::net::Ipv4Addr;
use core::time::Duration;

use wasock_guest::{BufReader, Error, create_connection, create_server};

pub fn greet() -> Result<(), Error> {
    // Port 0 asks for a free one.
    let server = create_server((Ipv4Addr::LOCALHOST, 0).into(), 16)?;
    let port = server.local_addr()?.port();

    // A name would do as well as an address. The ten seconds are those of each call.
    let client = create_connection("127.0.0.1", port, Some(Duration::from_secs(10)), None)?;
    let (connection, peer) = server.accept()?;
    assert_eq!(peer, client.local_addr()?);
    connection.write_all(b"welcome\r\n")?;

    let greeting = BufReader::new(&client).read_until(b"\r\n", 1024)?;
    assert_eq!(greeting.as_deref(), Some(&b"welcome\r\n"[..]));
    Ok(())
}
