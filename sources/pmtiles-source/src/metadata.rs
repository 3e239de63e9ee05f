//! The JSON metadata: layers (PMTiles 3, "Metadata"; TileJSON 3.0.0, section 3.3),
//! inferred from a few tiles if undeclared.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::lenient::{JsonScalar, LayerFields};
use data_model::Zoom;
use data_model::feature::{Column, ColumnType, GeometryKind, ShapeKind};
use tile_source::source::VectorLayer;
use vector_tile::mvt::read::{MAX_LAYERS, ReadError, TagValue, layers};

/// Maximum number of attributes of a layer.
const MAX_COLUMNS: usize = 1 << 14;

/// Error of reading the metadata.
#[derive(Debug, thiserror::Error)]
pub(super) enum MetadataError {
    /// The metadata are no JSON, or a used member has another type.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// Number of layers beyond the limit.
    #[error("it declares {0} layers; the most is {MAX_LAYERS}")]
    TooManyLayers(usize),
    /// A layer with more fields than the limit.
    #[error("layer {layer:?} declares {fields} fields; the most is {MAX_COLUMNS}")]
    TooManyFields {
        /// Name of the layer.
        layer: String,
        /// Number of its fields.
        fields: usize,
    },
}

/// The used members of the metadata; the others are ignored.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ArchiveMetadata {
    #[serde(default)]
    name: JsonScalar,
    #[serde(default)]
    description: JsonScalar,
    #[serde(default)]
    attribution: JsonScalar,
    #[serde(default)]
    vector_layers: Option<Vec<DeclaredLayer>>,
}

#[derive(Debug, Deserialize)]
struct DeclaredLayer {
    id: String,
    #[serde(default)]
    fields: LayerFields,
    #[serde(default)]
    minzoom: JsonScalar,
    #[serde(default)]
    maxzoom: JsonScalar,
}

impl ArchiveMetadata {
    /// Name of the archive; `None` if it has none.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.text()
    }

    /// Description of the archive; `None` if it has none.
    pub(super) fn description(&self) -> Option<&str> {
        self.description.text()
    }

    /// Attribution as HTML; `None` if there is none.
    pub(super) fn attribution(&self) -> Option<&str> {
        self.attribution.text()
    }

    /// Parses the JSON; no bytes at all are metadata without members.
    pub(super) fn read(json: &[u8]) -> Result<Self, MetadataError> {
        if json.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
        let metadata: Self = serde_json::from_slice(json)?;
        let layers = metadata.declared();
        if layers.len() > MAX_LAYERS {
            return Err(MetadataError::TooManyLayers(layers.len()));
        }
        if let Some(layer) = layers.iter().find(|layer| layer.fields.0.len() > MAX_COLUMNS) {
            let (layer, fields) = (layer.id.clone(), layer.fields.0.len());
            return Err(MetadataError::TooManyFields { layer, fields });
        }
        Ok(metadata)
    }

    fn declared(&self) -> &[DeclaredLayer] {
        self.vector_layers.as_deref().unwrap_or_default()
    }

    /// The declared layers, each once, within the archive's zooms. Their geometry types
    /// are in the tiles only: [`SampledLayers`].
    pub(super) fn layers(&self, zooms: (Zoom, Zoom), sample: &SampledLayers) -> Vec<VectorLayer> {
        let mut found: Vec<VectorLayer> = Vec::new();
        for declared in self.declared() {
            if found.iter().any(|layer| layer.name == declared.id) {
                continue;
            }
            // Some writers put zooms as 10.0 or "10".
            let zoom = |declared: &JsonScalar, otherwise| {
                let number = declared.text().and_then(|text| text.parse::<f64>().ok());
                let whole = number.filter(|&number| (0.0..=255.0).contains(&number));
                let zoom = whole.and_then(|number| Zoom::new(number as u8).ok());
                zoom.unwrap_or(otherwise).clamp(zooms.0, zooms.1)
            };
            let min_zoom = zoom(&declared.minzoom, zooms.0);
            found.push(VectorLayer {
                name: declared.id.clone(),
                columns: declared.fields.0.iter().map(|(name, kind)| column(name, kind)).collect(),
                geometry: sample.geometry(&declared.id),
                min_zoom,
                max_zoom: zoom(&declared.maxzoom, zooms.1).max(min_zoom),
                attribute_zooms: Vec::new(),
            });
        }
        found
    }
}

