//! Small pictures of maps, drawn from features and style layers.
//!
//! A [`PreviewDrawing`] takes features in pixels, evaluates a map's style layers for each, and
//! joins features that look alike into one path. Coordinates are kept to a quarter of a pixel.
//! The drawing becomes an SVG document, or a PNG picture with a palette.

mod density;
mod drawing;
mod paint;
mod path_text;
mod picture;
mod size;

pub use drawing::{PreviewDrawing, PreviewFeature};
pub use picture::PreviewError;
pub use size::PreviewSize;

#[cfg(test)]
mod tests;
