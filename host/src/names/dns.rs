//! Servers of the domain name system.

use std::net::SocketAddr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{self, RecordType};
use hickory_resolver::system_conf::read_system_conf;
use wasock_policy::Name;

use super::chain::{Trail, follow};
use super::order::{alternate, has_global_v6};
use super::{Found, Lookup, LookupFailure, Resolve};

/// How long a server has to answer, and how often it is asked again if it does not.
const TIMEOUT: Duration = Duration::from_secs(5);
const RETRIES: usize = 1;

/// How often a lookup may wait that long before it is given up: there can be several servers, and several aliases to follow.
const MAX_WAITS: u32 = 4;

/// Asks DNS servers: those that the machine is set up with, or others.
///
/// Questions go out by UDP, and once more by TCP if an answer does not fit. Each name is absolute: the search list of the
/// machine is not for guests, whose names would become other names that nobody has granted. Both families are
/// asked for at the same time, and one that fails does not spoil the other.
///
/// Nothing is kept between lookups: a shared memory would tell guests what others have asked, and the servers have
/// one.
#[derive(Clone, Debug)]
pub struct Dns {
    resolver: TokioResolver,
    /// How long a lookup may take with all that it leads to.
    limit: Duration,
}

/// Puts a [`Dns`] together.
#[derive(Clone, Debug)]
pub struct DnsBuilder {
    servers: Vec<SocketAddr>,
    timeout: Duration,
}

/// The machine does not say which servers to ask.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the resolver")]
pub struct NoServers(#[source] NetError);

impl Dns {
    /// Start with the servers that the machine is set up with, 5 seconds for an answer and a second attempt.
    #[must_use]
    pub fn builder() -> DnsBuilder {
        DnsBuilder {
            servers: Vec::new(),
            timeout: TIMEOUT,
        }
    }
}

impl DnsBuilder {
    /// Ask this server, and not those of the machine. May be given more than once.
    #[must_use]
    pub fn server(mut self, address: SocketAddr) -> Self {
        self.servers.push(address);
        self
    }

    /// How long to wait for an answer before asking again, once.
    #[must_use]
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = time;
        self
    }

    /// The resolver.
    ///
    /// # Errors
    ///
    /// The machine does not say which servers to ask.
    pub fn build(self) -> Result<Dns, NoServers> {
        let mut config = ResolverConfig::default();
        if self.servers.is_empty() {
            let (system, _) = read_system_conf().map_err(NoServers)?;
            config.name_servers = system.name_servers;
        }
        for address in self.servers {
            config.add_name_server(server(address));
        }

        let resolver = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            .with_options(options(self.timeout))
            .build()
            .map_err(NoServers)?;
        let limit = self.timeout * MAX_WAITS;
        Ok(Dns { resolver, limit })
    }
}

fn server(address: SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.into())
}

fn options(timeout: Duration) -> ResolverOpts {
    let mut options = ResolverOpts::default();
    options.timeout = timeout;
    options.attempts = RETRIES;
    // An alias that leads to a name in the cache would be left out of the answer, and rules are about aliases too.
    options.cache_size = 0;
    options.preserve_intermediates = true;
    options.use_hosts_file = ResolveHosts::Never;
    options
}

impl Resolve for Dns {
    fn lookup(&self, name: &Name) -> Lookup {
        let (resolver, limit) = (self.resolver.clone(), self.limit);
        let name = name.clone();
        let lookup = async move {
            // Made of labels, it is absolute.
            let labels = name.as_str().split('.').map(str::as_bytes);
            let name = rr::Name::from_labels(labels).map_err(|_| LookupFailure::Failed)?;
            let (v4, v6) = tokio::join!(
                ask(&resolver, &name, RecordType::A),
                ask(&resolver, &name, RecordType::AAAA)
            );
            both(v4, v6, has_global_v6())
        };
        Box::pin(async move {
            let ended = tokio::time::timeout(limit, lookup).await;
            ended.unwrap_or(Err(LookupFailure::Timeout))
        })
    }
}

async fn ask(
    resolver: &TokioResolver,
    name: &rr::Name,
    family: RecordType,
) -> Result<Trail, LookupFailure> {
    let answer = resolver.lookup(name.clone(), family).await;
    match answer {
        Ok(answer) => follow(name, answer.answers()),
        Err(error) => {
            tracing::debug!(%name, %family, %error, "lookup");
            Err(reason(&error))
        }
    }
}

fn both(
    v4: Result<Trail, LookupFailure>,
    v6: Result<Trail, LookupFailure>,
    v6_first: bool,
) -> Result<Found, LookupFailure> {
    let (v4, v6) = match (v4, v6) {
        (Ok(v4), Ok(v6)) => (v4, v6),
        (Ok(one), Err(LookupFailure::NotFound)) => (one, Trail::default()),
        (Err(LookupFailure::NotFound), Ok(one)) => (Trail::default(), one),
        // Better one family than none.
        (Ok(one), Err(_)) if !one.addresses.is_empty() => (one, Trail::default()),
        (Err(_), Ok(one)) if !one.addresses.is_empty() => (Trail::default(), one),
        (Err(LookupFailure::NotFound), Err(failure)) | (Err(failure), _) | (_, Err(failure)) => {
            return Err(failure);
        }
    };

    let mut chain = v4.chain;
    chain.extend(
        v6.chain
            .into_iter()
            .filter(|name| !chain.contains(name))
            .collect::<Vec<_>>(),
    );
    let addresses = alternate(v4.addresses, v6.addresses, v6_first);
    if addresses.is_empty() {
        return Err(LookupFailure::NotFound);
    }
    Ok(Found { addresses, chain })
}

fn reason(error: &NetError) -> LookupFailure {
    match error {
        NetError::Timeout => LookupFailure::Timeout,
        NetError::Dns(DnsError::NoRecordsFound(none))
            if matches!(
                none.response_code,
                ResponseCode::NXDomain | ResponseCode::NoError
            ) =>
        {
            LookupFailure::NotFound
        }
        _ => LookupFailure::Failed,
    }
}
