//! Metrics for Prometheus. Every label has a bounded set of values.

mod labels;

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use self::labels::{
    AnswerLabels, ByListener, ByRoute, ByState, EvictionLabels, RefusalLabels, State,
};
use crate::audience::ListenerKind;
use crate::cache::composite_cache::{self, CompositeCache};
use crate::cache::fragment_cache::{FragmentCache, LookupCounts};
use crate::http::route::RouteName;
use crate::net::activity::ConnectionPhase;
use crate::net::connection_slots::SlotLimit;
use crate::process_metrics::ProcessCollector;
use crate::published_state::PublishedState;

/// The prefix of the server's own metrics.
const PREFIX: &str = "tile_server";

/// The server's counters.
#[derive(Debug)]
pub struct ServerMetrics {
    registry: Registry,
    requests: Family<AnswerLabels, Counter>,
    durations: Family<ByRoute, Histogram>,
    /// The counters of 200s by listener and the durations, by route in the order of
    /// [`RouteName::ALL`]: looking them up takes a lock.
    usual: Vec<([Counter; 3], Histogram)>,
    not_modified: Family<ByRoute, Counter>,
    connections: Family<ByListener, Gauge>,
    connections_refused: Family<RefusalLabels, Counter>,
    connections_evicted: Family<EvictionLabels, Counter>,
    layers: Family<ByState, Gauge>,
    faults: Gauge,
    database_up: Gauge,
    fragments: LookupCounts,
    composites: composite_cache::LookupCounts,
    fragment_bytes: Gauge,
    fragment_entries: Gauge,
    composite_bytes: Gauge,
    tiles_in_flight: Gauge,
    body_bytes: Counter<u64, AtomicU64>,
    /// Sizes of tiles as stored (gzip), in bytes.
    pub tile_bytes: Histogram,
}

/// Counts a gauge down when dropped, however the counted work ends.
#[derive(Debug)]
pub struct InFlight(Gauge);

