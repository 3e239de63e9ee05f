//! Requests for feature tables.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::change_token::ChangeToken;
use super::published_view::PublishedView;
use crate::directory::directory_listing::FileToken;
use data_model::feature::Column;
use data_model::{ContentDigest, DatasetId};
use postgis_store::GeometryTable;
use vector_tile::features::{ColumnForm, TableOptions};

/// Location of a dataset's features.
#[derive(Debug, Clone)]
pub(crate) enum FeatureOrigin {
    /// A FlatGeobuf file.
    File(PathBuf),
    /// A geometry column of a table of the database.
    Table(Arc<GeometryTable>),
    /// Features of several datasets, combined into one.
    Union(Arc<[UnionMember]>),
}

/// Identifies an origin, whatever its state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum OriginName {
    File(PathBuf),
    Table {
        schema: String,
        name: String,
        geometry_column: String,
    },
    /// Digest of the members and their column mappings.
    Union(ContentDigest),
}

/// A load request: an origin in its current state, with load options.
#[derive(Debug, Clone)]
pub(crate) struct LoadRequest {
    pub(crate) origin: FeatureOrigin,
    pub(crate) token: ChangeToken,
    pub(crate) options: TableOptions,
    /// Filter and transformation of the features.
    pub(crate) view: Arc<PublishedView>,
    /// Whether the catalog declares the id column.
    ///
    /// Otherwise it is a primary key, and if its values can't be feature ids, the features
    /// have none.
    pub(crate) id_declared: bool,
    /// Memory limit of the table in bytes.
    pub(crate) memory_limit: u64,
}

/// Identifies a feature table: its origin and how the table is built.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TableKey {
    origin: OriginName,
    id_column: Option<String>,
    coverage: bool,
    /// Digest of the view; `None` for all features unchanged.
    view: Option<ContentDigest>,
    declared: BTreeMap<String, ColumnForm>,
}

impl LoadRequest {
    pub(crate) fn file(path: PathBuf, token: FileToken, options: TableOptions) -> Self {
        let id_declared = options.id_column.is_some();
        let (origin, token) = (FeatureOrigin::File(path), ChangeToken::File(token));
        Self::new(origin, token, options, id_declared)
    }

    /// Load request for a table.
    ///
    /// Without an id column, features carry no ids, live or in memory, as row numbers are
    /// not stable.
    pub(crate) fn table(
        table: &Arc<GeometryTable>,
        options: TableOptions,
        id_declared: bool,
    ) -> Self {
        let options = TableOptions { omit_ids: options.id_column.is_none(), ..options };
        let (origin, token) =
            (FeatureOrigin::Table(Arc::clone(table)), ChangeToken::Table(table.change_token));
        Self::new(origin, token, options, id_declared)
    }

    /// Load request for the features of several datasets, numbered consecutively.
    ///
    /// If a member is a table without a key, its rows have no stable number and no feature
    /// carries an id.
    pub(crate) fn union(members: Vec<UnionMember>, options: TableOptions) -> Self {
        let tokens: String =
            members.iter().map(|member| format!("{} ", member.request.token.digest())).collect();
        let token = ChangeToken::Union(ContentDigest::of_bytes(tokens.as_bytes()));
        let omit_ids = members.iter().any(|member| member.request.options.omit_ids);
        let options = TableOptions { omit_ids, ..options };
        Self::new(FeatureOrigin::Union(members.into()), token, options, false)
    }

    fn new(
        origin: FeatureOrigin,
        token: ChangeToken,
        options: TableOptions,
        id_declared: bool,
    ) -> Self {
        Self { origin, token, options, view: Arc::default(), id_declared, memory_limit: u64::MAX }
    }

    /// The request with a view applied.
    pub(crate) fn with_view(self, view: PublishedView) -> Self {
        Self { view: Arc::new(view), ..self }
    }

    pub(crate) fn key(&self) -> TableKey {
        // Whether ids are left out follows from the origin and the id column.
        let TableOptions { id_column, coverage, declared, .. } = &self.options;
        TableKey {
            origin: self.origin.name(),
            id_column: id_column.clone(),
            coverage: *coverage,
            view: self.view.digest(),
            declared: declared.clone(),
        }
    }

    /// Whether loading requires the database.
    pub(crate) fn is_in_database(&self) -> bool {
        match &self.origin {
            FeatureOrigin::File(_) => false,
            FeatureOrigin::Table(_) => true,
            FeatureOrigin::Union(members) => {
                members.iter().any(|member| member.request.is_in_database())
            }
        }
    }

    /// Whether the origin can be queried for each tile instead of being in memory.
    pub(crate) fn can_be_live(&self) -> bool {
        matches!(self.origin, FeatureOrigin::Table(_)) && self.view.is_all()
    }

    /// Expected memory in bytes before the first load: the size on disk, or an estimate by
    /// rows.
    pub(crate) fn expected_bytes(&self) -> u64 {
        const BYTES_A_ROW: u64 = 160;
        match &self.origin {
            FeatureOrigin::File(_) => 0,
            FeatureOrigin::Union(members) => {
                members.iter().map(|member| member.request.expected_bytes()).sum()
            }
            FeatureOrigin::Table(table) => table
                .bytes_on_disk
                .or_else(|| table.estimated_rows.map(|rows| rows.saturating_mul(BYTES_A_ROW)))
                .unwrap_or(0),
        }
    }
}

impl FeatureOrigin {
    fn name(&self) -> OriginName {
        match self {
            Self::File(path) => OriginName::File(path.clone()),
            Self::Table(table) => OriginName::Table {
                schema: table.schema.clone(),
                name: table.name.clone(),
                geometry_column: table.geometry_column.clone(),
            },
            Self::Union(members) => {
                let members: String = members.iter().map(UnionMember::name).collect();
                OriginName::Union(ContentDigest::of_bytes(members.as_bytes()))
            }
        }
    }
}

/// A dataset of a union.
#[derive(Debug, Clone)]
pub(crate) struct UnionMember {
    pub(crate) dataset: DatasetId,
    pub(crate) request: LoadRequest,
    pub(crate) columns: Vec<UnionColumn>,
}

/// A published column of a union's member.
#[derive(Debug, Clone)]
pub(crate) struct UnionColumn {
    pub(crate) published: Column,
    /// Name of the stored column that the values are taken from.
    pub(crate) stored: String,
}

impl UnionMember {
    /// Identifies the member.
    fn name(&self) -> String {
        format!("{} {:?};", self.mapping(), self.request.key())
    }

    /// The mapping of stored to published columns, as text.
    fn mapping(&self) -> String {
        let columns: Vec<_> =
            self.columns.iter().map(|column| (&column.published.name, &column.stored)).collect();
        format!("{} {columns:?}", self.dataset)
    }

    /// Digest of the column mapping: the same rows make other tiles under another name or
    /// dataset.
    pub(crate) fn mapping_digest(&self) -> ContentDigest {
        ContentDigest::of_bytes(self.mapping().as_bytes())
    }
}
