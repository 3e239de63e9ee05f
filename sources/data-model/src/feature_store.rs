//! The trait of stores that features are scanned from.

use std::fmt;
use std::path::PathBuf;

use korean_text::Bilingual;

use crate::feature::FeatureVisitor;
use crate::visit_error::{BoxError, VisitError};

/// Source of the features of one dataset.
///
/// Coordinates are doubles, already brought from the store's own CRS to longitude and latitude.
///
/// ```
/// use data_model::feature::{AttributeValue, FeatureSchema, FeatureVisitor, Geometry};
/// use data_model::{FeatureStore, StoreError, StoreLocation, VisitError};
///
/// /// A store of two features without geometry.
/// struct TwoRows;
///
/// impl FeatureStore for TwoRows {
///     fn scan(&self, visitor: &mut dyn FeatureVisitor) -> Result<(), StoreError> {
///         visitor.begin(&FeatureSchema::default());
///         for row in 0..2 {
///             visitor.feature(row, &Geometry::default(), &[]).map_err(|error| {
///                 let store = StoreLocation::Table("rows".to_owned());
///                 StoreError::Refused { store, place: format!("row {row}"), error }
///             })?;
///         }
///         Ok(())
///     }
/// }
///
/// /// Counts features.
/// struct Count(u64);
///
/// impl FeatureVisitor for Count {
///     fn begin(&mut self, _: &FeatureSchema) {}
///
///     fn feature(
///         &mut self,
///         _: u64,
///         _: &Geometry,
///         _: &[AttributeValue<'_>],
///     ) -> Result<(), VisitError> {
///         self.0 += 1;
///         Ok(())
///     }
/// }
///
/// let mut count = Count(0);
/// TwoRows.scan(&mut count)?;
/// assert_eq!(count.0, 2);
/// # Ok::<(), StoreError>(())
/// ```
pub trait FeatureStore: Send + Sync {
    /// Reads every feature in the store's order and hands each to `visitor`.
    /// Blocks; callers run it off the async workers.
    ///
    /// # Errors
    /// [`StoreError`]; features seen before it are then not to be used.
    fn scan(&self, visitor: &mut dyn FeatureVisitor) -> Result<(), StoreError>;
}

/// Error of reading a store: the place and the reason, for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file can't be opened or read.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Error of the operating system.
        #[source]
        error: std::io::Error,
    },
    /// The file is damaged, or not of the format that its name gives.
    #[error("{}: {place}: {reason}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Place in the file: header, byte offset, feature number.
        place: String,
        /// Fault, and the content that was expected.
        #[source]
        reason: BoxError,
    },
    /// The file is sound but uses something that is not supported.
    #[error("{}: {reason}", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// Unsupported part, and what to do instead.
        #[source]
        reason: BoxError,
    },
    /// The database can't be reached, or the connection broke. Try again.
    #[error("table {table}: {reason}")]
    Unreachable {
        /// Schema and name.
        table: String,
        /// Reason, without address or credentials.
        reason: String,
    },
    /// The table can't be read as it is now.
    #[error("table {table}: {place}: {reason}")]
    Table {
        /// Schema and name.
        table: String,
        /// Place in the table: row, column.
        place: String,
        /// Fault, and what to do.
        reason: String,
    },
    /// The visitor refused a feature.
    #[error("{store}: {place}: {error}")]
    Refused {
        /// The scanned store.
        store: StoreLocation,
        /// Place in the store: feature number, row.
        place: String,
        /// Error of the visitor.
        #[source]
        error: VisitError,
    },
}

/// Location of a store, as errors give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreLocation {
    /// Path of a file.
    File(PathBuf),
    /// Schema and name of a database's table.
    Table(String),
}

impl fmt::Display for StoreLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Table(table) => write!(f, "table {table}"),
        }
    }
}

impl Bilingual for StoreError {
    fn ko(&self) -> String {
        match self {
            Self::Io { path, error } => {
                format!("{}: 파일을 열거나 쓸 수 없습니다. {}", path.display(), error.ko())
            }
            Self::Corrupt { path, .. } => {
                format!("{}: 파일이 손상되어 읽을 수 없습니다. 다시 복사하십시오", path.display())
            }
            Self::Unsupported { path, .. }
            | Self::Refused { store: StoreLocation::File(path), .. } => {
                format!("{}: 지원하지 않는 형식이 쓰인 파일입니다", path.display())
            }
            Self::Unreachable { table, .. } => {
                format!("테이블 {table}: 데이터베이스에 닿을 수 없습니다. 다시 하십시오")
            }
            Self::Table { table, .. }
            | Self::Refused { store: StoreLocation::Table(table), .. } => {
                format!("테이블 {table}: 지금은 읽을 수 없습니다")
            }
        }
    }

    fn en(&self) -> String {
        self.to_string()
    }
}
