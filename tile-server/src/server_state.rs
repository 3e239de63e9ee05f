//! State shared by all listeners.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::{ArcSwap, Guard};
use data_model::Audience;
use http::HeaderValue;
use tokio::sync::Notify;

use crate::audience::ListenerKind;
use crate::cache::coding_pool::CodingPool;
use crate::cache::composite_cache::CompositeCache;
use crate::cache::fragment_cache::FragmentCache;
use crate::cache::preview_cache::PreviewCache;
use crate::http::base_url::{BaseUrl, BaseUrls};
use crate::http::cors;
use crate::http::request_id::RequestId;
use crate::layer_library::LayerLibrary;
use crate::metrics::ServerMetrics;
use crate::net::local_request::LoggedReasons;
use crate::net::peer_program::PeerExaminer;
use crate::net::proxy_hints::ProxyHints;
use crate::published_state::PublishedState;
use crate::vworld::{self, VworldKey};

/// Configuration of answers.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Rules for making links absolute.
    pub base_urls: BaseUrls,
    /// Time limit of one request.
    pub request_timeout: Duration,
    /// Number of answers that may be deflated or inflated at once.
    pub coding: usize,
    /// Number of further answers that may wait to be deflated or inflated.
    pub coding_queue: usize,
    /// Bytes of the tile caches; 0 for none.
    pub cache_bytes: u64,
    /// Sites that may frame the public page (CSP `frame-ancestors`); the site itself if empty.
    pub frame_ancestors: Vec<String>,
    /// Sites that may frame the staff page; nobody if empty.
    pub staff_frame_ancestors: Vec<String>,
    /// Whether local requests see undeclared files while there is no catalog.
    pub local_files: bool,
    /// Key for the tiles of VWorld beneath every map.
    pub vworld_key: Option<VworldKey>,
}

/// State shared by all connections.
pub struct ServerState {
    library: Arc<dyn LayerLibrary>,
    published: ArcSwap<PublishedState>,
    draining: AtomicBool,
    /// Whether all declared data was present once, or is known to be missing.
    settled: AtomicBool,
    next_request: AtomicU64,
    /// Notified when a refresh is requested.
    refresh_request: Notify,
    /// Settings.
    pub options: ServerOptions,
    /// Counters.
    pub metrics: ServerMetrics,
    /// Hints about proxies that were logged.
    pub proxy_hints: ProxyHints,
    /// Cache of fragments.
    pub fragments: FragmentCache,
    /// Cache of spliced tiles of several layers.
    pub composites: CompositeCache,
    /// Cache of previews.
    pub previews: PreviewCache,
    /// Pool of the only CPU work outside the sources' pool.
    pub coding: CodingPool,
    page_policies: [HeaderValue; 2],
    /// De-duplicates log messages about requests that are not local.
    pub logged_reasons: LoggedReasons,
    /// Examines the programs that send requests.
    pub peers: PeerExaminer,
}

impl ServerState {
    /// Publishes the library's first snapshot. Blocks for a few milliseconds.
    #[must_use]
    pub fn new(library: Arc<dyn LayerLibrary>, options: ServerOptions) -> Self {
        let published = PublishedState::from_library(library.as_ref());
        let metrics = match published.snapshot.database_up() {
            Some(_) => ServerMetrics::new().with_database(),
            None => ServerMetrics::new(),
        };
        metrics.set_published(&published);
        let page_policies = [ListenerKind::Public, ListenerKind::Staff].map(|listener| {
            let origin = options.base_urls.of_listener(listener).map(BaseUrl::origin);
            let ancestors = match listener {
                ListenerKind::Staff => &options.staff_frame_ancestors,
                ListenerKind::Public | ListenerKind::Admin => &options.frame_ancestors,
            };
            // With a key the page loads tiles from VWorld as well.
            let vworld = options.vworld_key.as_ref().map(|_| vworld::ORIGIN);
            let origins: Vec<&str> = origin.into_iter().chain(vworld).collect();
            let policy = cors::page_policy(&origins, ancestors, listener.audience());
            // Checked with the configuration; 'none' is the safe side of a mistake.
            HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
        });
        Self {
            published: ArcSwap::from_pointee(published),
            // Most of it for fragments, which every composite is made of.
            fragments: FragmentCache::new(options.cache_bytes / 16 * 11, metrics.fragments()),
            previews: PreviewCache::new(options.cache_bytes / 16),
            composites: CompositeCache::new(options.cache_bytes / 4, metrics.composites()),
            library,
            draining: AtomicBool::new(false),
            settled: AtomicBool::new(false),
            refresh_request: Notify::new(),
            next_request: AtomicU64::new(first_request()),
            metrics,
            proxy_hints: ProxyHints::default(),
            coding: CodingPool::new(options.coding, options.coding_queue),
            page_policies,
            logged_reasons: LoggedReasons::default(),
            peers: PeerExaminer::default(),
            options,
        }
    }

    /// Content security policy of the map page.
    #[must_use]
    pub fn page_policy(&self, audience: Audience) -> HeaderValue {
        let [public, staff] = &self.page_policies;
        match audience {
            Audience::Public => public.clone(),
            Audience::Staff => staff.clone(),
        }
    }

    /// The published state.
    #[must_use]
    pub fn published(&self) -> Guard<Arc<PublishedState>> {
        self.published.load()
    }

    /// Looks for changes and publishes them; `true` if there were any. Blocks: run it off the
    /// async workers.
    pub fn refresh(&self) -> bool {
        let changed = self.library.refresh();
        if changed {
            let published = PublishedState::from_library(self.library.as_ref());
            self.metrics.set_published(&published);
            self.published.store(Arc::new(published));
            self.log_once_ready();
        }
        changed
    }

    /// Requests a refresh at once.
    pub fn request_refresh(&self) {
        self.refresh_request.notify_one();
    }

    /// Waits until a refresh is requested.
    pub async fn refresh_requested(&self) {
        self.refresh_request.notified().await;
    }

    /// Logs that the server is ready, once no data is awaited any more. Call it when the
    /// listeners are open; [`refresh`](Self::refresh) calls it for later snapshots.
    pub fn log_once_ready(&self) {
        let published = self.published();
        let snapshot = &published.snapshot;
        if snapshot.awaited() > 0 || self.settled.swap(true, Ordering::AcqRel) {
            return;
        }
        let unavailable = snapshot.states().filter(|(_, reason)| reason.is_some()).count();
        tracing::info!(
            layers = snapshot.states().count(),
            public = snapshot.layers(Audience::Public).count(),
            unavailable,
            "ready"
        );
    }

    /// Whether tables and measures of the start are still awaited. Never `true` again once they
    /// are present: data declared by a later catalog takes nothing from the served layers.
    #[must_use]
    pub fn is_starting(&self) -> bool {
        !self.settled.load(Ordering::Acquire) && self.published().snapshot.awaited() > 0
    }

    /// Begins to drain the server.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// Whether the server drains.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// Id for a request that came without one.
    #[must_use]
    pub fn next_request(&self) -> RequestId {
        RequestId::Made(self.next_request.fetch_add(1, Ordering::Relaxed))
    }
}

/// First request id: a digest of time and process, its low half clear.
fn first_request() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seed = (now.unwrap_or_default().as_nanos(), std::process::id());
    xxhash_rust::xxh3::xxh3_64(format!("{seed:?}").as_bytes()) << 32
}
