//! Faults of a file, and their locations.

use std::path::PathBuf;

use crate::shapefile::ShapefileFault;
use korean_text::bilingual::{Bilingual, Sentence};

/// The location of a fault in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileLocation {
    /// The file as a whole.
    Whole,
    /// The first bytes.
    Start,
    /// The header.
    Header,
    /// The end.
    End,
    /// A row, from 1.
    Row(u64),
    /// A row, from 1, and the byte at which its record begins.
    Record(u64, u64),
    /// A line and a column, from 1.
    Line(usize, usize),
    /// An entry of an archive, by name or number.
    Entry(String),
}

/// The reason for which a file is unreadable or unsuitable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileFault {
    /// A folder instead of a file.
    Folder,
    /// A text in UTF-16.
    Utf16,
    /// An empty file.
    Empty,
    /// A FlatGeobuf file, which needs no import.
    FlatGeobuf,
    /// A file of no known format.
    UnknownFormat,
    /// A `.prj` or `.cpg` that exceeds the limit of its size.
    TooLargeForText,
    /// A file that changed between its two readings.
    Changed,
    /// A dataset without features that would replace one with features.
    WouldLoseFeatures(PathBuf),
    /// A dataset without geometry that would replace one with geometry.
    WouldLoseGeometry(PathBuf),
    /// An archive with too many entries.
    TooManyEntries(usize),
    /// An archive without a dataset, with names of entries.
    NoDatasetInside(Vec<String>),
    /// An archive with an encrypted entry.
    Encrypted(String),
    /// An archive whose Shapefile has no `.shp`.
    NoShp,
    /// An archive with an unsupported packing, and the reader's reason.
    UnknownPacking(Sentence),
    /// A damaged archive, and the reader's reason.
    DamagedArchive(Sentence),
    /// An archive that unpacks to more than this many MiB.
    UnpacksTooLarge(u64),
    /// A text that is no GeoJSON.
    Json {
        /// The reader's error.
        message: Sentence,
        /// Its likely cause.
        cause: Option<JsonCause>,
    },
    /// Features with more different properties than this.
    TooManyProperties(usize),
    /// A fault of a Shapefile.
    Shapefile(ShapefileFault),
}

/// The likely cause of unreadable JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonCause {
    /// The text is not UTF-8.
    Encoding,
    /// The text is truncated.
    CutShort,
}

impl Bilingual for FileLocation {
    fn ko(&self) -> String {
        match self {
            Self::Whole => "파일".to_owned(),
            Self::Start => "처음".to_owned(),
            Self::Header => "머리글".to_owned(),
            Self::End => "끝".to_owned(),
            Self::Row(row) => format!("{row}행"),
            Self::Record(row, byte) => format!("{row}행({byte}바이트째)"),
            Self::Line(line, column) => format!("{line}번째 줄 {column}번째 글자"),
            Self::Entry(entry) => format!("압축된 항목 {entry}"),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::Whole => "file".to_owned(),
            Self::Start => "start".to_owned(),
            Self::Header => "header".to_owned(),
            Self::End => "end".to_owned(),
            Self::Row(row) => format!("row {row}"),
            Self::Record(row, byte) => format!("row {row} at byte {byte}"),
            Self::Line(line, column) => format!("line {line}, column {column}"),
            Self::Entry(entry) => format!("archive entry {entry}"),
        }
    }
}

