//! Description of a map: its declaration and a summary of its data.
//!
//! The caller makes it from the catalog and the published data; this crate reads neither.
//! A layer that is published in a public form and a staff form has one description for each.

use crate::layer_input::LayerGeometry;

/// Text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct BilingualText {
    /// Korean text.
    pub ko: String,
    /// English text.
    pub en: String,
}

/// The audiences that a description holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MapForm {
    /// All who may see the layer: it has one form.
    #[default]
    Only,
    /// The public, of a layer that staff see more of.
    Public,
    /// Staff, of a layer that the public sees less of, or not at all.
    Staff,
}

/// Cartographic representation of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MapRepresentation {
    /// A pictogram at each point.
    Symbol,
    /// Features by category.
    Category,
    /// Lines.
    Line,
    /// Circles whose areas grow with a number.
    Circle,
    /// Areas shaded by a rate.
    Choropleth,
    /// Cells of a grid shaded by a number.
    Grid,
    /// Density surface (heat map).
    Heat,
    /// Curved lines between places, with widths by volume.
    Flow,
    /// Areas reachable within a time.
    Isochrone,
}

/// One map in one form.
#[derive(Debug, Clone, PartialEq)]
pub struct MapDescription {
    /// Layer id, which is also the vector-tile layer name.
    pub id: String,
    /// Theme of the layer.
    pub theme: Option<String>,
    /// Audiences of this form.
    pub form: MapForm,
    /// Title.
    pub title: BilingualText,
    /// Declared representation; `None` leaves it to the data.
    pub representation: Option<MapRepresentation>,
    /// Kind of geometry in the tiles.
    pub geometry: LayerGeometry,
    /// Whether tiles also hold label points, in the vector-tile layer `<id>.label`.
    pub label_points: bool,
    /// Attributes in the tiles.
    pub columns: Vec<MapColumn>,
    /// The column that the map shows.
    pub value: Option<MapValue>,
    /// The second column of a bivariate map.
    pub second_value: Option<MapValue>,
    /// Label of suppressed features; `None` where the tiles have no column `suppressed`.
    pub suppressed: Option<BilingualText>,
    /// Labels of the time slices, ascending; empty for a map without time.
    pub times: Vec<String>,
    /// Zooms with tiles.
    pub zooms: (u8, u8),
    /// Zoom below which tiles hold clusters of points (`cluster`, `point_count`).
    pub clustered_below: Option<u8>,
    /// Declared presentation.
    pub cartography: Cartography,
}

/// Attribute of a map's features.
#[derive(Debug, Clone, PartialEq)]
pub struct MapColumn {
    /// Name in the tiles.
    pub name: String,
    /// Title.
    pub title: BilingualText,
    /// Kind of the values.
    pub kind: MapColumnKind,
    /// Lowest zoom whose tiles hold the attribute.
    pub min_zoom: u8,
}

/// Kind of an attribute's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MapColumnKind {
    /// Numbers.
    Number,
    /// Texts.
    Text,
    /// Booleans.
    Flag,
}

/// Column that a map shows, with what is known of its values.
#[derive(Debug, Clone, PartialEq)]
pub struct MapValue {
    /// Column name in the tiles.
    pub column: String,
    /// Title of the column or measure.
    pub title: BilingualText,
    /// Unit for people, such as `명/㎢` and `persons/km²`; `None` for a number without one.
    pub unit: Option<BilingualText>,
    /// Decimal places that are shown.
    pub decimals: u8,
    /// Titles of stored texts, in the order declared.
    pub texts: Vec<(String, BilingualText)>,
    /// Whether the texts are classes of a number, so that their order counts.
    pub ordered: bool,
    /// Whether the value is a count or a sum, which areas of unequal size must not be shaded by.
    pub absolute: bool,
    /// The values.
    pub summary: ValueDistribution,
}

