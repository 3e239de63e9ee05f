//! Audiences of a request.

/// Audience of a request; decides which layers exist for the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Anyone.
    Public,
    /// Staff of the district, on a listener of their own.
    Staff,
}
