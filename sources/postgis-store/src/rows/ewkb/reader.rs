//! Parts of EWKB: headers, counts bounded by the bytes left, positions, curves.

use super::error::{EwkbError, EwkbFault};

/// Deepest nesting of collections; deeper ones are refused.
const MAX_DEPTH: u32 = 32;

// Flags of PostGIS in the geometry type.
pub(super) const Z: u32 = 0x8000_0000;
pub(super) const M: u32 = 0x4000_0000;
pub(super) const SRID: u32 = 0x2000_0000;

/// Header of a geometry.
#[derive(Debug, Clone, Copy)]
pub(super) struct GeometryHeader {
    little_endian: bool,
    pub(super) code: u32,
    /// Ordinates of a position.
    dimensions: usize,
    pub(super) srid: Option<u32>,
}

/// Reads from the front of a value.
pub(super) struct EwkbReader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> EwkbReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Number of unread bytes.
    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(super) fn error(&self, fault: EwkbFault) -> EwkbError {
        EwkbError { at: self.at, fault }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], EwkbError> {
        let Some(bytes) = self.bytes[self.at..].first_chunk::<N>() else {
            return Err(self.error(EwkbFault::Truncated));
        };
        self.at += N;
        Ok(*bytes)
    }

    fn number(&mut self, little_endian: bool) -> Result<u32, EwkbError> {
        let bytes = self.take::<4>()?;
        Ok(if little_endian { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    pub(super) fn head(&mut self, depth: u32) -> Result<GeometryHeader, EwkbError> {
        if depth > MAX_DEPTH {
            return Err(self.error(EwkbFault::Nesting(MAX_DEPTH)));
        }
        let [order] = self.take::<1>()?;
        if order > 1 {
            self.at -= 1;
            return Err(self.error(EwkbFault::ByteOrder(order)));
        }
        let little_endian = order == 1;
        let stored = self.number(little_endian)?;
        let flat = stored & !(Z | M | SRID);
        let iso = flat / 1000;
        if iso > 3 {
            return Err(self.error(EwkbFault::GeometryType(flat)));
        }
        let has_z = stored & Z != 0 || matches!(iso, 1 | 3);
        let has_m = stored & M != 0 || matches!(iso, 2 | 3);
        let srid = if stored & SRID == 0 { None } else { Some(self.number(little_endian)?) };
        Ok(GeometryHeader {
            little_endian,
            code: flat % 1000,
            dimensions: 2 + usize::from(has_z) + usize::from(has_m),
            srid,
        })
    }

    /// Reads a count of items of at least `size` bytes each, bounded by the bytes left.
    pub(super) fn count(&mut self, head: GeometryHeader, size: usize) -> Result<u32, EwkbError> {
        let at = self.at;
        let count = self.number(head.little_endian)?;
        let left = self.bytes.len() - self.at;
        if count as usize > left / size {
            return Err(EwkbError { at, fault: EwkbFault::PartCount { count, left } });
        }
        Ok(count)
    }

    pub(super) fn position(&mut self, head: GeometryHeader) -> Result<[f64; 2], EwkbError> {
        let mut position = [0.0; 2];
        for ordinate in 0..head.dimensions {
            let bytes = self.take::<8>()?;
            if let Some(kept) = position.get_mut(ordinate) {
                *kept = if head.little_endian {
                    f64::from_le_bytes(bytes)
                } else {
                    f64::from_be_bytes(bytes)
                };
            }
        }
        Ok(position)
    }

    pub(super) fn positions(
        &mut self,
        head: GeometryHeader,
        out: &mut Vec<[f64; 2]>,
    ) -> Result<(), EwkbError> {
        let count = self.count(head, 8 * head.dimensions)?;
        let stride = 8 * head.dimensions;
        // The count was bounded by the bytes that are left.
        let bytes = &self.bytes[self.at..self.at + count as usize * stride];
        let number = |bytes: [u8; 8]| match head.little_endian {
            true => f64::from_le_bytes(bytes),
            false => f64::from_be_bytes(bytes),
        };
        if stride == 16 {
            // Of a fixed length, so that the compiler moves whole registers.
            let (positions, _) = bytes.as_chunks::<16>();
            out.extend(positions.iter().map(|position| {
                let (ordinates, _) = position.as_chunks::<8>();
                [number(ordinates[0]), number(ordinates[1])]
            }));
        } else {
            out.extend(bytes.chunks_exact(stride).map(|position| {
                let (ordinates, _) = position.as_chunks::<8>();
                [number(ordinates[0]), number(ordinates[1])]
            }));
        }
        self.at += bytes.len();
        Ok(())
    }

    /// Reads a line, or a curve of consecutive lines.
    pub(super) fn curve(&mut self, depth: u32, out: &mut Vec<[f64; 2]>) -> Result<(), EwkbError> {
        let head = self.head(depth)?;
        match head.code {
            2 => self.positions(head, out),
            9 => self.curve_parts(head, depth, out),
            8 => Err(self.error(EwkbFault::Arc)),
            code => Err(self.error(EwkbFault::NoCurve(code))),
        }
    }

    pub(super) fn curve_parts(
        &mut self,
        head: GeometryHeader,
        depth: u32,
        out: &mut Vec<[f64; 2]>,
    ) -> Result<(), EwkbError> {
        for _ in 0..self.count(head, 5)? {
            self.curve(depth + 1, out)?;
        }
        Ok(())
    }
}
