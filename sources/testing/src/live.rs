//! Live sources over tables of a test, with their tiles decoded.

use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use data_model::{Audience, Extent, LayerId, TileCoord, Zoom};
use postgis_store::{LiveSource, PostgisDatabase};
use tile_source::table_source::LayerPublication;
use tile_source::workers::{TileWorkers, WorkerOptions, WorkerPermit};
use tile_source::{Selection, SourceError, TileRequest, TileSource};
use vector_tile::features::TableOptions;
use vector_tile::fragment::DeflateLevel;

use super::database::{PATIENCE, ScratchSchema, table};
use super::decode::{self, DecodedFeature, DecodedLayer};

pub fn publication(columns: Option<&[&str]>, labels: bool) -> LayerPublication {
    LayerPublication {
        id: LayerId::new("live").unwrap(),
        columns: columns.map(|names| names.iter().map(|&name| name.to_owned()).collect()),
        min_zoom: Zoom::MIN,
        max_zoom: Zoom::new(16).unwrap(),
        extent: Extent::DEFAULT,
        buffer: 64,
        labels,
        tiling: data_model::Tiling::default(),
    }
}

pub fn workers() -> Arc<TileWorkers> {
    let deflate_level = DeflateLevel::DEFAULT;
    Arc::new(TileWorkers::new(WorkerOptions { concurrent: 2, queued: 100, deflate_level }))
}

pub fn request(tile: TileCoord, patience: Duration) -> TileRequest {
    TileRequest {
        tile,
        audience: Audience::Public,
        selection: Selection::default(),
        deadline: Instant::now() + patience,
        permit: WorkerPermit::default(),
    }
}

pub fn options(database: &PostgisDatabase, name: &str) -> TableOptions {
    let id_column = table(database, name).id_column.clone();
    TableOptions { id_column, ..TableOptions::default() }
}

pub fn live(
    database: &Arc<PostgisDatabase>,
    name: &str,
    publication: LayerPublication,
) -> LiveSource {
    let options = options(database, name);
    let table = table(database, name);
    LiveSource::new(publication, Arc::clone(database), table, &options, workers()).unwrap()
}

/// Requests a tile and decodes its layers.
pub fn ask(
    scratch: &ScratchSchema,
    source: &dyn TileSource,
    tile: TileCoord,
) -> Result<Vec<DecodedLayer>, SourceError> {
    let request = request(tile, PATIENCE);
    let fragment = scratch.handle().block_on(source.fragment(&request))?;
    let Some(fragment) = fragment else { return Ok(Vec::new()) };
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&fragment.gzip()[..]).read_to_end(&mut bytes).unwrap();
    Ok(decode::tile(&bytes))
}

pub fn features(layers: Vec<DecodedLayer>) -> Vec<DecodedFeature> {
    layers.into_iter().next().map(|layer| layer.features).unwrap_or_default()
}

/// Creates a view of the points whose rows take a minute each.
pub fn slow_view(scratch: &ScratchSchema) {
    points(scratch);
    scratch.sql("CREATE VIEW slow AS SELECT geom, pg_sleep(60)::text AS nothing FROM points");
}

/// Number of connections that query the slow view.
pub fn slow_queries(scratch: &ScratchSchema) -> i64 {
    scratch.ask(&format!(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() \
         AND query LIKE '%\"{}\".\"slow\"%'",
        scratch.schema
    ))
}

/// Creates a table of 2,000 points about Seoul, in a CRS that the database itself
/// transforms 360 m off.
pub fn points(scratch: &ScratchSchema) {
    scratch.sql(
        "CREATE TABLE points (id serial PRIMARY KEY, name text, secret text,
            geom geometry(Point, 5174));
         INSERT INTO points (name, secret, geom)
            SELECT 'n' || i % 7, 's', ST_SetSRID(ST_MakePoint(
                203080 + 4000 * cos(i) * i / 2000, 450930 + 4000 * sin(i) * i / 2000), 5174)
            FROM generate_series(1, 2000) i;
         CREATE INDEX ON points USING gist (geom); ANALYZE points",
    );
}
