//! Measures of a layer by the areas of the district's statistics.

pub(crate) mod area_aggregation;
pub(crate) mod area_evaluation;
pub(crate) mod area_measure_sets;
pub(crate) mod area_method;