/// Values of a column over all features and all time slices.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ValueDistribution {
    /// Features and slices examined.
    pub features: u64,
    /// Of these, features without data.
    pub missing: u64,
    /// Of these, features whose value is suppressed.
    pub suppressed: u64,
    /// Numbers, ascending: all of them, or an even sample of at most 50,000 that holds the least
    /// and the greatest; empty for other values.
    pub numbers: Vec<f64>,
    /// Texts with their frequency, the most frequent first, at most 64; empty for other values.
    pub texts: Vec<(String, u64)>,
    /// Number of distinct texts, also of those not listed.
    pub distinct_texts: u64,
    /// Frequency of `true` and of `false`.
    pub flags: (u64, u64),
}

/// Presentation that the catalog declares; all parts are optional.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cartography {
    /// Colour scheme; `None` leaves it to the data.
    pub scheme: Option<ColourScheme>,
    /// Name of a palette; `None` for the theme's.
    pub palette: Option<String>,
    /// The end of the numbers that is drawn dark.
    pub dark: ValueEnd,
    /// The end of the numbers that is good, which decides the sides of a diverging palette.
    pub good: Option<ValueEnd>,
    /// Middle of a diverging scheme; 0 where left out.
    pub middle: Option<f64>,
    /// Class breaks.
    pub breaks: ClassBreaks,
    /// Class breaks of the second value of a bivariate map.
    pub second_breaks: ClassBreaks,
    /// Whether zero is a class of its own; `None` leaves it to the data.
    pub zero_class: Option<bool>,
    /// Declared categories, in drawing order of the legend.
    pub categories: Vec<MapCategory>,
    /// Whether the categories are ordered, so that they take a sequential palette.
    pub ordered: bool,
    /// Time slice that a map opens with; the newest where left out.
    pub opening_time: Option<String>,
    /// Features that the measure does not apply to.
    pub not_applicable: Option<NotApplicable>,
    /// Name of the pictogram.
    pub icon: Option<String>,
    /// Column whose text names a feature on the map.
    pub name_column: Option<String>,
    /// Smallest zoom with names; 15 where left out.
    pub names_from_zoom: Option<u8>,
}

/// Kind of a colour scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColourScheme {
    /// One direction, from light to dark.
    Sequential,
    /// Two directions from a middle.
    Diverging,
    /// Categories without an order.
    Qualitative,
    /// Two numbers, three classes each.
    Bivariate,
}

/// One end of a range of numbers or ordered classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ValueEnd {
    /// The largest number or the last class.
    #[default]
    High,
    /// The smallest number or the first class.
    Low,
}

/// Class breaks: numbers, or a method to find them.
#[derive(Debug, Clone, PartialEq)]
pub enum ClassBreaks {
    /// Fixed breaks, ascending; a number equal to a break belongs to the class above it.
    Fixed(Vec<f64>),
    /// A method for a number of classes; its breaks are rounded.
    Method(BreakMethod, u8),
}

impl Default for ClassBreaks {
    fn default() -> Self {
        Self::Method(BreakMethod::Automatic, 5)
    }
}

/// Method of class breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum BreakMethod {
    /// The method that fits the data best.
    #[default]
    Automatic,
    /// Equal numbers of features.
    Quantile,
    /// Smallest variance within the classes (k-means in one dimension).
    Ckmeans,
    /// Repeated division at the mean, for heavy tails.
    HeadTail,
    /// Equal ratios, for positive numbers.
    Logarithmic,
    /// Equal intervals.
    EqualInterval,
}

/// Declared category of a map.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MapCategory {
    /// Stored text, number or `true`/`false` as text.
    pub value: String,
    /// Title; `None` for the declared title of the text.
    pub title: Option<BilingualText>,
    /// Colour `#rrggbb`; `None` for one of the palette.
    pub color: Option<String>,
    /// Name of a pictogram.
    pub icon: Option<String>,
}

/// Features that a measure does not apply to, drawn apart from those without data.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NotApplicable {
    /// Column that tells them.
    pub column: String,
    /// Its stored texts.
    pub values: Vec<String>,
    /// Legend text.
    pub title: BilingualText,
}
