//! An authority of the test's, and certificates of it.

use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tempfile::TempDir;

/// An authority that only those trust who are given its file.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    pub(super) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).unwrap();
        Self {
            issuer: Issuer::new(params, key),
            folder,
        }
    }

    /// The file for `SSL_CERT_FILE`.
    pub(super) fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("ca.pem")
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A server with a certificate for these names and addresses.
    pub(super) fn server(&self, hosts: &[&str]) -> ServerConfig {
        self.certified(params(hosts))
    }

    /// A server with a certificate that was good until the year 2000.
    pub(super) fn expired_server(&self, hosts: &[&str]) -> ServerConfig {
        let mut params = params(hosts);
        params.not_before = date_time_ymd(1999, 1, 1);
        params.not_after = date_time_ymd(2000, 1, 1);
        self.certified(params)
    }

    fn certified(&self, params: CertificateParams) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap()
    }
}

fn params(hosts: &[&str]) -> CertificateParams {
    CertificateParams::new(
        hosts
            .iter()
            .map(|&host| host.to_owned())
            .collect::<Vec<_>>(),
    )
    .unwrap()
}
