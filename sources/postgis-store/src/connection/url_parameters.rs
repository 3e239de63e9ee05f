//! Parameters of a connection string: those of libpq (PostgreSQL's documentation, 34.1.2), each
//! taken, passed on, passed over or refused by name.
//!
//! * Taken here: `sslmode`, `sslrootcert`, `fallback_application_name`.
//! * Passed on: all that the library reads; `tcp_user_timeout` and `keepalives_count` in its
//!   own unit and name.
//! * Passed over, since they change nothing here: optional GSSAPI, TLS 1.2 as the least, UTF-8,
//!   and `pgbouncer`, which other programs need behind a pooler.
//! * Refused: the others; to pass over a client certificate or `require_auth` would promise
//!   what is not kept.

use crate::connection::connection_fault::{ConnectionFault, FaultRemedy};

/// Parameters that are read here, and whether keepalives are set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct UrlParameters {
    /// `sslmode`.
    pub(crate) mode: Option<String>,
    /// `sslrootcert`.
    pub(crate) root: Option<String>,
    /// `fallback_application_name`.
    pub(crate) application: Option<String>,
    /// Whether any parameter `keepalives…` is given.
    pub(crate) keepalives: bool,
}

/// Destination of a parameter.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ParameterTarget {
    /// Kept here, or without effect.
    Taken,
    /// To the library, unchanged.
    Passed,
    /// To the library under this name, with this value.
    Rewritten(&'static str, String),
}

/// Parameters whose values the library reads.
const PASSED: [&str; 17] = [
    "user",
    "password",
    "dbname",
    "host",
    "hostaddr",
    "port",
    "options",
    "application_name",
    "sslnegotiation",
    "connect_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "target_session_attrs",
    "channel_binding",
    "load_balance_hosts",
];

/// Parameters that change nothing, whatever their value.
const WITHOUT_EFFECT: [&str; 6] =
    ["krbsrvname", "gsslib", "gssdelegation", "sslcompression", "sslsni", "pgbouncer"];

const NO_CLIENT_CERTIFICATES: FaultRemedy = FaultRemedy {
    ko: "클라이언트 인증서를 지원하지 않습니다. 비밀번호로 로그인하십시오",
    en: "client certificates are not supported; log in with a password",
};
const NO_REVOCATION: FaultRemedy = FaultRemedy {
    ko: "폐기 목록을 읽지 않습니다. 지우십시오",
    en: "lists of revoked certificates are not read; remove it",
};
const NO_PASSWORD_FILE: FaultRemedy = FaultRemedy {
    ko: "비밀번호 파일을 읽지 않습니다. URL을 TILE_SERVER_DATABASE_URL로 주십시오",
    en: "no file of passwords is read; give the URL by TILE_SERVER_DATABASE_URL",
};
const NO_SERVICES: FaultRemedy = FaultRemedy {
    ko: "서비스 파일을 읽지 않습니다. host, port, dbname, user를 쓰십시오",
    en: "no file of services is read; write host, port, dbname and user",
};
const NO_REQUIRED_METHOD: FaultRemedy = FaultRemedy {
    ko: "지원하지 않습니다. channel_binding=require를 쓰거나 지우십시오",
    en: "it is not supported; write channel_binding=require, or remove it",
};
const NO_REQUIRED_PEER: FaultRemedy = FaultRemedy {
    ko: "지원하지 않습니다. 서버를 호스트 이름과 sslmode=verify-full로 지정하십시오",
    en: "it is not supported; name the server by host name and sslmode=verify-full",
};
const TABLES_ALONE: FaultRemedy = FaultRemedy {
    ko: "이 프로그램은 테이블만 읽습니다. 지우십시오",
    en: "the program reads tables alone; remove it",
};
const NOT_SUPPORTED: FaultRemedy = FaultRemedy {
    ko: "지원하지 않습니다. 지우십시오",
    en: "it is not supported; remove it",
};
const NO_GSSAPI: FaultRemedy = FaultRemedy {
    ko: "GSSAPI를 지원하지 않습니다. disable을 쓰고, 암호화하려면 sslmode=verify-full을 쓰십시오",
    en: "GSSAPI is not supported; write disable, and sslmode=verify-full to encrypt",
};
const ALWAYS_UTF8: FaultRemedy = FaultRemedy {
    ko: "글은 늘 UTF-8로 받습니다. 지우십시오",
    en: "texts are always fetched as UTF-8; remove it",
};
const LEAST_TLS: FaultRemedy = FaultRemedy {
    ko: "가장 낮은 것은 TLSv1.2입니다. 지우고 서버에서 정하십시오",
    en: "the least is TLSv1.2; remove it, and set it in the server",
};
const MOST_TLS: FaultRemedy = FaultRemedy {
    ko: "가장 높은 것은 TLSv1.3입니다. 지우십시오",
    en: "the most is TLSv1.3; remove it",
};
const CERTIFICATE_MODE: FaultRemedy = FaultRemedy {
    ko: "클라이언트 인증서를 지원하지 않습니다. disable을 쓰십시오",
    en: "client certificates are not supported; write disable",
};
const WHOLE_MILLISECONDS: FaultRemedy =
    FaultRemedy { ko: "밀리초를 정수로 쓰십시오", en: "write whole milliseconds" };

