//! Tiles of a table as it is now.
//!
//! | module | content |
//! |---|---|
//! | `live_source` | the tile source of a table |
//! | `live_queries` | the query of each zoom |
//! | `clustered_rows` | clusters of points, made by the database |
//! | `sampling` | zooms that are made of a sample |
//! | `tile_maker` | rows of a tile to its bytes |
//! | `tile_query` | rows of one tile: a query that ends with its request |

mod clustered_rows;
mod live_queries;
mod live_source;
mod sampling;
mod tile_maker;
mod tile_query;

pub use live_source::{LiveError, LiveSource};
