//! The server's own reader reads back the encoded files.

use data_model::FeatureStore as _;
use data_model::feature::{FeatureSchema, FeatureVisitor};
use flatgeobuf_store::FlatGeobuf;

use super::*;
use crate::geometry::feature_shapes::polygon;
use crate::tables::schema::{CatalogSchema as Declared, DatasetPart};
use crate::tables::writer::TableWriter;

/// Schema and rows of a scan, as text.
#[derive(Default)]
struct ScannedText {
    head: String,
    rows: Vec<String>,
}

impl FeatureVisitor for ScannedText {
    fn begin(&mut self, schema: &FeatureSchema) {
        let columns = schema.columns.len();
        let synthetic = schema.description.as_deref() == Some(NOTICE);
        self.head = format!("{columns} columns, {:?}, synthetic {synthetic}", schema.feature_count);
    }

    fn feature(
        &mut self,
        _: u64,
        geometry: &Geometry,
        values: &[data_model::feature::AttributeValue<'_>],
    ) -> Result<(), data_model::VisitError> {
        self.rows.push(format!("{} {values:?}", geometry.coordinates.len()));
        Ok(())
    }
}

fn read(path: &Path) -> ScannedText {
    let mut seen = ScannedText::default();
    FlatGeobuf::new(path).scan(&mut seen).unwrap();
    seen
}

#[rstest::rstest]
#[case(0)]
#[case(1)]
#[case(300)]
fn values_come_back_without_geometry_and_counted(#[case] rows: i64) {
    let declared = Declared::built_in().unwrap();
    let table = declared.table("waste_volume_dong", DatasetPart::Values).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waste_volume_dong.fgb");
    let mut writer = TableWriter::create(table, &path).unwrap();
    for k in 0..rows {
        let food = (k % 2 == 0).then_some(k as f64);
        let cells = [
            "1120052000".into(),
            "202610".into(),
            1.5.into(),
            food.into(),
            CellValue::Null,
            0.25.into(),
        ];
        writer.write_row(None, &cells).unwrap();
    }
    writer.finish().unwrap();
    let seen = read(&path);
    // A count of nothing is not stated, and then not known.
    let count = (rows > 0).then_some(rows as u64);
    assert_eq!(seen.head, format!("6 columns, {count:?}, synthetic true"));
    assert_eq!(seen.rows.len() as i64, rows);
    if let Some(first) = seen.rows.first() {
        assert_eq!(
            first,
            "0 [Text(\"1120052000\"), Text(\"202610\"), Double(1.5), Double(0.0), Null, Double(0.25)]"
        );
    }
}

#[test]
fn a_row_that_does_not_fit_is_refused_by_name() {
    let declared = Declared::built_in().unwrap();
    let table = declared.table("legal_dong", DatasetPart::Features).unwrap();
    let ring = polygon(&[[0.0, 0.0], [90.0, 0.0], [0.0, 90.0]]);
    let mut writer = TableWriter::in_memory(table);
    let cells = ["11200101".into(), "상왕십리동".into(), CellValue::Int(3)];
    for (geometry, cells, what) in [
        (Some(&ring), &cells[..], "legal_dong, row 0: column emd_eng_nm"),
        (Some(&ring), &cells[..2], "2 cells for 3 columns"),
        (None, &cells[..], "a geometry of"),
    ] {
        let error = writer.write_row(geometry, cells).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    }
    let key_missing = [CellValue::Null, "a".into(), "b".into()];
    assert!(writer.write_row(Some(&ring), &key_missing).is_err());
    assert_eq!(writer.row_count(), 0);
}
