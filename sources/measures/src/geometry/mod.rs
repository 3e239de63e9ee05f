//! Geometry of features: outlines, bounding boxes, overlaps, distances in metres, and curves of flows.

pub(crate) mod bounding_box;
pub(crate) mod distance;
pub(crate) mod flow_curve;
pub(crate) mod overlap;
pub(crate) mod plane;
pub(crate) mod row_outline;
