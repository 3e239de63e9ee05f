use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use data_model::feature::GeometryKind;
use data_model::time_label::RequestedTime;
use data_model::{Extent, LayerId, TileCoord, Zoom};
use tile_source::selection::UnappliedText;
use tile_source::source::BoxFuture;
use tile_source::{ContentVersion, LayerDescription, Selection};
use tokio::sync::Notify;
use vector_tile::fragment::{DeflateLevel, Deflater};

use super::*;

/// A source that counts requests, and waits and fails as configured.
struct Source {
    description: LayerDescription,
    version: u128,
    asked: AtomicUsize,
    release: Option<Arc<Notify>>,
    empty: bool,
    fails: bool,
    bytes: usize,
}

fn source(id: &str) -> Source {
    Source {
        description: LayerDescription {
            id: LayerId::new(id).unwrap(),
            min_zoom: Zoom::MIN,
            max_zoom: Zoom::MAX,
            extent: Extent::DEFAULT,
            bounds: None,
            geometry: GeometryKind::Point,
            columns: Vec::new(),
            feature_count: None,
            labels: false,
            times: Vec::new(),
            partial_times: Vec::new(),
            attribution: None,
            inner: Vec::new(),
            tiling: data_model::Tiling::default(),
            sampled_below: None,
        },
        version: 1,
        asked: AtomicUsize::new(0),
        release: None,
        empty: false,
        fails: false,
        bytes: 100,
    }
}

impl Source {
    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl TileSource for Source {
    fn description(&self) -> &LayerDescription {
        &self.description
    }

    fn content_version(&self) -> ContentVersion {
        ContentVersion::new(self.version)
    }

    fn fragment<'a>(
        &'a self,
        request: &'a TileRequest,
    ) -> BoxFuture<'a, Result<Option<Fragment>, SourceError>> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            if let Some(release) = &self.release {
                release.notified().await;
            }
            if self.fails {
                return Err(SourceError::Overloaded);
            }
            // Bytes that deflate can't shrink.
            let seed = u64::from(request.tile.x()) << 32 | u64::from(request.tile.y());
            let noise =
                |n: usize| xxhash_rust::xxh3::xxh3_64_with_seed(&n.to_le_bytes(), seed) as u8;
            let tile: Vec<u8> = (0..self.bytes).map(noise).collect();
            Ok((!self.empty).then(|| Deflater::new(DeflateLevel::DEFAULT).fragment(&tile).unwrap()))
        })
    }
}

fn request(x: u32) -> TileRequest {
    TileRequest {
        tile: TileCoord::new(14, x, 6000).unwrap(),
        audience: Audience::Public,
        selection: Selection::default(),
        deadline: Instant::now() + Duration::from_secs(60),
        permit: Default::default(),
    }
}

/// Asks as the tile handler does.
async fn ask(
    cache: &FragmentCache,
    source: &Source,
    request: &TileRequest,
) -> Result<Option<Fragment>, SourceError> {
    match cache.get(source, request) {
        CacheLookup::Found(fragment) => Ok(Some(fragment)),
        CacheLookup::Empty => Ok(None),
        CacheLookup::Missing => cache.make(source, request).await,
    }
}

fn counts(cache: &FragmentCache) -> [u64; 3] {
    let LookupCounts { hits, waits, misses } = &cache.counts;
    [hits, waits, misses].map(Counter::get)
}

#[tokio::test]
async fn a_fragment_is_made_once_and_an_empty_one_too() {
    let cache = FragmentCache::new(1 << 20, LookupCounts::default());
    let (full, empty) = (source("full"), Source { empty: true, ..source("empty") });
    for source in [&full, &empty] {
        for _ in 0..3 {
            let fragment = ask(&cache, source, &request(1)).await.unwrap();
            assert_eq!(fragment.is_none(), source.empty);
        }
        assert_eq!(source.asked(), 1);
    }
    assert_eq!(counts(&cache), [4, 0, 2]);
    assert_eq!(cache.entries(), 2);
}

