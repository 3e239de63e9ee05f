//! Geometry of features: outlines, bounding boxes, overlaps, and distances in metres.

pub(crate) mod bounding_box;
pub(crate) mod distance;
pub(crate) mod overlap;
pub(crate) mod plane;
pub(crate) mod row_outline;
