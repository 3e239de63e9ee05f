//! Colours of maps: notation, perceived difference, colour vision and contrast.

mod difference;
mod srgb_colour;
mod vision;

pub use difference::{contrast_ratio, difference, smallest_difference};
pub use srgb_colour::SrgbColour;
pub use vision::ColourVision;
