//! Numbering of a tile's values: an array by value id, stamped with the tile, as in the
//! encoder's tags stage, beside a hash map of ids and one of encoded values.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Duration;

use benches::{points, table};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use data_model::feature::GeometryKind;

/// Number of rows of the input.
const ROWS: usize = 10_000;

/// The stamped array, reduced to the compared part.
struct Stamped {
    slots: Vec<(u32, u32)>,
    stamp: u32,
}

fn remap(criterion: &mut Criterion) {
    let table = table(&points(ROWS), GeometryKind::Point);
    let columns: Vec<&[u32]> =
        (0..table.columns().len()).map(|at| table.column_values(at)).collect();
    let dictionary = table.dictionary();
    let mut group = criterion.benchmark_group("remap/10000 rows x 5");
    group.throughput(Throughput::Elements((ROWS * columns.len()) as u64));

    group.bench_function("stamped array", |bencher| {
        let mut state = Stamped { slots: vec![(0, 0); dictionary.len() + 1], stamp: 0 };
        bencher.iter(|| {
            state.stamp += 1;
            let (mut next, mut sum) = (0, 0u64);
            for row in 0..ROWS {
                for column in &columns {
                    let slot = &mut state.slots[column[row] as usize];
                    if slot.0 != state.stamp {
                        *slot = (state.stamp, next);
                        next += 1;
                    }
                    sum += u64::from(slot.1);
                }
            }
            black_box(sum)
        });
    });
    group.bench_function("hash map by id", |bencher| {
        let mut numbers: HashMap<u32, u32> = HashMap::with_capacity(dictionary.len());
        bencher.iter(|| {
            numbers.clear();
            let mut sum = 0u64;
            for row in 0..ROWS {
                for column in &columns {
                    let next = numbers.len() as u32;
                    sum += u64::from(*numbers.entry(column[row]).or_insert(next));
                }
            }
            black_box(sum)
        });
    });
    group.bench_function("hash map by encoded value", |bencher| {
        let mut numbers: HashMap<&[u8], u32> = HashMap::with_capacity(dictionary.len());
        bencher.iter(|| {
            numbers.clear();
            let mut sum = 0u64;
            for row in 0..ROWS {
                for column in &columns {
                    let next = numbers.len() as u32;
                    sum +=
                        u64::from(*numbers.entry(dictionary.encoded(column[row])).or_insert(next));
                }
            }
            black_box(sum)
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500));
    targets = remap
}
criterion_main!(benches);
