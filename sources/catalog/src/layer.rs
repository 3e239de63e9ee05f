//! Layers as they are declared: what they show, to whom, and how tiles are cut.

use serde::{Deserialize, Serialize};

use super::dataset::DatasetColumn;
use super::declaration::{Text, Visibility};
use super::figure::{Figure, Filter, Operation};
use data_model::Period;
use data_model::feature::GeometryKind;
use data_model::{DatasetId, Extent, LayerId, ThemeId, Zoom};

/// A published map layer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Layer {
    /// Its id and vector-tile layer name.
    pub id: LayerId,
    /// The theme it belongs to.
    pub theme: ThemeId,
    /// Other themes it is listed under too.
    pub also: Vec<ThemeId>,
    /// Its name.
    pub title: Text,
    /// What the map shows.
    pub description: Option<Text>,
    /// How it is meant to be drawn.
    pub kind: Option<MapKind>,
    /// The dataset whose features it publishes: of figures the one that carries them,
    /// of a flow that of the movements, of several datasets the first. What a prepared
    /// layer publishes is no dataset of the catalog: this is the first that it was made
    /// from.
    pub dataset: DatasetId,
    /// Every dataset of the catalog that it is made from, in either form.
    pub datasets: Vec<DatasetId>,
    /// What it is made of.
    #[serde(skip)]
    pub content: LayerContent,
    /// What the public gets instead; staff get `content`.
    #[serde(skip)]
    pub public_form: Option<FigureSet>,
    /// What that form says of itself where it differs; as of the layer where it is silent.
    #[serde(skip)]
    pub public_look: PublicLook,
    /// Who may see it.
    pub visibility: Visibility,
    /// The published columns: of the dataset, all where `None`; beside
    /// figures those of the carrier; of a union the names in it; of a prepared layer its
    /// own.
    pub columns: Option<Vec<String>>,
    /// The column or figure that the map is about.
    pub value: Option<String>,
    /// Which layer of an archive it is, where the dataset is held in one; otherwise
    /// the one named like the layer or the dataset, or the only one.
    #[serde(skip)]
    pub archive_layer: Option<String>,
    /// Whether its polygons share borders and are simplified together.
    pub coverage: bool,
    /// Whether its tiles also hold one point for each polygon, to write names at.
    pub labels: bool,
    /// Whether a map page shows it under the others when it opens.
    pub background: bool,
    /// Shallowest zoom with tiles.
    pub min_zoom: Zoom,
    /// Deepest zoom with tiles.
    pub max_zoom: Zoom,
    /// Of these two zooms, those that were declared: where none is, an archive's own
    /// count.
    #[serde(skip)]
    pub declared_zooms: (Option<Zoom>, Option<Zoom>),
    /// Units along a tile's edge.
    pub extent: Extent,
    /// Tile units beyond the edge that a tile still holds.
    pub buffer: u16,
    /// How long a client may keep a tile, in seconds (`Cache-Control: max-age`).
    pub max_age: u32,
}

impl Layer {
    /// Deepest zoom where a layer declares none: 0.15 m a unit in Seoul.
    pub const DEFAULT_MAX_ZOOM: u8 = 16;
    /// Buffer where a layer declares none: an eighth of a 512-pixel tile's
    /// symbol size on each side.
    pub const DEFAULT_BUFFER: u16 = 64;
    /// Widest buffer, half a tile of the default extent.
    pub const MAX_BUFFER: u16 = 2048;
    /// Cache lifetime where a layer declares none.
    pub const DEFAULT_MAX_AGE: u32 = 300;

    /// What the map shows, in the form of the public or in that of staff.
    #[must_use]
    pub fn description_of(&self, public: bool) -> Option<&Text> {
        let own = self.public_look.description.as_ref().filter(|_| public);
        own.or(self.description.as_ref())
    }

    /// How it is meant to be drawn, in the form of the public or in that of staff.
    #[must_use]
    pub fn kind_of(&self, public: bool) -> Option<MapKind> {
        self.public_look.kind.filter(|_| public).or(self.kind)
    }
}

/// How a layer's public form is described and drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicLook {
    /// What the public's map shows.
    pub description: Option<Text>,
    /// How it is meant to be drawn.
    pub kind: Option<MapKind>,
}

/// How a layer is meant to be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MapKind {
    /// A symbol at each point.
    Symbol,
    /// Areas by category.
    Category,
    /// Lines.
    Line,
    /// Circles whose size is a number.
    Circle,
    /// Areas shaded by a rate.
    Choropleth,
    /// Cells of a grid shaded by a number.
    Grid,
    /// Where much is, as a density.
    Heat,
    /// Lines between places, as wide as what goes along them.
    Flow,
    /// Areas reached in a time.
    Isochrone,
}

