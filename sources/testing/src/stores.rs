//! The same features in a FlatGeobuf file and in a PostGIS table, published the same way.

use std::fmt::Write as _;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

use crate::conformance;
use data_library::{DataLibrary, DatabaseSchemas, DatabaseTables, LayerState, LibraryOptions};
use data_model::tile::WorldPoint;
use data_model::{Audience, TileCoord, Zoom};
use flatgeobuf::{ColumnType, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType};
use geozero::wkb::Wkb;
use geozero::{ColumnValue, PropertyProcessor};
use projection::Projection;
use tile_source::TileSource;
use tile_source::workers::{TileWorkers, WorkerOptions};
use vector_tile::Fragment;
use vector_tile::fragment::DeflateLevel;

use super::OwnedValue;
use super::database::{ScratchSchema, scratch};
use super::decode::DecodedLayer;
use super::district::{AREA, COLUMNS, DrawnFeature, FeatureKind};

/// The CRS of the tables: of the web, of Korea today, and of Korea before 2007.
pub const SRIDS: [u32; 5] = [4326, 3857, 5186, 5179, 5174];

/// The zooms at which stores are compared.
pub const ZOOMS: [u8; 5] = [10, 12, 14, 15, 16];

/// Store of the features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    /// A FlatGeobuf file.
    File,
    /// A table, loaded into memory.
    Loaded,
    /// A table whose rows are fetched for each tile.
    Live,
}

/// All features in all stores.
pub struct AllStores {
    file: DataLibrary,
    loaded: DataLibrary,
    live: DataLibrary,
    _folders: [tempfile::TempDir; 2],
    pub scratch: ScratchSchema,
}

impl AllStores {
    /// Stores the features of every kind in these CRS; `None` without a database, with a
    /// message that the test is skipped.
    pub fn new(test: &str, srids: &[u32]) -> Option<Self> {
        let scratch = scratch(test)?;
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        for kind in FeatureKind::ALL {
            let features = kind.features();
            for &srid in srids {
                make_table(&scratch, kind, &features, srid);
                write_file(&scratch, folders[0].path(), kind, &features, srid);
            }
        }
        scratch.sql("ANALYZE");
        folders.iter().for_each(|folder| write_catalog(folder.path(), srids));
        let tables = |memory| DatabaseTables {
            database: scratch.database(),
            schemas: DatabaseSchemas {
                publish: Vec::new(),
                datasets: vec![scratch.schema.clone()],
            },
            memory,
        };
        Some(Self {
            file: open(folders[0].path(), None),
            loaded: open(folders[1].path(), Some(tables(1 << 30))),
            live: open(folders[1].path(), Some(tables(0))),
            _folders: folders,
            scratch,
        })
    }

    pub fn source(&self, store: StoreKind, kind: FeatureKind, srid: u32) -> Arc<dyn TileSource> {
        self.layer_source(store, &layer_id(kind, srid))
    }

    /// The source of a layer by its id.
    pub fn layer_source(&self, store: StoreKind, id: &str) -> Arc<dyn TileSource> {
        let library = match store {
            StoreKind::File => &self.file,
            StoreKind::Loaded => &self.loaded,
            StoreKind::Live => &self.live,
        };
        let snapshot = library.snapshot();
        let layer = snapshot.layer(id, Audience::Public).unwrap();
        let source = match &layer.state {
            LayerState::Ready(source) => source,
            LayerState::Unavailable { reason } | LayerState::Absent { reason } => {
                panic!("{store:?} {id}: {reason}")
            }
        };
        // A live source does not know how many features it has.
        let counted = source.description().feature_count.is_some();
        assert_eq!(counted, store != StoreKind::Live, "{store:?} {id}");
        Arc::clone(source)
    }

    pub fn fragment(&self, source: &Arc<dyn TileSource>, tile: TileCoord) -> Option<Fragment> {
        self.scratch.handle().block_on(source.fragment(&conformance::request(tile))).unwrap()
    }

    /// The source's only layer in a tile.
    pub fn layer(&self, source: &Arc<dyn TileSource>, tile: TileCoord) -> Option<DecodedLayer> {
        let mut layers = conformance::layers(&self.fragment(source, tile)?);
        assert_eq!(layers.len(), 1, "{tile}");
        layers.pop()
    }
}

