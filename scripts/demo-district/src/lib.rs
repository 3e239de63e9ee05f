//! A synthetic Seongdong-gu for trying the tile server.
//!
//! Names, codes, bounds, rough centres and totals are public facts; every shape, address
//! and figure is made up, and the description of every file states that. The same seed
//! gives the same bytes on every machine.

#![forbid(unsafe_code)]

pub mod addresses;
pub mod areas;
pub mod arterials;
pub mod buildings;
pub mod calendar;
pub mod cameras;
pub mod catalog;
pub mod cell;
pub mod density;
pub mod district;
pub mod dongs;
pub mod draws;
pub mod encode;
pub mod facts;
pub mod fields;
pub mod firms;
pub mod grid;
pub mod groups;
pub mod legal;
pub mod links;
pub mod names;
pub mod outlines;
pub mod output;
pub mod parcels;
pub mod people;
pub mod pieces;
pub mod places;
pub mod plane;
pub mod rails;
pub mod residents;
pub mod rng;
pub mod road_names;
pub mod schema;
pub mod shapes;
pub mod sheet;
pub mod split;
pub mod streets;
pub mod trails;
pub mod walk;
pub mod water;
pub mod world;
