//! The trait of tile sources, with its requests and descriptions.
//!
//! A [`TileSource`] turns a tile request into a [`Fragment`]; caches, limits and
//! time-outs wrap a source and are sources themselves.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

use bytes::Bytes;

use crate::error::SourceError;
use crate::selection::Selection;
use crate::workers::WorkerPermit;
use data_model::feature::{Column, GeometryKind};
use data_model::tiling::added_columns;
use data_model::{Audience, Extent, GeographicBounds, LayerId, TileCoord, Tiling, Zoom};
use vector_tile::Fragment;

/// One request for one tile, passed through caches and sources.
#[derive(Debug, Clone)]
pub struct TileRequest {
    /// Requested tile.
    pub tile: TileCoord,
    /// Audience of the request.
    pub audience: Audience,
    /// Selected part of the layer.
    pub selection: Selection,
    /// Time at which the caller stops waiting.
    pub deadline: Instant,
    /// Admission to the workers, shared by all layers of the request.
    pub permit: WorkerPermit,
}

impl TileRequest {
    /// Refuses a request for a part of a layer, for a source that can't apply one.
    ///
    /// # Errors
    /// [`SourceError::UnsupportedSelection`] with the first part that is set.
    pub fn refuse_selection(&self, layer: &LayerId) -> Result<(), SourceError> {
        match self.selection.first_part() {
            None => Ok(()),
            Some(part) => Err(SourceError::UnsupportedSelection { layer: layer.clone(), part }),
        }
    }
}

/// Digest of a layer's data, declaration and encoder: equal digests make equal tiles, across
/// restarts too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentVersion(u128);

impl ContentVersion {
    /// A version with this digest.
    #[must_use]
    pub const fn new(digest: u128) -> Self {
        Self(digest)
    }

    /// The digest's bytes, for a digest of several versions.
    #[must_use]
    pub const fn to_le_bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }
}

impl std::fmt::Display for ContentVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Description of a source's tiles: all that TileJSON and a style need.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerDescription {
    /// The vector-tile layer name.
    pub id: LayerId,
    /// Shallowest zoom that has tiles.
    pub min_zoom: Zoom,
    /// Deepest zoom that adds anything; clients overzoom past it. A composite with deeper
    /// layers still requests tiles past it.
    pub max_zoom: Zoom,
    /// Units along a tile's edge.
    pub extent: Extent,
    /// Bounds of the features; `None` while there is none.
    pub bounds: Option<GeographicBounds>,
    /// Geometry kind of the features.
    pub geometry: GeometryKind,
    /// The published attributes, in tile key order.
    pub columns: Vec<Column>,
    /// Number of features of the layer; `None` if unknown.
    pub feature_count: Option<u64>,
    /// Whether the tiles also contain a layer of one label point for each feature, with the same
    /// attributes and ids: see [`label_layer`](Self::label_layer).
    pub labels: bool,
    /// Labels of the time slices, ascending: the values of `time=`. Without `time=` the newest
    /// slice is served. Empty if the layer has no time.
    pub times: Vec<Box<str>>,
    /// Labels in `times` of slices whose end the data does not reach, such as a year of which
    /// ten months are known.
    pub partial_times: Vec<Box<str>>,
    /// Attribution of the data; `None` if the store has none. Foreign text that may contain HTML,
    /// to be cleaned before it is shown.
    pub attribution: Option<String>,
    /// Vector-tile layers, if the tiles contain others than one named `id`, as those of an archive
    /// published whole do. Empty otherwise: see [`vector_layers`](Self::vector_layers).
    pub inner: Vec<VectorLayer>,
    /// Reduction of the tiles at low zooms.
    pub tiling: Tiling,
    /// Zoom below which tiles are made of a sample of the features; `None` if they never are.
    pub sampled_below: Option<Zoom>,
}

/// One vector-tile layer of a source's tiles.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorLayer {
    /// Name in the tile. Any text: a name from a foreign archive need not be an id.
    pub name: String,
    /// The attributes.
    pub columns: Vec<Column>,
    /// Geometry kind of the features.
    pub geometry: GeometryKind,
    /// Shallowest zoom whose tiles contain the layer.
    pub min_zoom: Zoom,
    /// Deepest zoom that adds anything.
    pub max_zoom: Zoom,
    /// Zooms whose tiles hold an attribute, where these are not all: the first, and the last.
    pub attribute_zooms: Vec<(String, Zoom, Zoom)>,
}

impl LayerDescription {
    /// Attributes of the tiles that are not columns of the features: those that a rule adds.
    #[must_use]
    pub fn added_columns(&self) -> Vec<Column> {
        let rule = self.tiling.reduction.as_ref();
        rule.map_or_else(Vec::new, |rule| added_columns(rule, self.geometry))
    }

    /// Zooms of the attributes that not all tiles have.
    fn attribute_zooms(&self) -> Vec<(String, Zoom, Zoom)> {
        let own = self.tiling.attributes.iter().filter(|&(name, from)| {
            *from > self.min_zoom && self.columns.iter().any(|column| &column.name == name)
        });
        let own = own.map(|(name, from)| (name.clone(), *from, self.max_zoom));
        let last = self
            .tiling
            .reduced_below()
            .and_then(|below| Zoom::new(below.get().checked_sub(1)?).ok());
        let added = self.added_columns().into_iter().zip(std::iter::repeat(last));
        let added = added.filter_map(|(column, last)| Some((column.name, self.min_zoom, last?)));
        own.chain(added).collect()
    }

