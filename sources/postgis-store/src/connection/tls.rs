//! TLS modes of libpq (PostgreSQL's documentation, 34.19), and the certificates that are
//! trusted.
//!
//! Unlike with libpq, `~/.postgresql/root.crt` is not read, no client certificate is sent, and
//! lists of revoked certificates are not read. Certificates are read once; new ones count after
//! a restart.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

use crate::connection::connection_fault::{ConnectionFault, FaultRemedy};
use crate::connection::url_parameters::UrlParameters;

/// Largest file of `sslrootcert` in bytes: the roots of a system are a tenth.
const MAX_ROOT_BYTES: u64 = 4 << 20;

/// TLS mode: whether TLS is used, and what is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TlsMode {
    /// No TLS.
    Disable,
    /// TLS if the server supports it, with any certificate; else none.
    Prefer,
    /// TLS with any certificate.
    Require,
    /// TLS with a server whose certificate an authority has signed.
    VerifyCa,
    /// As `VerifyCa`, and the certificate is for the host of the URL.
    VerifyFull,
}

impl TlsMode {
    /// The effective mode: as in libpq, `require` with `sslrootcert` is `verify-ca`.
    ///
    /// # Errors
    /// The invalid parameter, in words for people.
    pub(crate) fn of(parameters: &UrlParameters) -> Result<Self, ConnectionFault> {
        let mode = match parameters.mode.as_deref() {
            None | Some("prefer") => Self::Prefer,
            Some("disable") => Self::Disable,
            Some("require") if parameters.root.is_some() => Self::VerifyCa,
            Some("require") => Self::Require,
            Some("verify-ca") => Self::VerifyCa,
            Some("verify-full") => Self::VerifyFull,
            Some(_) => {
                return Err(ConnectionFault::Parameter { name: "sslmode", remedy: KNOWN_MODES });
            }
        };
        if parameters.root.is_some() && matches!(mode, Self::Disable | Self::Prefer) {
            return Err(ConnectionFault::Parameter { name: "sslrootcert", remedy: CHECKED_MODE });
        }
        Ok(mode)
    }
}

const KNOWN_MODES: FaultRemedy = FaultRemedy {
    ko: "disable, prefer, require, verify-ca, verify-full 가운데 하나를 쓰십시오",
    en: "write disable, prefer, require, verify-ca or verify-full",
};
const CHECKED_MODE: FaultRemedy = FaultRemedy {
    ko: "인증서를 확인하지 않으면 소용이 없습니다. sslmode=verify-full을 함께 쓰십시오",
    en: "it counts for nothing while no certificate is checked; write sslmode=verify-full beside it",
};

/// Configuration of TLS for a mode.
///
/// # Errors
/// The certificates that can't be read, in words for people.
pub(crate) fn client_config(
    mode: TlsMode,
    root: Option<&str>,
) -> Result<ClientConfig, ConnectionFault> {
    let provider = Arc::new(ring::default_provider());
    let algorithms = provider.signature_verification_algorithms;
    let verifier: Arc<dyn ServerCertVerifier> = match mode {
        TlsMode::Disable | TlsMode::Prefer | TlsMode::Require => Arc::new(Anyone { algorithms }),
        TlsMode::VerifyCa | TlsMode::VerifyFull => {
            let (roots, named) = match root {
                // As in libpq.
                None | Some("system") => (system_roots()?, Vec::new()),
                Some(path) => roots_of(Path::new(path))?,
            };
            Arc::new(Signed { roots, named, host: mode == TlsMode::VerifyFull, algorithms })
        }
    };
    Ok(builder(provider)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
}

fn builder(
    provider: Arc<CryptoProvider>,
) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, Error> {
    ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
}

fn system_roots() -> Result<RootCertStore, ConnectionFault> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() { Err(ConnectionFault::NoSystemRoots) } else { Ok(roots) }
}

/// Reads the authorities of a file, and all of its certificates.
fn roots_of(path: &Path) -> Result<(RootCertStore, Vec<CertificateDer<'static>>), ConnectionFault> {
    let path = path.to_owned();
    let mut text = Vec::new();
    let read = std::fs::File::open(&path)
        .and_then(|file| file.take(MAX_ROOT_BYTES + 1).read_to_end(&mut text));
    if let Err(source) = read {
        return Err(ConnectionFault::RootFile { path, source });
    }
    if text.len() as u64 > MAX_ROOT_BYTES {
        return Err(ConnectionFault::RootTooLarge { path });
    }
    let named = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
    let named = match named {
        Ok(named) if named.is_empty() => return Err(ConnectionFault::RootEmpty { path }),
        Ok(named) => named,
        Err(source) => return Err(ConnectionFault::RootText { path, source }),
    };
    let mut roots = RootCertStore::empty();
    for certificate in &named {
        if let Err(source) = roots.add(certificate.clone()) {
            return Err(ConnectionFault::RootCertificate { path, source });
        }
    }
    Ok((roots, named))
}

