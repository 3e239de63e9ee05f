//! Digests of content.

use std::fmt;

use xxhash_rust::xxh3::xxh3_128;

/// 128-bit digest of content: equal digests mean equal content, across restarts too.
///
/// ```
/// use data_model::ContentDigest;
///
/// let digest = ContentDigest::of_bytes(b"rows");
/// assert_eq!(digest, ContentDigest::of_bytes(b"rows"));
/// assert_ne!(digest, ContentDigest::of_bytes(b"other rows"));
/// assert_eq!(ContentDigest::new(0xab).to_string(), format!("{:0>32}", "ab"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentDigest(u128);

impl ContentDigest {
    /// A digest that another part has computed.
    #[must_use]
    pub const fn new(digest: u128) -> Self {
        Self(digest)
    }

    /// The digest (XXH3) of bytes.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(xxh3_128(bytes))
    }

    /// The digest as a number.
    #[must_use]
    pub const fn get(self) -> u128 {
        self.0
    }

    /// The digest's bytes, for a digest of digests.
    #[must_use]
    pub const fn to_le_bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }
}

impl fmt::Display for ContentDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
