//! How a request fails: in words for the record, and as an error code for the guest.

use std::error::Error as _;
use std::fmt;
use std::io::{self, ErrorKind};

use rustls::{AlertDescription, CertificateError};
use wasmtime_wasi_http::Error;
use wasock_policy::Limit;

use crate::account::Exceeded;
use crate::audit::Cause;
use crate::names::LookupFailure;

/// Why there is no response, or no more of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The policy forbids it.
    Denied,
    /// The name has no addresses.
    Lookup(LookupFailure),
    /// The address is that of many hosts, or of none.
    NoHost,
    /// No connection came about.
    Connect(ErrorKind),
    /// Nobody has answered in time.
    ConnectTimeout,
    /// The certificate of the server is not good.
    Certificate(CertificateFault),
    /// No certificate can be for such a host.
    NoCertificate,
    /// The server has ended TLS, for this reason.
    Alert(u8),
    /// The server does not speak TLS, or none that we do.
    Tls,
    /// The connection was cut off.
    Cut,
    /// The server has said nothing for too long.
    Silent,
    /// The response ends too early.
    Incomplete,
    /// The head of the response is too long.
    HeadTooLong,
    /// The server wants to speak another protocol from here on.
    Upgrade,
    /// What the server says is no HTTP/1.
    Protocol,
    /// The guest has given up the body of its request.
    GivenUp,
    /// The guest has used up what it had.
    Limit(Limit),
    /// The policy does not allow the connection any more.
    Withdrawn,
}

/// Why no more bytes pass, as an error of the connection that HTTP and TLS hand on.
#[derive(Debug)]
pub(super) struct Stopped(pub(super) Cause);

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CertificateFault {
    Expired,
    NotYetValid,
    OtherHost,
    UnknownIssuer,
    Other,
}

impl Failure {
    fn of_stopped(error: &io::Error) -> Option<Self> {
        let stopped: &Stopped = error.get_ref()?.downcast_ref()?;
        Some(stopped.0.into())
    }

    /// Of the system's error in a handshake, which has that of TLS in it.
    pub(super) fn of_handshake(error: &io::Error) -> Self {
        if let Some(failure) = Self::of_stopped(error) {
            return failure;
        }
        match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(error) => Self::of_tls(error),
            None => Self::Cut,
        }
    }

    pub(super) fn of_tls(error: &rustls::Error) -> Self {
        match error {
            rustls::Error::InvalidCertificate(error) => Self::Certificate(error.into()),
            rustls::Error::NoCertificatesPresented | rustls::Error::UnsupportedNameType => {
                Self::Certificate(CertificateFault::Other)
            }
            rustls::Error::AlertReceived(alert) => Self::Alert((*alert).into()),
            _ => Self::Tls,
        }
    }

    pub(super) fn of_http(error: &hyper::Error) -> Self {
        if error.is_incomplete_message() {
            return Self::Incomplete;
        }
        if error.is_parse_too_large() {
            return Self::HeadTooLong;
        }
        if error.is_parse() {
            return Self::Protocol;
        }
        if error.is_user() {
            return Self::GivenUp;
        }
        let Some(cause) = error
            .source()
            .and_then(|cause| cause.downcast_ref::<io::Error>())
        else {
            return Self::Cut;
        };
        if let Some(failure) = Self::of_stopped(cause) {
            return failure;
        }
        match cause.kind() {
            // TLS that ends without a farewell may have been cut short by anybody.
            ErrorKind::UnexpectedEof => Self::Incomplete,
            ErrorKind::InvalidInput => Self::Protocol,
            _ => Self::Cut,
        }
    }
}

impl From<Cause> for Failure {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Limit(limit) => Self::Limit(limit),
            Cause::Revoked | Cause::Policy => Self::Withdrawn,
            Cause::Guest => Self::Cut,
        }
    }
}

impl From<Exceeded> for Failure {
    fn from(exceeded: Exceeded) -> Self {
        Self::Limit(exceeded.limit)
    }
}

impl From<&CertificateError> for CertificateFault {
    fn from(error: &CertificateError) -> Self {
        match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Self::NotYetValid
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::OtherHost
            }
            CertificateError::UnknownIssuer => Self::UnknownIssuer,
            _ => Self::Other,
        }
    }
}

