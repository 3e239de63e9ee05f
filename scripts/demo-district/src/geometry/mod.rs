//! Plane geometry in metres, and its conversion to features in degrees.

pub(crate) mod lines;
pub(crate) mod plane;
pub(crate) mod shapes;
pub(crate) mod tiling;