impl InFlight {
    fn new(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl ServerMetrics {
    /// Registers everything under the prefix `tile_server_`.
    #[must_use]
    pub fn new() -> Self {
        // 0.25 ms to 8 s: a cached tile to the deadline.
        let durations = || Histogram::new(exponential_buckets(0.000_25, 2.0, 16));
        let requests: Family<AnswerLabels, Counter> = Family::default();
        let durations: Family<ByRoute, Histogram> =
            Family::new_with_constructor(durations as fn() -> Histogram);
        let usual = RouteName::ALL.map(|route| {
            let answers = ListenerKind::ALL.map(|listener| {
                requests.get_or_create(&AnswerLabels { listener, route, status: 200 }).clone()
            });
            (answers, durations.get_or_create(&ByRoute { route }).clone())
        });
        let metrics = Self {
            registry: Registry::default(),
            requests,
            durations,
            usual: usual.into(),
            not_modified: Family::default(),
            connections: Family::default(),
            connections_refused: Family::default(),
            connections_evicted: Family::default(),
            layers: Family::default(),
            faults: Gauge::default(),
            database_up: Gauge::default(),
            fragments: LookupCounts::default(),
            composites: composite_cache::LookupCounts::default(),
            fragment_bytes: Gauge::default(),
            fragment_entries: Gauge::default(),
            composite_bytes: Gauge::default(),
            tiles_in_flight: Gauge::default(),
            body_bytes: Counter::default(),
            // 256 bytes to 8 MiB.
            tile_bytes: Histogram::new(exponential_buckets(256.0, 2.0, 16)),
        };
        metrics.register_all()
    }

    fn register_all(mut self) -> Self {
        let mut root = Registry::default();
        root.register_collector(Box::new(ProcessCollector::default()));
        let registry = root.sub_registry_with_prefix(PREFIX);
        registry.register(
            "build",
            "Version of the program",
            Info::new([("version", env!("CARGO_PKG_VERSION"))].to_vec()),
        );
        registry.register("requests", "Requests answered", self.requests.clone());
        registry.register_with_unit(
            "request",
            "Time from a request's head to its answer",
            Unit::Seconds,
            self.durations.clone(),
        );
        registry.register("not_modified", "Requests answered with 304", self.not_modified.clone());
        self.register_connections(registry);
        self.register_layers(registry);
        self.register_caches(registry);
        self.register_tiles(registry);
        self.registry = root;
        self
    }

    fn register_connections(&self, registry: &mut Registry) {
        registry.register("connections", "Open connections", self.connections.clone());
        registry.register(
            "connections_refused",
            "Connections answered with 503 at once, by the limit whose places were all busy",
            self.connections_refused.clone(),
        );
        registry.register(
            "connections_evicted",
            "Connections closed for new ones, by what they were doing",
            self.connections_evicted.clone(),
        );
    }

    fn register_layers(&self, registry: &mut Registry) {
        registry.register("layers", "Layers by whether they can be served", self.layers.clone());
        registry.register(
            "faults",
            "Files of data, catalog and styles that can't be used as they are",
            self.faults.clone(),
        );
    }

    fn register_caches(&self, registry: &mut Registry) {
        registry.register(
            "fragment_cache_hits",
            "Layers of tiles that were made before",
            self.fragments.hits.clone(),
        );
        registry.register(
            "fragment_cache_waits",
            "Layers of tiles that were being made for another request",
            self.fragments.waits.clone(),
        );
        registry.register(
            "fragment_cache_misses",
            "Layers of tiles that had to be made",
            self.fragments.misses.clone(),
        );
        registry.register_with_unit(
            "fragment_cache",
            "Memory of the fragment cache",
            Unit::Bytes,
            self.fragment_bytes.clone(),
        );
        registry.register(
            "fragment_cache_entries",
            "Fragments in the cache, empty ones too",
            self.fragment_entries.clone(),
        );
        registry.register(
            "composite_cache_hits",
            "Tiles of several layers that were spliced before",
            self.composites.hits.clone(),
        );
        registry.register(
            "composite_cache_misses",
            "Tiles of several layers that had to be spliced",
            self.composites.misses.clone(),
        );
        registry.register_with_unit(
            "composite_cache",
            "Memory of the cache of spliced tiles",
            Unit::Bytes,
            self.composite_bytes.clone(),
        );
    }

    fn register_tiles(&self, registry: &mut Registry) {
        registry.register(
            "tiles_in_flight",
            "Tile requests that wait for their sources",
            self.tiles_in_flight.clone(),
        );
        registry.register_with_unit(
            "response_body",
            "Bytes of bodies handed to connections",
            Unit::Bytes,
            self.body_bytes.clone(),
        );
        registry.register_with_unit(
            "tile",
            "Sizes of tiles as stored (gzip)",
            Unit::Bytes,
            self.tile_bytes.clone(),
        );
    }

    /// Registers the metrics of a database, for a server that has one.
    #[must_use]
    pub fn with_database(mut self) -> Self {
        self.registry.sub_registry_with_prefix(PREFIX).register(
            "database_up",
            "1 while the database answers, else 0",
            self.database_up.clone(),
        );
        self
    }

    /// Counts one answered request.
    pub fn answered(
        &self,
        listener: ListenerKind,
        route: RouteName,
        status: u16,
        bytes: usize,
        seconds: f64,
    ) {
        match &self.usual[route as usize] {
            (answers, durations) if status == 200 => {
                answers[listener as usize].inc();
                durations.observe(seconds);
            }
            (_, durations) => {
                self.requests.get_or_create(&AnswerLabels { listener, route, status }).inc();
                durations.observe(seconds);
            }
        }
        self.body_bytes.inc_by(bytes as u64);
        if status == 304 {
            self.not_modified.get_or_create(&ByRoute { route }).inc();
        }
    }

    /// Counts a tile request that waits for its sources, until the guard is dropped.
    #[must_use]
    pub fn start_tile(&self) -> InFlight {
        InFlight::new(self.tiles_in_flight.clone())
    }

    /// Counters of the fragment cache.
    #[must_use]
    pub fn fragments(&self) -> LookupCounts {
        self.fragments.clone()
    }

    /// Counters of the cache of spliced tiles.
    #[must_use]
    pub fn composites(&self) -> composite_cache::LookupCounts {
        self.composites.clone()
    }

    /// Sets the present sizes of the caches.
    pub fn set_cached(&self, fragments: &FragmentCache, composites: &CompositeCache) {
        let number = |count| i64::try_from(count).unwrap_or(i64::MAX);
        self.fragment_bytes.set(number(fragments.bytes()));
        self.fragment_entries.set(number(fragments.entries()));
        self.composite_bytes.set(number(composites.bytes()));
    }

    /// Counts an open connection, until the guard is dropped.
    #[must_use]
    pub fn connect(&self, listener: ListenerKind) -> InFlight {
        InFlight::new(self.connections.get_or_create(&ByListener { listener }).clone())
    }

    /// Counts a refused connection.
    pub fn refused(&self, listener: ListenerKind, limit: SlotLimit) {
        self.connections_refused.get_or_create(&RefusalLabels { listener, limit }).inc();
    }

    /// Counts a connection that was closed for another.
    pub fn evicted(&self, listener: ListenerKind, phase: ConnectionPhase) {
        self.connections_evicted.get_or_create(&EvictionLabels { listener, phase }).inc();
    }

    /// Sets the numbers of layers and faults of a published state.
    pub fn set_published(&self, published: &PublishedState) {
        self.faults.set(i64::try_from(published.faults.len()).unwrap_or(i64::MAX));
        self.database_up.set(i64::from(published.snapshot.database_up() == Some(true)));
        let states = || published.snapshot.states();
        let ready = states().filter(|(_, reason)| reason.is_none()).count();
        let set = |state, count: usize| {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            self.layers.get_or_create(&ByState { state }).set(count);
        };
        set(State::ready, ready);
        set(State::unavailable, states().count() - ready);
        set(State::absent, published.snapshot.absent().count());
    }

    /// The metrics as OpenMetrics text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string fails for no input.
        let _ = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }
}

impl Default for ServerMetrics {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_database_is_down_where_there_is_none() {
        assert!(!ServerMetrics::new().text().contains("database_up"));
        let text = ServerMetrics::new().with_database().text();
        assert!(text.contains("\ntile_server_database_up 0\n"), "{text}");
    }

