//! Density of homes, work and shops, and random places by it.

pub(crate) mod density;
pub(crate) mod place_sampler;
pub(crate) mod street_danger;
