//! Listeners, and the audience that each entitles its requests to.

use data_model::Audience;

/// A listener. The listener alone decides what a request may see: no header and no parameter
/// can raise it. One exception: while nothing is declared, the server's own user sees the
/// files on the public listener too ([`crate::net::local_request`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListenerKind {
    /// `--listen`
    Public,
    /// `--listen-staff`
    Staff,
    /// `--listen-admin`: health and metrics only.
    Admin,
}

impl ListenerKind {
    /// Every listener, at the index of its discriminant.
    pub const ALL: [Self; 3] = [Self::Public, Self::Staff, Self::Admin];

    /// Audience of the listener's callers. The admin listener shows no layer, so it has the
    /// smaller audience.
    #[must_use]
    pub const fn audience(self) -> Audience {
        match self {
            Self::Public | Self::Admin => Audience::Public,
            Self::Staff => Audience::Staff,
        }
    }

    /// Name in logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Staff => "staff",
            Self::Admin => "admin",
        }
    }
}