impl Bilingual for FileFault {
    fn ko(&self) -> String {
        match self {
            Self::Folder => "폴더입니다. 그 안의 .shp를 지정하십시오".to_owned(),
            Self::Utf16 => "UTF-16입니다. iconv -f UTF-16 -t UTF-8로 변환하십시오".to_owned(),
            Self::Empty => "빈 파일입니다".to_owned(),
            Self::FlatGeobuf => {
                "이미 FlatGeobuf입니다. 임시 이름으로 자료 폴더에 복사한 뒤 이름을 바꾸십시오"
                    .to_owned()
            }
            Self::UnknownFormat => {
                "Shapefile(.shp나 .zip)도 GeoJSON도 아닙니다. 둘 중 하나로 변환하십시오".to_owned()
            }
            Self::TooLargeForText => {
                "64 KiB가 넘어 이런 종류의 글일 수 없습니다. 지우십시오".to_owned()
            }
            Self::Changed => "읽는 동안 파일이 바뀌었습니다. 다시 하십시오".to_owned(),
            Self::WouldLoseFeatures(target) => format!(
                "피처가 없는데 {}에는 있습니다. 아무것도 바꾸지 않았습니다. 비우려는 것이면 그 파일을 먼저 \
                 지우십시오",
                target.display()
            ),
            Self::WouldLoseGeometry(target) => format!(
                "도형이 하나도 없는데 {}에는 있습니다. 아무것도 바꾸지 않았습니다. 비우려는 것이면 그 파일을 \
                 먼저 지우십시오",
                target.display()
            ),
            Self::TooManyEntries(entries) => {
                format!("항목이 {entries}개로 너무 많습니다. 직접 압축을 푸십시오")
            }
            Self::NoDatasetInside(entries) => format!(
                "안에 .shp도 .geojson도 없습니다(있는 것: {}). 직접 압축을 푸십시오",
                if entries.is_empty() { "없음".to_owned() } else { entries.join(", ") }
            ),
            Self::Encrypted(entry) => {
                format!("{entry}이(가) 암호화되어 있습니다. 먼저 직접 압축을 푸십시오")
            }
            Self::NoShp => ".shp가 없습니다".to_owned(),
            Self::UnknownPacking(reason) => {
                format!("{}. 먼저 직접 압축을 푸십시오", reason.ko())
            }
            Self::DamagedArchive(reason) => {
                format!("압축 파일이 손상되었습니다. {}. 다시 복사하십시오", reason.ko())
            }
            Self::UnpacksTooLarge(mib) => format!(
                "압축을 풀면 {mib} MiB가 넘어 파일 크기에 비해 너무 큽니다. 직접 풀어서 가져오십시오"
            ),
            Self::Json { message, cause } => {
                let cause = match cause {
                    Some(JsonCause::Encoding) => {
                        ". GeoJSON은 UTF-8입니다. iconv -f CP949 -t UTF-8로 변환하십시오"
                    }
                    Some(JsonCause::CutShort) => ". 파일이 잘렸습니다. 다시 복사하십시오",
                    None => "",
                };
                format!("GeoJSON으로 읽을 수 없습니다. {}{cause}", message.ko())
            }
            Self::TooManyProperties(most) => format!("속성이 {most}가지가 넘습니다"),
            Self::Shapefile(fault) => fault.ko(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::Folder => "this is a folder; name the .shp in it".to_owned(),
            Self::Utf16 => "this is UTF-16; convert it with iconv -f UTF-16 -t UTF-8".to_owned(),
            Self::Empty => "the file is empty".to_owned(),
            Self::FlatGeobuf => {
                "this is FlatGeobuf already: copy it into the data directory under \
                                 a temporary name and rename it"
                    .to_owned()
            }
            Self::UnknownFormat => {
                "this is no Shapefile (.shp or .zip) and no GeoJSON; convert it \
                                    to one of them"
                    .to_owned()
            }
            Self::TooLargeForText => {
                "it has more than 64 KiB, which is no text of its kind; remove it".to_owned()
            }
            Self::Changed => "the file changed while it was read; try again".to_owned(),
            Self::WouldLoseFeatures(target) => format!(
                "it has no features, and {} has some: nothing was replaced. If it is meant to be \
                 empty, remove that file first",
                target.display()
            ),
            Self::WouldLoseGeometry(target) => format!(
                "it has not one geometry, and {} has some: nothing was replaced. If it is meant to \
                 be empty, remove that file first",
                target.display()
            ),
            Self::TooManyEntries(entries) => {
                format!("{entries} entries are too many; unpack it by hand")
            }
            Self::NoDatasetInside(entries) => format!(
                "no .shp and no .geojson is in it (but {}); unpack it by hand",
                if entries.is_empty() { "nothing".to_owned() } else { entries.join(", ") }
            ),
            Self::Encrypted(entry) => format!("{entry} is encrypted; unpack it by hand first"),
            Self::NoShp => "a .shp is missing".to_owned(),
            Self::UnknownPacking(reason) => format!("{}; unpack it by hand first", reason.en()),
            Self::DamagedArchive(reason) => {
                format!("the archive is damaged: {}; copy it again", reason.en())
            }
            Self::UnpacksTooLarge(mib) => format!(
                "the archive unpacks to more than {mib} MiB, too much for its size; unpack it by \
                 hand and import the parts"
            ),
            Self::Json { message, cause } => {
                let cause = match cause {
                    Some(JsonCause::Encoding) => {
                        "; GeoJSON is UTF-8: convert it with iconv -f CP949 -t UTF-8"
                    }
                    Some(JsonCause::CutShort) => "; the file is cut short, copy it again",
                    None => "",
                };
                format!("{}{cause}", message.en())
            }
            Self::TooManyProperties(most) => format!("more than {most} different properties"),
            Self::Shapefile(fault) => fault.en(),
        }
    }
}

impl From<ShapefileFault> for FileFault {
    fn from(fault: ShapefileFault) -> Self {
        Self::Shapefile(fault)
    }
}
