//! GeoJSON: valid and invalid values.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use data_model::feature::ColumnType;
use ingest::ImportOptions;
use korean_text::Bilingual as _;
use rstest::rstest;
use testing::OwnedValue;
use testing::import_folder::{ImportFolder, read, text};

#[test]
fn geojson_keeps_ids_codes_and_long_integers() {
    let folder = ImportFolder::new();
    let path = folder.write_file(
        "s.geojson",
        r#"{"type": "FeatureCollection", "features": [
            {"type": "Feature", "id": 7, "geometry": {"coordinates": [127.04, 37.55], "type": "Point"},
             "properties": {"이름": "응봉동", "code": "0412", "n": 9007199254740993, "tags": ["a"]}},
            {"type": "Feature", "id": 8, "geometry": null, "properties": {"n": -1, "late": 0.5}},
            {"type": "Feature", "id": 9, "geometry": {"type": "Point", "coordinates": [37.55, 127.05]},
             "properties": null}
        ]}"#,
    );
    let imported = folder.import(&path).unwrap();
    assert_eq!((imported.features, imported.without_geometry), (3, 1));
    let found = read(&imported);
    let names: Vec<_> = found.schema.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["ireum", "code", "n", "tags", "late", "id"]);
    let by_id =
        |id: i64| found.features.iter().find(|f| f.values[5] == OwnedValue::Int(id)).unwrap();
    assert_eq!(
        by_id(7).values[..4],
        [text("응봉동"), text("0412"), text("9007199254740993"), text("[\"a\"]")]
    );
    assert_eq!(by_id(8).values[2..5], [text("-1"), OwnedValue::Null, OwnedValue::Double(0.5)]);
    assert_eq!(by_id(9).geometry.coordinates, [[127.05, 37.55]]);
    assert!(
        imported.notes.iter().any(|note| note.en().contains("swapped")),
        "{:?}",
        imported.notes
    );
}

#[rstest]
#[case::not_json("{\"type\": \"FeatureCollection\", \"features\": [}", "line 1, column")]
#[case::cut("{\"type\": \"FeatureCollection\", \"features\": [", "cut short")]
#[case::no_geojson("{\"a\": 1}", "no GeoJSON")]
#[case::empty("", "empty")]
#[case::cp949(b"{\"type\": \"Feature\", \"properties\": {\"a\": \"\xbc\xba\"}}", "iconv")]
#[case::deep(&"[".repeat(100_000), "no Shapefile")]
#[case::deep_inside(format!("{{\"type\": {}", "[".repeat(100_000)), "line 1")]
#[case::text("이름,x,y\n1,2,3", "convert it")]
fn documents_that_are_none_say_where(#[case] bytes: impl AsRef<[u8]>, #[case] expected: &str) {
    let folder = ImportFolder::new();
    let path = folder.write_file("bad.geojson", bytes);
    let error = folder.import(&path).unwrap_err().to_string();
    assert!(error.contains("bad.geojson: ") && error.contains(expected), "{error}");
    assert_eq!(folder.names(), Vec::<String>::new());
}

fn point(properties: &str) -> String {
    format!(
        "{{\"type\": \"Feature\", \"properties\": {properties}, \"geometry\": \
         {{\"type\": \"Point\", \"coordinates\": [127.04, 37.55]}}}}"
    )
}

#[test]
fn geojson_numbers_keep_their_digits() {
    let folder = ImportFolder::new();
    let rows = [
        r#"{"row": 1, "pnu": 41200101001000100001, "area": 9007199254740993.0, "tags": [ 1 ]}"#,
        r#"{"row": 2, "pnu": 1, "area": 0.5, "row": 2}"#,
        r#"{"row": 3, "pnu": 2, "area": 1e999}"#,
        r#"{"row": 4, "pnu": 3, "name": "\ud800"}"#,
    ];
    let path = folder.write_file("s.geojson", rows.map(point).join("\n"));
    let imported = folder.import(&path).unwrap();
    let found = read(&imported);
    assert_eq!(
        found.features[0].values[..4],
        [OwnedValue::Int(1), text("41200101001000100001"), text("9007199254740993"), text("[1]")]
    );
    assert_eq!(found.features[1].values[..3], [OwnedValue::Int(2), text("1"), text("0.5")]);
    let (rejected, path) = imported.rejected.unwrap();
    let rejects = std::fs::read_to_string(path).unwrap();
    assert_eq!(rejected, 2);
    assert!(rejects.contains("property \"\"area\"\" is 1e999"), "{rejects}");
    assert!(rejects.contains("property \"\"name\"\" is"), "{rejects}");
}

