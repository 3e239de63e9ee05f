//! Plane geometry in metres, and its conversion to features in degrees.

pub(crate) mod feature_shapes;
pub(crate) mod lines;
pub(crate) mod plane;
pub(crate) mod tiling;
