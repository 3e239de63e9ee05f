//! Walking and driving along the streets: how long it takes from where.

pub mod contour;
pub mod network;
pub mod reach;

pub use network::{Edge, Network};
pub use reach::{Field, Mode, Reach};

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
