//! VWorld, the Ministry of Land's map, as the ground of styles.
//!
//! The only foreign tiles that a style may name, and only where the operator gives a key.

use std::str::FromStr;

use styles::{ColourSchemeVariant, GroundRaster};

/// Origin of the tiles.
pub const ORIGIN: &str = "https://api.vworld.kr";
/// Last zoom of the tiles.
const MAX_ZOOM: u8 = 19;
/// Attribution that VWorld asks for.
const ATTRIBUTION: &str = "<a href=\"https://www.vworld.kr\">VWorld · 국토교통부</a>";

/// Key of a VWorld account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VworldKey(Box<str>);

/// A text that is no VWorld key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key has letters, digits and hyphens only")]
pub struct InvalidVworldKey;

impl FromStr for VworldKey {
    type Err = InvalidVworldKey;

    fn from_str(text: &str) -> Result<Self, InvalidVworldKey> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if text.is_empty() || text.len() > 64 || !text.bytes().all(allowed) {
            return Err(InvalidVworldKey);
        }
        Ok(Self(text.into()))
    }
}

impl VworldKey {
    /// The ground of a style in a variant of the colour scheme.
    #[must_use]
    pub fn ground(&self, variant: ColourSchemeVariant) -> GroundRaster {
        let layer = match variant {
            ColourSchemeVariant::Light => "white",
            ColourSchemeVariant::Dark => "midnight",
            ColourSchemeVariant::Contrast => "Base",
        };
        GroundRaster {
            tiles: format!("{ORIGIN}/req/wmts/1.0.0/{}/{layer}/{{z}}/{{y}}/{{x}}.png", self.0),
            attribution: ATTRIBUTION.to_owned(),
            max_zoom: MAX_ZOOM,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("2F3A-77", true)]
    #[case("", false)]
    #[case("a/b", false)]
    #[case("a b", false)]
    #[case("가", false)]
    fn a_key_can_be_part_of_a_url(#[case] text: &str, #[case] accepted: bool) {
        assert_eq!(VworldKey::from_str(text).is_ok(), accepted);
    }
}
