//! Travel times on foot and by car along the streets.

pub(crate) mod contour;
pub(crate) mod links;
pub(crate) mod network;
pub(crate) mod reach;

pub(crate) use network::StreetNetwork;
pub(crate) use reach::{TimeLattice, TravelMode, TravelTimes};

#[cfg(test)]
mod tests;
