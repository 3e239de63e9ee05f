//! Rows as sent: the two binary formats, and their features.
//!
//! | module | content |
//! |---|---|
//! | [`copy`] | the stream of a binary `COPY` |
//! | [`ewkb`] | geometry |
//! | `raw_row` | rows of a query in the form of a `COPY` |
//! | `row_reader` | rows to features: geometry projected, values typed |

pub mod copy;
pub mod ewkb;
pub(crate) mod raw_row;
pub(crate) mod row_reader;
