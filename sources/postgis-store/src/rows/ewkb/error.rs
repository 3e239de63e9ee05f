//! Errors of EWKB.

/// A value that is not EWKB, or exceeds the limits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("byte {at} of its geometry: {fault}")]
pub struct EwkbError {
    /// Offset in the value.
    pub at: usize,
    /// Fault of the value.
    #[source]
    pub fault: EwkbFault,
}

/// Fault of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EwkbFault {
    /// A value that ends within a number.
    #[error("it ends too soon")]
    Truncated,
    /// Bytes after the geometry.
    #[error("{0} bytes follow its end")]
    BytesAfterEnd(usize),
    /// A byte order that is neither 0 nor 1.
    #[error("{0} is no byte order")]
    ByteOrder(u8),
    /// An unknown geometry type.
    #[error("{0} is no geometry type")]
    GeometryType(u32),
    /// An arc: the query that fetches a column converts arcs to lines.
    #[error("an arc, where lines were asked for")]
    Arc,
    /// Another geometry where a curve is expected.
    #[error("{0} where a curve should be")]
    NoCurve(u32),
    /// Collections that are nested too deeply.
    #[error("more than {0} collections in each other")]
    Nesting(u32),
    /// A count of parts for which too few bytes are left.
    #[error("{count} parts are promised, and {left} bytes are left")]
    PartCount {
        /// The count.
        count: u32,
        /// Number of bytes left.
        left: usize,
    },
}
