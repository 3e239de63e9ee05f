//! One feature: id, tags and geometry (MVT 2.1, sections 4.2 and 4.3).

use super::ReadError;
use super::wire::{WireField, WireMessage};
use data_model::feature::ShapeKind;

/// A feature whose tags and geometry are not decoded yet.
#[derive(Debug, Clone, Copy)]
pub struct TileFeature<'a> {
    /// The id; `None` if the feature has none.
    pub id: Option<u64>,
    /// The geometry type; `None` for `UNKNOWN` (section 4.3.4).
    pub kind: Option<ShapeKind>,
    tags: WireMessage<'a>,
    geometry: WireMessage<'a>,
    /// The feature's message, for the position of errors.
    start: WireMessage<'a>,
}

/// Reads a feature's own fields.
pub(super) fn read(message: WireMessage<'_>) -> Result<TileFeature<'_>, ReadError> {
    let none = WireMessage::new(&[]);
    let mut feature =
        TileFeature { id: None, kind: None, tags: none, geometry: none, start: message };
    let (mut tags, mut geometry) = (false, false);
    let mut fields = message;
    loop {
        let at = fields;
        match fields.field()? {
            None => return Ok(feature),
            Some((1, WireField::Varint(id))) => feature.id = Some(id),
            Some((2, WireField::Bytes(numbers))) if !tags => {
                (feature.tags, tags) = (numbers, true);
            }
            Some((3, WireField::Varint(kind))) => {
                feature.kind = match kind {
                    0 => None,
                    1 => Some(ShapeKind::Point),
                    2 => Some(ShapeKind::Line),
                    3 => Some(ShapeKind::Polygon),
                    _ => return Err(at.error("a geometry type that does not exist")),
                };
            }
            Some((4, WireField::Bytes(numbers))) if !geometry => {
                (feature.geometry, geometry) = (numbers, true);
            }
            Some((1..=4, _)) => {
                return Err(at.error("a feature's field that is repeated or of another type"));
            }
            Some(_) => {}
        }
    }
}

/// A feature's geometry in tile units: flat, with the end of each part.
///
/// A point's coordinates are one part; lines and rings are one each. Rings do not repeat
/// their first vertex. Reusable.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TilePath {
    /// x, y in tile units, unclipped: outside the tile too.
    pub coordinates: Vec<[i64; 2]>,
    /// End of each part in `coordinates`.
    pub ends: Vec<usize>,
}

impl TilePath {
    /// Each part's coordinates.
    pub fn parts(&self) -> impl Iterator<Item = &[[i64; 2]]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let part = &self.coordinates[start..end];
            start = end;
            part
        })
    }
}

// Section 4.3.1.
const MOVE_TO: u64 = 1;
const LINE_TO: u64 = 2;
const CLOSE_PATH: u64 = 7;