/// What a layer is made of.
#[derive(Debug, Clone, PartialEq)]
pub enum LayerContent {
    /// Features of its dataset that meet the filter.
    Features {
        /// All of them where it is empty.
        filter: Filter,
    },
    /// Features of several datasets.
    Union(Vec<UnionPart>),
    /// Figures over the features of a dataset.
    Figures(FigureSet),
    /// Figures over lines between pairs of places.
    Flow(Flow, FigureSet),
    /// A result that was made elsewhere, in a file or table named after the layer.
    Prepared {
        /// Its columns.
        columns: Vec<DatasetColumn>,
        /// What geometry it has.
        geometry: GeometryKind,
    },
}

impl LayerContent {
    /// The column of a union that says which dataset a feature is of.
    pub const UNION_DATASET: &str = "dataset";

    /// The names that a union publishes, in the order in which its parts first name
    /// them; `None` of other content.
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

    /// Its figures, where it has any.
    #[must_use]
    pub const fn figures(&self) -> Option<&FigureSet> {
        match self {
            Self::Figures(set) | Self::Flow(_, set) => Some(set),
            Self::Features { .. } | Self::Union(_) | Self::Prepared { .. } => None,
        }
    }
}

/// Figures and the features that carry them.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureSet {
    /// The dataset whose features carry them; of a flow, that of the places.
    pub over: DatasetId,
    /// Columns of those features that are published beside the figures.
    pub columns: Vec<String>,
    /// How long a time slice is; without, there is one slice, of the newest data.
    pub time: Option<Period>,
    /// How many slices are kept, the newest; all where `None`.
    pub slices: Option<u32>,
    /// The figures, each of which may use those before it.
    pub figures: Vec<Figure>,
    /// The figure that the map is about.
    pub value: String,
    /// The smallest number that the public may see, beside the datasets' own rules.
    pub suppress: Option<u32>,
}

impl FigureSet {
    /// Every dataset that it is made from, its carrier first; some perhaps more than
    /// once.
    #[must_use]
    pub fn datasets(&self) -> Vec<DatasetId> {
        let used = self.figures.iter().filter_map(|figure| figure.operation.rows());
        std::iter::once(&self.over).chain(used.map(|rows| &rows.dataset)).cloned().collect()
    }

    /// The datasets that its value comes from, each once: what only says where the
    /// features are, or how large, is not among them.
    #[must_use]
    pub fn value_datasets(&self) -> Vec<&DatasetId> {
        let mut found: Vec<&DatasetId> = Vec::new();
        let (mut wanted, mut next) = (vec![self.value.as_str()], 0);
        while let Some(&name) = wanted.get(next) {
            next += 1;
            let Some(figure) = self.figure(name) else { continue };
            let of = match &figure.operation {
                Operation::Own(_) => Some(&self.over),
                operation => operation.rows().map(|rows| &rows.dataset),
            };
            found.extend(of.filter(|id| !found.contains(id)));
            for input in figure.operation.inputs() {
                if !wanted.contains(&input) {
                    wanted.push(input);
                }
            }
        }
        found
    }

    /// The names of the published columns: those of the carrier, and the
    /// figures that are published.
    pub fn published(&self) -> impl Iterator<Item = &str> {
        let figures = self.figures.iter().filter(|figure| figure.publish);
        self.columns.iter().map(String::as_str).chain(figures.map(|figure| figure.name.as_str()))
    }

    /// The figure of this name.
    #[must_use]
    pub fn figure(&self, name: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.name == name)
    }

    /// The figure that is published, where it is the only one; else empty.
    pub(super) fn only_value(&self) -> String {
        let mut published = self.figures.iter().filter(|figure| figure.publish);
        match (published.next(), published.next()) {
            (Some(figure), None) => figure.name.clone(),
            _ => String::new(),
        }
    }
}

/// What a flow layer draws lines between.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flow {
    /// The dataset of the movements.
    pub dataset: DatasetId,
    /// Its column of where they begin.
    pub from: String,
    /// Its column of where they end.
    pub to: String,
    /// The dataset of the places, whose keys those columns hold.
    pub between: DatasetId,
}

/// One dataset of a union.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnionPart {
    /// The dataset.
    pub dataset: DatasetId,
    /// Which of its features.
    pub filter: Filter,
    /// Published names and the columns they are taken from, in key order.
    pub columns: Vec<(String, String)>,
}
