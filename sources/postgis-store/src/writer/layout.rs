//! Layout of a file's table: its geometry column and its index.

use std::fmt::Write as _;

use crate::relation::sql_name::quoted;
use crate::writer::PostgisError;
use crate::writer::request::{RowKind, WriteRequest};
use crate::writer::storage_type::{ColumnSurvey, StorageType};
use crate::writer::target_table::TargetTable;
use data_model::feature::GeometryKind;

/// Most columns of a file: PostgreSQL's limit (appendix K) without `fid` and `geom`.
const MAX_COLUMNS: usize = 1_598;

/// Columns of a table beside those of the file, and its index.
#[derive(Debug)]
pub(super) struct TableLayout {
    /// Whether the table has a geometry column, with a spatial index.
    pub(super) geometry: bool,
    /// Columns of the index by which rows without geometry are found, by their names in the
    /// table.
    pub(super) index: Vec<String>,
    /// Columns that were to be part of the index and can't be.
    pub(super) unindexed: Vec<String>,
}

impl TableLayout {
    /// Layout of a file's table. `declared` is the geometry kind that the file declares.
    ///
    /// # Errors
    /// [`PostgisError::Refused`] for a file that can't be such a table.
    pub(super) fn of(
        target: &TargetTable,
        request: &WriteRequest<'_>,
        survey: &ColumnSurvey,
        declared: GeometryKind,
    ) -> Result<Self, PostgisError> {
        if survey.names.len() > MAX_COLUMNS {
            let count = survey.names.len();
            return Err(target.refused(
                format!("열이 {count}개가 되는데 PostgreSQL은 {MAX_COLUMNS}개까지 받습니다"),
                format!("it would have {count} columns, and PostgreSQL takes {MAX_COLUMNS}"),
            ));
        }
        let ColumnSurvey { features, with_geometry, .. } = *survey;
        let mut layout = Self { geometry: true, index: Vec::new(), unindexed: Vec::new() };
        match request.rows {
            RowKind::Features => {}
            // A file that says what its features are is one of features, though none of
            // them has a place.
            RowKind::AsStored => {
                let kindless = declared == GeometryKind::Mixed;
                layout.geometry = with_geometry > 0 || features == 0 || !kindless;
            }
            RowKind::Values { .. } if with_geometry > 0 => {
                return Err(target.refused(
                    format!(
                        "파일의 행 {with_geometry}개에 도형이 있는데, 카탈로그에는 도형이 없는 \
                         값이라고 적혀 있습니다"
                    ),
                    format!(
                        "{with_geometry} row(s) of the file have a geometry, and the catalog says \
                         that these are values, which have none"
                    ),
                ));
            }
            RowKind::Values { index } => {
                layout.geometry = false;
                let storage_types = survey.storage_types();
                for name in index {
                    let columns = &survey.schema.columns;
                    let position = columns.iter().position(|column| column.name == *name);
                    // JSON has no order to be found by.
                    match position.filter(|&position| storage_types[position] != StorageType::Json)
                    {
                        Some(position) => layout.index.push(survey.names[position].clone()),
                        None => layout.unindexed.push(name.clone()),
                    }
                }
            }
        }
        Ok(layout)
    }

    /// Statement that creates the table `new`.
    pub(super) fn create(&self, new: &str, survey: &ColumnSurvey, postgis: &str) -> String {
        let mut sql = format!("CREATE TABLE {new} (fid bigint PRIMARY KEY");
        for (name, storage_type) in survey.names.iter().zip(survey.storage_types()) {
            let _ = write!(sql, ", {} {}", quoted(name), storage_type.sql());
        }
        if self.geometry {
            let shape = survey.shape().sql();
            let _ = write!(sql, ", geom {postgis}.geometry({shape}, 4326)");
        }
        sql.push(')');
        sql
    }

    /// Column list of the rows that are sent.
    pub(super) fn columns(&self, survey: &ColumnSurvey) -> String {
        let mut columns = String::from("fid");
        for name in &survey.names {
            let _ = write!(columns, ", {}", quoted(name));
        }
        if self.geometry {
            columns.push_str(", geom");
        }
        columns
    }

    /// Statement that creates the index of a table; `None` without an index.
    pub(super) fn create_index(&self, table: &str) -> Option<String> {
        if self.geometry {
            return Some(format!("CREATE INDEX ON {table} USING gist (geom)"));
        }
        let columns: Vec<String> = self.index.iter().map(|name| quoted(name)).collect();
        let columns = columns.join(", ");
        (!columns.is_empty()).then(|| format!("CREATE INDEX ON {table} ({columns})"))
    }

    /// Suffix of the name of the index.
    pub(super) fn index_ending(&self) -> &'static str {
        if self.geometry { "_geom_idx" } else { "_values_idx" }
    }
}
