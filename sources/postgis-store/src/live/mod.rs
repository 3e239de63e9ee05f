//! Tiles of a table as it is now.
//!
//! | module | content |
//! |---|---|
//! | `live_source` | the tile source of a table |
//! | `tile_query` | rows of one tile: a query that ends with its request |

mod live_source;
mod tile_query;

pub use live_source::{LiveError, LiveSource};
