//! CRS of Korea and the world to longitude and latitude.
//!
//! One implementation for every store and file format. Coordinates are always
//! x, y: easting before northing, longitude before latitude, whatever axis
//! order the EPSG register gives the CRS.
//!
//! The Bessel systems of Korea (5173 to 5178, 2097, 4162) carry the datum shift
//! that their definitions and most `.prj` files lack: without it a map lies
//! about 360 m off.

#![forbid(unsafe_code)]

mod definition_error;
mod error;
mod known;
mod known_crs;
mod prj;
mod projected_bounds;
mod projection;
mod reach;
mod transverse;
mod utm;
mod wkt;

pub use definition_error::{DefinitionError, WktError};
pub use error::ProjectionError;
pub use known::KNOWN;
pub use known::codes as known_codes;
pub use known::find as known_crs;
pub use known_crs::KnownCrs;
pub use projected_bounds::ProjectedBounds;
pub use projection::{Projection, is_on_earth, onto_earth};
