//! Audience of a layer's measures.

/// Audience that measures are evaluated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResultAudience {
    /// True measures, for staff.
    Full,
    /// The public: measures of the layer's public form if one is declared, small numbers
    /// suppressed.
    Public,
}
