//! Outlines of a font file (TrueType or OpenType).

use ttf_parser::{Face, FaceParsingError, OutlineBuilder};

use crate::outline::{
    EM_PIXELS, Outline, Point, RANGE_COUNT, RANGE_LENGTH, Segment, UNITS_PER_PIXEL,
};

/// A parsed font file.
pub struct Font<'d> {
    face: Face<'d>,
}

impl std::fmt::Debug for Font<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let glyphs = self.face.number_of_glyphs();
        formatter.debug_struct("Font").field("glyphs", &glyphs).finish_non_exhaustive()
    }
}

impl<'d> Font<'d> {
    /// Parses the bytes of a font file.
    ///
    /// # Errors
    /// [`FaceParsingError`] for another format or a damaged file.
    pub fn parse(data: &'d [u8]) -> Result<Self, FaceParsingError> {
        Ok(Self { face: Face::parse(data, 0)? })
    }

    /// Outlines of the letters of a range that the font has, sorted by code point. The ranges
    /// are numbered from 0 to [`RANGE_COUNT`] - 1.
    #[must_use]
    pub fn outlines(&self, range: usize) -> Vec<Outline> {
        debug_assert!(range < RANGE_COUNT);
        let start = range as u32 * RANGE_LENGTH;
        (start..start + RANGE_LENGTH).filter_map(|code| self.outline(code)).collect()
    }

    fn outline(&self, code: u32) -> Option<Outline> {
        let glyph = self.face.glyph_index(char::from_u32(code)?)?;
        let scale = f32::from(EM_PIXELS * UNITS_PER_PIXEL) / f32::from(self.face.units_per_em());
        let mut collector = SegmentCollector { scale, segments: Vec::new() };
        // `None` is a letter without contours: a space.
        let _ = self.face.outline_glyph(glyph, &mut collector);
        let advance = f32::from(self.face.glyph_hor_advance(glyph).unwrap_or(0)) * scale;
        let code = u16::try_from(code).ok()?;
        Some(Outline { code, advance: advance.round() as u16, segments: collector.segments })
    }
}

struct SegmentCollector {
    scale: f32,
    segments: Vec<Segment>,
}

impl SegmentCollector {
    fn point(&self, x: f32, y: f32) -> Point {
        [x, y].map(|value| (value * self.scale).round() as i16)
    }
}

impl OutlineBuilder for SegmentCollector {
    fn move_to(&mut self, x: f32, y: f32) {
        self.segments.push(Segment::Move(self.point(x, y)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.segments.push(Segment::Line(self.point(x, y)));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.segments.push(Segment::Quadratic(self.point(x1, y1), self.point(x, y)));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (first, second) = (self.point(x1, y1), self.point(x2, y2));
        self.segments.push(Segment::Cubic(first, second, self.point(x, y)));
    }

    fn close(&mut self) {}
}
