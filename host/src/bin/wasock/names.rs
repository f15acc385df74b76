//! The resolver on the command line.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use wasock::names::{Dns, HostsFile, Resolve};

use crate::files;

/// Who is asked for the addresses of names.
#[derive(Args)]
#[command(next_help_heading = "Names")]
pub(crate) struct NameArgs {
    /// Ask this server for names, not those of the machine; may be given more than once
    #[arg(long, value_name = "ADDR[:PORT]")]
    dns: Vec<Server>,

    /// Look into the machine's file of names first: /etc/hosts
    #[arg(long)]
    hosts_file: bool,
}

/// A server, at port 53 unless another one is named.
#[derive(Clone, Copy)]
struct Server(SocketAddr);

impl NameArgs {
    /// The resolver that the options make up. `None` where the machine does not say whom to ask, which is no concern of a
    /// component that asks for nothing.
    pub(crate) fn resolver(&self) -> Result<Option<Arc<dyn Resolve>>> {
        let mut dns = Dns::builder();
        for Server(address) in &self.dns {
            dns = dns.server(*address);
        }
        let dns = dns.build().inspect_err(|error| {
            tracing::debug!(%error, "no resolver");
        });
        let dns = dns.ok().map(|dns| Arc::new(dns) as Arc<dyn Resolve>);
        if !self.hosts_file {
            return Ok(dns);
        }

        let file = HostsFile::new(&files::read_hosts()?);
        let file = match dns {
            Some(dns) => file.or(dns),
            None => file,
        };
        Ok(Some(Arc::new(file)))
    }
}

impl FromStr for Server {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let at_port = text.parse::<SocketAddr>();
        let anywhere = || text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 53));
        let address = at_port
            .or_else(|_| anywhere())
            .map_err(|_| "expected an address such as 192.0.2.53 or 192.0.2.53:53")?;
        match address.port() {
            0 => Err("expected another port than 0, at which nobody listens"),
            _ => Ok(Self(address)),
        }
    }
}
