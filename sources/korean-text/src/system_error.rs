//! Errors of the operating system in Korean.

use std::io::{Error, ErrorKind};

use crate::bilingual::Bilingual;

impl Bilingual for Error {
    fn ko(&self) -> String {
        let known = match self.kind() {
            ErrorKind::NotFound => "그런 파일이나 폴더가 없습니다",
            ErrorKind::PermissionDenied => "권한이 없습니다",
            ErrorKind::AlreadyExists => "이미 있습니다",
            ErrorKind::NotADirectory => "폴더가 아닙니다",
            ErrorKind::IsADirectory => "폴더입니다",
            ErrorKind::DirectoryNotEmpty => "폴더가 비어 있지 않습니다",
            ErrorKind::ReadOnlyFilesystem => "읽기 전용 파일 시스템입니다",
            ErrorKind::StorageFull => "디스크에 남은 자리가 없습니다",
            ErrorKind::QuotaExceeded => "디스크 할당량을 넘었습니다",
            ErrorKind::FileTooLarge => "파일이 너무 큽니다",
            ErrorKind::ResourceBusy => "다른 프로그램이 쓰고 있습니다",
            ErrorKind::InvalidFilename => "쓸 수 없는 파일 이름입니다",
            ErrorKind::UnexpectedEof => "파일이 도중에 끝납니다",
            ErrorKind::InvalidData => "내용이 손상되었습니다",
            ErrorKind::OutOfMemory => "메모리가 모자랍니다",
            ErrorKind::TimedOut => "시간 안에 답이 없습니다",
            ErrorKind::ConnectionRefused => "연결을 받지 않습니다",
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
                "연결이 끊어졌습니다"
            }
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "닿을 수 없는 주소입니다",
            _ => "",
        };
        match (known, self.raw_os_error()) {
            ("", Some(code)) => format!("시스템 오류 {code}번"),
            ("", None) => "시스템 오류".to_owned(),
            (known, _) => known.to_owned(),
        }
    }

    fn en(&self) -> String {
        self.to_string()
    }
}