impl<'a> TileFeature<'a> {
    /// Key and value numbers (section 4.4), unchecked: they may be past the layer's keys
    /// and values.
    ///
    /// # Errors
    /// Yields [`ReadError`] for a truncated number and for a key without a value.
    pub fn tags(&self) -> impl Iterator<Item = Result<(u64, u64), ReadError>> + use<'a> {
        let mut numbers = self.tags;
        let mut broken = false;
        std::iter::from_fn(move || {
            if broken || numbers.is_empty() {
                return None;
            }
            let at = numbers;
            let pair = numbers.varint().and_then(|key| {
                if numbers.is_empty() {
                    return Err(at.error("a tag without a value (section 4.4)"));
                }
                Ok((key, numbers.varint()?))
            });
            broken = pair.is_err();
            Some(pair)
        })
    }

    /// The undecoded field `geometry` (section 4.3), to be copied.
    pub(crate) fn geometry_bytes(&self) -> &'a [u8] {
        self.geometry.bytes()
    }

    /// Decodes the geometry (section 4.3) into `path`, which is cleared first.
    ///
    /// A count never allocates memory that the tile's own bytes do not back: each vertex
    /// is two numbers.
    ///
    /// # Errors
    /// Returns [`ReadError`] for an unknown or misplaced command, a count that does not
    /// match, and truncated numbers.
    pub fn geometry(&self, path: &mut TilePath) -> Result<(), ReadError> {
        path.coordinates.clear();
        path.ends.clear();
        let Some(kind) = self.kind else { return Ok(()) };
        let mut numbers = self.geometry;
        let mut pen = [0i64; 2];
        let mut open = false;
        while !numbers.is_empty() {
            let at = numbers;
            let command = numbers.varint()?;
            let (id, count) = (command & 7, command >> 3);
            match (id, kind) {
                (MOVE_TO, ShapeKind::Point) => {}
                (MOVE_TO, _) => {
                    // Section 4.3.4: one MoveTo with a count of 1 begins a part.
                    if count != 1 {
                        return Err(at.error("a MoveTo with another count than 1"));
                    }
                    end_part(path);
                    open = true;
                }
                (LINE_TO, ShapeKind::Line | ShapeKind::Polygon) if open => {}
                (CLOSE_PATH, ShapeKind::Polygon) if open && count == 1 => {
                    end_part(path);
                    open = false;
                    continue;
                }
                _ => return Err(at.error("a geometry command that may not stand here")),
            }
            if count == 0 || count > (numbers.bytes().len() / 2) as u64 {
                return Err(at.error("a command's count that its numbers do not match"));
            }
            for _ in 0..count {
                for axis in &mut pen {
                    let step = numbers.varint()?;
                    // Section 4.3.2: 32 bits.
                    let step =
                        u32::try_from(step).map_err(|_| numbers.error("a step of over 32 bits"))?;
                    *axis += i64::from((step >> 1) as i32 ^ -((step & 1) as i32));
                }
                path.coordinates.push(pen);
            }
        }
        end_part(path);
        Ok(())
    }

    /// Creates an error at this feature.
    pub fn error(&self, what: &'static str) -> ReadError {
        self.start.error(what)
    }
}

fn end_part(path: &mut TilePath) {
    let end = path.coordinates.len();
    if path.ends.last().copied().unwrap_or(0) < end {
        path.ends.push(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn path(kind: u64, geometry: &[u8]) -> Result<TilePath, ReadError> {
        let mut bytes = vec![3 << 3, kind as u8, 4 << 3 | 2, geometry.len() as u8];
        bytes.extend_from_slice(geometry);
        let mut path = TilePath::default();
        read(WireMessage::new(&bytes))?.geometry(&mut path).map(|()| path)
    }

    /// The examples of section 4.3.5.
    #[rstest]
    #[case::point(1, &[9, 50, 34], &[&[[25, 17]][..]])]
    #[case::multipoint(1, &[17, 10, 14, 3, 9], &[&[[5, 7], [3, 2]][..]])]
    #[case::line(2, &[9, 4, 4, 18, 0, 16, 16, 0], &[&[[2, 2], [2, 10], [10, 10]][..]])]
    #[case::multiline(2, &[9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8],
        &[&[[2, 2], [2, 10], [10, 10]][..], &[[1, 1], [3, 5]]])]
    #[case::polygon(3, &[9, 6, 12, 18, 10, 12, 24, 44, 15], &[&[[3, 6], [8, 12], [20, 34]][..]])]
    fn geometry_is_read_as_the_specification_shows(
        #[case] kind: u64,
        #[case] bytes: &[u8],
        #[case] parts: &[&[[i64; 2]]],
    ) {
        assert_eq!(path(kind, bytes).unwrap().parts().collect::<Vec<_>>(), parts);
    }

    #[rstest]
    #[case::line_to_first(2, &[10, 0, 0])]
    #[case::line_to_in_points(1, &[9, 0, 0, 10, 2, 2])]
    #[case::close_of_a_line(2, &[9, 0, 0, 10, 2, 2, 15])]
    #[case::line_to_after_close(3, &[9, 0, 0, 18, 2, 2, 4, 4, 15, 10, 2, 2])]
    #[case::two_closes(3, &[9, 0, 0, 10, 2, 2, 15, 15])]
    #[case::two_moves(2, &[17, 0, 0, 2, 2])]
    #[case::no_count(1, &[1])]
    #[case::count_past_the_end(1, &[0xf9, 0xff, 0xff, 0xff, 0x0f, 0, 0])]
    #[case::unknown_command(1, &[12, 0, 0])]
    #[case::cut_off(2, &[9, 0, 0, 10, 2])]
    #[case::step_past_32_bits(1, &[9, 255, 255, 255, 255, 31, 0])]
    fn broken_geometry_is_an_error(#[case] kind: u64, #[case] bytes: &[u8]) {
        assert!(path(kind, bytes).is_err());
    }
}
