//! A server in this process over sources with a configured behaviour.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test binary uses a part")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use catalog::{Catalog, Dataset, District, LocalizedText, SubjectField, Theme, Visibility};
use data_library::Snapshot;
use data_library::{AreaMeasures, LayerAudience, LayerState, PublishedLayer};
use data_model::feature::{Column, ColumnType, GeometryKind};
use data_model::{DatasetId, Extent, FieldId, GeographicBounds, LayerId, ThemeId, Zoom};
use tile_server::audience::ListenerKind;
use tile_server::http::base_url::BaseUrls;
use tile_server::layer_library::LayerLibrary;
use tile_server::net::connection_limits::ConnectionLimits;
use tile_server::net::server::BoundServer;
use tile_server::server_state::{ServerOptions, ServerState};
use tile_server::vworld::VworldKey;
use tile_source::source::BoxFuture;
use tile_source::{ContentVersion, LayerDescription, SourceError, TileRequest, TileSource};
use tokio::sync::{Notify, oneshot};
use vector_tile::Fragment;
use vector_tile::fragment::{DeflateLevel, Deflater};

/// Behaviour of a fake source on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceBehaviour {
    Answer,
    Empty,
    Fail,
    Overload,
    Hang,
    Panic,
    /// Waits for [`Fake::release`].
    Wait,
}

pub struct Source {
    description: LayerDescription,
    version: u128,
    behaviour: SourceBehaviour,
    requests: Arc<AtomicUsize>,
    release: Arc<Notify>,
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
            self.requests.fetch_add(1, Ordering::SeqCst);
            let layer = self.description.id.clone();
            if request.selection.time.is_some() {
                return Err(SourceError::UnsupportedSelection { layer, part: "time" });
            }
            match self.behaviour {
                SourceBehaviour::Answer => {}
                SourceBehaviour::Empty => return Ok(None),
                SourceBehaviour::Fail => {
                    return Err(SourceError::Unavailable { layer, reason: "secret.fgb".into() });
                }
                SourceBehaviour::Overload => return Err(SourceError::Overloaded),
                SourceBehaviour::Hang => std::future::pending().await,
                SourceBehaviour::Panic => panic!("configured to panic"),
                SourceBehaviour::Wait => self.release.notified().await,
            }
            let text = format!("[{layer} {}]", request.tile);
            let fragment = Deflater::new(DeflateLevel::DEFAULT).fragment(text.as_bytes()).unwrap();
            Ok(Some(fragment))
        })
    }
}

pub struct FakeLibrary {
    snapshot: Arc<Snapshot>,
    refreshes: Arc<AtomicUsize>,
    /// Whether a refresh never ends, as on a disk that hangs.
    stuck: bool,
}

impl LayerLibrary for FakeLibrary {
    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot)
    }

    fn themes(&self) -> Arc<styles::ThemeStyles> {
        Arc::default()
    }

    fn faults(&self) -> Vec<String> {
        self.snapshot.faults().to_vec()
    }

    fn refresh(&self) -> bool {
        self.refreshes.fetch_add(1, Ordering::SeqCst);
        if self.stuck {
            loop {
                std::thread::park();
            }
        }
        false
    }
}

pub struct Fake {
    pub public: SocketAddr,
    pub staff: SocketAddr,
    pub admin: SocketAddr,
    pub state: Arc<ServerState>,
    pub requests: Arc<AtomicUsize>,
    pub refreshes: Arc<AtomicUsize>,
    pub release: Arc<Notify>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<usize>>,
}

pub struct Options {
    pub limits: ConnectionLimits,
    pub request_timeout: Duration,
    pub base_urls: BaseUrls,
    /// Bytes of fragments that are kept.
    pub cache_bytes: u64,
    /// Bytes of a notice in the catalog, to make the catalog large.
    pub notice: usize,
    /// Number of further layers `hangs-0`, `hangs-1`, … that never answer.
    pub hanging_layers: usize,
    /// Whether looking for changes never ends.
    pub stuck: bool,
    /// Snapshot that is published in place of the default layers.
    pub snapshot: Option<Snapshot>,
    /// Sites that may frame the public page, and the staff page.
    pub frame_ancestors: Vec<String>,
    pub staff_frame_ancestors: Vec<String>,
    /// Key for the tiles of VWorld.
    pub vworld_key: Option<VworldKey>,
}

