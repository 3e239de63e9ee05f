//! Small catalogs and tables to search in, and a server over them.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test binary uses a part")]

use std::path::Path;

use data_model::feature::{
    AttributeValue, Column, ColumnType, FeatureSchema, Geometry, GeometryKind, ShapeKind,
};
use flatgeobuf_store::FlatGeobufWriter;
use serde_json::Value as Json;

use super::{Client, Process, arguments, public_address};

const TERMS: &str = "update = 'yearly'\nsensitivity = 'public'";

/// A catalog of one file of datasets and one of layers.
pub fn write_catalog(folder: &Path, district: &str, datasets: &str, layers: &str) {
    for (file, words) in [
        ("district.toml", format!("title = {{ ko = '성동구', en = 'Seongdong-gu' }}\n{district}")),
        ("datasets/base.toml", format!("title = {{ ko = '기반', en = 'Base' }}\n{datasets}")),
        (
            "layers/common.toml",
            format!("title = {{ ko = '공통', en = 'Common' }}\norder = 1\n{layers}"),
        ),
    ] {
        let path = folder.join("catalog").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, words).unwrap();
    }
}

/// A dataset with columns `name:type`, and a public layer of all of them.
pub fn declare(
    id: &str,
    title: &str,
    geometry: &str,
    keys: &str,
    columns: &[&str],
) -> (String, String) {
    let column = |column: &&str| {
        let (name, kind) = column.split_once(':').unwrap();
        format!(
            "  {{ name = '{name}', type = '{kind}', title = {{ ko = '{name}', en = '{name}' }} }},\n"
        )
    };
    let listed: String = columns.iter().map(column).collect();
    let names: Vec<String> =
        columns.iter().map(|c| format!("'{}'", c.split_once(':').unwrap().0)).collect();
    let title = format!("title = {{ ko = '{title}', en = '{id}' }}");
    let dataset = format!(
        "[[dataset]]\nid = '{id}'\n{title}\ngeometry = '{geometry}'\n{TERMS}\n{keys}\ncolumn = [\n{listed}]\n"
    );
    let layer = format!(
        "[[layer]]\nid = 'com-{id}'\n{title}\nvisibility = 'public'\ndataset = '{id}'\ncolumns = [{}]\n",
        names.join(", ")
    );
    (dataset, layer)
}

pub fn point(lon: f64, lat: f64) -> Geometry {
    let mut geometry = Geometry { kind: Some(ShapeKind::Point), ..Geometry::default() };
    geometry.coordinates = vec![[lon, lat]];
    geometry
}

pub fn square(west: f64, south: f64, side: f64) -> Geometry {
    let mut square = Geometry { kind: Some(ShapeKind::Polygon), ..Geometry::default() };
    let (east, north) = (west + side, south + side);
    square.coordinates =
        vec![[west, south], [east, south], [east, north], [west, north], [west, south]];
    square.end_part();
    square.end_polygon();
    square
}

pub type Row<'v> = (Geometry, Vec<AttributeValue<'v>>);

pub fn write(
    folder: &Path,
    id: &str,
    kind: GeometryKind,
    columns: &[(&str, ColumnType)],
    rows: &[Row<'_>],
) {
    let column = |&(name, kind): &(&str, ColumnType)| Column {
        name: name.to_owned(),
        kind,
        title: None,
        description: None,
    };
    let schema =
        FeatureSchema { columns: columns.iter().map(column).collect(), ..FeatureSchema::default() };
    let mut writer =
        FlatGeobufWriter::create(&folder.join(format!("{id}.fgb")), &schema, kind).unwrap();
    for (geometry, values) in rows {
        writer.feature(geometry, values).unwrap();
    }
    writer.finish().unwrap();
}

/// A server over a folder, and a client of its public listener.
pub struct Searched {
    _server: Process,
    client: Client,
}

impl Searched {
    pub fn new(folder: &Path) -> Self {
        let mut server = Process::spawn(&arguments(folder, &[]), &[]);
        let address = public_address(&server.line_with("listening")).unwrap();
        Self { _server: server, client: Client::local(address) }
    }

    pub fn hits(&mut self, typed: &str) -> Vec<Json> {
        let encoded: String = typed.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let answer = self.client.get(&format!("/search?q={encoded}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["results"].as_array().unwrap().clone()
    }

    pub fn titles(&mut self, typed: &str) -> Vec<String> {
        let hits = self.hits(typed);
        hits.iter().map(|hit| hit["title"]["ko"].as_str().unwrap().to_owned()).collect()
    }
}
