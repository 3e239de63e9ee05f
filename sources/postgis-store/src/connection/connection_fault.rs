//! Faults of a connection string, in Korean and in English.

use std::path::PathBuf;

use korean_text::Bilingual;

/// A remedy in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultRemedy {
    /// In Korean.
    pub ko: &'static str,
    /// In English.
    pub en: &'static str,
}

/// The reason for which a connection string can't be used.
///
/// Holds no value of a parameter but the path of a file of certificates: any other may be a
/// part of a password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionFault {
    /// A text that is no URL and no list of `key=value` pairs. The library's error may quote a
    /// password, and is not shown.
    #[error(
        "it is not written as one; write postgresql://user:password@host:5432/database, and in a \
         password %25 for %, %40 for @, %3A for :, %2F for /, %3F for ? and %23 for #"
    )]
    NoUrl {
        /// The library's error.
        source: tokio_postgres::Error,
    },
    /// A URL without a host.
    #[error("it names no host; write postgresql://user:password@host:5432/database")]
    NoHost,
    /// A parameter that is not supported, or has a value that is not supported.
    #[error("its parameter {name} can't be used: {}", remedy.en)]
    Parameter {
        /// Name of the parameter.
        name: &'static str,
        /// Reason, and what to write.
        remedy: FaultRemedy,
    },
    /// A parameter that is unknown to libpq, or not supported.
    #[error("its parameter {name} is not known to PostgreSQL's libpq, or not supported: remove it")]
    UnknownParameter {
        /// Name of the parameter.
        name: String,
    },
    /// A value that is unknown to the library.
    #[error(
        "its parameter {name} has a value that is not known: write one of PostgreSQL's \
         documentation of libpq, or remove the parameter"
    )]
    Value {
        /// Name of the parameter.
        name: &'static str,
    },
    /// A file of certificates that can't be read.
    #[error("sslrootcert={}: {source}; {}", path.display(), CERTIFICATES.en)]
    RootFile {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// A file of certificates that is not PEM.
    #[error("sslrootcert={}: {source}; {}", path.display(), CERTIFICATES.en)]
    RootText {
        /// The file.
        path: PathBuf,
        /// The reader's error.
        source: rustls::pki_types::pem::Error,
    },
    /// A certificate that names no authority.
    #[error("sslrootcert={}: {source}; {}", path.display(), CERTIFICATES.en)]
    RootCertificate {
        /// The file.
        path: PathBuf,
        /// The library's error.
        source: rustls::Error,
    },
    /// A file that is too large for certificates.
    #[error("sslrootcert={}: it is larger than 4 MiB; {}", path.display(), CERTIFICATES.en)]
    RootTooLarge {
        /// The file.
        path: PathBuf,
    },
    /// A file without a certificate.
    #[error("sslrootcert={}: it holds no certificate; {}", path.display(), CERTIFICATES.en)]
    RootEmpty {
        /// The file.
        path: PathBuf,
    },
    /// A system without certificates of authorities.
    #[error(
        "this system has no certificates of authorities: install them (ca-certificates), or name \
         a file by sslrootcert=PATH"
    )]
    NoSystemRoots,
    /// TLS that can't be set up.
    #[error("TLS can't be set up: {0}; write sslmode=disable if the network is trusted")]
    Tls(#[from] rustls::Error),
}

const CERTIFICATES: FaultRemedy = FaultRemedy {
    ko: "PEM 형식(-----BEGIN CERTIFICATE-----)의 인증서 파일을 지정하십시오",
    en: "name a file of certificates in PEM (-----BEGIN CERTIFICATE-----)",
};

impl Bilingual for ConnectionFault {
    fn ko(&self) -> String {
        let root = |path: &PathBuf, reason: &str| {
            format!("sslrootcert={}: {reason}. {}", path.display(), CERTIFICATES.ko)
        };
        match self {
            Self::NoUrl { .. } => "URL의 형식이 아닙니다. \
                postgresql://user:password@host:5432/database로 쓰고, 비밀번호의 %는 %25, @는 %40, \
                :는 %3A, /는 %2F, ?는 %3F, #은 %23으로 쓰십시오"
                .to_owned(),
            Self::NoHost => "호스트가 없습니다. \
                postgresql://user:password@host:5432/database로 쓰십시오"
                .to_owned(),
            Self::Parameter { name, remedy } => {
                format!("매개변수 {name}을(를) 쓸 수 없습니다: {}", remedy.ko)
            }
            Self::UnknownParameter { name } => format!(
                "매개변수 {name}은(는) PostgreSQL의 libpq에 없거나 지원하지 않습니다. 지우십시오"
            ),
            Self::Value { name } => format!(
                "매개변수 {name}의 값을 알 수 없습니다. PostgreSQL의 libpq 문서에 있는 값을 쓰거나 \
                 매개변수를 지우십시오"
            ),
            Self::RootFile { path, source } => root(path, &source.ko()),
            Self::RootText { path, .. } => root(path, "PEM으로 읽을 수 없습니다"),
            Self::RootCertificate { path, .. } => root(path, "쓸 수 없는 인증서가 있습니다"),
            Self::RootTooLarge { path } => root(path, "4 MiB가 넘습니다"),
            Self::RootEmpty { path } => root(path, "인증서가 없습니다"),
            Self::NoSystemRoots => "이 시스템에 인증 기관의 인증서가 없습니다. 설치하거나\
                (ca-certificates) sslrootcert=PATH로 파일을 지정하십시오"
                .to_owned(),
            Self::Tls(_) => "TLS를 준비할 수 없습니다. 믿을 수 있는 망이면 sslmode=disable을 \
                             쓰십시오"
                .to_owned(),
        }
    }

    fn en(&self) -> String {
        self.to_string()
    }
}
