//! Finds maps, datasets, areas, addresses and places by name.
//!
//! A [`SearchIndex`] is built for one audience from a snapshot. It contains only data that
//! the audience may see: titles of visible layers and of the datasets behind them, and
//! texts of columns that a visible layer publishes. It is independent of HTTP.

#![forbid(unsafe_code)]

mod address;
mod address_parts;
mod address_search;
mod areas;
mod house_number;
mod index;
mod layer;
mod named;
mod names;
mod other_words;
mod readings;
mod search_result;
mod streets;
mod text;
mod typed_words;
mod words;

pub use index::SearchIndex;
pub use search_result::{HitKind, SearchResult};
