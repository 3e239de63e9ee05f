//! Faults of a session, in both languages.

use korean_text::Bilingual;

use crate::connection::tls;

/// Reason for which a session failed.
#[derive(Debug, thiserror::Error)]
pub enum ServerFault {
    /// Error of the server, or of the connection with it.
    #[error("{}", in_english(.0))]
    Server(#[source] tokio_postgres::Error),
    /// Error of this machine.
    #[error("{}", .0.en())]
    System(#[source] std::io::Error),
    /// The server has fewer rows than were sent.
    #[error("{arrived} of {sent} rows arrived")]
    RowsLost {
        /// Number of rows sent.
        sent: u64,
        /// Number of rows that the server counted.
        arrived: u64,
    },
}

impl Bilingual for ServerFault {
    fn ko(&self) -> String {
        match self {
            Self::Server(error) => korean(error),
            Self::System(error) => error.ko(),
            Self::RowsLost { sent, arrived } => {
                format!("{sent}행 가운데 {arrived}행만 도착했습니다")
            }
        }
    }

    fn en(&self) -> String {
        self.to_string()
    }
}

/// Korean text of an error, by its SQLSTATE or its cause: servers report in any language.
fn korean(error: &tokio_postgres::Error) -> String {
    if let Some(stated) = error.as_db_error() {
        let code = stated.code().code();
        let words = match code {
            "28P01" | "28000" => "로그인이 거부되었습니다. URL의 사용자와 비밀번호를 확인하십시오",
            "3D000" => "그런 데이터베이스가 없습니다",
            "42501" => "권한이 없습니다",
            "53100" => "서버의 디스크가 가득 찼습니다",
            "53300" => "서버에 남은 연결이 없습니다",
            "55P03" => "다른 작업이 잠그고 있습니다",
            "57014" => "시간이 지나거나 요청을 받아 취소되었습니다",
            "25006" => "읽기 전용 데이터베이스입니다",
            "40P01" => "다른 작업과 서로 기다리다 취소되었습니다",
            _ => match code.get(..2) {
                Some("08") => "연결에 문제가 있습니다",
                Some("22") => "값을 담을 수 없습니다",
                Some("23") => "테이블의 제약에 어긋납니다",
                Some("42") => "서버가 명령을 실행할 수 없습니다",
                Some("53") => "서버의 자원이 모자랍니다",
                Some("57") => "서버가 끝나는 중입니다",
                _ => "서버가 거부했습니다",
            },
        };
        return format!("{words}(SQLSTATE {code})");
    }
    if tls::describe(error).is_some() {
        return "서버와 TLS로 연결할 수 없습니다. URL의 sslmode와 sslrootcert를 확인하십시오"
            .to_owned();
    }
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return error.ko();
        }
        cause = error.source();
    }
    match error.is_closed() {
        true => "연결이 끊어졌습니다".to_owned(),
        false => "서버와 통신할 수 없습니다".to_owned(),
    }
}

/// English text of an error in one line; the library's own text only names the place.
fn in_english(error: &tokio_postgres::Error) -> String {
    if let Some(stated) = error.as_db_error() {
        let mut text = stated.message().to_owned();
        for more in [stated.detail(), stated.hint()].into_iter().flatten() {
            text.push_str(": ");
            text.push_str(more);
        }
        return text.replace('\n', " ");
    }
    if let Some(words) = tls::describe(error) {
        return words;
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
