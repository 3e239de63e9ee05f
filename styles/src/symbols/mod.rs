//! Pictograms, fill patterns and the sprite sheets made of them.
//!
//! The drawings are the SVG files of `styles/symbols/`, which its `README.md` lists.
//!
//! | module | content |
//! |---|---|
//! | [`drawing`] | the embedded SVG files, and their pixels |
//! | [`sprite_sheet`] | one sheet: an index and a PNG picture |

pub mod drawing;
pub mod sprite_sheet;

pub use drawing::{SymbolError, pattern, patterns, pictogram, pictograms};
pub use sprite_sheet::{PixelRatio, SpriteName, SpriteSheet};
