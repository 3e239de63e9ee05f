//! Notes of an import: what was repaired or decided, and what else is worth knowing.

mod messages;

use std::path::PathBuf;

use korean_text::bilingual::Sentence;

/// A line of an import's summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The encoding in which a table's text was read.
    Encoding {
        /// The encoding's name.
        name: &'static str,
        /// Its source.
        how: EncodingSource,
    },
    /// A `.cpg` that names no encoding, passed over.
    CpgPassedOver {
        /// The text of the `.cpg`.
        text: String,
    },
    /// A `.cpg` that the table's bytes contradict.
    CpgContradicted {
        /// The encoding that it names.
        name: &'static str,
    },
    /// The language driver of a `.dbf`, which its bytes contradict.
    DriverContradicted {
        /// The driver's number.
        driver: u8,
        /// The encoding that it stands for.
        name: &'static str,
    },
    /// An encoding of Chinese or Japanese that is stated of Korean text.
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
    /// Bytes behind the last record of a `.shp`.
    BytesBehindShapes {
        /// The number of them.
        bytes: u64,
        /// The last record's row, from 1.
        row: u64,
    },
    /// A `.shx` whose header has another length than its entries, or zeros behind them.
    IndexLength {
        /// The bytes that the header says.
        stated: u64,
        /// The bytes of header and entries.
        kept: u64,
    },
    /// A Shapefile without a `.dbf`, or with one that has no fields.
    NoAttributes,
    /// Rows that the `.dbf` marks as deleted.
    Deleted {
        /// The number of them.
        rows: u64,
    },
    /// A `.shx` that belongs to another `.shp`.
    ForeignIndex {
        /// The row where they part, from 1.
        row: u64,
        /// The number and the bytes of the record that is there.
        found: (i32, String),
        /// The bytes that the index says.
        expected: u64,
    },
    /// A column of a type that is not read.
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
        /// The number of them.
        values: u64,
        /// The row of the first, from 1.
        first_row: u64,
        /// Their fate.
        became: Became,
    },
    /// NaN and infinite numbers, which are no values.
    NotNumbers {
        /// The number of them.
        values: u64,
    },
    /// Features to which the same thing happened.
    Features {
        /// The number of them.
        features: u64,
        /// The repair.
        what: Repair,
    },
    /// Northing and easting, or latitude and longitude, swapped in the whole file.
    AllSwapped,
    /// Features outside of where the data must lie.
    Outside {
        /// The number of them.
        features: u64,
        /// The first one's row, from 1.
        first_row: u64,
        /// Where the data must lie; Korea where `None`.
        bounds: Option<String>,
    },
    /// Other CRS that would put the data onto land too.
    OtherCrsFit {
        /// Their names.
        crs: Vec<String>,
    },
    /// Data that was swapped because it lay off the land as it stood.
    SwappedOntoLand {
        /// The middle of the data as it stood.
        middle: String,
    },
    /// Data off South Korea's land.
    OffLand,
    /// A Bessel system on the meridian 127, read as on the modified one.
    ModifiedMeridian {
        /// The meridian that the `.prj` says.
        meridian: String,
        /// The CRS as which it was read.
        crs: String,
    },
    /// Rejects of an earlier import that can't be removed.
    OldRejectsStay {
        /// The file.
        path: PathBuf,
        /// The system's error.
        error: Sentence,
    },
    /// Rejects that are not where they belong.
    RejectsElsewhere {
        /// Where they belong.
        path: PathBuf,
        /// Where they are; `None` where they are lost.
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
    /// Columns that were to be indexed and can't be.
    NotIndexed {
        /// Their names.
        columns: Vec<String>,
    },
    /// Indexes of a table that was replaced by one of other columns.
    IndexesLost {
        /// Their names.
        indexes: Vec<String>,
    },
}

/// The source of a table's encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncodingSource {
    /// The user said so.
    User,
    /// The `.cpg` says so.
    Cpg,
    /// The language driver of the `.dbf` says so.
    Driver,
    /// The bytes themselves tell.
    Bytes,
}

/// Fate of values that a column's type does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// Characters that are no text stand as U+FFFD.
    Replaced,
    /// They stand as they are, as text.
    Text,
    /// They are left empty.
    Empty,
}

/// A repair of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// Latitude and longitude were swapped back.
    Swapped,
    /// It crossed itself and was rebuilt.
    Rebuilt,
    /// Its rings were closed.
    Closed,
    /// Its rings were wound the other way.
    Rewound,
    /// Parts of rings that ran out and back on one line were left out.
    Spikes,
    /// Rings that were there twice were left out.
    Duplicates,
    /// Parts without extent were left out.
    DroppedParts,
    /// Heights or measures were left out.
    Heights,
    /// Of a collection of several kinds the parts of the highest dimension were kept.
    MixedKinds,
    /// A position at 0, 0 was taken for none.
    Nowhere,
    /// Positions past the end of the world by rounding were brought back.
    BroughtBack,
}
