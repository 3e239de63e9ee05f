//! Faults of CRS definitions.

/// Fault of a CRS definition: it can't be read, or names a projection that is not supported.
#[derive(Debug, thiserror::Error)]
pub enum DefinitionError {
    /// The definition has no text.
    #[error("it is empty")]
    Empty,
    /// The definition has more bytes than any real one.
    #[error("{0} bytes are too many for one")]
    TooLong(usize),
    /// The text is no well-known text.
    #[error(transparent)]
    Wkt(#[from] WktError),
    /// The definition is that of another thing, by its keyword.
    #[error("{0} is no CRS of a map")]
    NoMapCrs(String),
    /// A datum shift with this many numbers.
    #[error("its datum shift has {0} numbers, not 3 or 7")]
    ShiftLength(usize),
    /// A datum shift by another method.
    #[error("its datum shift {0:?} is not supported")]
    ShiftMethod(String),
    /// Another prime meridian than that of Greenwich.
    #[error("it counts from the meridian of {0}")]
    Meridian(String),
    /// An ellipsoid without a size.
    #[error("the ellipsoid {0} has no size")]
    EllipsoidSize(String),
    /// A datum on this ellipsoid without a shift to WGS 84.
    #[error("how its datum on the ellipsoid {0:?} lies to WGS 84 is not said")]
    UnknownDatum(String),
    /// No ellipsoid.
    #[error("it names no ellipsoid")]
    NoEllipsoid,
    /// Angles in another unit than degrees.
    #[error("its angles are not in degrees")]
    AngleUnit,
    /// Lengths in another unit than metres.
    #[error("its unit is {0:?}, not the metre")]
    LengthUnit(String),
    /// A projection that can't be computed back to longitude and latitude.
    #[error("{0} can't be inverted")]
    NoInverse(String),
    /// A method or parameter that has no counterpart in PROJ's notation, as proj4wkt describes
    /// it: the type of its errors is private.
    #[error("{0}")]
    Translation(String),
    /// A projection that is not supported, or with unusable parameters.
    #[error(transparent)]
    Projection(#[from] proj4rs::errors::Error),
}

/// Fault of a well-known text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WktError {
    /// A closing bracket without an opening one.
    #[error("a bracket closes that was not opened")]
    NotOpened,
    /// An opening bracket without a closing one.
    #[error("a bracket is not closed")]
    NotClosed,
    /// Text after the end, by its first byte.
    #[error("something follows its end at byte {0}")]
    PastEnd(usize),
    /// A keyword without an opening bracket.
    #[error("no bracket follows {keyword:?} at byte {at}")]
    NoBracket {
        /// The keyword.
        keyword: String,
        /// First byte of the keyword.
        at: usize,
    },
    /// Brackets nested deeper than this limit.
    #[error("brackets nest deeper than {0}")]
    TooDeep(usize),
    /// A bracket without a keyword, by its byte.
    #[error("a keyword is missing at byte {0}")]
    NoKeyword(usize),
    /// A byte that can't begin an argument.
    #[error("byte {0} is none that may stand there")]
    UnexpectedByte(usize),
    /// A quoted text without its end.
    #[error("a quote is not closed")]
    OpenQuote,
}
