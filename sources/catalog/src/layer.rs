//! Declared layers: content, audience and tiling.

use serde::{Deserialize, Serialize};

use super::cartography::Cartography;
use super::dataset_column::DatasetColumn;
use super::declaration::{LocalizedText, Visibility};
use super::measure::{Measure, MeasureOperation, RowFilter};
use data_model::Period;
use data_model::feature::GeometryKind;
use data_model::{DatasetId, Extent, LayerId, ThemeId, Tiling, Zoom};

/// A published map layer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Layer {
    /// The id, also the name of the vector tile layer.
    pub id: LayerId,
    /// The theme that the layer belongs to.
    pub theme: ThemeId,
    /// Other themes that list the layer.
    pub other_themes: Vec<ThemeId>,
    /// The name.
    pub title: LocalizedText,
    /// Human-readable description of the map's content.
    pub description: Option<LocalizedText>,
    /// Cartographic representation.
    pub kind: Option<MapKind>,
    /// The main dataset: the one whose features are published, that carries the measures,
    /// that holds a flow's movements, or the first of a union.
    ///
    /// A prepared layer publishes no dataset of the catalog; this is the first that it was
    /// made from.
    pub dataset: DatasetId,
    /// All datasets that the staff form and the public form are made from.
    pub datasets: Vec<DatasetId>,
    /// The content.
    #[serde(skip)]
    pub content: LayerContent,
    /// The measures that the public gets instead of `content`, which staff get.
    #[serde(skip)]
    pub public_form: Option<MeasureSet>,
    /// Description and presentation of `public_form` where they differ from the layer's.
    #[serde(skip)]
    pub public_look: PublicLook,
    /// Declared presentation.
    #[serde(skip)]
    pub cartography: Cartography,
    /// Audience of the layer.
    pub visibility: Visibility,
    /// Published columns; `None` publishes all columns of the dataset.
    ///
    /// Beside measures, columns of the carrier; for a union, the published names; for a
    /// prepared layer, its own columns.
    pub columns: Option<Vec<String>>,
    /// The column or measure that the map shows.
    pub value: Option<String>,
    /// The layer of the dataset's archive; `None` for the one named like the layer or the
    /// dataset, or the only one.
    #[serde(skip)]
    pub archive_layer: Option<String>,
    /// Whether the polygons share borders and are simplified together.
    pub coverage: bool,
    /// Whether tiles also contain one label point for each polygon.
    pub labels: bool,
    /// Whether a map page initially shows the layer beneath the others.
    pub background: bool,
    /// Minimum zoom with tiles.
    pub min_zoom: Zoom,
    /// Maximum zoom with tiles.
    pub max_zoom: Zoom,
    /// The declared zooms among `min_zoom` and `max_zoom`; an archive's own zooms apply if
    /// neither is declared.
    #[serde(skip)]
    pub declared_zooms: (Option<Zoom>, Option<Zoom>),
    /// Tile units along a tile's edge.
    pub extent: Extent,
    /// Tile units of geometry kept beyond the edge.
    pub buffer: u16,
    /// Reduction of tiles at low zooms.
    #[serde(skip)]
    pub tiling: Tiling,
    /// Reduction of the public form's tiles; `None` as of the layer.
    #[serde(skip)]
    pub public_tiling: Option<Tiling>,
    /// Cache lifetime for clients in seconds (`Cache-Control: max-age`).
    pub max_age: u32,
}

impl Layer {
    /// Default of `max_zoom`: 0.15 m per tile unit at 38° north.
    pub const DEFAULT_MAX_ZOOM: u8 = 16;
    /// Default of `buffer`: an eighth of a 512-pixel tile's symbol size on each side.
    pub const DEFAULT_BUFFER: u16 = 64;
    /// Largest `buffer`, half a tile of the default extent.
    pub const MAX_BUFFER: u16 = 2048;
    /// Default of `max_age` in seconds.
    pub const DEFAULT_MAX_AGE: u32 = 300;

    /// Human-readable description, in the public form or the staff form.
    #[must_use]
    pub fn description_of(&self, public: bool) -> Option<&LocalizedText> {
        let own = self.public_look.description.as_ref().filter(|_| public);
        own.or(self.description.as_ref())
    }

    /// Cartographic representation, in the public form or the staff form.
    #[must_use]
    pub fn kind_of(&self, public: bool) -> Option<MapKind> {
        self.public_look.kind.filter(|_| public).or(self.kind)
    }

    /// Reduction of tiles at low zooms, in the public form or the staff form.
    #[must_use]
    pub fn tiling_of(&self, public: bool) -> &Tiling {
        self.public_tiling.as_ref().filter(|_| public).unwrap_or(&self.tiling)
    }

    /// Declared presentation, in the public form or the staff form.
    #[must_use]
    pub const fn cartography_of(&self, public: bool) -> &Cartography {
        if public && self.public_form.is_some() {
            &self.public_look.cartography
        } else {
            &self.cartography
        }
    }
}

/// Description and presentation of a layer's public form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PublicLook {
    /// Human-readable description of the public's map; `None` as of the layer.
    pub description: Option<LocalizedText>,
    /// Cartographic representation; `None` as of the layer.
    pub kind: Option<MapKind>,
    /// Declared presentation, completed by the layer's.
    pub cartography: Cartography,
}

