//! The zone `example.test`, on a DNS server that others wrote: answers as they should be.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_server::Server;
use hickory_server::proto::rr::rdata::{CNAME, SOA, TXT};
use hickory_server::proto::rr::{Name, RData, Record, RecordType, RrKey};
use hickory_server::store::in_memory::InMemoryZoneHandler;
use hickory_server::zone_handler::{AxfrPolicy, Catalog, ZoneType};
use tokio::net::{TcpListener, UdpSocket};
use tokio::runtime::Runtime;

const ORIGIN: &str = "example.test";
/// The one name whose answer may be kept. Of the others nothing is, so that what a test changes is seen at once.
pub(crate) const LASTING: &str = "several.example.test";

/// How many seconds its answer may be kept.
pub(crate) const TTL: u32 = 60;

/// The server, by UDP and TCP; it ends with this value.
pub(crate) struct Zone {
    pub(crate) address: SocketAddr,
    records: Arc<InMemoryZoneHandler>,
    runtime: Runtime,
    _server: Server<Catalog>,
}

impl Zone {
    /// Nothing but the names that every test wants: of an address that no rule may reach by name alone, of several
    /// addresses, of none, and aliases.
    pub(crate) fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let origin = name(ORIGIN);
        let records =
            InMemoryZoneHandler::empty(origin.clone(), ZoneType::Primary, AxfrPolicy::Deny);
        let records = Arc::new(records);
        let mut catalog = Catalog::new();
        catalog.upsert(origin.clone().into(), vec![records.clone()]);
        let mut server = Server::new(catalog);
        let address = runtime.block_on(async {
            let (udp, tcp) = loop {
                let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
                if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
                    break (udp, tcp);
                }
            };
            let address = udp.local_addr().unwrap();
            server.register_socket(udp);
            server.register_listener(tcp, Duration::from_secs(10), 4);
            address
        });

        let zone = Self {
            address,
            records,
            runtime,
            _server: server,
        };
        let authority = SOA::new(origin.clone(), origin, 1, 60, 60, 60, 60);
        zone.add(ORIGIN, RData::SOA(authority));
        zone.set(ORIGIN, &["127.0.0.2"]);
        zone.set("www.example.test", &["127.0.0.2"]);
        zone.set("deep.down.example.test", &["127.0.0.2"]);
        zone.set("v6.example.test", &["::1"]);
        zone.set("private.example.test", &["10.0.3.7"]);
        let several = ["192.0.2.1", "192.0.2.2", "2001:db8::1"];
        zone.set(LASTING, &several);
        zone.alias("alias.example.test", "middle.example.test");
        zone.alias("middle.example.test", "www.example.test");
        zone.alias("innocent.example.test", "x.tracker.example.test");
        zone.set("x.tracker.example.test", &["127.0.0.2"]);
        let text = TXT::new(vec!["no address".to_owned()]);
        zone.add("empty.example.test", RData::TXT(text));
        zone
    }

    /// From now on the name has these addresses.
    pub(crate) fn set(&self, host: &str, addresses: &[&str]) {
        self.runtime.block_on(async {
            let mut records = self.records.records_mut().await;
            for kind in [RecordType::A, RecordType::AAAA] {
                records.remove(&RrKey::new(name(host).into(), kind));
            }
        });
        for address in addresses {
            let address: IpAddr = address.parse().unwrap();
            self.add(host, address.into());
        }
    }

    fn alias(&self, host: &str, target: &str) {
        self.add(host, RData::CNAME(CNAME(name(target))));
    }

    fn add(&self, host: &str, data: RData) {
        let ttl = if host == LASTING { TTL } else { 0 };
        let record = Record::from_rdata(name(host), ttl, data);
        assert!(self.runtime.block_on(self.records.upsert(record, 1)));
    }
}

fn name(absolute: &str) -> Name {
    Name::from_ascii(format!("{absolute}.")).unwrap()
}