    #[test]
    fn names_carry_their_units() {
        let metrics = ServerMetrics::new();
        metrics.answered(ListenerKind::Public, RouteName::Tile, 304, 0, 0.001);
        metrics.answered(ListenerKind::Staff, RouteName::Tile, 200, 42, 0.001);
        metrics.refused(ListenerKind::Public, SlotLimit::Peer);
        metrics.evicted(ListenerKind::Staff, ConnectionPhase::Headless);
        metrics.tile_bytes.observe(42.0);
        let connection = metrics.connect(ListenerKind::Public);
        let text = metrics.text();
        for line in [
            "tile_server_requests_total{listener=\"staff\",route=\"tile\",status=\"200\"} 1",
            "tile_server_requests_total{listener=\"public\",route=\"tile\",status=\"200\"} 0",
            "tile_server_requests_total{listener=\"public\",route=\"tile\",status=\"304\"} 1",
            "tile_server_connections_refused_total{listener=\"public\",limit=\"peer\"} 1",
            "tile_server_connections_evicted_total{listener=\"staff\",phase=\"headless\"} 1",
            "tile_server_not_modified_total{route=\"tile\"} 1",
            "tile_server_request_seconds_count{route=\"tile\"} 2",
            "tile_server_response_body_bytes_total 42",
            "tile_server_tile_bytes_sum 42.0",
            "tile_server_connections{listener=\"public\"} 1",
            "tile_server_tiles_in_flight 0",
            "tile_server_build_info{version=\"",
            "process_resident_memory_bytes ",
            "process_start_time_seconds ",
            "process_cpu_seconds_total ",
            "process_open_fds ",
        ] {
            assert!(text.contains(line), "{line} is missing from\n{text}");
        }
        assert_eq!(text.matches("# EOF").count(), 1, "{text}");
        drop(connection);
        assert!(metrics.text().contains("tile_server_connections{listener=\"public\"} 0"));
    }
}