/// Parameters that are refused, and what to do instead.
const REFUSED: [(&str, FaultRemedy); 14] = [
    ("sslcert", NO_CLIENT_CERTIFICATES),
    ("sslkey", NO_CLIENT_CERTIFICATES),
    ("sslpassword", NO_CLIENT_CERTIFICATES),
    ("sslcrl", NO_REVOCATION),
    ("sslcrldir", NO_REVOCATION),
    ("passfile", NO_PASSWORD_FILE),
    ("service", NO_SERVICES),
    ("servicefile", NO_SERVICES),
    ("require_auth", NO_REQUIRED_METHOD),
    ("requirepeer", NO_REQUIRED_PEER),
    ("replication", TABLES_ALONE),
    ("sslkeylogfile", NOT_SUPPORTED),
    ("min_protocol_version", NOT_SUPPORTED),
    ("max_protocol_version", NOT_SUPPORTED),
];

impl UrlParameters {
    /// Stores or passes on a parameter; the last of a name counts.
    ///
    /// # Errors
    /// The fault and the remedy, with the parameter's name and without its value.
    pub(crate) fn take(
        &mut self,
        name: &str,
        value: &str,
    ) -> Result<ParameterTarget, ConnectionFault> {
        let allowed = |values: &[&str], name: &'static str, remedy: FaultRemedy| {
            if values.contains(&value) {
                return Ok(ParameterTarget::Taken);
            }
            Err(ConnectionFault::Parameter { name, remedy })
        };
        if let Some(&(name, remedy)) = REFUSED.iter().find(|(refused, _)| *refused == name) {
            return Err(ConnectionFault::Parameter { name, remedy });
        }
        if WITHOUT_EFFECT.contains(&name) {
            return Ok(ParameterTarget::Taken);
        }
        match name {
            "sslmode" => self.mode = Some(value.to_owned()),
            "sslrootcert" => self.root = Some(value.to_owned()),
            "fallback_application_name" => self.application = Some(value.to_owned()),
            "gssencmode" => return allowed(&["disable", "prefer"], "gssencmode", NO_GSSAPI),
            "client_encoding" => {
                let known = ["auto", "utf8", "UTF8", "utf-8", "UTF-8", "unicode", "UNICODE"];
                return allowed(&known, "client_encoding", ALWAYS_UTF8);
            }
            "ssl_min_protocol_version" => {
                let known = ["TLSv1", "TLSv1.1", "TLSv1.2"];
                return allowed(&known, "ssl_min_protocol_version", LEAST_TLS);
            }
            "ssl_max_protocol_version" => {
                return allowed(&["", "TLSv1.3"], "ssl_max_protocol_version", MOST_TLS);
            }
            "sslcertmode" => {
                return allowed(&["disable", "allow"], "sslcertmode", CERTIFICATE_MODE);
            }
            "target_session_attrs" if value == "primary" => {
                return Ok(ParameterTarget::Rewritten(
                    "target_session_attrs",
                    "read-write".to_owned(),
                ));
            }
            "target_session_attrs" if value == "standby" => {
                return Ok(ParameterTarget::Rewritten(
                    "target_session_attrs",
                    "read-only".to_owned(),
                ));
            }
            "tcp_user_timeout" => return self.user_timeout(value),
            "keepalives_count" => {
                self.keepalives = true;
                return Ok(ParameterTarget::Rewritten("keepalives_retries", value.to_owned()));
            }
            _ if PASSED.contains(&name) => {
                self.keepalives |= name.starts_with("keepalives");
                return Ok(ParameterTarget::Passed);
            }
            _ if is_a_name(name) => {
                return Err(ConnectionFault::UnknownParameter { name: name.to_owned() });
            }
            // Something else stands there, perhaps part of a password: the library says so.
            _ => return Ok(ParameterTarget::Passed),
        }
        Ok(ParameterTarget::Taken)
    }

    /// Converts the milliseconds of libpq to the seconds of the library.
    #[allow(clippy::unused_self, reason = "it decides on a parameter as the others do")]
    fn user_timeout(&self, value: &str) -> Result<ParameterTarget, ConnectionFault> {
        match value.parse::<u32>() {
            Ok(milliseconds) => {
                let seconds = milliseconds.div_ceil(1000).to_string();
                Ok(ParameterTarget::Rewritten("tcp_user_timeout", seconds))
            }
            Err(_) => Err(ConnectionFault::Parameter {
                name: "tcp_user_timeout",
                remedy: WHOLE_MILLISECONDS,
            }),
        }
    }
}

