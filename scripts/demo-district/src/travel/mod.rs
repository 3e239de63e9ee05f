//! Travel times on foot and by car along the streets.

pub(crate) mod isochrones;
pub(crate) mod links;
pub(crate) mod network;
pub(crate) mod travel_times;

pub(crate) use network::StreetNetwork;
pub(crate) use travel_times::{TimeLattice, TravelMode, TravelTimes};

#[cfg(test)]
mod tests;