fn column(name: &str, kind: &JsonScalar) -> Column {
    // TileJSON 3.0.0, section 3.3.2: a description, by custom one of three words.
    let kind = match kind.text() {
        Some("Number") => ColumnType::Double,
        Some("Boolean") => ColumnType::Bool,
        _ => ColumnType::Text,
    };
    Column { name: name.to_owned(), kind, title: None, description: None }
}

/// The layers of the sampled tiles.
#[derive(Debug, Default)]
pub(super) struct SampledLayers(BTreeMap<String, SampledLayer>);

/// Columns and geometry types of one layer in the sampled tiles.
#[derive(Debug, Default)]
struct SampledLayer {
    columns: BTreeMap<String, ColumnType>,
    kinds: BTreeSet<u8>,
}

impl SampledLayers {
    /// Adds the layers of a tile.
    pub(super) fn add(&mut self, tile: &[u8]) -> Result<(), ReadError> {
        for raw in layers(tile)? {
            let layer = raw.decode()?;
            let sampled = self.0.entry(layer.name.to_owned()).or_default();
            for feature in layer.features() {
                let feature = feature?;
                sampled.kinds.extend(feature.kind.map(|kind| kind as u8));
                for tag in feature.tags() {
                    let (key, value) = tag?;
                    let key = usize::try_from(key).ok().and_then(|key| layer.keys.get(key));
                    let value = usize::try_from(value).ok().and_then(|at| layer.values.get(at));
                    let (Some(key), Some(Some(value))) = (key, value) else { continue };
                    if !sampled.columns.contains_key(*key) && sampled.columns.len() < MAX_COLUMNS {
                        sampled.columns.insert((*key).to_owned(), kind_of(value));
                    }
                }
            }
        }
        Ok(())
    }

    fn geometry(&self, layer: &str) -> GeometryKind {
        let kinds = self.0.get(layer).map(|sampled| &sampled.kinds);
        let mut kinds = kinds.into_iter().flatten();
        match (kinds.next(), kinds.next()) {
            (Some(&kind), None) if kind == ShapeKind::Point as u8 => GeometryKind::Point,
            (Some(&kind), None) if kind == ShapeKind::Line as u8 => GeometryKind::Line,
            (Some(&kind), None) if kind == ShapeKind::Polygon as u8 => GeometryKind::Polygon,
            _ => GeometryKind::Mixed,
        }
    }

    /// The layers of the sampled tiles, for an archive that declares none.
    pub(super) fn layers(&self, zooms: (Zoom, Zoom)) -> Vec<VectorLayer> {
        let column = |(name, kind): (&String, &ColumnType)| Column {
            name: name.clone(),
            kind: *kind,
            title: None,
            description: None,
        };
        let layer = |(name, sampled): (&String, &SampledLayer)| VectorLayer {
            name: name.clone(),
            columns: sampled.columns.iter().map(column).collect(),
            geometry: self.geometry(name),
            min_zoom: zooms.0,
            max_zoom: zooms.1,
            attribute_zooms: Vec::new(),
        };
        self.0.iter().map(layer).collect()
    }
}

fn kind_of(value: &TagValue<'_>) -> ColumnType {
    match value {
        TagValue::Text(_) => ColumnType::Text,
        TagValue::Float(_) => ColumnType::Float,
        TagValue::Double(_) => ColumnType::Double,
        TagValue::Int(_) | TagValue::SInt(_) => ColumnType::Int,
        TagValue::UInt(_) => ColumnType::UInt,
        TagValue::Bool(_) => ColumnType::Bool,
    }
}
