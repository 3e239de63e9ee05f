//! Signed distance fields of shapes, as clients expect them of glyphs and of recoloured symbols.

use sdf_glyph_renderer::{BitmapGlyph, clamp_to_u8};

pub use sdf_glyph_renderer::SdfGlyphError;

/// Distance that a field encodes, in its pixels.
const RADIUS: usize = 8;

/// Share of that distance that lies inside a shape: an edge is at 192 of 256.
const CUTOFF: f64 = 0.25;

/// Calculates the field of a shape that was drawn `detail` times as large.
///
/// `coverage` holds a row after the other, `width × detail` pixels wide. Detail makes the field
/// exact: distances are counted between middles of pixels.
///
/// # Errors
/// [`SdfGlyphError`] where the number of pixels is another.
pub fn distance_field(
    coverage: Vec<u8>,
    (width, height): (usize, usize),
    detail: usize,
) -> Result<Vec<u8>, SdfGlyphError> {
    let columns = width * detail;
    let bitmap = BitmapGlyph::new(coverage, columns, height * detail, 0)?;
    let fine = bitmap.render_sdf(RADIUS * detail);
    let mut field = vec![0.0; width * height];
    for (row, distances) in fine.chunks_exact(columns).enumerate() {
        let start = row / detail * width;
        for (column, distance) in distances.iter().enumerate() {
            field[start + column / detail] += distance;
        }
    }
    let share = 1.0 / (detail * detail) as f64;
    for distance in &mut field {
        *distance *= share;
    }
    clamp_to_u8(&field, CUTOFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_the_distance_to_the_edge() {
        // The left half of 16 × 4 pixels.
        for detail in [2, 4] {
            let columns = 16 * detail;
            let coverage: Vec<u8> = (0..columns * 4 * detail)
                .map(|pixel| if pixel % columns < columns / 2 { 255 } else { 0 })
                .collect();
            let field = distance_field(coverage, (16, 4), detail).unwrap();
            for (x, value) in field[..16].iter().enumerate() {
                let distance = x as f64 + 0.5 - 8.0;
                let expected = (192.0 - 32.0 * distance).clamp(0.0, 255.0);
                let found = f64::from(*value);
                // At the edge itself distances between fine pixels are half of one too far.
                let tolerance = 16.0 / detail as f64 + 1.0;
                assert!((found - expected).abs() <= tolerance, "{x}: {found}, not {expected}");
            }
            assert_eq!(field[..16], field[16..32]);
        }
    }

    #[test]
    fn another_number_of_pixels_is_refused() {
        assert!(distance_field(vec![0; 5], (2, 2), 1).is_err());
    }
}
