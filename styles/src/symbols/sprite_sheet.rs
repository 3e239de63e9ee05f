//! Sprite sheets: an index of symbols and the picture that holds them.
//!
//! MapLibre and OpenLayers recolour pictograms that are signed distance fields (`sdf` in the
//! index). QGIS draws the pixels as they are, so that a sheet of fixed colour has the same names.

use std::collections::BTreeMap;

use resvg::tiny_skia::{Pixmap, PixmapPaint, PremultipliedColorU8, Transform};
use serde::Serialize;

use super::drawing::{SymbolError, draw, patterns, pictograms};
use glyphs::distance_field::distance_field;

/// Transparent margin around a pictogram, in CSS pixels: room for a halo.
const MARGIN: u32 = 2;

/// Pixels of a distance field for a CSS pixel, at any device. Fewer blur small shapes.
const FIELD_RATIO: u32 = 2;

/// Detail that a distance field is calculated with.
const FIELD_DETAIL: u32 = 4;

/// Transparent pixels between symbols, so that none takes colour from its neighbour.
const GAP: u32 = 2;

/// Symbols in a row of a sheet.
const COLUMNS: u32 = 16;

/// A sprite sheet that is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpriteName {
    /// Pictograms that `icon-color` colours.
    Recoloured,
    /// White pictograms, for discs of any colour in QGIS.
    White,
    /// Dark pictograms with a white halo, for QGIS.
    Dark,
}

impl SpriteName {
    /// All sheets.
    pub const ALL: [Self; 3] = [Self::Recoloured, Self::White, Self::Dark];

    /// Name in URLs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recoloured => "policy-map",
            Self::White => "policy-map-white",
            Self::Dark => "policy-map-dark",
        }
    }

    /// Finds a sheet by its name in URLs.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sheet| sheet.as_str() == name)
    }
}

/// Pixels of a sheet for a CSS pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PixelRatio {
    /// One.
    Single,
    /// Two, `@2x` in URLs.
    Double,
}

impl PixelRatio {
    /// Both ratios.
    pub const ALL: [Self; 2] = [Self::Single, Self::Double];

    const fn factor(self) -> u32 {
        match self {
            Self::Single => 1,
            Self::Double => 2,
        }
    }
}

/// One sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpriteSheet {
    /// Index as JSON: position, size, pixel ratio and `sdf` of each symbol.
    pub index: Vec<u8>,
    /// Picture as PNG.
    pub picture: Vec<u8>,
}

/// One symbol of an index (MapLibre style specification, "Sprite").
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct IndexEntry {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    pixel_ratio: u32,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    sdf: bool,
}

/// One drawn symbol.
struct Symbol {
    name: &'static str,
    pixels: Pixmap,
    pixel_ratio: u32,
    sdf: bool,
}

impl SpriteSheet {
    /// Draws all symbols and puts them into one sheet.
    ///
    /// # Errors
    /// [`SymbolError`], for the first drawing at fault.
    pub fn draw(name: SpriteName, ratio: PixelRatio) -> Result<Self, SymbolError> {
        let mut symbols = Vec::new();
        for &(pictogram, svg) in pictograms() {
            symbols.push(draw_pictogram(pictogram, svg, name, ratio)?);
        }
        for &(pattern, svg) in patterns() {
            let pixel_ratio = ratio.factor();
            let pixels = draw(pattern, svg, pixel_ratio as f32, 0)?;
            symbols.push(Symbol { name: pattern, pixels, pixel_ratio, sdf: false });
        }
        arrange(&symbols)
    }
}

fn draw_pictogram(
    name: &'static str,
    svg: &str,
    sheet: SpriteName,
    ratio: PixelRatio,
) -> Result<Symbol, SymbolError> {
    if sheet == SpriteName::Recoloured {
        let pixels = draw_field(name, svg)?;
        return Ok(Symbol { name, pixels, pixel_ratio: FIELD_RATIO, sdf: true });
    }
    let pixel_ratio = ratio.factor();
    let shape = draw(name, svg, pixel_ratio as f32, MARGIN * pixel_ratio)?;
    let pixels = match sheet {
        SpriteName::Dark => with_halo(&shape, pixel_ratio)?,
        SpriteName::White | SpriteName::Recoloured => coloured(&shape, [255; 3]),
    };
    Ok(Symbol { name, pixels, pixel_ratio, sdf: false })
}

