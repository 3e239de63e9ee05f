//! The largest layer of a district: two years of hourly footfall on a grid. Run it by
//! hand: `cargo test --release -p sources --test derive_large -- --ignored --nocapture`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test")]

mod support;

use std::time::Instant;

use sources::DatasetId;
use sources::catalog::{Catalog, LogicalType, Operation, Period};
use sources::derive::{ColumnValues, Derived, Deriver, Form, InputError, Inputs, Part};
use sources::feature::{ColumnType, FeatureVisitor, Geometry, GeometryKind, Schema, Value};
use support::derive::{World, filtered, id, is, layer, over, ratio, sum, with};
use support::{Owned, column, polygons};

const CELLS: i64 = 1786;
const MONTHS: i64 = 24;

/// Footfall that is made as it is read.
struct Made(World);

impl Inputs for Made {
    fn scan(
        &self,
        dataset: &DatasetId,
        part: Part,
        visitor: &mut dyn FeatureVisitor,
    ) -> Result<(), InputError> {
        if part == Part::Features {
            return self.0.scan(dataset, part, visitor);
        }
        let columns = [
            ("cell", ColumnType::Text),
            ("month", ColumnType::Text),
            ("hour", ColumnType::Int),
            ("day_type", ColumnType::Text),
            ("persons", ColumnType::Double),
        ];
        let columns = columns.map(|(name, kind)| column(name, kind)).to_vec();
        visitor.begin(&Schema { columns, ..Schema::default() });
        let mut row = 0u64;
        for month in 0..MONTHS {
            let label = format!("{}{:02}", 2024 + (month + 10) / 12, (month + 10) % 12 + 1);
            for cell in 0..CELLS {
                let code = format!("g{cell:05}");
                for hour in 0..24 {
                    for day in ["평일", "주말"] {
                        let persons = (row * 2_654_435_761 % 100_003) as f64 / 10.0;
                        let values = [
                            Value::Text(&code),
                            Value::Text(&label),
                            Value::Int(hour),
                            Value::Text(day),
                            Value::Double(persons),
                        ];
                        visitor.feature(row, &Geometry::default(), &values).unwrap();
                        row += 1;
                    }
                }
            }
        }
        Ok(())
    }

    fn id_column(&self, dataset: &DatasetId) -> Option<String> {
        self.0.id_column(dataset)
    }

    fn digest(&self, _: &DatasetId, _: Part) -> Result<u128, InputError> {
        Ok(0)
    }
}

fn world() -> World {
    let mut world = World::default();
    let cell = |n: i64| {
        let (x, y) = (127.0 + (n % 50) as f64 * 0.001, 37.5 + (n / 50) as f64 * 0.001);
        let ring = [[x, y], [x + 0.001, y], [x + 0.001, y + 0.001], [x, y + 0.001]];
        (polygons(&[&[&ring]]), vec![Owned::Int(n), Owned::Text(format!("g{n:05}"))])
    };
    let columns = [("id", LogicalType::Int), ("cell", LogicalType::Code)];
    let cells = (0..CELLS).map(cell).collect();
    world.features("grid", GeometryKind::Polygon, &columns, cells).key = vec!["cell".to_owned()];
    let columns = [
        ("cell", LogicalType::Code),
        ("month", LogicalType::Month),
        ("hour", LogicalType::Int),
        ("day_type", LogicalType::Enum),
        ("persons", LogicalType::Float),
    ];
    let keys = ("cell", Some("month"), Some("hour"), Some(Period::Month));
    world.values("footfall", Some("grid"), keys, &columns, Vec::new());
    world
}

fn kilobytes(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
#[ignore = "takes a minute without optimization"]
fn two_million_rows() {
    let made = Made(world());
    let catalog: &Catalog = &made.0.catalog;
    let weekday = with(
        sources::catalog::AggregateKind::Sum,
        filtered("footfall.persons", &[("day_type", is("평일"))]),
    );
    let mut set = over(
        "grid",
        vec![
            ("persons", sum("footfall.persons")),
            ("weekday", weekday),
            ("share", ratio("weekday", "persons", 100.0)),
            ("change", Operation::Change { of: "persons".to_owned(), back: 24, percent: true }),
        ],
    );
    set.time = Some(Period::MonthHour);
    let layer = layer(&set);
    let before = kilobytes("VmRSS:");
    let start = Instant::now();
    let mut deriver = Deriver::new(catalog, &made, [(&layer, Form::Full), (&layer, Form::Public)]);
    let derived = deriver.derive(&layer, Form::Full).unwrap();
    let first = start.elapsed();
    let again = Instant::now();
    deriver.derive(&layer, Form::Public).unwrap();
    let again = again.elapsed();
    assert_eq!(derived.slices.len(), 576);
    let ColumnValues::Sliced(slices) = &derived.values[0] else { panic!() };
    assert_eq!(slices.len() * slices[0].len(), 576 * CELLS as usize);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kept");
    let writing = Instant::now();
    derived.write(&path, 1).unwrap();
    let writing = writing.elapsed();
    let reading = Instant::now();
    assert!(Derived::read(&path, 1).unwrap().is_some());
    let values: usize = derived.values.iter().map(ColumnValues::memory_bytes).sum();
    eprintln!(
        "first {first:?}, again {again:?}, written in {writing:?}, read in {:?}; {} KB kept, \
         {} KB of value ids; memory {} KB before, {} KB at most; {}",
        reading.elapsed(),
        std::fs::metadata(&path).unwrap().len() / 1024,
        values / 1024,
        before,
        kilobytes("VmHWM:"),
        id("footfall"),
    );
}
