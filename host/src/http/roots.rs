//! The certificates that a server's is checked against.

use std::fmt;
use std::sync::{Arc, LazyLock};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};

/// The certificate authorities that a guest's requests trust. A clone refers to the same.
///
/// They come with the context, and not from the machine: who embeds this decides whom its guests trust.
///
/// ```
/// use wasock::TlsRoots;
///
/// let company = "\
/// -----BEGIN CERTIFICATE-----
/// MIIBKjCB3aADAgECAhRh0Q0xVZ0=
/// -----END CERTIFICATE-----";
/// assert!(TlsRoots::from_pem(company.as_bytes()).is_err(), "that is no whole certificate");
/// assert!(TlsRoots::none().is_empty());
/// ```
#[derive(Clone)]
pub struct TlsRoots(Arc<LazyLock<Arc<RootCertStore>, Load>>);

type Load = Box<dyn FnOnce() -> Arc<RootCertStore> + Send>;

/// A text that certificates cannot be read from.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadRoots {
    /// It is not in the PEM format.
    #[error("the certificates are not in the PEM format")]
    Pem(#[source] pem::Error),
    /// There is none in it.
    #[error("there is no certificate: each begins with the line -----BEGIN CERTIFICATE-----")]
    Empty,
    /// One of them is none.
    #[error("certificate {number} is no certificate of an authority")]
    Certificate {
        /// Which one, from 1.
        number: usize,
        /// What is wrong with it.
        #[source]
        error: rustls::Error,
    },
}

impl TlsRoots {
    /// Nobody is trusted: every request by `https` fails.
    #[must_use]
    pub fn none() -> Self {
        Self::of(RootCertStore::empty())
    }

    /// Trust the certificates of a text in the PEM format.
    ///
    /// # Errors
    ///
    /// There is no certificate in it, or something in it is none.
    pub fn from_pem(text: &[u8]) -> Result<Self, BadRoots> {
        let mut store = RootCertStore::empty();
        for (index, certificate) in CertificateDer::pem_slice_iter(text).enumerate() {
            let certificate = certificate.map_err(BadRoots::Pem)?;
            store.add(certificate).map_err(|error| {
                let number = index + 1;
                BadRoots::Certificate { number, error }
            })?;
        }
        if store.is_empty() {
            return Err(BadRoots::Empty);
        }
        Ok(Self::of(store))
    }

    /// Trust these certificates, in DER, as a machine keeps them. What cannot be read is left out: collections of
    /// certificates have old ones in them. [`len`](Self::len) tells how many there are.
    #[must_use]
    pub fn from_der(certificates: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        let mut store = RootCertStore::empty();
        let certificates = certificates.into_iter().map(Into::into);
        store.add_parsable_certificates(certificates.map(CertificateDer::from));
        Self::of(store)
    }

    /// Trust what `load` finds, which is not called before the first request by `https`: to read the certificates of a machine
    /// takes a while, and many guests need none.
    #[must_use]
    pub fn lazy(load: impl FnOnce() -> Self + Send + 'static) -> Self {
        let load: Load = Box::new(|| load().store());
        Self(Arc::new(LazyLock::new(load)))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nobody is trusted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn store(&self) -> Arc<RootCertStore> {
        Arc::clone(&self.0)
    }

    fn of(store: RootCertStore) -> Self {
        let store = Arc::new(store);
        Self(Arc::new(LazyLock::new(Box::new(|| store))))
    }
}

impl Default for TlsRoots {
    fn default() -> Self {
        Self::none()
    }
}

impl fmt::Debug for TlsRoots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsRoots").finish_non_exhaustive()
    }
}
