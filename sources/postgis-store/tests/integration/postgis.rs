//! Tables of a PostGIS database, discovered and scanned.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use data_model::feature::{ColumnType, Geometry, GeometryKind, ShapeKind};
use postgis_store::{DatabaseState, SpatialType, TableKind};
use rstest::rstest;
use testing::OwnedValue;
use testing::database::{scratch, table};

fn text(text: &str) -> OwnedValue {
    OwnedValue::Text(text.to_owned())
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case("bool", "true", ColumnType::Bool, OwnedValue::Bool(true))]
#[case("int2", "-3", ColumnType::Int, OwnedValue::Int(-3))]
#[case("int4", "7", ColumnType::Int, OwnedValue::Int(7))]
#[case("int8", "-9223372036854775808", ColumnType::Int, OwnedValue::Int(i64::MIN))]
#[case("oid", "4294967295", ColumnType::Int, OwnedValue::Int(4_294_967_295))]
#[case("numeric(10)", "1234567890", ColumnType::Int, OwnedValue::Int(1_234_567_890))]
#[case(
    "numeric(19)",
    "9999999999999999999",
    ColumnType::UInt,
    OwnedValue::UInt(9_999_999_999_999_999_999)
)]
// No double is taken for an integer that most doubles are not.
#[case("numeric(30)", "1000000000000000000000", ColumnType::Double, text("1000000000000000000000"))]
#[case("numeric(8,2)", "1234.50", ColumnType::Double, OwnedValue::Double(1234.5))]
#[case("numeric", "0.1", ColumnType::Double, OwnedValue::Double(0.1))]
#[case("numeric", "NaN", ColumnType::Double, OwnedValue::Null)]
#[case("numeric(5)", "NaN", ColumnType::Int, OwnedValue::Null)]
#[case("numeric", "-Infinity", ColumnType::Double, OwnedValue::Null)]
#[case("money", "12.34", ColumnType::Double, OwnedValue::Double(12.34))]
#[case("float4", "0.1", ColumnType::Float, OwnedValue::Float(0.1))]
#[case("float4", "NaN", ColumnType::Float, OwnedValue::Null)]
#[case("float8", "0.1", ColumnType::Double, OwnedValue::Double(0.1))]
#[case("float8", "Infinity", ColumnType::Double, OwnedValue::Null)]
#[case("text", "왕십리", ColumnType::Text, text("왕십리"))]
#[case("varchar(5)", "abc", ColumnType::Text, text("abc"))]
#[case("char(5)", "abc", ColumnType::Text, text("abc"))]
#[case("name", "n", ColumnType::Text, text("n"))]
#[case(
    "uuid",
    "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
    ColumnType::Text,
    text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")
)]
#[case("mood", "맑음", ColumnType::Text, text("맑음"))]
#[case("inet", "10.0.0.1/8", ColumnType::Text, text("10.0.0.1/8"))]
#[case("cidr", "10.0.0.0/8", ColumnType::Text, text("10.0.0.0/8"))]
#[case("macaddr", "08:00:2b:01:02:03", ColumnType::Text, text("08:00:2b:01:02:03"))]
#[case("bit(3)", "101", ColumnType::Text, text("101"))]
#[case("xml", "<a>1</a>", ColumnType::Text, text("<a>1</a>"))]
#[case("int4range", "[1,5)", ColumnType::Text, text("[1,5)"))]
#[case("interval", "1 day 2 hours", ColumnType::Text, text("P1DT2H"))]
#[case("tsvector", "b a", ColumnType::Text, text("'a' 'b'"))]
#[case("date", "2026-06-01", ColumnType::DateTime, text("2026-06-01"))]
#[case("date", "infinity", ColumnType::DateTime, OwnedValue::Null)]
#[case("date", "0044-03-15 BC", ColumnType::DateTime, OwnedValue::Null)]
#[case("time", "09:00", ColumnType::DateTime, text("09:00:00"))]
#[case("timestamp", "2026-06-01 09:00", ColumnType::DateTime, text("2026-06-01T09:00:00"))]
#[case("timestamp", "-infinity", ColumnType::DateTime, OwnedValue::Null)]
#[case(
    "timestamptz",
    "2026-06-01 09:00:00.25+09",
    ColumnType::DateTime,
    text("2026-06-01T00:00:00.25Z")
)]
#[case("timestamptz", "infinity", ColumnType::DateTime, OwnedValue::Null)]
#[case("json", r#"{"a": [1]}"#, ColumnType::Json, text(r#"{"a": [1]}"#))]
#[case("jsonb", r#"{"a":[1]}"#, ColumnType::Json, text(r#"{"a": [1]}"#))]
#[case("int4[]", "{1,2,NULL}", ColumnType::Json, text("[1,2,null]"))]
#[case("text[]", "{가,나}", ColumnType::Json, text(r#"["가","나"]"#))]
#[case("pair", "(1,b)", ColumnType::Json, text(r#"{"x":1,"y":"b"}"#))]
#[case("bytea", r"\x00ff10", ColumnType::Binary, OwnedValue::Binary(vec![0, 255, 16]))]
#[case("positive", "5", ColumnType::Int, OwnedValue::Int(5))]
#[case("small", "5", ColumnType::Int, OwnedValue::Int(5))]
fn a_column_of_any_type_is_an_attribute(
    #[case] declared: &str,
    #[case] stored: &str,
    #[case] kind: ColumnType,
    #[case] expected: OwnedValue,
) {
    let Some(scratch) = scratch("a_column_of_any_type_is_an_attribute") else { return };
    scratch.sql(&format!(
        "CREATE TYPE mood AS ENUM ('맑음', '흐림'); CREATE TYPE pair AS (x int, y text); \
         CREATE DOMAIN positive AS int8 CHECK (VALUE > 0); CREATE DOMAIN small AS positive; \
         CREATE TABLE t (geom geometry(Point, 4326), v {declared}); \
         INSERT INTO t VALUES ('SRID=4326;POINT(127 37)', '{stored}'), (NULL, NULL)"
    ));
    let (found, summary) = scratch.scan("t");
    assert_eq!((summary.rows, summary.features, summary.misplaced), (2, 2, 0));
    let column = &found.schema.columns[0];
    assert_eq!((column.name.as_str(), column.kind), ("v", kind));
    assert_eq!(found.features[0].values, [expected]);
    assert_eq!(found.features[0].geometry.coordinates, [[127.0, 37.0]]);
    assert_eq!(found.features[1].values, [OwnedValue::Null]);
    assert!(found.features[1].geometry.is_empty());
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn every_kind_of_relation_is_a_table() {
    let Some(scratch) = scratch("every_kind_of_relation_is_a_table") else { return };
    scratch.sql(
        r#"CREATE TABLE plain (id serial PRIMARY KEY, geom geometry(Polygon, 5186), name text,
               centre geometry(Point, 5186), place geography(Point));
           COMMENT ON TABLE plain IS E'필지\n성동구의 필지\n둘째 줄';
           COMMENT ON COLUMN plain.name IS '이름';
           CREATE INDEX ON plain USING gist (geom);
           CREATE VIEW seen AS SELECT id, geom FROM plain;
           CREATE MATERIALIZED VIEW kept AS SELECT * FROM seen;
           CREATE TABLE parts (id int8, at date, geom geometry(Point, 4326)) PARTITION BY RANGE (at);
           CREATE TABLE parts_26 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
           CREATE TABLE "이상한 ""이름""" ("키 ""1""" int PRIMARY KEY, "도형 ""2""" geometry, "값;--" text);
           CREATE TABLE two_keys (a int, b int, geom geometry(Point, 4326), PRIMARY KEY (a, b));
           CREATE TABLE bare (id int);
           INSERT INTO "이상한 ""이름""" VALUES (3, 'POINT(127 37)', '값');"#,
    );
    let database = scratch.database();
    let inventory = database.inventory();
    assert_eq!((&inventory.state, inventory.complete), (&DatabaseState::Up, true));
    let found: Vec<_> = inventory
        .tables
        .iter()
        .map(|t| (t.name.as_str(), t.geometry_column.as_str(), t.kind, t.srid, t.geometry))
        .collect();
    let (point, polygon) = (GeometryKind::Point, GeometryKind::Polygon);
    let plain = TableKind::Table;
    assert_eq!(
        found,
        [
            ("kept", "geom", TableKind::MaterializedView, Some(5186), polygon),
            ("parts", "geom", TableKind::Partitioned, Some(4326), point),
            ("plain", "geom", plain, Some(5186), polygon),
            ("plain", "centre", plain, Some(5186), point),
            ("plain", "place", plain, Some(4326), point),
            ("seen", "geom", TableKind::View, Some(5186), polygon),
            ("two_keys", "geom", plain, Some(4326), point),
            ("이상한 \"이름\"", "도형 \"2\"", plain, None, GeometryKind::Mixed),
        ]
    );
    let plain = table(&database, "plain");
    assert_eq!(plain.title.as_deref(), Some("필지"));
    assert_eq!(plain.description.as_deref(), Some("성동구의 필지\n둘째 줄"));
    assert_eq!(plain.id_column.as_deref(), Some("id"));
    assert!(plain.has_spatial_index && !inventory.tables[3].has_spatial_index);
    assert_eq!(inventory.tables[4].spatial_type, SpatialType::Geography);
    let columns: Vec<_> =
        plain.columns.iter().map(|c| (c.column.name.as_str(), c.column.title.as_deref())).collect();
    assert_eq!(columns, [("id", None), ("name", Some("이름"))]);
    for name in ["seen", "two_keys", "parts"] {
        assert_eq!(table(&database, name).id_column, None, "{name}");
    }

    let (odd, _) = scratch.scan("이상한 \"이름\"");
    assert_eq!(odd.features[0].values, [OwnedValue::Int(3), text("값")]);
    assert_eq!(odd.features[0].geometry.coordinates, [[127.0, 37.0]]);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn rows_and_bounds_are_estimated_from_statistics() {
    let Some(scratch) = scratch("rows_and_bounds_are_estimated_from_statistics") else { return };
    scratch.sql(
        "CREATE TABLE t AS SELECT ST_SetSRID(ST_MakePoint(200000 + i, 550000 + i), 5186) \
             ::geometry(Point, 5186) AS geom FROM generate_series(0, 1000) i; ANALYZE t",
    );
    let database = scratch.database();
    let t = table(&database, "t");
    assert_eq!(t.estimated_rows, Some(1001));
    assert!(t.bytes_on_disk.unwrap() > 8192);
    let [west, south, east, north] = t.estimated_bounds.unwrap().to_array();
    assert!((126.99..127.001).contains(&west) && (127.01..127.02).contains(&east), "{west} {east}");
    assert!((37.54..37.55).contains(&south) && (37.55..37.57).contains(&north), "{south} {north}");
}

/// Kinds and flat geometries that a WKT is read as.
fn shapes(wkt: &str, declared: &str, name: &str) -> Option<Vec<(Option<ShapeKind>, Geometry)>> {
    let scratch = scratch(name)?;
    scratch.sql(&format!(
        "CREATE TABLE t (id int PRIMARY KEY, geom {declared}); INSERT INTO t VALUES (5, '{wkt}')"
    ));
    let (found, summary) = scratch.scan("t");
    assert_eq!(summary.rows, 1);
    assert_eq!(summary.features, found.features.len() as u64);
    assert!(found.features.iter().all(|feature| feature.values == [OwnedValue::Int(5)]));
    Some(found.features.into_iter().map(|f| (f.geometry.kind, f.geometry)).collect())
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case("POINT(127 37)", &[(1, 1)])]
#[case("POINT EMPTY", &[])]
#[case("POINT ZM(127 37 5 6)", &[(1, 1)])]
#[case("MULTIPOINT M(127 37 1, 128 38 2)", &[(1, 2)])]
#[case("LINESTRING Z(127 37 1, 128 38 2)", &[(2, 2)])]
#[case("MULTILINESTRING((127 37, 128 38), EMPTY, (127 38, 128 37))", &[(2, 4)])]
#[case("POLYGON((127 37, 128 37, 128 38, 127 37), (127.5 37.1, 127.6 37.1, 127.6 37.2, 127.5 37.1))", &[(3, 8)])]
#[case("MULTIPOLYGON(((127 37, 128 37, 128 38, 127 37)), ((129 37, 130 37, 130 38, 129 37)))", &[(3, 8)])]
#[case("GEOMETRYCOLLECTION(POINT(127 37), GEOMETRYCOLLECTION(LINESTRING(127 37, 128 38), POINT(128 37)), POLYGON((127 37, 128 37, 128 38, 127 37)))", &[(3, 4)])]
#[case("GEOMETRYCOLLECTION EMPTY", &[])]
#[case("TRIANGLE((127 37, 128 37, 128 38, 127 37))", &[(3, 4)])]
#[case("TIN(((127 37, 128 37, 128 38, 127 37)), ((127 37, 128 38, 127 38, 127 37)))", &[(3, 8)])]
#[case("POLYHEDRALSURFACE(((127 37, 128 37, 128 38, 127 37)))", &[(3, 4)])]
#[case("COMPOUNDCURVE((127 37, 128 37), (128 37, 128 38))", &[(2, 4)])]
#[case("CURVEPOLYGON((127 37, 128 37, 128 38, 127 37))", &[(3, 4)])]
#[case("MULTISURFACE(((127 37, 128 37, 128 38, 127 37)))", &[(3, 4)])]
#[case("MULTICURVE((127 37, 128 37))", &[(2, 2)])]
fn every_kind_of_geometry_is_read(#[case] wkt: &str, #[case] expected: &[(u8, usize)]) {
    let Some(found) = shapes(wkt, "geometry", "every_kind_of_geometry_is_read") else { return };
    let drawn: Vec<_> = found
        .iter()
        .filter_map(|(kind, shape)| kind.map(|kind| (kind as u8, shape.coordinates.len())))
        .collect();
    assert_eq!(drawn, expected);
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case("CIRCULARSTRING(127 37, 127.5 37.5, 128 37)", "geometry(CircularString)", ShapeKind::Line)]
#[case("CURVEPOLYGON(CIRCULARSTRING(127 37, 128 38, 127 37))", "geometry", ShapeKind::Polygon)]
#[case(
    "GEOMETRYCOLLECTION(COMPOUNDCURVE(CIRCULARSTRING(127 37, 127.5 37.5, 128 37), (128 37, 129 37)))",
    "geometry(GeometryCollection)",
    ShapeKind::Line
)]
fn arcs_become_lines(#[case] wkt: &str, #[case] declared: &str, #[case] kind: ShapeKind) {
    let Some(found) = shapes(wkt, declared, "arcs_become_lines") else { return };
    assert_eq!(found[0].0, Some(kind));
    assert!(found[0].1.coordinates.len() > 30);
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case(5186, "203333 551234", [127.037_723_292_601, 37.560_630_261_168])]
// The database's own definition lacks the datum shift: it would lie 360 m off.
#[case(5174, "203080 450930", [127.035_647_693_459, 37.560_641_896_398])]
// Not known by code: the database's definition (the measures are PostGIS's own).
#[case(32652, "326000 4159000", [127.029_934_084_604, 37.561_604_823_120])]
fn positions_are_projected_by_the_srid(
    #[case] srid: u32,
    #[case] at: &str,
    #[case] expected: [f64; 2],
) {
    let name = "positions_are_projected_by_the_srid";
    let wkt = format!("SRID={srid};POINT({at})");
    for declared in [format!("geometry(Point, {srid})"), "geometry".to_owned()] {
        let Some(found) = shapes(&wkt, &declared, name) else { return };
        let [lon, lat] = found[0].1.coordinates[0];
        let off = (lon - expected[0]).hypot(lat - expected[1]);
        assert!(off < 1e-6, "{lon} {lat} in {declared}");
    }
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn srids_may_differ_by_row_and_what_has_no_place_keeps_its_attributes() {
    let name = "srids_may_differ_by_row_and_what_has_no_place_keeps_its_attributes";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql(
        "CREATE TABLE t (id int PRIMARY KEY, geom geometry);
         INSERT INTO t VALUES (1, 'POINT(127 37)'), (2, 'SRID=5186;POINT(200000 600000)'),
            (3, 'SRID=3857;POINT(0 0)'), (4, 'POINT(200000 600000)'), (5, NULL),
            (6, ST_SetSRID(ST_MakePoint(127, 'Infinity'), 4326)), (7, 'SRID=990001;POINT(1 1)')",
    );
    let (found, summary) = scratch.scan("t");
    let placed: Vec<_> =
        found.features.iter().map(|feature| feature.geometry.coordinates.first()).collect();
    assert_eq!(placed[0], Some(&[127.0, 37.0]));
    assert!((placed[1].unwrap()[0] - 127.0).abs() < 1e-9);
    assert_eq!(placed[2], Some(&[0.0, 0.0]));
    assert_eq!(placed[3..], [None; 4]);
    assert_eq!((summary.rows, summary.features, summary.misplaced), (7, 7, 3));
    let first = summary.first_misplaced.unwrap();
    assert_eq!((first.row, first.id), (3, Some(4)));
    assert!(first.reason.contains("200000 600000"), "{}", first.reason);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn geography_is_longitude_and_latitude() {
    let Some(scratch) = scratch("geography_is_longitude_and_latitude") else { return };
    scratch.sql("CREATE TABLE t (place geography(Point)); INSERT INTO t VALUES ('POINT(127 37)')");
    let (found, _) = scratch.scan("t");
    assert_eq!(found.features[0].geometry.coordinates, [[127.0, 37.0]]);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn digests_are_of_the_rows_and_not_of_their_order_where_there_is_a_key() {
    let name = "digests_are_of_the_rows_and_not_of_their_order_where_there_is_a_key";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql(
        "CREATE TABLE a (id int PRIMARY KEY, geom geometry(Point, 4326));
         INSERT INTO a SELECT i, ST_SetSRID(ST_MakePoint(127, i), 4326) FROM generate_series(1, 50) i;
         CREATE TABLE b (LIKE a INCLUDING ALL); INSERT INTO b SELECT * FROM a ORDER BY id DESC;
         CREATE TABLE c AS SELECT * FROM a;
         CREATE TABLE d (LIKE a INCLUDING ALL); INSERT INTO d SELECT * FROM a;
         UPDATE d SET geom = 'SRID=4326;POINT(1 1)' WHERE id = 7;",
    );
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| scratch.scan(name).1);
    assert_eq!(a.digest, b.digest);
    assert_ne!(a.ordered_digest, b.ordered_digest);
    assert_eq!(a.ordered_digest, c.digest);
    assert_ne!(a.digest, d.digest);
    assert_eq!(a.digest, scratch.scan("a").1.digest);
}