#[tokio::test]
async fn every_part_of_the_key_makes_another_fragment() {
    let cache = FragmentCache::new(1 << 20, LookupCounts::default());
    let (one, other) = (source("one"), source("other"));
    let changed = Source { version: 2, ..source("one") };
    let mut selected = request(1);
    selected.selection.filter = UnappliedText::parse("a = 1");
    let mut timed = request(1);
    timed.selection.time = RequestedTime::parse("a = 1");
    let staff = TileRequest { audience: Audience::Staff, ..request(1) };
    let asked: [(&Source, &TileRequest); 7] = [
        (&one, &request(1)),
        (&one, &request(2)),
        (&other, &request(1)),
        (&changed, &request(1)),
        (&one, &selected),
        (&one, &timed),
        (&one, &staff),
    ];
    for (source, request) in asked {
        ask(&cache, source, request).await.unwrap();
    }
    assert_eq!(counts(&cache), [0, 0, 7]);
}

#[tokio::test]
async fn concurrent_requests_share_one_fragment() {
    let release = Arc::new(Notify::new());
    let cache = FragmentCache::new(1 << 20, LookupCounts::default());
    let slow = Source { release: Some(Arc::clone(&release)), ..source("slow") };
    let request = request(1);
    let all = futures_util::future::try_join_all((0..50).map(|_| cache.make(&slow, &request)));
    let open = async {
        // One leads; the others have all been polled once by now.
        tokio::task::yield_now().await;
        release.notify_one();
    };
    let (fragments, ()) = tokio::join!(all, open);
    assert!(fragments.unwrap().iter().all(Option::is_some));
    assert_eq!((slow.asked(), counts(&cache)), (1, [0, 49, 1]));
}

#[tokio::test]
async fn a_waiting_request_makes_the_fragment_when_the_first_is_cancelled() {
    let release = Arc::new(Notify::new());
    let cache = FragmentCache::new(1 << 20, LookupCounts::default());
    let slow = Source { release: Some(Arc::clone(&release)), ..source("slow") };
    let request = request(1);
    let mut leader = Box::pin(ask(&cache, &slow, &request));
    let mut next = Box::pin(ask(&cache, &slow, &request));
    // Polled once each: the first leads, the second waits for it.
    tokio::select! { biased; _ = &mut leader => {}, () = std::future::ready(()) => {} }
    tokio::select! { biased; _ = &mut next => {}, () = std::future::ready(()) => {} }
    assert_eq!(slow.asked(), 1);
    drop(leader);
    release.notify_one();
    assert!(next.await.unwrap().is_some());
    assert_eq!(slow.asked(), 2);
}

#[tokio::test]
async fn an_error_is_not_cached() {
    let cache = FragmentCache::new(1 << 20, LookupCounts::default());
    let failing = Source { fails: true, ..source("layer") };
    assert!(ask(&cache, &failing, &request(1)).await.is_err());
    let mended = source("layer");
    assert!(ask(&cache, &mended, &request(1)).await.unwrap().is_some());
    assert_eq!((mended.asked(), cache.entries()), (1, 1));
}

#[tokio::test]
async fn its_bytes_stay_within_the_bound() {
    let bound = 1 << 20;
    let cache = FragmentCache::new(bound, LookupCounts::default());
    let large = Source { bytes: 10_000, ..source("large") };
    for x in 0..1000 {
        ask(&cache, &large, &request(x)).await.unwrap();
        assert!(cache.bytes() <= bound, "{} bytes", cache.bytes());
    }
    assert!(cache.bytes() > bound / 2, "it is filled: {} bytes", cache.bytes());
}

#[tokio::test]
async fn often_requested_tiles_outlive_a_crawler() {
    let cache = FragmentCache::new(1 << 20, LookupCounts::default());
    let layer = Source { bytes: 10_000, ..source("layer") };
    for _ in 0..5 {
        for x in 0..20 {
            ask(&cache, &layer, &request(x)).await.unwrap();
        }
    }
    // Ten times what fits, each once.
    for x in 1000..2000 {
        ask(&cache, &layer, &request(x)).await.unwrap();
    }
    let before = layer.asked();
    for x in 0..20 {
        ask(&cache, &layer, &request(x)).await.unwrap();
    }
    assert!(layer.asked() - before <= 5, "{} of 20 were lost", layer.asked() - before);
}

#[tokio::test]
async fn a_cache_of_zero_bytes_is_disabled() {
    let cache = FragmentCache::new(0, LookupCounts::default());
    let layer = source("layer");
    for _ in 0..2 {
        assert!(ask(&cache, &layer, &request(1)).await.unwrap().is_some());
    }
    assert_eq!((layer.asked(), cache.bytes(), cache.entries()), (2, 0, 0));
}
