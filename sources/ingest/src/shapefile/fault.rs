//! Faults of a Shapefile's parts.

use std::path::PathBuf;

use korean_text::bilingual::Bilingual;

/// The reason for which a `.shp`, `.shx` or `.dbf` can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShapefileFault {
    /// A `.shp` or `.shx` of fewer bytes than its header has.
    TooShort(u64),
    /// A file that does not begin like a `.shp`.
    NoShapefile,
    /// A length below zero, in 16-bit words.
    NegativeLength(i32),
    /// A length below zero in an index, in 16-bit words.
    NegativeIndex(i32),
    /// A file shorter than declared.
    CutShort {
        /// The declared length in bytes.
        stated: u64,
        /// The length in bytes.
        length: u64,
    },
    /// 3D models, which a map does not have.
    Multipatch,
    /// A number that is no shape type.
    NoShapeType(i32),
    /// A file that ends within a record.
    EndsWithinRecord,
    /// A record, of this declared length, that ends past the file.
    RecordPastEnd(u64),
    /// A record that ends before its declared content.
    RecordTooShort,
    /// A negative count in a record.
    NegativeCount {
        /// The count.
        count: i32,
        /// The things counted.
        of: CountedItem,
    },
    /// A count that exceeds the record's length.
    NoRoom {
        /// The count.
        count: usize,
        /// The things counted.
        of: CountedItem,
        /// The remaining bytes.
        left: usize,
    },
    /// A record of another shape type than the file's.
    OtherShape {
        /// The record's shape type.
        found: String,
        /// The file's shape type.
        expected: String,
    },
    /// A part, from 1, with an invalid first point.
    PartStart(usize),
    /// An index that refers to the same bytes more than once.
    IndexRepeats,
    /// An index, of this length in bytes, with an incomplete entry.
    IndexCutShort(u64),
    /// An index that refers past the end of its `.shp`.
    IndexPastEnd {
        /// The first byte of the record.
        offset: u64,
        /// The byte after the record.
        end: u64,
        /// The `.shp`.
        shp: PathBuf,
        /// The length of the `.shp` in bytes.
        length: u64,
    },
    /// A `.dbf` of fewer bytes than its header has.
    TableTooShort(u64),
    /// A header of a `.dbf` that is longer than the file, or too short.
    TableHeader {
        /// The declared length of the header in bytes.
        header: u64,
        /// The length of the file in bytes.
        length: u64,
    },
    /// A `.dbf` that ends before its last row.
    TableCutShort {
        /// The declared number of rows.
        rows: u64,
        /// The length that these rows require in bytes.
        needed: u64,
        /// The length of the file in bytes.
        length: u64,
    },
    /// A row of a `.dbf` with an invalid first byte.
    NoRow {
        /// The first byte.
        mark: u8,
        /// The declared length of a row in bytes.
        length: usize,
    },
    /// Fields that take more bytes than a row has.
    FieldsTooLong {
        /// The bytes of all fields.
        fields: usize,
        /// The bytes of a row.
        row: usize,
    },
    /// A header that ends within a field, from 1.
    FieldCutShort(usize),
    /// A field, from 1, of an unknown type.
    FieldType(usize, u8),
    /// A field, from 1, without a length.
    FieldWithoutLength(usize),
    /// A `.dbf` and a `.shp` with different numbers of rows.
    OtherRows {
        /// Rows of the `.dbf`.
        records: u64,
        /// Rows of the `.shp`; `None` if it has more than the `.dbf`.
        shapes: Option<u64>,
    },
}

/// Items that a record counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountedItem {
    /// Points.
    Points,
    /// Parts.
    Parts,
}

impl CountedItem {
    fn ko(self) -> &'static str {
        match self {
            Self::Points => "점",
            Self::Parts => "부분",
        }
    }

    fn en(self) -> &'static str {
        match self {
            Self::Points => "points",
            Self::Parts => "parts",
        }
    }
}