    /// Vector-tile layer name of the label points; `None` without labels.
    #[must_use]
    pub fn label_layer(&self) -> Option<String> {
        self.labels.then(|| format!("{}{LABEL_SUFFIX}", self.id))
    }

    /// All vector-tile layers of the tiles: `inner`, or the one named `id` with its label
    /// points.
    #[must_use]
    pub fn vector_layers(&self) -> Vec<VectorLayer> {
        if !self.inner.is_empty() {
            return self.inner.clone();
        }
        let layer = |name, geometry, columns, attribute_zooms| VectorLayer {
            name,
            columns,
            geometry,
            min_zoom: self.min_zoom,
            max_zoom: self.max_zoom,
            attribute_zooms,
        };
        let labels = self.label_layer().map(|name| {
            // Label points are those of single features.
            let mut zooms = self.attribute_zooms();
            zooms.retain(|(name, ..)| self.columns.iter().any(|column| &column.name == name));
            layer(name, GeometryKind::Point, self.columns.clone(), zooms)
        });
        let mut columns = self.columns.clone();
        columns.extend(self.added_columns());
        let own =
            layer(self.id.as_str().to_owned(), self.geometry, columns, self.attribute_zooms());
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

/// Suffix of a layer's id in the name of its label points. No id has a dot.
pub const LABEL_SUFFIX: &str = ".label";

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Source of the tiles of one layer.
///
/// Implementations keep these invariants:
/// * the fragment is complete or the result is an error; a failing source never yields a tile
///   that lacks features;
/// * equal [`content_version`](Self::content_version)s mean equal tiles;
/// * nothing blocks the calling async worker.
///
/// A source of one prepared fragment, for every tile:
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use data_model::feature::GeometryKind;
/// use data_model::{Audience, Extent, LayerId, TileCoord, Tiling, Zoom};
/// use tile_source::selection::UnappliedText;
/// use tile_source::source::BoxFuture;
/// use tile_source::workers::WorkerPermit;
/// use tile_source::{
///     ContentVersion, LayerDescription, Selection, SourceError, TileRequest, TileSource,
/// };
/// use vector_tile::Fragment;
/// use vector_tile::fragment::{DeflateLevel, Deflater};
///
/// struct PreparedSource {
///     description: LayerDescription,
///     fragment: Fragment,
/// }
///
/// impl TileSource for PreparedSource {
///     fn description(&self) -> &LayerDescription {
///         &self.description
///     }
///
///     fn content_version(&self) -> ContentVersion {
///         ContentVersion::new(1)
///     }
///
///     fn fragment<'a>(
///         &'a self,
///         request: &'a TileRequest,
///     ) -> BoxFuture<'a, Result<Option<Fragment>, SourceError>> {
///         Box::pin(async move {
///             request.refuse_selection(&self.description.id)?;
///             Ok(Some(self.fragment.clone()))
///         })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let source = PreparedSource {
///     description: LayerDescription {
///         id: LayerId::new("roads")?,
///         min_zoom: Zoom::MIN,
///         max_zoom: Zoom::MAX,
///         extent: Extent::DEFAULT,
///         bounds: None,
///         geometry: GeometryKind::Line,
///         columns: Vec::new(),
///         feature_count: None,
///         labels: false,
///         times: Vec::new(),
///         partial_times: Vec::new(),
///         attribution: None,
///         inner: Vec::new(),
///         tiling: Tiling::default(),
///         sampled_below: None,
///     },
///     fragment: Deflater::new(DeflateLevel::DEFAULT).fragment(b"encoded layer")?,
/// };
/// let mut request = TileRequest {
///     tile: TileCoord::new(0, 0, 0)?,
///     audience: Audience::Public,
///     selection: Selection::default(),
///     deadline: Instant::now() + Duration::from_secs(1),
///     permit: WorkerPermit::default(),
/// };
/// let fragment = source.fragment(&request).await?.ok_or("empty")?;
/// assert_eq!(fragment.gzip(), source.fragment.gzip());
///
/// request.selection.filter = UnappliedText::parse("width > 4");
/// let error = source.fragment(&request).await.unwrap_err();
/// assert_eq!(error.to_string(), "layer roads does not support filter=");
/// # Ok(())
/// # }
/// ```
pub trait TileSource: Send + Sync + 'static {
    /// Description of the tiles.
    fn description(&self) -> &LayerDescription;

    /// Content version that all tiles of this source share.
    fn content_version(&self) -> ContentVersion;

    /// The layer's part of one tile; `None` if the layer has nothing in the tile.
    ///
    /// The caller has checked the zoom against `min_zoom` of the description. Past `max_zoom`
    /// the source still answers, to the deepest zoom there is: in a composite with deeper
    /// layers it must not be missing.
    ///
    /// # Errors
    /// [`SourceError`], by what the caller can do next.
    fn fragment<'a>(
        &'a self,
        request: &'a TileRequest,
    ) -> BoxFuture<'a, Result<Option<Fragment>, SourceError>>;

    /// Bytes of the tile as stored, if they can be sent unchanged: one gzip member with the
    /// content of the source's fragment alone. `None` if the tile has to be encoded. All
    /// requests for a tile of one content version get the same of the two, so that a strong
    /// entity tag stays true.
    ///
    /// The bytes may be mapped memory: they are to be sent and not inspected.
    fn stored<'a>(
        &'a self,
        request: &'a TileRequest,
    ) -> Option<BoxFuture<'a, Result<Option<Bytes>, SourceError>>> {
        let _ = request;
        None
    }
}
