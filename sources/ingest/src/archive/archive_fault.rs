//! Errors of the zip reader, in Korean and in English.

use std::io;
use std::path::Path;

use zip::result::ZipError;

use crate::IngestError;
use crate::input::file_fault::{FileFault, FileLocation};
use korean_text::bilingual::{Bilingual as _, Sentence};

/// Error of an archive that can't be read, as a whole or at a location.
pub(crate) fn damaged(path: &Path, location: FileLocation, error: ZipError) -> IngestError {
    let en = error.to_string();
    let fault = match error {
        ZipError::UnsupportedArchive(reason) => {
            FileFault::UnknownPacking(Sentence::new(unsupported(reason), reason))
        }
        ZipError::Io(error) => FileFault::DamagedArchive(unreadable(&error)),
        ZipError::InvalidPassword => {
            FileFault::UnknownPacking(Sentence::new("암호가 걸려 있습니다", en))
        }
        ZipError::FileNotFound => {
            FileFault::DamagedArchive(Sentence::new("목록에 있는 항목이 없습니다", en))
        }
        _ => FileFault::DamagedArchive(Sentence::new(invalid(&en), en)),
    };
    IngestError::at(path, location, fault)
}

/// Error of an entry that can't be unpacked.
pub(crate) fn unreadable(error: &io::Error) -> Sentence {
    let en = error.to_string();
    let lower = en.to_ascii_lowercase();
    let ko = if lower.contains("checksum") {
        "푼 내용이 적힌 검사값과 다릅니다".to_owned()
    } else if lower.contains("deflate") || lower.contains("corrupt") {
        "압축된 내용을 풀 수 없습니다".to_owned()
    } else {
        error.ko()
    };
    Sentence::new(ko, en)
}

fn unsupported(reason: &str) -> &'static str {
    let lower = reason.to_ascii_lowercase();
    if lower.contains("password") || lower.contains("encrypt") {
        "암호가 걸려 있습니다"
    } else if lower.contains("disk") {
        "여러 파일로 나뉜 압축 파일입니다"
    } else {
        "지원하지 않는 방식으로 압축되어 있습니다"
    }
}

fn invalid(reason: &str) -> &'static str {
    let lower = reason.to_ascii_lowercase();
    if lower.contains("eocd") || lower.contains("end of central") || lower.contains("central direc")
    {
        "항목의 목록을 찾을 수 없습니다"
    } else if lower.contains("header") {
        "항목의 머리글이 맞지 않습니다"
    } else {
        "압축 파일의 구조가 맞지 않습니다"
    }
}
