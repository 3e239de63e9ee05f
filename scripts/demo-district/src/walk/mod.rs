//! Travel times on foot and by car along the streets.

pub mod contour;
pub mod network;
pub mod reach;

pub use network::{Edge, Network};
pub use reach::{Field, Mode, Reach};

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
