//! Audiences of a request.

/// Who asks: decides which layers exist for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Anyone.
    Public,
    /// Staff of the district, on a listener of their own.
    Staff,
}
