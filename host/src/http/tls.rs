//! TLS over a connection: the server proves that it is the host of the URL, before it is sent anything.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use rustls::client::Resumption;
use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, crypto};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::failure::Failure;
use super::metered::Metered;
use super::roots::TlsRoots;
use super::target::Target;
use crate::clock::Clock;

/// What TLS needs to know. A clone refers to the same.
#[derive(Clone)]
pub(super) struct Tls {
    roots: TlsRoots,
    time: Arc<Today>,
}

/// Whether a certificate is still good depends on the time of day.
struct Today(Arc<dyn Clock>);

impl Tls {
    pub(super) fn new(roots: TlsRoots, clock: Arc<dyn Clock>) -> Self {
        let time = Arc::new(Today(clock));
        Self { roots, time }
    }

    /// Shake hands with the server, and check that it is the host of `target`.
    pub(super) async fn handshake(
        &self,
        target: &Target,
        stream: Metered,
    ) -> Result<TlsStream<Metered>, Failure> {
        let name = target.server_name().ok_or(Failure::NoCertificate)?;
        let connector = TlsConnector::from(Arc::new(self.config()?));
        let shaken = connector.connect(name, stream).await;
        shaken.map_err(|error| Failure::of_handshake(&error))
    }

    fn config(&self) -> Result<ClientConfig, Failure> {
        let provider = Arc::new(crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_details(provider, self.time.clone());
        let versions = builder.with_safe_default_protocol_versions();
        let versions = versions.map_err(|error| Failure::of_tls(&error))?;
        let mut config = versions
            .with_root_certificates(self.roots.store())
            .with_no_client_auth();
        // A server that speaks several protocols at this port is to choose ours.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // Resuming would tell a server which requests are of one guest.
        config.resumption = Resumption::disabled();
        Ok(config)
    }
}

impl TimeProvider for Today {
    fn current_time(&self) -> Option<UnixTime> {
        let since = self.0.wall().duration_since(SystemTime::UNIX_EPOCH);
        since.ok().map(UnixTime::since_unix_epoch)
    }
}

impl fmt::Debug for Today {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Today")
    }
}
