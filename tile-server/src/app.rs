//! What all listeners share, and what is published now.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arc_swap::{ArcSwap, Guard};
use bytes::Bytes;
use data_library::Snapshot;
use data_model::Audience;
use http::HeaderValue;
use name_search::SearchIndex;
use tokio::sync::Notify;

use crate::audience::Listener;
use crate::cache::coding_pool::CodingPool;
use crate::cache::composite_cache::CompositeCache;
use crate::cache::fragment_cache::FragmentCache;
use crate::http::accept::Encoding;
use crate::http::base_url::{BaseUrl, BaseUrls};
use crate::http::etag::ETag;
use crate::http::request_id::RequestId;
use crate::library::Library;
use crate::metrics::Metrics;
use crate::net::local_request::ToldReasons;
use crate::net::peer_program::PeerExaminer;
use crate::net::proxy_hints::ProxyHints;
use crate::{
    handlers,
    http::{cors, gzip},
};

/// A document made once for a snapshot, in both codings.
#[derive(Debug, Clone)]
pub struct Document {
    /// The text.
    pub plain: Bytes,
    /// The same as one gzip member.
    pub gzip: Bytes,
    tags: [ETag; 2],
}

impl Document {
    /// Compresses a document. Blocks for the time that takes.
    #[must_use]
    pub fn new(plain: Vec<u8>) -> Self {
        let tags =
            [Encoding::Gzip, Encoding::Identity].map(|coding| ETag::of_document(&plain, coding));
        Self { gzip: gzip::compress(&plain), plain: plain.into(), tags }
    }

    /// Body and tag in one coding.
    #[must_use]
    pub fn coded(&self, encoding: Encoding) -> (&Bytes, &ETag) {
        match encoding {
            Encoding::Gzip => (&self.gzip, &self.tags[0]),
            Encoding::Identity => (&self.plain, &self.tags[1]),
        }
    }
}

/// Everything of one moment. A request holds one of these from start to end.
pub struct Published {
    /// Layers and catalog.
    pub snapshot: Arc<Snapshot>,
    /// Style documents.
    pub themes: Arc<styles::Themes>,
    /// What could not be read, for the operator.
    pub faults: Vec<String>,
    public_catalog: Document,
    staff_catalog: Document,
    /// Made when the first search asks for it.
    searches: [OnceLock<SearchIndex>; 2],
}

impl Published {
    fn of(library: &dyn Library) -> Self {
        let (snapshot, themes, faults) = (library.snapshot(), library.themes(), library.faults());
        let catalog = |audience| Document::new(handlers::catalog::document(&snapshot, audience));
        Self {
            public_catalog: catalog(Audience::Public),
            staff_catalog: catalog(Audience::Staff),
            searches: [OnceLock::new(), OnceLock::new()],
            snapshot,
            themes,
            faults,
        }
    }

    /// What `audience` may find by name. The first time it is made, which blocks for
    /// tens of milliseconds.
    #[must_use]
    pub fn search_index(&self, audience: Audience) -> &SearchIndex {
        let [public, staff] = &self.searches;
        let index = match audience {
            Audience::Public => public,
            Audience::Staff => staff,
        };
        index.get_or_init(|| SearchIndex::new(&self.snapshot, audience))
    }

    /// The catalog as `audience` may see it.
    #[must_use]
    pub const fn catalog(&self, audience: Audience) -> &Document {
        match audience {
            Audience::Public => &self.public_catalog,
            Audience::Staff => &self.staff_catalog,
        }
    }
}

/// What answers need to know of the configuration.
#[derive(Debug, Clone)]
pub struct AppOptions {
    /// How links are made absolute.
    pub base_urls: BaseUrls,
    /// How long one request may take.
    pub request_timeout: Duration,
    /// How many answers may be deflated or inflated at once.
    pub coding: usize,
    /// How many more may wait for that.
    pub coding_queue: usize,
    /// Bytes of tiles that are kept; 0 for none.
    pub cache_bytes: u64,
    /// Sites that may frame the public page (CSP `frame-ancestors`); the site itself if empty.
    pub frame_ancestors: Vec<String>,
    /// Sites that may frame the staff page; nobody if empty.
    pub staff_frame_ancestors: Vec<String>,
    /// Whether plain requests of this machine see files while there is no catalog.
    pub local_files: bool,
}

