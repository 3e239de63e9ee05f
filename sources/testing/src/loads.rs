//! Loads FlatGeobuf files into a schema for each test in `$TEST_DATABASE_URL`.

use std::sync::atomic::{AtomicU32, Ordering};

use data_model::DatasetId;
use data_model::feature::{Column, ColumnType, FeatureSchema, Geometry, GeometryKind, ShapeKind};
use flatgeobuf_store::{FlatGeobuf, FlatGeobufWriter};
use postgis_store::writer::{
    BlockingSession, LoadSummary, PostgisError, RowKind, TableComments, WriteRequest, load,
};
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use super::{OwnedValue, TestFeature};

static COUNT: AtomicU32 = AtomicU32::new(0);

pub struct LoadScratch {
    pub url: String,
    pub schema: String,
    pub folder: tempfile::TempDir,
    session: DatabaseSession,
}

/// A session beside the one under test.
pub struct DatabaseSession {
    runtime: tokio::runtime::Runtime,
    client: Client,
}

impl DatabaseSession {
    pub fn new(url: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (client, connection) = runtime.block_on(tokio_postgres::connect(url, NoTls)).unwrap();
        runtime.spawn(async { drop(connection.await) });
        Self { runtime, client }
    }

    pub fn try_sql(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, tokio_postgres::Error> {
        let messages = self.runtime.block_on(self.client.simple_query(sql))?;
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect())
            }
            _ => None,
        });
        Ok(rows.collect())
    }

    /// Rows of a query as texts, formatted by PostgreSQL.
    pub fn sql(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        self.try_sql(sql).unwrap_or_else(|error| panic!("{sql}: {error:?}"))
    }

    /// The first column of a query, null as an empty text.
    pub fn column(&self, sql: &str) -> Vec<String> {
        let rows = self.sql(sql).into_iter();
        rows.map(|mut row| row.swap_remove(0).unwrap_or_default()).collect()
    }
}

impl std::ops::Deref for LoadScratch {
    type Target = DatabaseSession;

    fn deref(&self) -> &DatabaseSession {
        &self.session
    }
}

impl Drop for LoadScratch {
    fn drop(&mut self) {
        let _ = self.try_sql(&format!("DROP SCHEMA IF EXISTS {} CASCADE", self.schema));
    }
}

