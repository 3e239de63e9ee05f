//! Files of the map page, embedded when the server is built.

use std::sync::OnceLock;

use crate::http::accept::ContentCoding;
use crate::http::etag::ETag;

/// One embedded file.
#[derive(Debug)]
pub struct EmbeddedAsset {
    /// Path under the page's folder.
    pub path: &'static str,
    /// Media type.
    pub media_type: &'static str,
    /// Content.
    pub bytes: &'static [u8],
    /// Content as one gzip member; `None` where that is not smaller.
    pub gzip: Option<&'static [u8]>,
    /// Whether the file name holds a digest of the content.
    pub hashed: bool,
    tags: OnceLock<[ETag; 2]>,
}

/// Time for which a client may use a file without asking again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssetLifetime {
    /// No time: each use costs a `304`.
    Not,
    /// A day: fonts are the same for years, and other sites load them as well.
    Day,
    /// Without limit: the file name holds a digest of the content.
    Forever,
}

impl EmbeddedAsset {
    /// Time for which a client may keep the file.
    #[must_use]
    pub fn lifetime(&self) -> AssetLifetime {
        if self.hashed {
            AssetLifetime::Forever
        } else if self.path.starts_with("fonts/") {
            AssetLifetime::Day
        } else {
            AssetLifetime::Not
        }
    }

    /// Entity tags: of the gzip coding, of the identity coding.
    pub fn tags(&self) -> &[ETag; 2] {
        self.tags.get_or_init(|| {
            [ContentCoding::Gzip, ContentCoding::Identity]
                .map(|coding| ETag::of_document(self.bytes, coding))
        })
    }
}

// `static ASSETS: [EmbeddedAsset; _]`, sorted by path. An array, not a slice of one: the
// tags inside are filled in when they are first asked for.
include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The icon of a build without the page.
static FAVICON: EmbeddedAsset = EmbeddedAsset {
    path: "favicon.ico",
    media_type: "image/svg+xml",
    bytes: br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 4l5-2 4 2 5-2v10l-5 2-4-2-5 2z" fill="#0072b2"/></svg>"##,
    gzip: None,
    hashed: false,
    tags: OnceLock::new(),
};

/// Finds the file at a path, which is matched whole: no file system is asked.
#[must_use]
pub fn find(path: &str) -> Option<&'static EmbeddedAsset> {
    match ASSETS.binary_search_by(|asset| asset.path.cmp(path)) {
        Ok(index) => Some(&ASSETS[index]),
        Err(_) if path == FAVICON.path => Some(&FAVICON),
        Err(_) => None,
    }
}

#[cfg(test)]
impl EmbeddedAsset {
    /// A file that no build contains.
    pub(crate) fn of(path: &'static str, media_type: &'static str, hashed: bool) -> &'static Self {
        let tags = OnceLock::new();
        Box::leak(Box::new(Self { path, media_type, bytes: b"x", gzip: None, hashed, tags }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_sorted_and_found() {
        assert!(ASSETS.is_sorted_by(|a, b| a.path < b.path));
        for asset in &ASSETS {
            assert_eq!(find(asset.path).map(|found| found.path), Some(asset.path));
        }
        assert!(find("favicon.ico").is_some());
        assert!(find("../Cargo.toml").is_none());
    }
}