/// Verifier that trusts any certificate.
///
/// This keeps out an eavesdropper, but no man in the middle; libpq's `require` means no more
/// than that. The server must still have the key of the certificate that it shows, so that
/// channel binding (RFC 5929) can detect a man in the middle by the password.
#[derive(Debug)]
struct Anyone {
    algorithms: WebPkiSupportedAlgorithms,
}

/// Verifier that trusts a certificate that an authority has signed.
///
/// Also trusts a certificate that is in the file of authorities itself, such as a server's
/// self-signed one; its dates are not checked.
#[derive(Debug)]
struct Signed {
    roots: RootCertStore,
    named: Vec<CertificateDer<'static>>,
    /// Whether the certificate must also be for the host.
    host: bool,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Signed {
    fn check(
        &self,
        shown: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let parsed = ParsedCertificate::try_from(shown)?;
        if !self.named.iter().any(|named| named.as_ref() == shown.as_ref()) {
            let all = self.algorithms.all;
            verify_server_cert_signed_by_trust_anchor(&parsed, &self.roots, between, now, all)?;
        }
        if self.host { verify_server_name(&parsed, name) } else { Ok(()) }
    }
}

/// Methods that the two verifiers share.
macro_rules! verify_signatures {
    () => {
        fn verify_tls12_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            signed: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            verify_tls12_signature(message, cert, signed, &self.algorithms)
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            signed: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            verify_tls13_signature(message, cert, signed, &self.algorithms)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            self.algorithms.supported_schemes()
        }
    };
}

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    verify_signatures!();
}

impl ServerCertVerifier for Signed {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check(shown, between, name, now).map(|()| ServerCertVerified::assertion())
    }

    verify_signatures!();
}

/// The error of a failed handshake; `None` for other errors.
pub(crate) fn handshake_error(error: &tokio_postgres::Error) -> Option<&Error> {
    let source = std::error::Error::source(error)?.downcast_ref::<std::io::Error>()?;
    source.get_ref()?.downcast_ref()
}

/// Reason for which TLS failed, and what to do; `None` for other errors.
pub(crate) fn describe(error: &tokio_postgres::Error) -> Option<String> {
    if let Some(error) = handshake_error(error) {
        return Some(words(error));
    }
    let source = std::error::Error::source(error)?;
    // The library has no other mark of it.
    (source.to_string() == "server does not support TLS").then(|| {
        "the server does not speak TLS, for which sslmode asks: set ssl = on there, or write \
         sslmode=prefer to go without"
            .to_owned()
    })
}

fn words(error: &Error) -> String {
    let Error::InvalidCertificate(reason) = error else {
        return format!("TLS with the server fails: {error}");
    };
    match reason {
        CertificateError::UnknownIssuer => "the server's certificate is not trusted: name the \
             certificate of the authority that signed it by sslrootcert=PATH in the URL"
            .to_owned(),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the server's certificate is for another host name: write in the URL the name that it \
             is for, or make one for this name (as subjectAltName), or check only who signed it \
             with sslmode=verify-ca"
                .to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the server's certificate has expired: renew it, or set this machine's clock".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the server's certificate is not valid yet: set this machine's clock".to_owned()
        }
        other => format!(
            "the server's certificate can't be used: {other}; make one of X.509 version 3 for a \
             server, and name its authority by sslrootcert=PATH in the URL"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(None, None, Ok(TlsMode::Prefer))]
    #[case(Some("disable"), None, Ok(TlsMode::Disable))]
    #[case(Some("require"), None, Ok(TlsMode::Require))]
    #[case(Some("require"), Some("/ca"), Ok(TlsMode::VerifyCa))]
    #[case(Some("verify-ca"), None, Ok(TlsMode::VerifyCa))]
    #[case(Some("verify-full"), Some("/ca"), Ok(TlsMode::VerifyFull))]
    #[case(Some("sometimes"), None, Err("verify-full"))]
    #[case(None, Some("/ca"), Err("counts for nothing"))]
    #[case(Some("disable"), Some("/ca"), Err("counts for nothing"))]
    fn parameters_mean_what_they_mean_to_libpq(
        #[case] mode: Option<&str>,
        #[case] root: Option<&str>,
        #[case] expected: Result<TlsMode, &str>,
    ) {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let found = TlsMode::of(&UrlParameters {
            mode: owned(mode),
            root: owned(root),
            ..UrlParameters::default()
        });
        match (found.map_err(|fault| fault.to_string()), expected) {
            (Err(found), Err(part)) => assert!(found.contains(part), "{found}"),
            (found, expected) => assert_eq!(found, expected.map_err(str::to_owned)),
        }
    }

    #[rstest]
    #[case::missing(None, "No such file")]
    #[case::empty(Some(""), "no certificate")]
    #[case::other(Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "PEM")]
    #[case::cut(Some("-----BEGIN CERTIFICATE-----\nAAAA\n"), "PEM")]
    fn a_file_without_certificates_is_named(#[case] text: Option<&str>, #[case] message: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        if let Some(text) = text {
            std::fs::write(&path, text).unwrap();
        }
        let error = client_config(TlsMode::VerifyFull, path.to_str()).unwrap_err().to_string();
        assert!(error.contains(message) && error.contains("ca.pem"), "{error}");
    }
}
