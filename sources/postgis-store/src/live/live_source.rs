//! Layers whose tiles are made from the current rows of a table.
//!
//! A query fetches the rows whose boxes meet the tile, with their geometry as stored;
//! everything after that is the same as for a table in memory, except that lines are not
//! simplified, only snapped to the tile's grid. Features have ids if the table has an integer
//! key.
//!
//! # Geography
//!
//! Rows of `geography` are found by their longitude and latitude, which an index on the
//! column itself does not help with: it holds boxes around arcs of great circles. A tile
//! has a straight line of the map between two vertices, and the farther apart they are
//! the farther that lies from the arc: no box with a fixed margin would find every row.
//! An index on the expression serves these queries:
//! `CREATE INDEX ON parcels USING gist ((geom::geometry))`.
//!
//! # Content version
//!
//! The version is a digest of the table's [change token](crate::change_token) and of its publication. The sign
//! is read before the rows that are filed under it, so a tile never has rows older than the
//! commit that made its version. It may show a commit that the server has not counted yet; once
//! that is counted the version is another.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use parking_lot::Mutex;
use xxhash_rust::xxh3::Xxh3;

use crate::database::PostgisDatabase;
use crate::live::live_queries::LiveQueries;
use crate::live::tile_maker::TileMaker;
use crate::live::tile_query::{QueryFault, fetch};
use crate::relation::geometry_table::GeometryTable;
use crate::relation::sql_name::quoted;
use crate::relation::table_column::TableColumn;

use data_model::feature::ColumnType;
use data_model::{ContentDigest, TileCoord};
use tile_source::source::BoxFuture;
use tile_source::table_source::{LayerPublication, content_version};
use tile_source::workers::TileWorkers;
use tile_source::{ContentVersion, LayerDescription, SourceError, TileRequest, TileSource};
use vector_tile::features::{ColumnForm, TableOptions};
use vector_tile::fragment::Fragment;

/// Most tiles that are remembered as too large.
const MOST_REFUSED: usize = 1024;

/// Reason for which live tiles can't be made of a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LiveError {
    /// The geometry column has no declared SRID, without which the rows of a box can't be
    /// queried.
    #[error(
        "table {table}: live tiles need a geometry column with a declared SRID: run ALTER TABLE \
         {relation} ALTER COLUMN {column} TYPE geometry(Geometry, 4326) USING \
         ST_SetSRID({column}, 4326) with the SRID that it has; in a view write \
         {column}::geometry(Geometry, 4326)"
    )]
    NoSrid {
        /// Schema and name.
        table: String,
        /// The relation, quoted.
        relation: String,
        /// The geometry column, quoted.
        column: String,
    },
    /// The declared CRS can't be used.
    #[error("table {table}: {reason}")]
    Crs {
        /// Schema and name.
        table: String,
        /// Reason for which the CRS can't be used.
        reason: String,
    },
}

/// Encodes tiles of one layer from the current rows of a table.
pub struct LiveSource {
    description: LayerDescription,
    version: ContentVersion,
    database: Arc<PostgisDatabase>,
    maker: Arc<TileMaker>,
    workers: Arc<TileWorkers>,
    /// Tiles that are too large, with the reason. They stay so as long as the table has this
    /// version: the database need not send their rows again for each request.
    refused: Mutex<HashMap<TileCoord, String>>,
}

/// Forms of the columns that are not published as stored. A column's type is announced before a
/// tile is made and its content is known: so a column that may hold integers beyond 2⁵³ is
/// text, unless it is declared a number, or one of the `sums` that clusters keep.
fn announced_forms(
    columns: &[TableColumn],
    declared: &BTreeMap<String, ColumnForm>,
    sums: &[String],
) -> BTreeMap<String, ColumnForm> {
    let wide =
        columns.iter().filter(|column| column.may_be_wide && !sums.contains(&column.column.name));
    let mut forms: BTreeMap<_, _> =
        wide.map(|column| (column.column.name.clone(), ColumnForm::Text)).collect();
    forms.extend(declared.iter().map(|(name, form)| (name.clone(), *form)));
    // Columns that are text already, such as dates, stay as they are.
    let is_plain = |name: &String| {
        let stored = columns.iter().find(|column| column.column.name == *name);
        stored.is_some_and(|stored| {
            stored.column.kind.is_number() || stored.column.kind == ColumnType::Bool
        })
    };
    forms.retain(|name, _| is_plain(name));
    forms
}

/// Digest of the table's rows and of the way in which tiles read them.
fn live_digest(table: &GeometryTable, queries: &LiveQueries) -> ContentDigest {
    let digest = queries.digest();
    if digest.is_empty() {
        return ContentDigest::new(table.change_token.0);
    }
    let mut hash = Xxh3::new();
    hash.update(&table.change_token.0.to_le_bytes());
    hash.update(&digest);
    ContentDigest::new(hash.digest128())
}

