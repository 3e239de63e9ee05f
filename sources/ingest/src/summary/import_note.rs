//! Notes of an import: repairs, decisions, and other information.

mod messages;

use std::path::PathBuf;

use korean_text::bilingual::Sentence;

/// A line of an import's summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportNote {
    /// The encoding in which a table's text was read.
    Encoding {
        /// The encoding's name.
        name: &'static str,
        /// Its source.
        how: EncodingSource,
    },
    /// A `.cpg` that names no known encoding, and is ignored.
    CpgPassedOver {
        /// The text of the `.cpg`.
        text: String,
    },
    /// A `.cpg` that the table's bytes contradict.
    CpgContradicted {
        /// The encoding in the `.cpg`.
        name: &'static str,
    },
    /// The language driver of a `.dbf`, which its bytes contradict.
    DriverContradicted {
        /// The driver's number.
        driver: u8,
        /// The encoding of the driver.
        name: &'static str,
    },
    /// A declared encoding of Chinese or Japanese for Korean text.
    KoreanText {
        /// The encoding's name.
        name: &'static str,
        /// Its source.
        how: EncodingSource,
    },
    /// A header of a `.dbf` that ends with another byte than 0x0D.
    TableHeaderEnding {
        /// The byte.
        byte: u8,
    },
    /// Bytes after the last record of a `.shp`.
    BytesBehindShapes {
        /// Number of bytes.
        bytes: u64,
        /// The last record's row, from 1.
        row: u64,
    },
    /// A `.shx` whose header has another length than its entries, or with zeros after
    /// them.
    IndexLength {
        /// The length in the header in bytes.
        stated: u64,
        /// The length of header and entries in bytes.
        kept: u64,
    },
    /// A Shapefile without a `.dbf`, or with one that has no fields.
    NoAttributes,
    /// Rows that the `.dbf` marks as deleted.
    Deleted {
        /// Number of rows.
        rows: u64,
    },
    /// A `.shx` that belongs to another `.shp`.
    ForeignIndex {
        /// The first row that differs, from 1.
        row: u64,
        /// Number of the record in the `.shp`, and its length in bytes.
        found: (i32, String),
        /// The length in the index in bytes.
        expected: u64,
    },
    /// A column of an unsupported type.
    ColumnNotRead {
        /// The column's name.
        column: String,
        /// The letter of its type.
        kind: char,
    },
    /// Values that a column's type does not allow.
    UnreadableValues {
        /// The column's name.
        column: String,
        /// Number of values.
        values: u64,
        /// The row of the first, from 1.
        first_row: u64,
        /// Replacement of the values.
        replacement: ValueReplacement,
    },
    /// NaN and infinite numbers, which become null.
    NotNumbers {
        /// Number of values.
        values: u64,
    },
    /// Features with the same repair.
    Features {
        /// Number of features.
        features: u64,
        /// The repair.
        what: FeatureRepair,
    },
    /// Northing and easting, or latitude and longitude, swapped in the whole file.
    AllSwapped,
    /// Features outside of the expected bounds.
    Outside {
        /// Number of features.
        features: u64,
        /// The first one's row, from 1.
        first_row: u64,
        /// The expected bounds, or the region's name.
        bounds: Sentence,
    },
    /// Other CRS that would place the data on land too.
    OtherCrsFit {
        /// Names of the CRS.
        crs: Vec<String>,
        /// Name of the region.
        country: Sentence,
    },
    /// Data that was swapped because it lay off the land before.
    SwappedOntoLand {
        /// The middle of the data before.
        middle: String,
        /// Name of the region.
        country: Sentence,
    },
    /// Data off the region's land.
    OffLand {
        /// Name of the region.
        country: Sentence,
    },
    /// A Bessel CRS on the meridian 127, read as one on the modified meridian.
    ModifiedMeridian {
        /// The meridian in the `.prj`.
        meridian: String,
        /// The CRS that was used.
        crs: String,
    },
    /// Rejects of an earlier import that can't be removed.
    OldRejectsStay {
        /// The file.
        path: PathBuf,
        /// The system's error.
        error: Sentence,
    },
    /// Rejects that could not be moved to their path.
    RejectsElsewhere {
        /// The path.
        path: PathBuf,
        /// The file with the rejects; `None` if they are lost.
        kept: Option<PathBuf>,
        /// The system's error.
        error: Sentence,
    },
    /// A column that has another name in the table.
    ColumnRenamed {
        /// The name in the file.
        file: String,
        /// The name in the table.
        table: String,
    },
    /// Columns that could not be added to the index.
    NotIndexed {
        /// Names of the columns.
        columns: Vec<String>,
    },
    /// Indexes of a replaced table that had other columns.
    IndexesLost {
        /// Names of the indexes.
        indexes: Vec<String>,
    },
}

/// The source of a table's encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncodingSource {
    /// The user's option.
    User,
    /// The `.cpg`.
    Cpg,
    /// The language driver of the `.dbf`.
    Driver,
    /// The bytes of the text.
    Bytes,
}

/// Replacement of values that a column's type does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueReplacement {
    /// U+FFFD for each character that is no text.
    Replaced,
    /// The unchanged text.
    Text,
    /// Null.
    Empty,
}

/// A repair of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeatureRepair {
    /// Latitude and longitude were swapped back.
    Swapped,
    /// A polygon crossed itself and was rebuilt.
    Rebuilt,
    /// Rings were closed.
    Closed,
    /// Rings were wound the other way.
    Rewound,
    /// Spikes were left out: parts of rings that ran out and back on one line.
    Spikes,
    /// Repeated rings were left out.
    Duplicates,
    /// Parts without extent were left out.
    DroppedParts,
    /// Heights or measures were left out.
    Heights,
    /// Only the parts of the highest dimension of a mixed collection were kept.
    MixedKinds,
    /// A position at 0, 0 was treated as missing.
    Nowhere,
    /// Positions beyond the world's end by rounding were moved onto it.
    BroughtBack,
}
