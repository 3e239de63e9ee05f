//! Which listener a request came in by, and what that entitles it to.

use data_model::Audience;

/// A listener. Who may see what is decided by the listener: no header and no parameter
/// can raise it. One exception: while nothing is declared, the server's own user sees
/// the files on the public listener too ([`crate::net::local_request`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Listener {
    /// `--listen`
    Public,
    /// `--listen-staff`
    Staff,
    /// `--listen-admin`: health and metrics only.
    Admin,
}

impl Listener {
    /// Every listener, each where its number says.
    pub const ALL: [Self; 3] = [Self::Public, Self::Staff, Self::Admin];

    /// The audience of its callers. An admin sees no layer, so the smaller one.
    #[must_use]
    pub const fn audience(self) -> Audience {
        match self {
            Self::Public | Self::Admin => Audience::Public,
            Self::Staff => Audience::Staff,
        }
    }

    /// Its name in logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Staff => "staff",
            Self::Admin => "admin",
        }
    }
}