#[test]
fn geojson_of_other_programs_is_read_or_named() {
    let folder = ImportFolder::new();
    // Without a type, alone and in a collection.
    let bare = point("{\"a\": 1}").replace("\"type\": \"Feature\", ", "");
    let collection = format!("{{\"type\": \"FeatureCollection\", \"features\": [{bare}]}}");
    for document in [&bare, &collection] {
        let imported = folder.import(&folder.write_file("s.geojson", document)).unwrap();
        assert_eq!((imported.features, imported.without_geometry), (1, 0));
        assert_eq!(read(&imported).features[0].values, [OwnedValue::Int(1)]);
    }
    let topology = r#"{"type": "Topology", "objects": {"a": {"type": "Point"}}, "arcs": []}"#;
    let error = folder.import(&folder.write_file("t.json", topology)).unwrap_err().to_string();
    assert!(error.contains("this is TopoJSON; convert it"), "{error}");
    // A hole in nothing.
    let hole = r#"{"type": "Polygon", "coordinates": [[], [[127,37],[127.1,37],[127.1,37.1]]]}"#;
    let error = folder.import(&folder.write_file("h.json", hole)).unwrap_err().to_string();
    assert!(error.contains("no area"), "{error}");
    let many: Vec<String> = (0..4097).map(|n| format!("\"k{n}\": 1")).collect();
    let many = point(&format!("{{{}}}", many.join(",")));
    let error = folder.import(&folder.write_file("m.json", many)).unwrap_err().to_string();
    assert!(error.contains("more than 4096 properties"), "{error}");
}

#[test]
fn hangul_in_single_letters_becomes_syllables() {
    let folder = ImportFolder::new();
    let row =
        "{\"type\": \"Feature\", \"geometry\": null, \"properties\": {\"\u{1102}\u{1161}\": 1}}";
    let path = folder.write_file("\u{1100}\u{1161}.json", row);
    let imported = folder.import(&path).unwrap();
    assert_eq!(read(&imported).schema.title.as_deref(), Some("가"));
    assert_eq!(imported.columns[0].title.as_deref(), Some("나"));
}

#[test]
fn a_collection_is_a_feature_of_its_parts_of_the_highest_dimension() {
    let folder = ImportFolder::new();
    let square = |x: f64| {
        format!(
            "{{\"type\": \"Polygon\", \"coordinates\": [[[{x}, 37], [{0}, 37], [{0}, 37.1], [{x}, 37]]]}}",
            x + 0.1
        )
    };
    let point = r#"{"type": "Point", "coordinates": [127, 37]}"#;
    let row = |geometries: &str| {
        format!(
            "{{\"type\": \"Feature\", \"properties\": {{\"a\": 1}}, \"geometry\": \
             {{\"type\": \"GeometryCollection\", \"geometries\": [{geometries}]}}}}"
        )
    };
    let nested =
        format!("{{\"type\": \"GeometryCollection\", \"geometries\": [{point}, {point}]}}");
    let rows =
        [row(&[point, &square(127.0), &nested, &square(128.0)].join(",")), row(&nested), row("")];
    let imported = folder.import(&folder.write_file("c.geojson", rows.join("\n"))).unwrap();
    assert_eq!((imported.features, imported.without_geometry), (3, 1));
    assert!(
        imported.notes.iter().any(|note| note.en().starts_with("1 feature(s) were collections")),
        "{:?}",
        imported.notes
    );
    let found = read(&imported);
    let polygon = found.features.iter().find(|f| !f.geometry.polygon_ends.is_empty()).unwrap();
    assert_eq!(polygon.geometry.polygon_ends, [1, 2]);
    let points =
        found.features.iter().find(|f| f.geometry.ends.is_empty() && !f.geometry.is_empty());
    assert_eq!(points.unwrap().geometry.coordinates, [[127.0, 37.0]; 2]);
}

#[test]
fn two_parcel_numbers_of_19_digits_do_not_become_one() {
    let folder = ImportFolder::new();
    let rows = ["1120011400100010001", "1120011400100010002"]
        .map(|pnu| point(&format!("{{\"pnu\": {pnu}}}")));
    let imported = folder.import(&folder.write_file("s.geojson", rows.join("\n"))).unwrap();
    assert_eq!(imported.columns[0].kind, ColumnType::Text);
    let found = read(&imported);
    let values: Vec<_> = found.features.iter().map(|feature| feature.values[0].clone()).collect();
    assert_eq!(values, [text("1120011400100010001"), text("1120011400100010002")]);
}

