//! Whom requests by `https` trust on the command line: whom the machine trusts.
//!
//! Not a list that is compiled in. The machine's is kept up to date by whoever keeps the machine, has the authority of a
//! company that has one, and is left out of by those who have lost that trust.

use rustls_native_certs::load_native_certs;
use wasock::TlsRoots;

/// The machine's certificates, or those of `SSL_CERT_FILE` and `SSL_CERT_DIR`.
pub(crate) fn roots() -> TlsRoots {
    let found = load_native_certs();
    let roots = TlsRoots::from_der(
        found
            .certs
            .into_iter()
            .map(|certificate| certificate.to_vec()),
    );
    if roots.is_empty() {
        let why = found.errors.first().map(|error| format!(": {error}"));
        eprintln!(
            "no certificates of authorities were found{}\n  requests by https fail; \
             install the package ca-certificates, or name a file with SSL_CERT_FILE",
            why.unwrap_or_default()
        );
    }
    roots
}
