//! Named palettes of maps, and their twins for other colour schemes.
//!
//! Colours are for the light scheme; [`recolour`] gives the twin of a colour on a dark
//! ground or with more contrast.

mod bivariate;
mod diverging;
mod neutral;
mod qualitative;
mod ramp;
mod recolour;
mod sequential;

pub use bivariate::bivariate;
pub use diverging::DivergingPalette;
pub use neutral::{
    CASING, GROUND, HALO, LABEL, MIDDLE, MISSING_MARK, NO_DATA, NOT_APPLICABLE, OTHER, OTHER_AREA,
    WATER, ZERO,
};
pub use qualitative::{QUALITATIVE_AREAS, QUALITATIVE_MARKS};
pub use recolour::{ColourSchemeVariant, recolour};
pub use sequential::SequentialPalette;
