//! The trait of tile sources, with its requests, descriptions and errors.
//!
//! A [`TileSource`] turns a tile request into a [`Fragment`]; caches, limits and
//! time-outs wrap a source and are sources themselves.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

use bytes::Bytes;

use crate::workers::Place;
use data_model::feature::{Column, GeometryKind};
use data_model::{Audience, Extent, LayerId, TileCoord, Zoom};
use vector_tile::Fragment;

/// The part of a layer that a request wants: `time=`, `filter=` and `bbox=`.
///
/// Values are as the client sent them, percent-decoded. A source that can't
/// apply a part answers [`SourceError::UnsupportedSelection`], never a tile
/// that ignores it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Selection {
    /// A value or interval of the layer's time column.
    pub time: Option<Box<str>>,
    /// A CQL2 text expression.
    pub filter: Option<Box<str>>,
    /// West, south, east, north in degrees, as sent.
    pub bbox: Option<Box<str>>,
}

impl Selection {
    /// Whether everything is wanted.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.first_part().is_none()
    }

    /// The query parameter of the first part that is set.
    #[must_use]
    pub fn first_part(&self) -> Option<&'static str> {
        self.time.as_ref().map(|_| "time").or(self.first_part_but_time())
    }

    /// The same where a time is of no concern.
    #[must_use]
    pub fn first_part_but_time(&self) -> Option<&'static str> {
        let filter = self.filter.as_ref().map(|_| "filter");
        filter.or(self.bbox.as_ref().map(|_| "bbox"))
    }
}

/// One request for one tile, as it travels through caches and sources.
#[derive(Debug, Clone)]
pub struct TileRequest {
    /// The tile asked for.
    pub tile: TileCoord,
    /// Who asks.
    pub audience: Audience,
    /// What part of the layer.
    pub selection: Selection,
    /// When the caller stops waiting.
    pub deadline: Instant,
    /// The place among the workers that all layers of the request share.
    pub place: Place,
}

impl TileRequest {
    /// Refuses to make a tile of a part of a layer, for a source that can't.
    ///
    /// # Errors
    /// [`SourceError::UnsupportedSelection`] with the first part that is asked for.
    pub fn refuse_selection(&self, layer: &LayerId) -> Result<(), SourceError> {
        match self.selection.first_part() {
            None => Ok(()),
            Some(part) => Err(SourceError::UnsupportedSelection { layer: layer.clone(), part }),
        }
    }
}

/// A digest of a layer's data, declaration and encoder: equal digests make
/// equal tiles, across restarts too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentVersion(pub u128);

impl std::fmt::Display for ContentVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// What a source's tiles hold: all that TileJSON and a style need to know.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerDescription {
    /// The vector-tile layer name.
    pub id: LayerId,
    /// Shallowest zoom that has tiles.
    pub min_zoom: Zoom,
    /// Deepest zoom that adds anything; clients overzoom past it. A composite
    /// with deeper layers asks for this one's tiles past it all the same.
    pub max_zoom: Zoom,
    /// Units along a tile's edge.
    pub extent: Extent,
    /// West, south, east, north in degrees; `None` while there is no feature.
    pub bounds: Option<[f64; 4]>,
    /// What kind of geometry the features have.
    pub geometry: GeometryKind,
    /// The published attributes, in tile key order.
    pub columns: Vec<Column>,
    /// How many features the layer holds, where that is known.
    pub feature_count: Option<u64>,
    /// Whether the tiles also hold a layer of one point for each feature, with
    /// the same attributes and ids, to write names at: see
    /// [`label_layer`](Self::label_layer).
    pub labels: bool,
    /// The labels of its time slices, ascending: what `time=` may be. Without one the
    /// newest is served. Empty where it has no time.
    pub times: Vec<Box<str>>,
    /// Those of its times that its data does not reach the end of, such as a year of which
    /// ten months are known.
    pub partial_times: Vec<Box<str>>,
    /// Who made the data, where the store says so: foreign text that may hold HTML, to
    /// be cleaned before it is shown.
    pub attribution: Option<String>,
    /// The vector-tile layers, where the tiles hold others than one named `id`, as
    /// those of an archive published whole do. Empty otherwise: see
    /// [`vector_layers`](Self::vector_layers).
    pub inner: Vec<VectorLayer>,
}

/// One vector-tile layer of a source's tiles.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorLayer {
    /// Its name in the tile. Any text: where it comes from a foreign archive, it
    /// need not be an id.
    pub name: String,
    /// The attributes.
    pub columns: Vec<Column>,
    /// What kind of geometry the features have.
    pub geometry: GeometryKind,
    /// Shallowest zoom whose tiles hold it.
    pub min_zoom: Zoom,
    /// Deepest zoom that adds anything.
    pub max_zoom: Zoom,
}

