//! Style layers proposed from a map's declaration and data.
//!
//! | module | content |
//! |---|---|
//! | `representation` | choice of a representation that geometry and value allow |
//! | `shaded_areas` | choropleths, grids and isochrones |
//! | `bivariate` | areas by two numbers |
//! | `circles` | circles by area of value |
//! | `points` | discs that grow into pictograms, and clusters |
//! | `categories`, `lines` | areas and lines by category, lines by number |
//! | `heat`, `flows` | density surfaces; flows between places |
//! | `labels` | names and figures |
//! | `theme` | document of a whole theme |

mod area_parts;
mod bivariate;
mod categories;
mod category_colours;
mod circles;
mod conditions;
mod expressions;
mod flows;
mod heat;
mod labels;
mod lines;
mod map_style;
mod number_colours;
mod points;
mod proposal;
mod representation;
mod shaded_areas;
mod style_part;
mod theme;

pub use proposal::suggest;
pub use theme::{source, suggest_theme};

#[cfg(test)]
mod tests;