/// All tiles that the area intersects.
pub fn tiles_of_area(zoom: u8) -> Vec<TileCoord> {
    let corner = |lon, lat| {
        TileCoord::covering(Zoom::new(zoom).unwrap(), WorldPoint::from_lon_lat(lon, lat))
    };
    let (first, last) = (corner(AREA[0], AREA[3]), corner(AREA[2], AREA[1]));
    let rows = first.y()..=last.y();
    rows.flat_map(|y| (first.x()..=last.x()).map(move |x| TileCoord::new(zoom, x, y).unwrap()))
        .collect()
}

/// All tiles that the area intersects, or a fixed selection of many.
pub fn sample(zoom: u8) -> Vec<TileCoord> {
    let tiles = tiles_of_area(zoom);
    let step = tiles.len().div_ceil(24);
    tiles.into_iter().step_by(step).collect()
}

pub fn layer_id(kind: FeatureKind, srid: u32) -> String {
    format!("{}-{srid}", kind.name())
}

/// Id of the layer of the same polygons with label points.
pub fn labelled_id(srid: u32) -> String {
    format!("labelled-{srid}")
}

pub fn table_name(kind: FeatureKind, srid: u32) -> String {
    format!("{}_{srid}", kind.name())
}

fn make_table(scratch: &ScratchSchema, kind: FeatureKind, features: &[DrawnFeature], srid: u32) {
    let (name, shape) = (table_name(kind, srid), kind.wkt_type());
    let columns: Vec<String> =
        COLUMNS.iter().map(|(name, kind)| format!("\"{name}\" {kind}")).collect();
    let columns = columns.join(", ");
    scratch.sql(&format!(
        "CREATE TABLE {name} (id int8 PRIMARY KEY, geom geometry({shape}, {srid}), {columns})"
    ));
    // The database's definition of the old datum has no shift to WGS 84, so that
    // positions in it are computed here; the others come from PROJ.
    let ours = (srid == 5174).then(|| Projection::from_epsg(srid).unwrap());
    let mut rows = Vec::new();
    // Backwards: what order rows have must not matter.
    for feature in features.iter().rev() {
        let mut feature = feature.clone();
        let geometry = if let Some(projection) = &ours {
            feature.parts.iter_mut().for_each(|part| projection.from_lon_lat(part).unwrap());
            format!("'SRID={srid};{}'::geometry", feature.wkt(kind))
        } else {
            format!("ST_Transform('SRID=4326;{}'::geometry, {srid})", feature.wkt(kind))
        };
        let mut row = format!("({}, {geometry}", feature.id);
        for value in &feature.values {
            write!(row, ", {}", literal(value)).unwrap();
        }
        rows.push(row + ")");
    }
    scratch.sql(&format!("INSERT INTO {name} VALUES {}", rows.join(",")));
    scratch.sql(&format!("CREATE INDEX ON {name} USING gist (geom)"));
}

fn literal(value: &OwnedValue) -> String {
    match value {
        OwnedValue::Null => "NULL".to_owned(),
        OwnedValue::Bool(v) => v.to_string(),
        // As text: the least 64-bit integer is no literal.
        OwnedValue::Int(v) => format!("'{v}'"),
        OwnedValue::Double(v) => format!("'{v}'"),
        OwnedValue::Float(v) => format!("'{v}'"),
        OwnedValue::Text(v) => format!("'{}'", v.replace('\'', "''")),
        OwnedValue::UInt(_) | OwnedValue::Binary(_) => panic!("{value:?} is in no table"),
    }
}