/// Signed distance field of a pictogram, in the alpha of black pixels.
fn draw_field(name: &'static str, svg: &str) -> Result<Pixmap, SymbolError> {
    let scale = FIELD_RATIO * FIELD_DETAIL;
    let fine = draw(name, svg, scale as f32, MARGIN * scale)?;
    let (width, height) = (fine.width() / FIELD_DETAIL, fine.height() / FIELD_DETAIL);
    let coverage = fine.pixels().iter().map(|pixel| pixel.alpha()).collect();
    let size = (width as usize, height as usize);
    let field = distance_field(coverage, size, FIELD_DETAIL as usize)
        .map_err(|source| SymbolError::DistanceField { name, source })?;
    let mut pixels =
        Pixmap::new(width, height).ok_or(SymbolError::PictureSize { width, height })?;
    for (pixel, alpha) in pixels.pixels_mut().iter_mut().zip(field) {
        *pixel = premultiplied([0; 3], alpha);
    }
    Ok(pixels)
}

/// The shape in one colour.
fn coloured(shape: &Pixmap, colour: [u8; 3]) -> Pixmap {
    let mut pixels = shape.clone();
    for pixel in pixels.pixels_mut() {
        *pixel = premultiplied(colour, pixel.alpha());
    }
    pixels
}

/// The shape in dark ink over its white halo of 1.5 CSS pixels.
fn with_halo(shape: &Pixmap, ratio: u32) -> Result<Pixmap, SymbolError> {
    let (width, height) = (shape.width(), shape.height());
    let mut pixels =
        Pixmap::new(width, height).ok_or(SymbolError::PictureSize { width, height })?;
    let halo = coloured(shape, [255; 3]);
    let paint = PixmapPaint::default();
    let mut stamp = |picture: &Pixmap, x: f32, y: f32| {
        let moved = Transform::from_translate(x, y);
        pixels.draw_pixmap(0, 0, picture.as_ref(), &paint, moved, None);
    };
    let radius = 1.5 * ratio as f32;
    for step in 0_u8..16 {
        let (sin, cos) = (f32::from(step) * std::f32::consts::PI / 8.0).sin_cos();
        stamp(&halo, (radius * cos).round(), (radius * sin).round());
    }
    stamp(&coloured(shape, [0x26, 0x2a, 0x30]), 0.0, 0.0);
    Ok(pixels)
}

fn premultiplied(colour: [u8; 3], alpha: u8) -> PremultipliedColorU8 {
    let [r, g, b] = colour.map(|part| (u16::from(part) * u16::from(alpha) / 255) as u8);
    // No part is above alpha, the one condition of a premultiplied colour.
    PremultipliedColorU8::from_rgba(r, g, b, alpha).unwrap_or(PremultipliedColorU8::TRANSPARENT)
}

/// Puts symbols into rows, the tallest of each row deciding its height.
fn arrange(symbols: &[Symbol]) -> Result<SpriteSheet, SymbolError> {
    let mut index = BTreeMap::new();
    let (mut y, mut width) = (0, 0);
    for row in symbols.chunks(COLUMNS as usize) {
        let mut x = 0;
        for symbol in row {
            let entry = IndexEntry {
                x,
                y,
                width: symbol.pixels.width(),
                height: symbol.pixels.height(),
                pixel_ratio: symbol.pixel_ratio,
                sdf: symbol.sdf,
            };
            x += entry.width + GAP;
            index.insert(symbol.name, entry);
        }
        width = width.max(x);
        y += row.iter().map(|symbol| symbol.pixels.height()).max().unwrap_or(0) + GAP;
    }
    let mut sheet = Pixmap::new(width, y).ok_or(SymbolError::PictureSize { width, height: y })?;
    let paint = PixmapPaint::default();
    for symbol in symbols {
        let entry = &index[symbol.name];
        let (x, y) = (entry.x as i32, entry.y as i32);
        sheet.draw_pixmap(x, y, symbol.pixels.as_ref(), &paint, Transform::identity(), None);
    }
    let picture =
        sheet.encode_png().map_err(|error| SymbolError::Png { reason: error.to_string() })?;
    Ok(SpriteSheet { index: serde_json::to_vec(&index).unwrap_or_default(), picture })
}

#[cfg(test)]
mod tests;
