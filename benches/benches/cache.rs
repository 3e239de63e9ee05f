//! Cache hits: `quick_cache`, as the fragment cache uses it, beside a `HashMap` behind a
//! mutex; alone, and while another thread looks up too.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use benches::Random;
use criterion::{Criterion, criterion_group, criterion_main};
use quick_cache::sync::Cache;
use vector_tile::Fragment;
use vector_tile::fragment::{DeflateLevel, Deflater};

/// Number of cached fragments: 7 themes of 26 layers at some 100 tiles.
const HELD: usize = 18_200;

fn keys() -> Vec<u128> {
    let mut random = Random(3);
    let half = |random: &mut Random| u128::from(random.next_u64());
    (0..HELD).map(|_| half(&mut random) << 64 | half(&mut random)).collect()
}

/// Runs a bench, if `busy` while another thread does the same.
fn compare(criterion: &mut Criterion, name: &str, look_up: &(impl Fn(usize) -> usize + Sync)) {
    for (when, busy) in [("alone", false), ("beside another thread", true)] {
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            if busy {
                scope.spawn(|| {
                    let mut at = HELD / 2;
                    while !ended.load(Ordering::Relaxed) {
                        at = (at + 7919) % HELD;
                        black_box(look_up(at));
                    }
                });
            }
            let mut at = 0;
            criterion.benchmark_group("cache/hit").bench_function(
                format!("{name}, {when}"),
                |bencher| {
                    bencher.iter(|| {
                        at = (at + 7919) % HELD;
                        black_box(look_up(at))
                    });
                },
            );
            ended.store(true, Ordering::Relaxed);
        });
    }
}

fn hit(criterion: &mut Criterion) {
    let keys = keys();
    let mut deflater = Deflater::new(DeflateLevel::new(2).expect("a level"));
    let fragment = deflater.fragment(&[7; 400]).expect("a small layer");
    let cache: Cache<u128, Fragment> = Cache::new(2 * HELD);
    let map = Mutex::new(HashMap::new());
    for &key in &keys {
        cache.insert(key, fragment.clone());
        map.lock().expect("no thread panicked").insert(key, fragment.clone());
    }
    compare(criterion, "quick_cache", &|at| {
        cache.get(&keys[at]).map_or(0, |found| found.gzip().len())
    });
    compare(criterion, "mutex and hash map", &|at| {
        let found = map.lock().expect("no thread panicked").get(&keys[at]).cloned();
        found.map_or(0, |found| found.gzip().len())
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500));
    targets = hit
}
criterion_main!(benches);