/// The state that all connections share.
pub struct App {
    library: Arc<dyn Library>,
    published: ArcSwap<Published>,
    draining: AtomicBool,
    /// Whether all that is declared was there once, or known to be missing.
    settled: AtomicBool,
    next_request: AtomicU64,
    /// Told when changes are to be looked for at once.
    look: Notify,
    /// Settings.
    pub options: AppOptions,
    /// Counters.
    pub metrics: Metrics,
    /// Hints about proxies that were logged.
    pub proxy_hints: ProxyHints,
    /// Fragments made before.
    pub fragments: FragmentCache,
    /// Tiles of several layers spliced before.
    pub composites: CompositeCache,
    /// The only CPU work outside the sources' pool.
    pub coding: CodingPool,
    page_policies: [HeaderValue; 2],
    /// Why requests did not count as local, for the log.
    pub told: ToldReasons,
    /// Finds out which programs ask.
    pub peers: PeerExaminer,
}

impl App {
    /// Publishes the library's first snapshot. Blocks for a few milliseconds.
    #[must_use]
    pub fn new(library: Arc<dyn Library>, options: AppOptions) -> Self {
        let published = Published::of(library.as_ref());
        let metrics = match published.snapshot.database_up() {
            Some(_) => Metrics::new().with_database(),
            None => Metrics::new(),
        };
        metrics.set_published(&published);
        let page_policies = [Listener::Public, Listener::Staff].map(|listener| {
            let origin = options.base_urls.of_listener(listener).map(BaseUrl::origin);
            let ancestors = match listener {
                Listener::Staff => &options.staff_frame_ancestors,
                Listener::Public | Listener::Admin => &options.frame_ancestors,
            };
            let policy = cors::page_policy(origin, ancestors, listener.audience());
            // Checked with the configuration; 'none' is the safe side of a mistake.
            HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
        });
        Self {
            published: ArcSwap::from_pointee(published),
            // Most of it for fragments, which every composite is made of.
            fragments: FragmentCache::new(options.cache_bytes / 4 * 3, metrics.fragments()),
            composites: CompositeCache::new(options.cache_bytes / 4, metrics.composites()),
            library,
            draining: AtomicBool::new(false),
            settled: AtomicBool::new(false),
            look: Notify::new(),
            next_request: AtomicU64::new(first_request()),
            metrics,
            proxy_hints: ProxyHints::default(),
            coding: CodingPool::new(options.coding, options.coding_queue),
            page_policies,
            told: ToldReasons::default(),
            peers: PeerExaminer::default(),
            options,
        }
    }

    /// The CSP of the page.
    #[must_use]
    pub fn page_policy(&self, audience: Audience) -> HeaderValue {
        let [public, staff] = &self.page_policies;
        match audience {
            Audience::Public => public.clone(),
            Audience::Staff => staff.clone(),
        }
    }

    /// What is published now.
    #[must_use]
    pub fn published(&self) -> Guard<Arc<Published>> {
        self.published.load()
    }

    /// Looks for changes and publishes them. Blocks: run it off the async workers.
    pub fn refresh(&self) -> bool {
        let changed = self.library.refresh();
        if changed {
            let published = Published::of(self.library.as_ref());
            self.metrics.set_published(&published);
            self.published.store(Arc::new(published));
            self.settle();
        }
        changed
    }

    /// Asks for a look for changes at once.
    pub fn look_now(&self) {
        self.look.notify_one();
    }

    /// Waits until a look for changes is asked for.
    pub async fn look_asked_for(&self) {
        self.look.notified().await;
    }

    /// Says that the server is ready, once nothing is awaited any more. To be called when
    /// the listeners are open; later snapshots are looked at by themselves.
    pub fn settle(&self) {
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

    /// Whether tables and figures of the start are still awaited. Once they are there it
    /// stays so: what a later catalog declares anew takes nothing from what is served.
    #[must_use]
    pub fn is_starting(&self) -> bool {
        !self.settled.load(Ordering::Acquire) && self.published().snapshot.awaited() > 0
    }

    /// From now on the server is on its way out.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// Whether the server is on its way out.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// A name for one request that came without.
    #[must_use]
    pub fn next_request(&self) -> RequestId {
        RequestId::Made(self.next_request.fetch_add(1, Ordering::Relaxed))
    }
}

/// Where request ids start: a digest of time and process, its low half clear.
fn first_request() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seed = (now.unwrap_or_default().as_nanos(), std::process::id());
    xxhash_rust::xxh3::xxh3_64(format!("{seed:?}").as_bytes()) << 32
}
