//! Clients that a style is made for.

/// Client of a style: `?profile=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ClientProfile {
    /// MapLibre and clients that read the same expressions.
    #[default]
    Web,
    /// QGIS 3.22 and later.
    Qgis,
}

impl ClientProfile {
    /// Profile of a name, `web` or `qgis`; `None` for any other text.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "web" => Some(Self::Web),
            "qgis" => Some(Self::Qgis),
            _ => None,
        }
    }
}
