//! A synthetic Seongdong-gu, to try the tile server with.
//!
//! Names, codes, bounds, rough centres and totals are public facts; every
//! shape, address and figure is made up, and every file says so. The same seed
//! gives the same bytes on every machine.

pub mod arterials;
pub mod buildings;
pub mod cameras;
pub mod catalog;
pub mod datasets;
pub mod district;
pub mod dongs;
pub mod encode;
pub mod facts;
pub mod output;
pub mod plane;
pub mod residents;
pub mod rng;
pub mod road_names;
pub mod streets;
pub mod trails;
pub mod walk;
pub mod water;