impl Default for Options {
    fn default() -> Self {
        let minute = Duration::from_secs(60);
        Self {
            limits: ConnectionLimits {
                header_bytes: 32 << 10,
                header: minute,
                idle: minute,
                write: minute,
                connections: 100,
                per_peer: 100,
                drain: minute,
            },
            request_timeout: minute,
            base_urls: BaseUrls::default(),
            cache_bytes: 0,
            notice: 0,
            hanging_layers: 0,
            stuck: false,
            snapshot: None,
            frame_ancestors: Vec::new(),
            staff_frame_ancestors: Vec::new(),
            vworld_key: None,
        }
    }
}

fn text(name: &str) -> LocalizedText {
    LocalizedText { ko: format!("{name} 지도"), en: format!("{name} map") }
}

fn layer(id: &str, visibility: Visibility, state: LayerState) -> PublishedLayer {
    PublishedLayer {
        id: LayerId::new(id).unwrap(),
        title: text(id),
        description: None,
        theme: (id != "loose").then(|| ThemeId::new("city").unwrap()),
        dataset: DatasetId::new(&format!("{id}-data")).unwrap(),
        attribution: None,
        visibility,
        audience: LayerAudience::Everyone,
        features: None,
        summary: None,
        distributions: Default::default(),
        area_measures: AreaMeasures::None,
        max_age: if id == "brief" { 7 } else { 300 },
        state,
    }
}

/// Theme `city` with the public layers `roads`, `dongs`, `brief` and the staff layer
/// `secret`; theme `hidden` with nothing. Outside: one
/// layer for each way to fail, and `gone`, which is unavailable.
fn snapshot(
    requests: &Arc<AtomicUsize>,
    release: &Arc<Notify>,
    Options { notice, hanging_layers, .. }: &Options,
) -> Snapshot {
    let notice = *notice;
    let ready = |id: &str, zooms: (u8, u8), behaviour| {
        LayerState::Ready(Arc::new(Source {
            description: LayerDescription {
                id: LayerId::new(id).unwrap(),
                min_zoom: Zoom::new(zooms.0).unwrap(),
                max_zoom: Zoom::new(zooms.1).unwrap(),
                extent: Extent::DEFAULT,
                bounds: GeographicBounds::new(127.0083, 37.5291, 127.0737, 37.5730).ok(),
                geometry: GeometryKind::Polygon,
                columns: vec![Column {
                    name: "name_ko".into(),
                    kind: ColumnType::Text,
                    title: None,
                    description: None,
                }],
                feature_count: Some(17),
                labels: false,
                times: Vec::new(),
                partial_times: Vec::new(),
                attribution: None,
                inner: Vec::new(),
                tiling: data_model::Tiling::default(),
                sampled_below: None,
            },
            version: u128::from(xxhash_rust::xxh3::xxh3_64(id.as_bytes())),
            behaviour,
            requests: Arc::clone(requests),
            release: Arc::clone(release),
        }))
    };
    let public = Visibility::Public;
    let in_theme = [
        layer("roads", public, ready("roads", (0, 16), SourceBehaviour::Answer)),
        layer("dongs", public, ready("dongs", (0, 16), SourceBehaviour::Answer)),
        layer("brief", public, ready("brief", (0, 16), SourceBehaviour::Empty)),
        layer("secret", Visibility::Staff, ready("secret", (0, 16), SourceBehaviour::Answer)),
    ];
    let outside = [
        ("deep", (10, 14), SourceBehaviour::Answer),
        ("empty", (0, 16), SourceBehaviour::Empty),
        ("fails", (0, 16), SourceBehaviour::Fail),
        ("busy", (0, 16), SourceBehaviour::Overload),
        ("hangs", (0, 16), SourceBehaviour::Hang),
        ("panics", (0, 16), SourceBehaviour::Panic),
        ("waits", (0, 16), SourceBehaviour::Wait),
    ];
    let outside = outside.map(|(id, zooms, behaviour)| (id.to_owned(), zooms, behaviour));
    let hanging =
        (0..*hanging_layers).map(|n| (format!("hangs-{n}"), (0, 16), SourceBehaviour::Hang));
    let mut layers = Vec::from(in_theme);
    for (id, zooms, behaviour) in outside.into_iter().chain(hanging) {
        let mut layer = layer(&id, public, ready(&id, zooms, behaviour));
        layer.theme = None;
        layers.push(layer);
    }
    let gone = LayerState::Unavailable { reason: "gone.fgb: no such file".into() };
    let mut gone = layer("gone", public, gone);
    gone.theme = None;
    layers.push(gone);
    let dataset = |id: &str| {
        let field = if id == "secret" { "private" } else { "urban" };
        let field = FieldId::new(field).unwrap();
        let dataset = DatasetId::new(&format!("{id}-data")).unwrap();
        Dataset::new(dataset, field, text(id), GeometryKind::Polygon)
    };
    let theme = |id: &str, order| Theme {
        id: ThemeId::new(id).unwrap(),
        title: text(id),
        order,
        palette: None,
        opening_map: None,
    };
    let field = |id: &str| SubjectField { id: FieldId::new(id).unwrap(), title: text(id) };
    let catalog = Catalog {
        district: District {
            title: text("district"),
            notice: (notice > 0).then(|| text(&"x".repeat(notice))),
            ..District::default()
        },
        fields: vec![field("urban"), field("private")],
        datasets: ["roads", "dongs", "brief", "secret"].map(dataset).into(),
        themes: vec![theme("city", 1), theme("hidden", 2)],
        layers: Vec::new(),
        ..Catalog::default()
    };
    let fault = "old.fgb: damaged; its last good state is kept".to_owned();
    Snapshot::new(Arc::new(catalog), layers).with_faults(vec![fault])
}