/// Whether a text may be shown as the name of a parameter.
fn is_a_name(name: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphabetic() || b == b'_';
    (1..=40).contains(&name.len()) && name.bytes().all(letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("gssencmode", "disable", ParameterTarget::Taken)]
    #[case("pgbouncer", "true", ParameterTarget::Taken)]
    #[case("client_encoding", "UTF8", ParameterTarget::Taken)]
    #[case("ssl_min_protocol_version", "TLSv1.2", ParameterTarget::Taken)]
    #[case("connect_timeout", "5", ParameterTarget::Passed)]
    #[case("keepalives_count", "4", ParameterTarget::Rewritten("keepalives_retries", "4".to_owned()))]
    #[case("tcp_user_timeout", "2500", ParameterTarget::Rewritten("tcp_user_timeout", "3".to_owned()))]
    #[case("target_session_attrs", "primary",
        ParameterTarget::Rewritten("target_session_attrs", "read-write".to_owned()))]
    fn a_parameter_of_libpq_that_can_be_meant_is_taken(
        #[case] name: &str,
        #[case] value: &str,
        #[case] course: ParameterTarget,
    ) {
        assert_eq!(UrlParameters::default().take(name, value).unwrap(), course);
    }

    #[rstest]
    #[case("gssencmode", "require", "GSSAPI")]
    #[case("client_encoding", "EUC_KR", "UTF-8")]
    #[case("ssl_min_protocol_version", "TLSv1.3", "TLSv1.2")]
    #[case("sslcert", "/c.crt", "password")]
    #[case("service", "maps", "dbname")]
    #[case("connection_limit", "5", "remove it")]
    #[case("tcp_user_timeout", "soon", "milliseconds")]
    fn a_parameter_that_is_not_supported_is_named(
        #[case] name: &str,
        #[case] value: &str,
        #[case] remedy: &str,
    ) {
        let error = UrlParameters::default().take(name, value).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains(remedy), "{error}");
    }
}
