//! Sizes of previews.

/// Size of a preview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PreviewSize {
    /// For a gallery: 240 × 160 pixels.
    #[default]
    Small,
    /// For a link's card: 1200 × 630 pixels.
    Large,
}

impl PreviewSize {
    /// Size with this name, `small` or `large`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "small" => Some(Self::Small),
            "large" => Some(Self::Large),
            _ => None,
        }
    }

    /// Width and height in pixels.
    #[must_use]
    pub const fn pixels(self) -> (u32, u32) {
        match self {
            Self::Small => (240, 160),
            Self::Large => (1200, 630),
        }
    }
}
