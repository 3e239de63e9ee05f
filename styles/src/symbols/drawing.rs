//! Embedded SVG drawings, and their pixels.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// Pictograms by name, sorted; each drawn in `currentColor` on a grid of 20 × 20 units.
const PICTOGRAMS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pictograms.rs"));

/// Fill patterns by name, sorted; the view box of each is one tile.
const PATTERNS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/patterns.rs"));

/// Side of a pictogram's grid, in units; a unit is a CSS pixel at `icon-size` 1.
pub const PICTOGRAM_GRID: u32 = 20;

/// Fault of a drawing or of a sheet made of drawings.
#[derive(Debug, thiserror::Error)]
pub enum SymbolError {
    /// An SVG that can't be parsed.
    #[error("the drawing {name:?} is no valid SVG; mend styles/symbols/{name}.svg")]
    Svg {
        /// Name of the drawing.
        name: &'static str,
        /// Fault of the SVG.
        #[source]
        source: resvg::usvg::Error,
    },
    /// A distance field that can't be calculated.
    #[error("the drawing {name:?} has no signed distance field")]
    DistanceField {
        /// Name of the drawing.
        name: &'static str,
        /// Fault of the calculation.
        #[source]
        source: glyphs::distance_field::SdfGlyphError,
    },
    /// A picture of no size or of more pixels than memory can hold.
    #[error("a picture of {width} × {height} pixels can't be drawn")]
    PictureSize {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// A picture that can't be encoded.
    #[error("the picture of a sprite sheet can't be encoded as PNG: {reason}")]
    Png {
        /// Reason of the encoder, whose error type is not public.
        reason: String,
    },
}

/// Names and SVG texts of all pictograms, sorted by name.
#[must_use]
pub const fn pictograms() -> &'static [(&'static str, &'static str)] {
    PICTOGRAMS
}

/// SVG text of a pictogram.
#[must_use]
pub fn pictogram(name: &str) -> Option<&'static str> {
    find(PICTOGRAMS, name)
}

/// Names and SVG texts of all fill patterns, sorted by name.
#[must_use]
pub const fn patterns() -> &'static [(&'static str, &'static str)] {
    PATTERNS
}

/// SVG text of a fill pattern.
#[must_use]
pub fn pattern(name: &str) -> Option<&'static str> {
    find(PATTERNS, name)
}

fn find(drawings: &'static [(&str, &str)], name: &str) -> Option<&'static str> {
    let index = drawings.binary_search_by(|(own, _)| (*own).cmp(name)).ok()?;
    Some(drawings[index].1)
}

/// Draws an SVG at a scale, with a transparent margin of whole pixels on each side.
///
/// # Errors
/// [`SymbolError`] for a faulty SVG, or a size that can't be drawn.
pub(super) fn draw(
    name: &'static str,
    svg: &str,
    scale: f32,
    margin: u32,
) -> Result<Pixmap, SymbolError> {
    let tree = Tree::from_str(svg, &Options::default())
        .map_err(|source| SymbolError::Svg { name, source })?;
    let size = tree.size();
    let side = |length: f32| (length * scale).round() as u32 + 2 * margin;
    let (width, height) = (side(size.width()), side(size.height()));
    let mut pixels =
        Pixmap::new(width, height).ok_or(SymbolError::PictureSize { width, height })?;
    let offset = margin as f32;
    let transform = Transform::from_scale(scale, scale).post_translate(offset, offset);
    resvg::render(&tree, transform, &mut pixels.as_mut());
    Ok(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_are_sorted_and_found_by_name() {
        for drawings in [PICTOGRAMS, PATTERNS] {
            assert!(drawings.is_sorted_by(|a, b| a.0 < b.0));
        }
        assert_eq!(pictogram("bus-stop"), Some(include_str!("../../symbols/bus-stop.svg")));
        assert!(pattern("hatch-missing").is_some());
        assert_eq!(pictogram("hatch-missing"), None);
        assert_eq!(pattern("bus-stop"), None);
    }

    #[test]
    fn every_pictogram_fills_its_grid_and_stays_inside() {
        for &(name, svg) in PICTOGRAMS {
            assert!(svg.contains("viewBox=\"0 0 20 20\""), "{name}");
            assert!(svg.contains("fill=\"currentColor\""), "{name}");
            let pixels = draw(name, svg, 2.0, 4).unwrap();
            assert_eq!((pixels.width(), pixels.height()), (48, 48), "{name}");
            let covered: f32 =
                pixels.pixels().iter().map(|pixel| f32::from(pixel.alpha()) / 255.0).sum();
            let share = covered / 1600.0;
            assert!((0.12..0.75).contains(&share), "{name} covers {share} of its grid");
            for (index, pixel) in pixels.pixels().iter().enumerate() {
                let (x, y) = (index % 48, index / 48);
                let inside = (4..44).contains(&x) && (4..44).contains(&y);
                assert!(inside || pixel.alpha() == 0, "{name} leaves its grid at {x}, {y}");
            }
        }
    }

    #[test]
    fn a_faulty_drawing_is_named() {
        let error = draw("broken", "<svg", 1.0, 0).unwrap_err();
        assert!(error.to_string().contains("styles/symbols/broken.svg"), "{error}");
    }
}
