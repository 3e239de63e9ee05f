//! Travel times on foot and by car along the streets.

pub(crate) mod contour;
pub(crate) mod links;
pub(crate) mod network;
pub(crate) mod reach;

pub(crate) use network::Network;
pub(crate) use reach::{Field, Mode, Reach};

#[cfg(test)]
mod tests;
