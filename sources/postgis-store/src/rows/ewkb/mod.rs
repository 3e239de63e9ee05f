//! EWKB, the binary encoding in which PostGIS sends geometry, to flat [`Geometry`].
//!
//! It is the WKB of OGC 06-103r4 (section 8) with the flags of PostGIS for Z, M
//! and an embedded SRID; the ISO codes for Z and M (1000, 2000, 3000) are read
//! too. Heights and measures are dropped. Of a collection of several kinds the parts of the
//! highest dimension are drawn, as in every store. Arcs are not read: the query that fetches a
//! column converts them to lines.

mod error;
mod reader;
mod shapes;

pub use error::{EwkbError, EwkbFault};
pub use shapes::EwkbShapes;
