//! Random numbers and rounding with the same results on every machine.

pub(crate) mod draws;
pub(crate) mod rng;
pub(crate) mod rounding;
pub(crate) mod weighted_sampler;