impl Fake {
    pub fn start(options: Options) -> Self {
        let requests = Arc::new(AtomicUsize::new(0));
        let release = Arc::new(Notify::new());
        let refreshes = Arc::new(AtomicUsize::new(0));
        let default_snapshot = || snapshot(&requests, &release, &options);
        let library = Arc::new(FakeLibrary {
            snapshot: Arc::new(options.snapshot.clone().unwrap_or_else(default_snapshot)),
            refreshes: Arc::clone(&refreshes),
            stuck: options.stuck,
        });
        let state = Arc::new(ServerState::new(
            library,
            ServerOptions {
                base_urls: options.base_urls,
                request_timeout: options.request_timeout,
                coding: 2,
                coding_queue: 100,
                cache_bytes: options.cache_bytes,
                frame_ancestors: options.frame_ancestors,
                staff_frame_ancestors: options.staff_frame_ancestors,
                local_files: false,
                vworld_key: options.vworld_key,
            },
        ));
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            let cut_off = runtime.block_on(async move {
                let any = "127.0.0.1:0".parse().unwrap();
                let listeners = [ListenerKind::Public, ListenerKind::Staff, ListenerKind::Admin]
                    .map(|l| (l, any));
                let server = BoundServer::bind(shared, options.limits, &listeners).await.unwrap();
                let addresses: Vec<_> =
                    server.addresses().map(|(_, address)| address.unwrap()).collect();
                tell.send(addresses).unwrap();
                server.run(async { drop(stopped.await) }).await
            });
            runtime.shutdown_background();
            cut_off
        });
        let addresses = told.recv().unwrap();
        Self {
            public: addresses[0],
            staff: addresses[1],
            admin: addresses[2],
            state,
            requests,
            refreshes,
            release,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub fn request_count(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// Begins to drain.
    pub fn stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits for the server to end; returns the number of connections that were cut off.
    pub fn join(&mut self) -> usize {
        let thread = self.thread.take().unwrap();
        until("the server's end", || thread.is_finished());
        thread.join().unwrap()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.stop();
        self.release.notify_waiters();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Waits for an effect of another thread.
pub fn until(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} did not come about");
        std::thread::sleep(Duration::from_millis(5));
    }
}
