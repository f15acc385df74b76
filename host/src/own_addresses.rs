//! The addresses that the machine has itself.

use std::io;
use std::net::IpAddr;

/// The addresses of every interface of this machine, as they are now: what
/// [`PolicyBuilder::own_addresses`](crate::policy::PolicyBuilder::own_addresses) is for.
///
/// A service that listens on a public address of its own machine is most often not meant for guests, so a policy that
/// knows these addresses lets nobody reach them but by a rule for that very address.
///
/// # Errors
///
/// The system does not tell.
pub fn own_addresses() -> io::Result<Vec<IpAddr>> {
    let interfaces = if_addrs::get_if_addrs()?;
    Ok(interfaces.iter().map(if_addrs::Interface::ip).collect())
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::own_addresses;

    #[test]
    fn loopback_is_among_them() {
        let own = own_addresses().unwrap();
        assert!(own.contains(&Ipv4Addr::LOCALHOST.into()), "{own:?}");
    }
}