impl Bilingual for ShapefileFault {
    fn ko(&self) -> String {
        match self {
            Self::TooShort(bytes) => format!("{bytes}바이트로, Shapefile이기에는 너무 짧습니다"),
            Self::NoShapefile => "Shapefile의 첫머리가 아닙니다".to_owned(),
            Self::NegativeLength(words) => {
                format!("길이가 {words}워드로 0보다 작습니다. 다시 복사하십시오")
            }
            Self::NegativeIndex(words) => format!(
                "색인의 수가 {words}워드로 0보다 작습니다. .shx가 손상되었으니 지우십시오. 없어도 읽을 수 \
                 있습니다"
            ),
            Self::CutShort { stated, length } => format!(
                "{stated}바이트라고 적혀 있으나 {length}바이트뿐입니다. 잘린 파일이니 다시 복사하십시오"
            ),
            Self::Multipatch => {
                "멀티패치(3차원 모형)는 지도에 담을 수 없습니다. 바닥 면을 폴리곤으로 \
                                 내보내십시오"
                    .to_owned()
            }
            Self::NoShapeType(code) => format!("{code}은(는) 도형 종류가 아닙니다"),
            Self::EndsWithinRecord => "레코드 안에서 파일이 끝납니다. 다시 복사하십시오".to_owned(),
            Self::RecordPastEnd(bytes) => {
                format!("레코드가 {bytes}바이트라고 적혀 있으나 그 전에 파일이 끝납니다")
            }
            Self::RecordTooShort => "레코드가 너무 짧습니다".to_owned(),
            Self::NegativeCount { count, of } => {
                format!("{} 수가 {count}개라고 적혀 있습니다", of.ko())
            }
            Self::NoRoom { count, of, left } => {
                format!("{} 수가 {count}개라고 적혀 있으나 {left}바이트만 남았습니다", of.ko())
            }
            Self::OtherShape { found, expected } => {
                format!("{expected} 파일에 {found} 도형이 있습니다")
            }
            Self::PartStart(part) => format!("{part}번째 부분이 없는 점에서 시작합니다"),
            Self::IndexRepeats => ".shx가 같은 바이트를 여러 번 가리킵니다".to_owned(),
            Self::IndexCutShort(bytes) => {
                format!(
                    "{bytes}바이트는 색인 항목의 길이로 나누어떨어지지 않습니다. 잘린 파일입니다"
                )
            }
            Self::IndexPastEnd { offset, end, shp, length } => format!(
                "{offset}~{end}바이트를 가리키나 {}은(는) {length}바이트입니다. 다른 파일의 .shx면 \
                 지우십시오",
                shp.display()
            ),
            Self::TableTooShort(bytes) => format!("{bytes}바이트로, DBF이기에는 너무 짧습니다"),
            Self::TableHeader { header, length } => {
                format!("머리글이 {header}바이트라는데 파일은 {length}바이트입니다. DBF가 아닙니다")
            }
            Self::TableCutShort { rows, needed, length } => format!(
                "여기서 파일이 끝납니다. {rows}행이면 {needed}바이트여야 하는데 {length}바이트입니다. 다시 \
                 복사하십시오"
            ),
            Self::NoRow { mark, length } => format!(
                "있거나 삭제된 행을 나타내는 빈칸이나 * 대신 {mark:#04x}(으)로 시작합니다. 머리글의 행 \
                 길이 {length}바이트가 틀렸거나 파일이 손상되었습니다"
            ),
            Self::FieldsTooLong { fields, row } => {
                format!("필드가 {fields}바이트인데 행은 {row}바이트입니다")
            }
            Self::FieldCutShort(field) => format!("{field}번째 필드 안에서 머리글이 끝납니다"),
            Self::FieldType(field, kind) => {
                format!("{field}번째 필드의 형식 {kind:#04x}은(는) 없는 형식입니다")
            }
            Self::FieldWithoutLength(field) => format!("{field}번째 필드에 길이가 없습니다"),
            Self::OtherRows { records, shapes } => format!(
                ".dbf는 {records}행인데 .shp는 {}. 한 Shapefile이 아닙니다",
                shapes
                    .map_or_else(|| "더 많습니다".to_owned(), |shapes| format!("{shapes}행입니다"))
            ),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::TooShort(bytes) => format!("{bytes} bytes are too few for a Shapefile"),
            Self::NoShapefile => "it does not begin like a Shapefile".to_owned(),
            Self::NegativeLength(words) => {
                format!("its length is {words} words, below zero; copy the file again")
            }
            Self::NegativeIndex(words) => format!(
                "it counts {words} words, below zero; remove the .shx: it is damaged, and can be \
                 done without"
            ),
            Self::CutShort { stated, length } => format!(
                "it says it has {stated} bytes and has {length}: it is cut short; copy it again"
            ),
            Self::Multipatch => "multipatches (3D models) have no place on a map; export their \
                                 footprints as polygons"
                .to_owned(),
            Self::NoShapeType(code) => format!("{code} is no shape type"),
            Self::EndsWithinRecord => "the file ends within a record".to_owned(),
            Self::RecordPastEnd(bytes) => {
                format!("the record says it has {bytes} bytes, but the file ends before that")
            }
            Self::RecordTooShort => "the record is too short".to_owned(),
            Self::NegativeCount { count, of } => format!("it says it has {count} {}", of.en()),
            Self::NoRoom { count, of, left } => {
                format!("it says it has {count} {}, but only {left} bytes are left", of.en())
            }
            Self::OtherShape { found, expected } => {
                format!("it is a {found}, in a file of {expected}s")
            }
            Self::PartStart(part) => format!("part {part} begins at a point that is none"),
            Self::IndexRepeats => "its .shx points at the same bytes more than once".to_owned(),
            Self::IndexCutShort(bytes) => {
                format!("{bytes} bytes are no whole number of entries; it is cut short")
            }
            Self::IndexPastEnd { offset, end, shp, length } => format!(
                "it points at bytes {offset} to {end}, but {} has {length}; remove the .shx if it \
                 is another file's",
                shp.display()
            ),
            Self::TableTooShort(bytes) => format!("{bytes} bytes are too few for a DBF"),
            Self::TableHeader { header, length } => {
                format!("a header of {header} bytes in a file of {length}; this is no DBF")
            }
            Self::TableCutShort { rows, needed, length } => format!(
                "the file ends here: {rows} rows need {needed} bytes and it has {length}; copy it \
                 again"
            ),
            Self::NoRow { mark, length } => format!(
                "it begins with {mark:#04x}, where a blank or * marks it as there or deleted: the \
                 header's record length of {length} bytes is wrong, or the file is damaged"
            ),
            Self::FieldsTooLong { fields, row } => {
                format!("its fields take {fields} bytes of a record of {row}")
            }
            Self::FieldCutShort(field) => format!("the header ends within field {field}"),
            Self::FieldType(field, kind) => {
                format!("field {field} has the type {kind:#04x}, which is none")
            }
            Self::FieldWithoutLength(field) => format!("field {field} has no length"),
            Self::OtherRows { records, shapes } => format!(
                "the .dbf has {records} rows and the .shp has {}: they are not of one Shapefile",
                shapes.map_or_else(|| "more".to_owned(), |shapes| shapes.to_string())
            ),
        }
    }
}
