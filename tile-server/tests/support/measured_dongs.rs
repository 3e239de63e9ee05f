//! A server over four dongs with measures by month, some of which only staff may see.

#![allow(unreachable_pub, missing_docs, reason = "a part of a test binary")]

use std::net::SocketAddr;
use std::path::Path;

use data_model::feature::{
    AttributeValue, Column, ColumnType, FeatureSchema, Geometry, GeometryKind, ShapeKind,
};
use flatgeobuf_store::FlatGeobufWriter;
use serde_json::Value as Json;

use super::{Client, Process, arguments, poll, public_address};

const DATASETS: &str = "
title = { ko = '기반', en = 'Base' }
[[dataset]]
id = 'dong'
title = { ko = '행정동', en = 'Dongs' }
geometry = 'polygon'
key = ['code']
search = ['name']
search_en = ['name_en']
column = [
  { name = 'code', type = 'code', title = { ko = '코드', en = 'Code' } },
  { name = 'name', type = 'text', title = { ko = '이름', en = 'Name' } },
  { name = 'name_en', type = 'text', title = { ko = '로마자', en = 'Romanised' } },
]
[[dataset]]
id = 'recipients'
title = { ko = '수급자', en = 'Recipients' }
sensitivity = 'internal'
geometry = 'polygon'
feature_dataset = 'dong'
privacy = [{ rule = 'suppress', threshold = 5 }]
[dataset.values]
key = 'code'
time = 'month'
period = 'month'
column = [
  { name = 'code', type = 'code', title = { ko = '코드', en = 'Code' } },
  { name = 'month', type = 'month', title = { ko = '월', en = 'Month' } },
  { name = 'persons', type = 'int', unit = 'persons', title = { ko = '명', en = 'Persons' } },
]
";

const LAYERS: &str = "
title = { ko = '복지', en = 'Welfare' }
order = 1
[[layer]]
id = 'wel-1'
title = { ko = '수급자 수', en = 'Recipients' }
visibility = 'public'
carrier = 'dong'
columns = ['name']
period = 'month'
coverage = true
suppression_threshold = 5
[[layer.measure]]
name = 'persons'
sum = 'recipients.persons'
[[layer]]
id = 'com-1'
title = { ko = '행정동 경계', en = 'Dongs' }
visibility = 'public'
dataset = 'dong'
[[layer]]
id = 'sec-1'
title = { ko = '비밀 지도', en = 'Secret map' }
visibility = 'staff'
dataset = 'dong'
";

/// Writes three squares in a row, with values of two months: the third has no measure in the
/// second month, and one measure is small.
pub fn write_data(folder: &Path) {
    let column =
        |name: &str, kind| Column { name: name.to_owned(), kind, title: None, description: None };
    let text = |name| column(name, ColumnType::Text);
    let schema = FeatureSchema {
        columns: vec![text("code"), text("name"), text("name_en")],
        ..FeatureSchema::default()
    };
    let kind = GeometryKind::Polygon;
    let mut dongs = FlatGeobufWriter::create(&folder.join("dong.fgb"), &schema, kind).unwrap();
    let names = [
        ("왕십리제2동", "Wangsimni 2-dong"),
        ("성수1가1동", "Seongsu 1-ga 1-dong"),
        ("옥수동", "Oksu-dong"),
        ("금호1가동", "Geumho 1-ga-dong"),
    ];
    for (i, (name, english)) in names.into_iter().enumerate() {
        let west = 127.0 + 0.01 * i as f64;
        let (east, south, north) = (west + 0.01, 37.54, 37.55);
        let mut square = Geometry { kind: Some(ShapeKind::Polygon), ..Geometry::default() };
        square.coordinates =
            vec![[west, south], [east, south], [east, north], [west, north], [west, south]];
        square.end_part();
        square.end_polygon();
        let code = i.to_string();
        let values = [
            AttributeValue::Text(&code),
            AttributeValue::Text(name),
            AttributeValue::Text(english),
        ];
        dongs.feature(&square, &values).unwrap();
    }
    dongs.finish().unwrap();
    let columns = vec![text("code"), text("month"), column("persons", ColumnType::Int)];
    let schema = FeatureSchema { columns, ..FeatureSchema::default() };
    let mut values =
        FlatGeobufWriter::create_values(&folder.join("recipients.fgb"), &schema).unwrap();
    let rows = [("0", "202608", 40), ("1", "202608", 30), ("2", "202608", 20), ("3", "202608", 10)];
    let newest = [("0", "202609", 41), ("1", "202609", 3), ("2", "202609", 7)];
    for (code, month, persons) in rows.into_iter().chain(newest) {
        values
            .row(&[
                AttributeValue::Text(code),
                AttributeValue::Text(month),
                AttributeValue::Int(persons),
            ])
            .unwrap();
    }
    values.finish().unwrap();
    for (file, words) in [
        ("district.toml", "title = { ko = '구', en = 'District' }\nstats_areas = 'dong'\n"),
        ("datasets/base.toml", DATASETS),
        ("layers/welfare.toml", LAYERS),
    ] {
        let path = folder.join("catalog").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, words).unwrap();
    }
}

/// A running server with the address of each listener.
pub struct Running {
    _process: Process,
    pub public: SocketAddr,
    pub staff: SocketAddr,
}

pub fn start(folder: &Path) -> Running {
    let mut process = Process::spawn(&arguments(folder, &["--listen-staff", "127.0.0.1:0"]), &[]);
    let (mut public, mut staff) = (None, None);
    while public.is_none() || staff.is_none() {
        let line = process.line_with("listening");
        public = public.or(public_address(&line));
        let entry: Json = serde_json::from_str(&line).unwrap();
        if entry["listener"] == "staff" {
            let url = entry["url"].as_str().unwrap();
            staff = url.trim_start_matches("http://").trim_end_matches('/').parse().ok();
        }
    }
    let running = Running { _process: process, public: public.unwrap(), staff: staff.unwrap() };
    poll("measures", || {
        let answer = Client::local(running.public).get("/stats/com-1");
        (answer.status == 200).then_some(())
    });
    running
}