/// Writes the table's content, bit by bit, with the `flatgeobuf` crate's writer.
fn write_file(
    scratch: &ScratchSchema,
    folder: &Path,
    kind: FeatureKind,
    features: &[DrawnFeature],
    srid: u32,
) {
    let name = table_name(kind, srid);
    let shape = match kind {
        FeatureKind::Points => GeometryType::Point,
        FeatureKind::Lines => GeometryType::LineString,
        FeatureKind::Polygons | FeatureKind::Coverage => GeometryType::Polygon,
    };
    let options = FgbWriterOptions {
        promote_to_multi: false,
        detect_type: false,
        crs: FgbCrs { code: srid as i32, ..FgbCrs::default() },
        ..FgbWriterOptions::default()
    };
    let mut writer = FgbWriter::create_with_options(&name, shape, options).unwrap();
    writer.add_column("id", ColumnType::Long, |_, _| {});
    for (name, kind) in COLUMNS {
        let kind = match kind {
            "int8" => ColumnType::Long,
            "int4" => ColumnType::Int,
            "float8" => ColumnType::Double,
            "float4" => ColumnType::Float,
            "bool" => ColumnType::Bool,
            "timestamp" => ColumnType::DateTime,
            _ => ColumnType::String,
        };
        writer.add_column(name, kind, |_, _| {});
    }
    let stored = scratch.rows(&format!("SELECT ST_AsBinary(geom) FROM {name} ORDER BY id"));
    assert_eq!(stored.len(), features.len());
    for (feature, row) in features.iter().zip(stored) {
        let wkb: Vec<u8> = row.get(0);
        writer
            .add_feature_geom(Wkb(wkb), |out| {
                out.property(0, "id", &ColumnValue::Long(feature.id)).unwrap();
                for (n, ((name, kind), value)) in COLUMNS.iter().zip(&feature.values).enumerate() {
                    let value = match value {
                        OwnedValue::Null => continue,
                        OwnedValue::Bool(v) => ColumnValue::Bool(*v),
                        OwnedValue::Int(v) if *kind == "int4" => ColumnValue::Int(*v as i32),
                        OwnedValue::Int(v) => ColumnValue::Long(*v),
                        OwnedValue::Double(v) => ColumnValue::Double(*v),
                        OwnedValue::Float(v) => ColumnValue::Float(*v),
                        OwnedValue::Text(v) if *kind == "timestamp" => ColumnValue::DateTime(v),
                        OwnedValue::Text(v) => ColumnValue::String(v),
                        OwnedValue::UInt(_) | OwnedValue::Binary(_) => {
                            panic!("{value:?} is in no table")
                        }
                    };
                    out.property(n + 1, name, &value).unwrap();
                }
            })
            .unwrap();
    }
    let file = File::create(folder.join(format!("{name}.fgb"))).unwrap();
    writer.write(BufWriter::new(file)).unwrap();
}

fn write_catalog(folder: &Path, srids: &[u32]) {
    let title = "title = { ko = '가', en = 'a' }\n";
    let mut datasets = title.to_owned();
    let mut layers = format!("{title}order = 1\n");
    for kind in FeatureKind::ALL {
        for &srid in srids {
            let (id, layer) = (table_name(kind, srid), layer_id(kind, srid));
            let shape = match kind {
                FeatureKind::Points => "point",
                FeatureKind::Lines => "line",
                FeatureKind::Polygons | FeatureKind::Coverage => "polygon",
            };
            write!(
                datasets,
                "[[dataset]]\nid = '{id}'\n{title}geometry = '{shape}'\nid_column = 'id'\n"
            )
            .unwrap();
            for column in ["id"].into_iter().chain(published()) {
                write!(datasets, "[[dataset.column]]\nname = '{column}'\n{title}").unwrap();
            }
            let mut declare = |layer: &str, more: &str| {
                let columns: Vec<_> = published().collect();
                write!(
                    layers,
                    "[[layer]]\nid = '{layer}'\n{title}dataset = '{id}'\n\
                     visibility = 'public'\ncolumns = {columns:?}\n{more}"
                )
                .unwrap();
            };
            match kind {
                FeatureKind::Points | FeatureKind::Lines => declare(&layer, ""),
                FeatureKind::Polygons => {
                    declare(&layer, "");
                    declare(&labelled_id(srid), "labels = true\n");
                }
                FeatureKind::Coverage => declare(&layer, "coverage = true\n"),
            }
        }
    }
    for (file, text) in [
        ("district.toml", title),
        ("datasets/field.toml", &datasets),
        ("layers/theme.toml", &layers),
    ] {
        let path = folder.join("catalog").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn published() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|(name, _)| *name)
}

fn open(folder: &Path, database: Option<DatabaseTables>) -> DataLibrary {
    let deflate_level = DeflateLevel::DEFAULT;
    let workers = TileWorkers::new(WorkerOptions { concurrent: 2, queued: 100, deflate_level });
    let options = LibraryOptions {
        publish_uncatalogued: false,
        folder_is_optional: false,
        workers: Arc::new(workers),
        database,
    };
    DataLibrary::open(folder, options).unwrap()
}
