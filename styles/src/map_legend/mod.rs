//! Legend of one map, worded for people, as JSON and as SVG.
//!
//! [`MapLegend::new`] takes the classes from the style layers, and titles, unit and frequencies
//! from the map's description. Classes that can't occur are left out: no line for missing data
//! where none is missing.
//!
//! | module | content |
//! |---|---|
//! | `content` | the legend's parts, as they are written to JSON |
//! | `build` | classes and description to a legend |
//! | `wording` | conditions to words |
//! | `number_words` | numbers and ranges as text |
//! | `histogram` | frequencies of the values |
//! | `sizes` | round numbers for nested circles |
//! | `page_entries` | the legend as the map page reads it from a style's metadata |
//! | `svg` | the legend drawn |

mod build;
mod content;
mod histogram;
mod number_words;
mod page_entries;
mod sizes;
mod svg;
mod wording;

pub use build::LegendContext;
pub use content::{
    Histogram, HistogramBin, LegendClass, LegendGrid, LegendMark, LegendSize, LegendSource,
    LegendStop, MapLegend,
};
pub use number_words::format_number;

#[cfg(test)]
mod tests;
