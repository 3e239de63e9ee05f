//! Location of a dataset's features, and their change signature.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_128;

use super::directory_listing::FileSignature;
use super::published_view::PublishedView;
use data_model::DatasetId;
use data_model::feature::Column;
use postgis_store::{GeometryTable, TableChangeToken};
use vector_tile::features::{ColumnForm, TableOptions};

/// Location of a dataset's features.
#[derive(Debug, Clone)]
pub(super) enum FeatureOrigin {
    /// A FlatGeobuf file.
    File(PathBuf),
    /// A geometry column of a table of the database.
    Table(Arc<GeometryTable>),
    /// Features of several datasets, combined into one.
    Union(Arc<[UnionMember]>),
}

/// Signature that changes when an origin's features may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChangeToken {
    File(FileSignature),
    Table(TableChangeToken),
    /// Digest of all members' signatures.
    Union(u128),
}

impl ChangeToken {
    /// Digest of the signature, stable across restarts.
    pub(super) fn digest(self) -> u128 {
        let text = match self {
            Self::File(signature) => format!("file {signature:?}"),
            Self::Table(sign) => format!("table {sign}"),
            Self::Union(digest) => format!("union {digest:x}"),
        };
        xxh3_128(text.as_bytes())
    }
}

/// Identifies an origin, whatever its state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum OriginName {
    File(PathBuf),
    /// Schema, table, geometry column.
    Table(String, String, String),
    /// Digest of the members and their column mappings.
    Union(u128),
}

/// A load request: an origin in its current state, with load options.
#[derive(Debug, Clone)]
pub(super) struct LoadRequest {
    pub(super) origin: FeatureOrigin,
    pub(super) sign: ChangeToken,
    pub(super) options: TableOptions,
    /// Filter and transformation of the features.
    pub(super) view: Arc<PublishedView>,
    /// Whether the catalog declares the id column.
    ///
    /// Otherwise it is a primary key, and if its values can't be feature ids, the features
    /// have none.
    pub(super) id_declared: bool,
    /// Memory limit of the table in bytes.
    pub(super) most: u64,
}

/// Identifies a feature table: its origin and how the table is built.
pub(super) type TableKey = (OriginName, Option<String>, bool, u128, BTreeMap<String, ColumnForm>);

impl LoadRequest {
    pub(super) fn file(path: PathBuf, signature: FileSignature, options: TableOptions) -> Self {
        let id_declared = options.id_column.is_some();
        let (origin, sign) = (FeatureOrigin::File(path), ChangeToken::File(signature));
        Self { origin, sign, options, view: Arc::default(), id_declared, most: u64::MAX }
    }

    /// Load request for a table.
    ///
    /// Without an id column, features carry no ids, live or in memory, as row numbers are
    /// not stable.
    pub(super) fn table(
        table: &Arc<GeometryTable>,
        options: TableOptions,
        id_declared: bool,
    ) -> Self {
        let options = TableOptions { omit_ids: options.id_column.is_none(), ..options };
        let (origin, sign) =
            (FeatureOrigin::Table(Arc::clone(table)), ChangeToken::Table(table.change_token));
        Self { origin, sign, options, view: Arc::default(), id_declared, most: u64::MAX }
    }

    /// Load request for the features of several datasets, numbered consecutively.
    ///
    /// If a member is a table without a key, its rows have no stable number and no feature
    /// carries an id.
    pub(super) fn union(members: Vec<UnionMember>, options: TableOptions) -> Self {
        let signs: String =
            members.iter().map(|member| format!("{:x} ", member.wanted.sign.digest())).collect();
        let sign = ChangeToken::Union(xxh3_128(signs.as_bytes()));
        let omit_ids = members.iter().any(|member| member.wanted.options.omit_ids);
        let options = TableOptions { omit_ids, ..options };
        let origin = FeatureOrigin::Union(members.into());
        Self { origin, sign, options, view: Arc::default(), id_declared: false, most: u64::MAX }
    }

    /// The request with a view applied.
    pub(super) fn seen(self, view: PublishedView) -> Self {
        Self { view: Arc::new(view), ..self }
    }

    pub(super) fn key(&self) -> TableKey {
        // Whether ids are left out follows from the origin and the id column.
        let TableOptions { id_column, coverage, declared, .. } = &self.options;
        let view = self.view.digest();
        (self.origin.name(), id_column.clone(), *coverage, view, declared.clone())
    }

    /// Whether loading requires the database.
    pub(super) fn is_in_database(&self) -> bool {
        match &self.origin {
            FeatureOrigin::File(_) => false,
            FeatureOrigin::Table(_) => true,
            FeatureOrigin::Union(members) => {
                members.iter().any(|member| member.wanted.is_in_database())
            }
        }
    }

    /// Whether the origin can be queried for each tile instead of being in memory.
    pub(super) fn can_be_live(&self) -> bool {
        matches!(self.origin, FeatureOrigin::Table(_)) && self.view.is_all()
    }

    /// Expected memory in bytes before the first load: the size on disk, or an estimate by
    /// rows.
    pub(super) fn expected_bytes(&self) -> u64 {
        const BYTES_A_ROW: u64 = 160;
        match &self.origin {
            FeatureOrigin::File(_) => 0,
            FeatureOrigin::Union(members) => {
                members.iter().map(|member| member.wanted.expected_bytes()).sum()
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
            Self::Table(table) => OriginName::Table(
                table.schema.clone(),
                table.name.clone(),
                table.geometry_column.clone(),
            ),
            Self::Union(members) => {
                let members: String = members.iter().map(UnionMember::name).collect();
                OriginName::Union(xxh3_128(members.as_bytes()))
            }
        }
    }
}

/// A dataset of a union.
#[derive(Debug, Clone)]
pub(super) struct UnionMember {
    pub(super) dataset: DatasetId,
    pub(super) wanted: LoadRequest,
    /// Published columns with the stored columns that they are taken from.
    pub(super) columns: Vec<(Column, String)>,
}

impl UnionMember {
    /// Identifies the member.
    fn name(&self) -> String {
        format!("{} {:?};", self.mapping(), self.wanted.key())
    }

    /// The mapping of stored to published columns, as text.
    fn mapping(&self) -> String {
        let columns: Vec<_> =
            self.columns.iter().map(|(column, from)| (&column.name, from)).collect();
        format!("{} {columns:?}", self.dataset)
    }

    /// Digest of the column mapping: the same rows make other tiles under another name or
    /// dataset.
    pub(super) fn mapping_digest(&self) -> u128 {
        xxh3_128(self.mapping().as_bytes())
    }
}