/// The one table from what happened to what the guest is told.
impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let dns = |rcode: &str| Self::DnsError {
            rcode: Some(rcode.to_owned()),
            info_code: None,
        };
        match failure {
            Failure::Denied | Failure::Lookup(LookupFailure::NoResolver) => Self::HttpRequestDenied,
            Failure::Lookup(LookupFailure::NotFound) => dns("NXDOMAIN"),
            Failure::Lookup(LookupFailure::Timeout) => Self::DnsTimeout,
            Failure::Lookup(LookupFailure::Busy | LookupFailure::Failed) => dns("SERVFAIL"),
            Failure::NoHost => Self::DestinationIpUnroutable,
            Failure::Connect(ErrorKind::ConnectionRefused) => Self::ConnectionRefused,
            Failure::Connect(ErrorKind::TimedOut) | Failure::ConnectTimeout => {
                Self::ConnectionTimeout
            }
            Failure::Connect(_) => Self::DestinationUnavailable,
            Failure::Certificate(_) | Failure::NoCertificate => Self::TlsCertificateError,
            Failure::Alert(number) => Self::TlsAlertReceived {
                alert_id: Some(number),
                alert_message: AlertDescription::from(number).as_str().map(str::to_owned),
            },
            Failure::Tls => Self::TlsProtocolError,
            Failure::Cut => Self::ConnectionTerminated,
            Failure::Silent => Self::ConnectionReadTimeout,
            Failure::Incomplete => Self::HttpResponseIncomplete,
            Failure::HeadTooLong => Self::HttpResponseHeaderSectionSize(None),
            Failure::Upgrade => Self::HttpUpgradeFailed,
            Failure::Protocol | Failure::GivenUp => Self::HttpProtocolError,
            Failure::Withdrawn => Self::HttpRequestDenied,
            Failure::Limit(limit) => match limit {
                Limit::Sockets | Limit::Connections | Limit::TotalConnections => {
                    Self::ConnectionLimitReached
                }
                Limit::BytesIn => Self::HttpResponseBodySize(None),
                Limit::BytesOut => Self::HttpRequestBodySize(None),
                Limit::ConnectTime => Self::ConnectionTimeout,
                Limit::IdleTime => Self::ConnectionReadTimeout,
                Limit::Lifetime => Self::HttpResponseTimeout,
                Limit::Lookups => dns("SERVFAIL"),
                // These make nothing fail here: a guest waits, fails by itself, or is stopped.
                Limit::AcceptRate
                | Limit::RateIn
                | Limit::RateOut
                | Limit::Memory
                | Limit::CpuTime => Self::InternalError(None),
            },
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Denied => "denied",
            Self::Lookup(failure) => return failure.fmt(f),
            Self::NoHost => "the address is not that of one host",
            Self::Connect(kind) => return kind.fmt(f),
            Self::ConnectTimeout => "no connection in time",
            Self::Certificate(CertificateFault::Expired) => "the certificate has expired",
            Self::Certificate(CertificateFault::NotYetValid) => "the certificate is not valid yet",
            Self::Certificate(CertificateFault::OtherHost) => "the certificate is for another host",
            Self::Certificate(CertificateFault::UnknownIssuer) => {
                "the certificate is of nobody who is trusted"
            }
            Self::Certificate(CertificateFault::Other) => "the certificate is not good",
            Self::NoCertificate => "no certificate can be for such a name",
            Self::Alert(number) => return write!(f, "the server has sent the TLS alert {number}"),
            Self::Tls => "the server does not speak TLS as we do",
            Self::Cut => "the connection was cut off",
            Self::Silent => "the server was silent for too long",
            Self::Incomplete => "the response ends too early",
            Self::HeadTooLong => "the head of the response is too long",
            Self::Upgrade => "the server wants to speak another protocol",
            Self::Protocol => "the response is no HTTP/1",
            Self::GivenUp => "the guest gave up the body of the request",
            Self::Limit(limit) => return write!(f, "the limit {limit} is reached"),
            Self::Withdrawn => "the policy does not allow the connection any more",
        })
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Failure::from(self.0).fmt(f)
    }
}

impl std::error::Error for Stopped {}
