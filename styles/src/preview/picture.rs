//! Pictures with a palette.

use std::collections::HashMap;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use super::drawing::PreviewDrawing;

/// Most colours of a palette.
const MOST_COLOURS: usize = 64;

/// Fault of a picture.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The drawing can't be read back.
    #[error("the drawing of a preview is no valid SVG")]
    Svg(#[from] resvg::usvg::Error),
    /// The picture can't be held in memory.
    #[error("a preview's picture can't be held in memory")]
    Memory,
    /// The picture can't be encoded.
    #[error("a preview's picture can't be encoded")]
    Png(#[from] png::EncodingError),
}

impl PreviewDrawing {
    /// The drawing as a PNG picture of at most 64 colours.
    ///
    /// # Errors
    /// [`PreviewError`] where the drawing can't be rendered.
    pub fn to_png(&self) -> Result<Vec<u8>, PreviewError> {
        let tree = Tree::from_str(&self.to_svg(), &Options::default())?;
        let size = tree.size().to_int_size();
        let mut pixels = Pixmap::new(size.width(), size.height()).ok_or(PreviewError::Memory)?;
        resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
        encode(&pixels)
    }
}

fn encode(pixels: &Pixmap) -> Result<Vec<u8>, PreviewError> {
    let colours = pixels.data().chunks_exact(4).map(|pixel| [pixel[0], pixel[1], pixel[2]]);
    let palette = palette(colours.clone());
    let mut nearest: HashMap<[u8; 3], u8> = HashMap::new();
    let indices = colours
        .map(|colour| *nearest.entry(colour).or_insert_with(|| nearest_of(&palette, colour)));
    let indices: Vec<u8> = indices.collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixels.width(), pixels.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.concat());
    encoder.set_compression(png::Compression::Balanced);
    // Neighbouring numbers of a palette are no neighbouring colours.
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&indices)?;
    writer.finish()?;
    Ok(bytes)
}

/// The most frequent colours that differ visibly: of colours alike only the most frequent.
fn palette(colours: impl Iterator<Item = [u8; 3]>) -> Vec<[u8; 3]> {
    let mut counts: HashMap<[u8; 3], u32> = HashMap::new();
    colours.for_each(|colour| *counts.entry(colour).or_default() += 1);
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut palette: Vec<[u8; 3]> = Vec::new();
    for (colour, _) in counts {
        if palette.len() == MOST_COLOURS {
            break;
        }
        // Between areas and edges alike lie blends; a step of 12 can't be told there.
        if palette.iter().all(|known| distance(*known, colour) > 3 * 12 * 12) {
            palette.push(colour);
        }
    }
    palette
}

fn nearest_of(palette: &[[u8; 3]], colour: [u8; 3]) -> u8 {
    let nearest = palette.iter().enumerate().min_by_key(|(_, known)| distance(**known, colour));
    nearest.map_or(0, |(index, _)| u8::try_from(index).unwrap_or(0))
}

fn distance(one: [u8; 3], other: [u8; 3]) -> u32 {
    let parts = one.iter().zip(other);
    parts.map(|(&a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
}
