//! Declared presentation of a layer: colours, classes, names and the time that it opens with.

mod breaks;
mod categories;
mod declaration;

pub use breaks::{BreakMethod, DeclaredBreaks};
pub use categories::{MapCategory, NotApplicable};
pub(crate) use declaration::SameContent;
pub use declaration::{Cartography, ColourScheme, ValueEnd};
