//! Loads the features of several datasets into one table.

use std::sync::Arc;
use std::time::Instant;

use xxhash_rust::xxh3::Xxh3;

use super::loaded_dataset::{
    ColumnDistributions, ColumnSummaries, LoadFault, LoadedDataset, log_loaded,
};
use crate::load_plan::load_request::{FeatureOrigin, LoadRequest, UnionMember};
use crate::load_plan::published_view::ViewVisitor;
use data_model::feature::{
    AttributeValue, Column, ColumnType, FeatureSchema, FeatureVisitor, Geometry,
};
use data_model::{ContentDigest, VisitError};
use flatgeobuf_store::FlatGeobuf;
use postgis_store::PostgisDatabase;
use vector_tile::features::{TableBuilder, TableOptions};

/// The column with the id of each feature's dataset.
pub(crate) const DATASET_COLUMN: &str = "dataset";

/// Columns of a union: the dataset, then the published columns in the order of the members.
pub(crate) fn columns(members: &[UnionMember]) -> Vec<Column> {
    let mut columns = vec![Column {
        name: DATASET_COLUMN.to_owned(),
        kind: ColumnType::Text,
        title: None,
        description: None,
    }];
    for column in members.iter().flat_map(|member| &member.columns) {
        let published = &column.published;
        if !columns.iter().any(|known| known.name == published.name) {
            columns.push(published.clone());
        }
    }
    columns
}

/// Loads all members into one table.
///
/// A feature's id is its consecutive number: members in their order, and each in that of
/// its store.
pub(crate) fn load_union(
    members: &[UnionMember],
    request: &LoadRequest,
    database: Option<&PostgisDatabase>,
) -> Result<LoadedDataset, LoadFault> {
    let start = Instant::now();
    let columns = columns(members);
    let options = TableOptions { id_column: None, ..request.options.clone() };
    let mut builder = TableBuilder::new(options.clone());
    builder.begin(&FeatureSchema { columns: columns.clone(), ..FeatureSchema::default() });
    let mut digest = Xxh3::new();
    let mut offset = 0;
    for member in members {
        let visitor = MemberVisitor {
            builder: &mut builder,
            member,
            columns: &columns,
            stored: Vec::new(),
            offset,
            rows: 0,
        };
        let mut visitor = ViewVisitor::new(visitor, &member.request.view);
        let scanned = match (&member.request.origin, database) {
            (FeatureOrigin::File(path), _) => {
                FlatGeobuf::new(path).scan_and_digest(&mut visitor).map(|summary| summary.digest)
            }
            (FeatureOrigin::Table(table), Some(database)) => {
                database.scan(table, &mut visitor).map(|summary| summary.ordered_digest)
            }
            (FeatureOrigin::Table(_), None) | (FeatureOrigin::Union(_), _) => {
                return Err(LoadFault::System(format!("{} can't be read", member.dataset)));
            }
        };
        let rows = visitor.into_inner().rows;
        digest.update(&scanned?.to_le_bytes());
        let view = member.request.view.digest();
        digest.update(&view.map_or(0, ContentDigest::get).to_le_bytes());
        digest.update(&member.mapping_digest().to_le_bytes());
        offset += rows;
    }
    let names: Vec<_> = members.iter().map(|member| member.dataset.as_str()).collect();
    let names = names.join(" + ");
    let table = builder.finish().map_err(|error| LoadFault::Data(format!("{names}: {error}")))?;
    log_loaded(&names, &table, start);
    Ok(LoadedDataset {
        table: Arc::new(table),
        options,
        title: None,
        description: None,
        digest: ContentDigest::new(digest.digest128()),
        note: None,
        summaries: ColumnSummaries::default(),
        distributions: ColumnDistributions::default(),
    })
}

/// Passes a member's features to the builder, with columns under their published names.
struct MemberVisitor<'m> {
    builder: &'m mut TableBuilder,
    member: &'m UnionMember,
    columns: &'m [Column],
    /// Stored index of each published column but the first; `None` if the member lacks the
    /// column.
    stored: Vec<Option<usize>>,
    offset: u64,
    /// One more than the number of the last row.
    rows: u64,
}

impl FeatureVisitor for MemberVisitor<'_> {
    fn begin(&mut self, schema: &FeatureSchema) {
        let stored = |name: &str| schema.columns.iter().position(|column| column.name == name);
        let index = |published: &Column| {
            let mut columns = self.member.columns.iter();
            let column = columns.find(|column| column.published.name == published.name)?;
            stored(&column.stored)
        };
        self.stored = self.columns.iter().skip(1).map(index).collect();
    }

    fn feature(
        &mut self,
        row: u64,
        geometry: &Geometry,
        values: &[AttributeValue<'_>],
    ) -> Result<(), VisitError> {
        self.rows = row + 1;
        let dataset = AttributeValue::Text(self.member.dataset.as_str());
        let value = |stored: &Option<usize>| {
            stored.and_then(|index| values.get(index).copied()).unwrap_or(AttributeValue::Null)
        };
        let all: Vec<AttributeValue<'_>> =
            std::iter::once(dataset).chain(self.stored.iter().map(value)).collect();
        self.builder.feature(self.offset + row, geometry, &all)
    }
}
