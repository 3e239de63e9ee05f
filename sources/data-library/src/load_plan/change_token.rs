//! Change tokens of stored data.

use crate::directory::directory_listing::FileToken;
use data_model::ContentDigest;
use postgis_store::TableChangeToken;

/// Token that changes when stored data may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangeToken {
    File(FileToken),
    Table(TableChangeToken),
    /// Digest of the tokens of all members.
    Union(ContentDigest),
}

impl ChangeToken {
    /// Digest of the token, stable across restarts.
    pub(crate) fn digest(self) -> ContentDigest {
        let text = match self {
            Self::File(token) => format!("file {token}"),
            Self::Table(token) => format!("table {token}"),
            Self::Union(digest) => format!("union {digest}"),
        };
        ContentDigest::of_bytes(text.as_bytes())
    }
}