#[test]
fn a_value_that_is_not_a_number_is_left_empty_and_a_position_is_rejected() {
    let folder = ImportFolder::new();
    let rows = [
        point(r#"{"row": 1, "a": NaN, "b": [1, -Infinity], "c": "NaN"}"#),
        point(r#"{"row": 2, "a": 0.5}"#).replace("127.04", "nan"),
        point(r#"{"row": 3, "a": 1.5}"#).replace("37.55]", "37.55, NaN]"),
        point(r#"{"row": 4, "a": Infinity}"#),
    ];
    let imported = folder.import(&folder.write_file("s.geojson", rows.join("\n"))).unwrap();
    let found = read(&imported);
    assert_eq!(
        found.features[0].values,
        [OwnedValue::Int(1), OwnedValue::Null, text("[1,null]"), text("NaN")]
    );
    assert_eq!(found.features[1].values[..2], [OwnedValue::Int(3), OwnedValue::Double(1.5)]);
    assert_eq!(found.features[2].values[..2], [OwnedValue::Int(4), OwnedValue::Null]);
    let notes: Vec<_> = imported.notes.iter().map(korean_text::Bilingual::en).collect();
    assert!(
        notes.contains(&"3 value(s) are NaN or infinite and are left empty".to_owned()),
        "{notes:?}"
    );
    let rejects = std::fs::read_to_string(imported.rejected.unwrap().1).unwrap();
    assert_eq!(rejects.matches("NaN or an infinite number").count(), 1, "{rejects}");
}

#[rstest]
#[case::geometries(
    r#"{"type": "Feature", "properties": null, "geometry":
    {"type": "GeometryCollection", "geometries": null}}"#,
    "array of geometries"
)]
#[case::geometries_text(
    r#"{"type": "Feature", "properties": null, "geometry":
    {"type": "GeometryCollection", "geometries": "x"}}"#,
    "array of geometries"
)]
#[case::geometry(r#"{"type": "Feature", "properties": null, "geometry": 7}"#, "a geometry or null")]
#[case::geometry_array(r#"{"type": "Feature", "geometry": [127, 37]}"#, "a geometry or null")]
#[case::properties(
    r#"{"type": "Feature", "properties": [1], "geometry": null}"#,
    "object of properties"
)]
#[case::kind(r#"{"type": 5, "properties": null, "geometry": null}"#, "not a text")]
#[case::geometry_kind(
    r#"{"type": "Feature", "geometry": {"type": null, "coordinates": [1, 2]}}"#,
    "not a text"
)]
#[case::another_type(
    r#"{"type": "Foo", "properties": {"row": 2}, "geometry": {"type": "Point",
    "coordinates": [127, 37]}}"#,
    "its \"\"type\"\" is \"\"Foo\"\", and a feature's is \"\"Feature\"\""
)]
#[case::type_in_lower_case(r#"{"type": "feature", "geometry": null}"#, "is \"\"feature\"\", and")]
#[case::type_of_its_geometry(
    r#"{"type": "Point", "geometry": {"type": "Point", "coordinates": [127, 37]}}"#,
    "is \"\"Point\"\", and a feature's"
)]
#[case::collection_inside(r#"{"type": "FeatureCollection", "features": []}"#, "a feature's is")]
#[case::geometry_of_no_type(r#"{"type": "Foo", "coordinates": [127, 37]}"#, "is no geometry type")]
#[case::null("null", "not a feature")]
#[case::array("[[1, {}]]", "not a feature")]
#[case::text("\"x\"", "not a feature")]
fn one_bad_feature_does_not_refuse_the_whole_file(#[case] bad: &str, #[case] expected: &str) {
    let folder = ImportFolder::new();
    let (first, last) = (point("{\"row\": 1}"), point("{\"row\": 3}"));
    let document =
        format!("{{\"type\": \"FeatureCollection\", \"features\": [{first},{bad},{last}]}}");
    let imported = folder.import(&folder.write_file("s.geojson", document)).unwrap();
    assert_eq!(imported.features, 2);
    let (rejected, path) = imported.rejected.unwrap();
    let rejects = std::fs::read_to_string(path).unwrap();
    assert!(rejected == 1 && rejects.contains(expected), "{rejects}");
}

#[test]
fn the_exact_name_of_a_column_wins_whichever_comes_first() {
    for row in
        [r#"{"HWY_": "underscore", "HWY": "exact"}"#, r#"{"HWY": "exact", "HWY_": "underscore"}"#]
    {
        let folder = ImportFolder::new();
        let imported = folder.import(&folder.write_file("s.geojson", point(row))).unwrap();
        let at = imported.columns.iter().position(|column| column.name == "HWY").unwrap();
        assert_eq!(read(&imported).features[0].values[at], text("exact"));
    }
}

#[test]
fn a_rounding_past_180_degrees_is_brought_back() {
    let folder = ImportFolder::new();
    let rows = [
        point("{\"row\": 1}").replace("127.04", "180.00000000000006"),
        point("{\"row\": 2}").replace("37.55", "-90.000009"),
        point("{\"row\": 3}").replace("127.04", "180.00002"),
    ];
    let options =
        ImportOptions { bounds: Some(data_model::GeographicBounds::EARTH), ..folder.options() };
    let imported =
        folder.import_with(&folder.write_file("s.geojson", rows.join("\n")), &options).unwrap();
    let found = read(&imported);
    assert_eq!(found.features[0].geometry.coordinates, [[180.0, 37.55]]);
    assert_eq!(found.features[1].geometry.coordinates, [[127.04, -90.0]]);
    assert_eq!(imported.rejected.unwrap().0, 1);
    assert!(
        imported.notes.iter().any(|note| note.en().starts_with("2 feature(s) had positions past"))
    );
}
