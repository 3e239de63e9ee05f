//! Evaluates a layer's measures, one after the other.

pub(crate) mod aggregate_measure;
pub(crate) mod arithmetic;
pub(crate) mod evaluate;
pub(crate) mod layer_evaluation;
pub(crate) mod left_out;
pub(crate) mod location;
pub(crate) mod presence;
