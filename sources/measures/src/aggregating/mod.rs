//! Aggregates rows into values by feature and time slice.

pub(crate) mod aggregate;
pub(crate) mod exact_sum;
pub(crate) mod series;
pub(crate) mod slices;