impl LayerDescription {
    /// The vector-tile layer name of the label points, where there are any.
    #[must_use]
    pub fn label_layer(&self) -> Option<String> {
        self.labels.then(|| format!("{}{LABEL_SUFFIX}", self.id))
    }

    /// Every vector-tile layer of the tiles: those within, or the one named `id`
    /// with its label points.
    #[must_use]
    pub fn vector_layers(&self) -> Vec<VectorLayer> {
        if !self.inner.is_empty() {
            return self.inner.clone();
        }
        let layer = |name, geometry| VectorLayer {
            name,
            columns: self.columns.clone(),
            geometry,
            min_zoom: self.min_zoom,
            max_zoom: self.max_zoom,
        };
        let labels = self.label_layer().map(|name| layer(name, GeometryKind::Point));
        let own = layer(self.id.as_str().to_owned(), self.geometry);
        std::iter::once(own).chain(labels).collect()
    }

    /// The names of [`vector_layers`](Self::vector_layers).
    pub fn vector_names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let single = self.inner.is_empty();
        let own = single.then(|| Cow::Borrowed(self.id.as_str()));
        let labels = self.label_layer().filter(|_| single).map(Cow::Owned);
        let inner = self.inner.iter().map(|layer| Cow::Borrowed(layer.name.as_str()));
        own.into_iter().chain(labels).chain(inner)
    }
}

/// What follows a layer's id in the name of its label points. No id has a dot.
pub const LABEL_SUFFIX: &str = ".label";

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where tiles of one layer come from.
///
/// Implementations keep these invariants:
/// * the fragment is complete or the answer is an error; a failing source
///   never yields a tile that lacks features;
/// * equal [`content_version`](Self::content_version)s mean equal tiles;
/// * nothing blocks the calling async worker.
pub trait TileSource: Send + Sync + 'static {
    /// What the tiles hold.
    fn description(&self) -> &LayerDescription;

    /// The digest that all tiles of this source share.
    fn content_version(&self) -> ContentVersion;

    /// The layer's part of one tile, or `None` where it has nothing there.
    ///
    /// The caller has checked the zoom against the description's first one. Past
    /// its last one the source still answers, to the deepest zoom there is: in a
    /// composite with deeper layers it must not be missing.
    ///
    /// # Errors
    /// [`SourceError`], by what the caller can do next.
    fn fragment<'a>(
        &'a self,
        request: &'a TileRequest,
    ) -> BoxFuture<'a, Result<Option<Fragment>, SourceError>>;

    /// The tile as it is stored, where it can be sent without a change: one gzip
    /// member that holds what the source's fragment alone would. `None` where it
    /// has to be made. Which of the two is the same for all requests for a tile of
    /// one content version, so that a strong tag stays true.
    ///
    /// The bytes may be mapped memory: they are to be sent and not looked at.
    fn stored<'a>(
        &'a self,
        request: &'a TileRequest,
    ) -> Option<BoxFuture<'a, Result<Option<Bytes>, SourceError>>> {
        let _ = request;
        None
    }
}

/// Why a source has no answer, by what the caller does next.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SourceError {
    /// The store can't be read now. Try later: `503`.
    #[error("layer {layer} is unavailable: {reason}")]
    Unavailable {
        /// Which layer.
        layer: LayerId,
        /// Why, without addresses or credentials.
        reason: String,
    },
    /// More work is queued than will be taken on. Try later: `503`.
    #[error("too many tiles are being made at once")]
    Overloaded,
    /// The deadline passed before the tile was made: `504`.
    #[error("layer {layer}: the tile took longer than allowed")]
    DeadlineExceeded {
        /// Which layer.
        layer: LayerId,
    },
    /// The layer can't apply this selection: `400`.
    #[error("layer {layer} does not support {part}=")]
    UnsupportedSelection {
        /// Which layer.
        layer: LayerId,
        /// The query parameter at fault.
        part: &'static str,
    },
    /// The layer has no slice of the time asked for: `400`.
    #[error("layer {layer} has no time {asked:?}; it has {held}")]
    NoSuchTime {
        /// Which layer.
        layer: LayerId,
        /// The time as the client sent it, shortened.
        asked: String,
        /// What its times are like, with an example.
        form: String,
        /// Its first and last.
        held: String,
    },
    /// The layer has more in this tile than one may hold, and will have as long as its
    /// version stays: `500`. A tile of a deeper zoom may do.
    #[error("layer {layer}: {reason}")]
    TooLarge {
        /// Which layer.
        layer: LayerId,
        /// Which limit, and what its operator can do.
        reason: String,
    },
    /// The tile can't be encoded within its limits: `500`.
    #[error("layer {layer}: {reason}")]
    Internal {
        /// Which layer.
        layer: LayerId,
        /// What went wrong.
        reason: String,
    },
}
