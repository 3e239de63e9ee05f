//! A synthetic Seongdong-gu for trying the tile server.
//!
//! Names, codes, bounds, rough centres and totals are public facts; every shape, address
//! and figure is made up, and the description of every file states that. The same seed
//! gives the same bytes on every machine.
//!
//! Modules in order of dependency; each uses only those above it:
//!
//! | module | contents |
//! |---|---|
//! | `numbers` | random streams, draws, rounding |
//! | `calendar` | days, months and periods of the data |
//! | `names` | word lists of shops, firms and facilities |
//! | `geometry` | plane geometry in metres, lines, tilings, shapes in degrees |
//! | `tables` | schemas of the catalog, rows, FlatGeobuf files |
//! | `land` | dongs, water, roads, buildings: the district |
//! | `registers` | grid, census output areas, legal dongs, parcels, addresses |
//! | `activity` | density of homes, work and shops, random places by it |
//! | `travel` | street network, travel times, isochrones, road links |
//! | `society` | residents, establishments, schools and the ways to them |
//! | `world` | all of these for one seed, computed on first use |
//! | `fields` | makers of every dataset, one folder for each field of the catalog |
//! | `output` | writes all files into a data directory |

#![forbid(unsafe_code)]

mod activity;
mod calendar;
mod fields;
mod geometry;
mod land;
mod names;
mod numbers;
pub mod output;
mod registers;
mod society;
mod tables;
mod travel;
mod world;