impl LoadScratch {
    /// `None` without a database, with a message that the test is skipped.
    pub fn new(test: &str) -> Option<Self> {
        let Ok(url) = std::env::var("TEST_DATABASE_URL") else {
            eprintln!("skipped: {test}: TEST_DATABASE_URL is not set (scripts/postgis start DIR)");
            return None;
        };
        let session = DatabaseSession::new(&url);
        // Cases of one test run at the same time. A name has at most 63 bytes.
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = &test[..test.len().min(36)];
        let schema = format!("t_{}_{number}_{name}", std::process::id());
        session.sql(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE"));
        Some(Self { url, schema, folder: tempfile::tempdir().unwrap(), session })
    }

    /// The URL for another role.
    pub fn url_of(&self, role: &str, password: &str) -> String {
        let (_, place) = self.url.rsplit_once('@').unwrap();
        format!("postgresql://{role}:{password}@{place}")
    }

    /// A file of these features, which the writer reorders.
    pub fn file(
        &self,
        schema: &FeatureSchema,
        kind: GeometryKind,
        features: &[TestFeature],
    ) -> FlatGeobuf {
        let path = self.folder.path().join("file.fgb");
        let mut writer = FlatGeobufWriter::create(&path, schema, kind).unwrap();
        for feature in features {
            let values: Vec<_> = feature.values.iter().map(OwnedValue::borrow).collect();
            writer.feature(&feature.geometry, &values).unwrap();
        }
        writer.finish().unwrap();
        FlatGeobuf::new(path)
    }

    /// Loads rows without geometry, indexed by these columns.
    pub fn load_values(
        &self,
        table: &str,
        file: &FlatGeobuf,
        index: &[&str],
    ) -> Result<LoadSummary, PostgisError> {
        let id = DatasetId::new(table).unwrap();
        let index: Vec<String> = index.iter().map(|name| (*name).to_owned()).collect();
        let (schema, labels) = (&*self.schema, &TableComments::default());
        let rows = RowKind::Values { index: &index };
        let request = WriteRequest { schema, id: &id, labels, rows, recorded: true };
        load(&mut BlockingSession::connect(&self.url)?, file, &request, &mut |_, _| ())
    }

    /// A file of rows without geometry, in this order.
    pub fn values(&self, schema: &FeatureSchema, rows: &[Vec<OwnedValue>]) -> FlatGeobuf {
        let path = self.folder.path().join("file.fgb");
        let mut writer = FlatGeobufWriter::create_values(&path, schema).unwrap();
        for row in rows {
            writer.row(&row.iter().map(OwnedValue::borrow).collect::<Vec<_>>()).unwrap();
        }
        writer.finish().unwrap();
        FlatGeobuf::new(path)
    }

    /// A file of this many points, with one text each.
    pub fn points(&self, column: &str, count: usize, text: &str) -> FlatGeobuf {
        let features: Vec<_> = (0..count)
            .map(|n| TestFeature {
                geometry: point(127.0 + n as f64 / 1e4, 37.5),
                values: vec![OwnedValue::Text(format!("{text} {n}"))],
            })
            .collect();
        self.file(&columns(&[(column, ColumnType::Text)]), GeometryKind::Point, &features)
    }

    pub fn load(&self, table: &str, file: &FlatGeobuf) -> Result<LoadSummary, PostgisError> {
        self.load_as(&self.url, table, file, false, &TableComments::default())
    }

    pub fn load_as(
        &self,
        url: &str,
        table: &str,
        file: &FlatGeobuf,
        recorded: bool,
        labels: &TableComments,
    ) -> Result<LoadSummary, PostgisError> {
        let id = DatasetId::new(table).unwrap();
        let rows = RowKind::AsStored;
        let request = WriteRequest { schema: &self.schema, id: &id, labels, rows, recorded };
        load(&mut BlockingSession::connect(url)?, file, &request, &mut |_, _| ())
    }
}

pub fn columns(columns: &[(&str, ColumnType)]) -> FeatureSchema {
    let columns = columns.iter().map(|&(name, kind)| Column {
        name: name.to_owned(),
        kind,
        title: None,
        description: None,
    });
    FeatureSchema { columns: columns.collect(), ..FeatureSchema::default() }
}

pub fn point(x: f64, y: f64) -> Geometry {
    Geometry { kind: Some(ShapeKind::Point), coordinates: vec![[x, y]], ..Geometry::default() }
}

/// The positions of a geometry with their path in `ST_DumpPoints`.
pub fn dumped(geometry: &Geometry, single: bool) -> Vec<(String, [f64; 2])> {
    let mut positions = Vec::new();
    let (mut polygon, mut ring) = (0usize, 0usize);
    match geometry.kind {
        None => {}
        Some(ShapeKind::Point) => {
            for (n, &at) in geometry.coordinates.iter().enumerate() {
                let path = if single { "{1}".to_owned() } else { format!("{{{},1}}", n + 1) };
                positions.push((path, at));
            }
        }
        Some(ShapeKind::Line) => {
            for (line, part) in geometry.parts().enumerate() {
                for (n, &at) in part.iter().enumerate() {
                    positions.push((format!("{{{},{}}}", line + 1, n + 1), at));
                }
            }
        }
        Some(ShapeKind::Polygon) => {
            for (number, part) in geometry.parts().enumerate() {
                while geometry.polygon_ends[polygon] as usize <= number {
                    polygon += 1;
                    ring = 0;
                }
                ring += 1;
                for (n, &at) in part.iter().enumerate() {
                    positions.push((format!("{{{},{ring},{}}}", polygon + 1, n + 1), at));
                }
            }
        }
    }
    positions
}

/// The positions of a table, by feature.
pub fn positions(session: &DatabaseSession, table: &str) -> Vec<Vec<(String, [f64; 2])>> {
    let count = session.column(&format!("SELECT count(*) FROM {table}"))[0].parse().unwrap();
    let mut features = vec![Vec::new(); count];
    let rows = session.sql(&format!(
        "SELECT t.fid, d.path, ST_X(d.geom), ST_Y(d.geom)
        FROM {table} t, ST_DumpPoints(t.geom) d ORDER BY t.fid, d.path"
    ));
    for row in rows {
        let text: Vec<String> = row.into_iter().map(Option::unwrap).collect();
        let at = [text[2].parse().unwrap(), text[3].parse().unwrap()];
        features[text[0].parse::<usize>().unwrap()].push((text[1].clone(), at));
    }
    features
}