impl LiveSource {
    /// Publishes `table` of `database`. Of the options, the id column and the declared forms
    /// are used; without an id column features have no ids.
    ///
    /// # Errors
    /// [`LiveError`] if the CRS of the rows is not declared, or can't be used.
    pub fn new(
        publication: LayerPublication,
        database: Arc<PostgisDatabase>,
        table: Arc<GeometryTable>,
        options: &TableOptions,
        workers: Arc<TileWorkers>,
    ) -> Result<Self, LiveError> {
        let column = quoted(&table.geometry_column);
        let Some((_, crs)) = table.srid.zip(table.crs.as_ref()) else {
            let (relation, table) = (table.quoted_name(), table.full_name());
            return Err(LiveError::NoSrid { table, relation, column });
        };
        if let Err(unusable) = &crs.projection {
            let reason = unusable.to_string();
            return Err(LiveError::Crs { table: table.full_name(), reason });
        }
        let options = TableOptions {
            id_column: options.id_column.clone(),
            coverage: false,
            omit_ids: options.id_column.is_none(),
            keep_every_vertex: true,
            declared: announced_forms(&table.columns, &options.declared, publication.tiling.sums()),
        };
        let named = |name: &String| table.columns.iter().find(|c| &c.column.name == name);
        let published: Vec<TableColumn> = match &publication.columns {
            Some(names) => names.iter().filter_map(named).cloned().collect(),
            None => table.columns.clone(),
        };
        let mut described: Vec<_> = published.iter().map(|column| column.column.clone()).collect();
        for column in &mut described {
            if options.declared.get(&column.name) == Some(&ColumnForm::Text) {
                column.kind = ColumnType::Text;
            }
        }
        let names: Vec<String> = described.iter().map(|column| column.name.clone()).collect();
        let mut seen = BTreeSet::new();
        let mut columns = published;
        columns.extend(options.id_column.as_ref().and_then(named).cloned());
        columns.retain(|column| seen.insert(column.column.name.clone()));

        let bounds = table.estimated_bounds;
        let is_published = |name: &str| names.iter().any(|published| published == name);
        let reduction = publication.tiling.reduction.as_ref();
        let reduction = reduction.map(|rule| rule.restricted_to(is_published));
        let queries = LiveQueries::new(&table, &columns, bounds, reduction.as_ref());
        let level = workers.deflate_level();
        let digest = live_digest(&table, &queries);
        let version = content_version(&publication, &described, &options, digest, level);
        let description = LayerDescription {
            id: publication.id.clone(),
            min_zoom: publication.min_zoom,
            max_zoom: publication.max_zoom,
            extent: publication.extent,
            bounds,
            geometry: table.geometry,
            columns: described,
            feature_count: None,
            labels: publication.labels,
            times: Vec::new(),
            partial_times: Vec::new(),
            attribution: None,
            inner: Vec::new(),
            tiling: publication.tiling.clone(),
            sampled_below: queries.sampled_below(),
        };
        let reports = Arc::clone(&database.inner().rows);
        reports.register(&table);
        let maker = Arc::new(TileMaker {
            table,
            publication,
            columns,
            published: names,
            options,
            reports,
            queries,
            reduction,
        });
        Ok(Self { description, version, database, maker, workers, refused: Mutex::default() })
    }

    fn refuse(&self, tile: TileCoord, reason: &str) {
        let mut refused = self.refused.lock();
        // Whole levels are seldom refused but the first few.
        if refused.len() >= MOST_REFUSED {
            refused.clear();
        }
        refused.insert(tile, reason.to_owned());
    }

    fn fault(&self, fault: QueryFault) -> SourceError {
        let layer = self.description.id.clone();
        match fault {
            QueryFault::Unavailable(reason) => SourceError::Unavailable { layer, reason },
            QueryFault::Overloaded => SourceError::Overloaded,
            QueryFault::Deadline => SourceError::DeadlineExceeded { layer },
            QueryFault::TooMuch(reason) => SourceError::TooLarge { layer, reason },
        }
    }
}

impl TileSource for LiveSource {
    fn description(&self) -> &LayerDescription {
        &self.description
    }

    fn content_version(&self) -> ContentVersion {
        self.version
    }

    fn fragment<'a>(
        &'a self,
        request: &'a TileRequest,
    ) -> BoxFuture<'a, Result<Option<Fragment>, SourceError>> {
        Box::pin(async move {
            let layer = &self.description.id;
            request.refuse_selection(layer)?;
            if let Some(reason) = self.refused.lock().get(&request.tile) {
                let (layer, reason) = (layer.clone(), reason.clone());
                return Err(SourceError::TooLarge { layer, reason });
            }
            let area = self.maker.search_box(request.tile);
            let (sql, area) = self.maker.query(request.tile, area);
            let rows = fetch(self.database.inner(), &sql, area, request.deadline).await;
            if let Err(QueryFault::TooMuch(reason)) = &rows {
                self.refuse(request.tile, reason);
            }
            let rows = rows.map_err(|fault| self.fault(fault))?;
            if rows.is_empty() {
                return Ok(None);
            }
            let maker = Arc::clone(&self.maker);
            let (tile, deadline) = (request.tile, request.deadline);
            let made = self
                .workers
                .run(&request.permit, deadline, move |state| {
                    maker.encode(&rows, tile, deadline, state)
                })
                .await
                .map_err(|error| error.of_layer(layer))?;
            made.map_err(|fault| fault.of_layer(layer))
        })
    }
}