/// Cartographic representation of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MapKind {
    /// A symbol at each point.
    Symbol,
    /// Areas by category.
    Category,
    /// Lines.
    Line,
    /// Circles scaled by a number.
    Circle,
    /// Areas shaded by a rate.
    Choropleth,
    /// Cells of a grid shaded by a number.
    Grid,
    /// Density surface (heat map).
    Heat,
    /// Lines between places, with widths scaled by the volume.
    Flow,
    /// Areas reachable within a time.
    Isochrone,
}

/// Content of a layer.
#[derive(Debug, Clone, PartialEq)]
pub enum LayerContent {
    /// Features of the dataset that meet the filter.
    Features {
        /// Conditions on the features; empty for all.
        filter: RowFilter,
    },
    /// Features of several datasets.
    Union(Vec<UnionPart>),
    /// Measures over the features of a dataset.
    Measures(MeasureSet),
    /// Measures over lines between pairs of places.
    Flow(FlowDefinition, MeasureSet),
    /// A result computed elsewhere, in a file or table named after the layer.
    Prepared {
        /// The columns.
        columns: Vec<DatasetColumn>,
        /// Geometry kind of the features.
        geometry: GeometryKind,
    },
}

impl LayerContent {
    /// The column of a union with the id of each feature's dataset.
    pub const UNION_DATASET: &str = "dataset";

    /// Published column names of a union, in the order in which its parts first list them,
    /// with [`Self::UNION_DATASET`] last; `None` for other content.
    #[must_use]
    pub fn union_columns(&self) -> Option<Vec<String>> {
        let Self::Union(parts) = self else { return None };
        let mut names: Vec<String> = Vec::new();
        for (name, _) in parts.iter().flat_map(|part| &part.columns) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names.push(Self::UNION_DATASET.to_owned());
        Some(names)
    }

    /// The measures; `None` for content without.
    #[must_use]
    pub const fn measures(&self) -> Option<&MeasureSet> {
        match self {
            Self::Measures(set) | Self::Flow(_, set) => Some(set),
            Self::Features { .. } | Self::Union(_) | Self::Prepared { .. } => None,
        }
    }
}

/// Measures and the features that carry them.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureSet {
    /// The dataset whose features carry the measures; for a flow, the dataset of the places.
    pub carrier: DatasetId,
    /// Columns of the carrier that are published beside the measures.
    pub columns: Vec<String>,
    /// Period of a time slice; `None` for one slice, of the newest data.
    pub period: Option<Period>,
    /// Number of retained slices, the newest; `None` retains all.
    pub retained_slices: Option<u32>,
    /// The measures; each may use earlier ones.
    pub measures: Vec<Measure>,
    /// The name of the measure that the map shows.
    pub value: String,
    /// Suppression threshold for the public, in addition to the datasets' own rules.
    pub suppression_threshold: Option<u32>,
}

impl MeasureSet {
    /// All datasets that the measures are computed from, the carrier first; may repeat.
    #[must_use]
    pub fn datasets(&self) -> Vec<DatasetId> {
        let used = self.measures.iter().filter_map(|measure| measure.operation.rows());
        std::iter::once(&self.carrier).chain(used.map(|rows| &rows.dataset)).cloned().collect()
    }

    /// Datasets that `value` is computed from, each once.
    ///
    /// A carrier that contributes only positions or areas is not among them.
    #[must_use]
    pub fn value_datasets(&self) -> Vec<&DatasetId> {
        let mut found: Vec<&DatasetId> = Vec::new();
        let (mut wanted, mut next) = (vec![self.value.as_str()], 0);
        while let Some(&name) = wanted.get(next) {
            next += 1;
            let Some(measure) = self.measure(name) else { continue };
            let of = match &measure.operation {
                MeasureOperation::CarrierColumn(_) => Some(&self.carrier),
                operation => operation.rows().map(|rows| &rows.dataset),
            };
            found.extend(of.filter(|id| !found.contains(id)));
            for input in measure.operation.inputs() {
                if !wanted.contains(&input) {
                    wanted.push(input);
                }
            }
        }
        found
    }

    /// The names of the published columns: the carrier's, then the published measures.
    pub fn published(&self) -> impl Iterator<Item = &str> {
        let measures = self.measures.iter().filter(|measure| measure.publish);
        self.columns.iter().map(String::as_str).chain(measures.map(|measure| measure.name.as_str()))
    }

    /// The measure `name`.
    #[must_use]
    pub fn measure(&self, name: &str) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.name == name)
    }

    /// The name of the only published measure; empty if there are several or none.
    pub(super) fn only_value(&self) -> String {
        let mut published = self.measures.iter().filter(|measure| measure.publish);
        match (published.next(), published.next()) {
            (Some(measure), None) => measure.name.clone(),
            _ => String::new(),
        }
    }
}

/// Movements of a flow layer and the places that they connect.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowDefinition {
    /// The dataset of the movements.
    pub dataset: DatasetId,
    /// The movements' column of origins.
    pub from: String,
    /// The movements' column of destinations.
    pub to: String,
    /// The dataset of the places, whose keys `from` and `to` hold.
    pub between: DatasetId,
}

/// A dataset of a union.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnionPart {
    /// The dataset.
    pub dataset: DatasetId,
    /// Conditions on the features.
    pub filter: RowFilter,
    /// Published column names with their stored names, in key order.
    pub columns: Vec<(String, String)>,
}
