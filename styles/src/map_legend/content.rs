//! Parts of a legend.

use serde::Serialize;

use crate::map_description::BilingualText;

/// Legend of one map in one form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MapLegend {
    /// Layer id.
    pub layer: String,
    /// Title of the map.
    pub title: BilingualText,
    /// Title of what the map shows; `None` where it shows places alone.
    pub measure: Option<BilingualText>,
    /// Unit of the numbers, given once for all classes.
    pub unit: Option<BilingualText>,
    /// Period that is shown, such as `2024-10`; `None` for a map without time.
    pub period: Option<String>,
    /// Whether the data does not reach the end of the period.
    pub partial: bool,
    /// Sources of the data.
    pub sources: Vec<LegendSource>,
    /// Marks, the topmost first.
    pub marks: Vec<LegendMark>,
    /// Frequencies of the numbers over all features and periods; `None` where they are unknown.
    pub histogram: Option<Histogram>,
    /// Features and periods counted, 0 where the data is not known.
    pub features: u64,
    /// Of these, those without data.
    pub missing: u64,
    /// Of these, those whose value is suppressed.
    pub suppressed: u64,
}

/// Source of the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LegendSource {
    /// Agency.
    pub agency: BilingualText,
    /// Year of the data.
    pub year: Option<u16>,
    /// Licence.
    pub licence: String,
    /// Web page.
    pub url: Option<String>,
}

/// One mark.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LegendMark {
    /// `fill`, `line`, `circle`, `symbol`, `heat` or `cluster`.
    pub mark: &'static str,
    /// Heading, where the legend has several marks.
    pub title: Option<BilingualText>,
    /// Column that decides the class.
    pub column: Option<String>,
    /// Classes, from low to high.
    pub classes: Vec<LegendClass>,
    /// Sizes of round numbers, the largest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<LegendSize>,
    /// Continuous colours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ramp: Vec<LegendStop>,
    /// Classes of two columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grid: Option<LegendGrid>,
}

/// One class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LegendClass {
    /// `all`, `range`, `number`, `text`, `flag`, `other`, `not-applicable`, `suppressed` or
    /// `missing`.
    pub kind: &'static str,
    /// Words for the class, without the unit.
    pub label: BilingualText,
    /// Lower bound of a range, and a number by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<f64>,
    /// Upper bound of a range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<f64>,
    /// Stored texts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Colour, `#rrggbb`.
    pub color: Option<String>,
    /// Opacity, from 0 to 1.
    pub opacity: f64,
    /// Name of a fill pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Name of a pictogram.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// Colour of the pictogram.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon_color: Option<String>,
    /// Radius of a circle or width of a line in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<f64>,
    /// Colour of the edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outline: Option<String>,
    /// Width of the edge in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outline_width: Option<f64>,
    /// Dashes and gaps, in line widths.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dashes: Vec<f64>,
    /// Features of the class over all periods; `None` where it is unknown.
    pub count: Option<u64>,
}

/// Size of one number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LegendSize {
    /// The number.
    pub value: f64,
    /// The number as text.
    pub label: BilingualText,
    /// Radius or width in pixels.
    pub size: f64,
}

/// Stop of continuous colours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LegendStop {
    /// Number, or density from 0 to 1.
    pub at: f64,
    /// Colour of CSS.
    pub color: String,
}

/// Classes of two columns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LegendGrid {
    /// Titles of the columns: across and up.
    pub titles: [BilingualText; 2],
    /// Units of the columns.
    pub units: [Option<BilingualText>; 2],
    /// Words for the classes of each column, ascending.
    pub labels: [Vec<BilingualText>; 2],
    /// Colours by class of the second column, then of the first.
    pub colors: Vec<Vec<String>>,
}

/// Frequencies of numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Histogram {
    /// Bins of equal width, ascending; the last one also holds the greater numbers.
    pub bins: Vec<HistogramBin>,
    /// Whether the last bin holds numbers beyond its end.
    pub open: bool,
}

/// Bin of a histogram.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HistogramBin {
    /// Lower end.
    pub from: f64,
    /// Upper end.
    pub to: f64,
    /// Numbers in the bin.
    pub count: u64,
    /// Colour of the class at its middle.
    pub color: Option<String>,
}
