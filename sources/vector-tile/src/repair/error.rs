//! Errors of repairs.

/// The reason for which a polygon can't be repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RepairError {
    /// The rings enclose no area.
    #[error("its polygon has no area")]
    NoArea,
    /// There are more crossings than memory allows.
    #[error("its {edges} edges cross too often to be repaired")]
    TooManyCrossings {
        /// Number of the polygon's edges.
        edges: usize,
    },
    /// The deadline would pass before the repair ends.
    #[error("repairing its {edges} edges takes too long")]
    OutOfTime {
        /// Number of the polygon's edges.
        edges: usize,
    },
    /// More edges are side by side than can be compared in time.
    #[error(
        "so many of its {edges} edges lie side by side that looking for crossings takes too long"
    )]
    TooManyEdges {
        /// Number of the polygon's edges.
        edges: usize,
    },
    /// There are more rings than can be sorted in time.
    #[error("it has {rings} rings: too many to be sorted")]
    TooManyRings {
        /// Number of the polygon's rings.
        rings: usize,
    },
}
