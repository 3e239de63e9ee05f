//! Identifiers of layers, datasets, themes and fields.
//!
//! All are 1 to 64 characters of `[a-z0-9_-]`, so they can stand in a URL path,
//! a file name and a vector-tile layer name without escaping.

use std::fmt;

use korean_text::romanization::{composed, romanized};

/// The longest identifier, in bytes.
pub const MAX_ID_LENGTH: usize = 64;

/// An identifier with characters or a length that are not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an id: use 1 to {MAX_ID_LENGTH} of a-z, 0-9, '_' and '-'")]
pub struct InvalidId {
    /// The rejected text, cut to a length that is safe to print.
    pub text: String,
}

fn check(text: &str) -> Result<(), InvalidId> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    if text.is_empty() || text.len() > MAX_ID_LENGTH || !text.bytes().all(allowed) {
        return Err(InvalidId { text: text.chars().take(80).collect() });
    }
    Ok(())
}

/// A readable variant of a name with a digest of the whole.
fn derived(name: &str) -> String {
    let name = &*composed(name);
    let mut readable = if name.is_ascii() {
        let kept = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        name.chars().map(kept).collect()
    } else {
        romanized(name)
    };
    readable.make_ascii_lowercase();
    readable.truncate(MAX_ID_LENGTH - 10);
    let readable = readable.trim_matches('_');
    let digest = xxhash_rust::xxh3::xxh3_64(name.as_bytes()) as u32;
    let start = if readable.is_empty() { "layer" } else { readable };
    format!("{start}-{digest:08x}")
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// Checks `text` and keeps it.
            ///
            /// # Errors
            /// [`InvalidId`] when `text` is empty, too long or has other characters.
            pub fn new(text: &str) -> Result<Self, InvalidId> {
                check(text)?;
                Ok(Self(text.into()))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Derives an id for a table or file of any name.
            ///
            /// A name that is an id is kept. Any other becomes its lower-cased letters, Hangul
            /// romanized, with a digest of the whole name, so that two names seldom share an
            /// id. Unicode composition makes no difference: a Korean file name has the same id
            /// on every system.
            #[must_use]
            pub fn derived(name: &str) -> Self {
                if let Ok(id) = Self::new(name) {
                    return id;
                }
                Self(derived(name).into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::new(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

id_type!(
    /// Id of a published map layer; also its vector-tile layer name.
    LayerId
);
id_type!(
    /// Id of a stored table (FlatGeobuf file or PostGIS table).
    DatasetId
);
id_type!(
    /// Id of a policy theme and its style document.
    ThemeId
);
id_type!(
    /// Id of a field (subject area) that datasets belong to.
    FieldId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_url_safe_names_are_ids() {
        for good in ["a", "saf-10-cctv", "admin_dong", "0"] {
            assert!(LayerId::new(good).is_ok(), "{good}");
        }
        for bad in ["", "A", "a b", "행정동", "a/b", "a.b", &"x".repeat(65)] {
            assert!(LayerId::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_korean_name_becomes_a_readable_id() {
        for (name, start) in [
            ("가나동", "ganadong-"),
            ("kor.가나동", "kor_ganadong-"),
            ("kor-가나동", "kor-ganadong-"),
            ("성동구 2026년 A", "seongdonggu_2026nyeon_a-"),
            ("漢城", "layer-"),
        ] {
            let id = LayerId::derived(name);
            assert!(id.as_str().starts_with(start), "{name}: {id}");
        }
        // As macOS writes it.
        assert_eq!(LayerId::derived("\u{1100}\u{1161}"), LayerId::derived("가"));
        // Names in ASCII keep the ids that they had.
        assert_eq!(LayerId::derived("A  b").as_str().rsplit_once('-').unwrap().0, "a__b");
    }

    #[test]
    fn derived_ids_never_collide_for_names_that_look_alike() {
        let names =
            ["행정동", "행정구", "A b", "a b", "a_b", "A_B", "tl_scco.emd", &"긴".repeat(90)];
        let ids: std::collections::BTreeSet<_> =
            names.iter().map(|n| LayerId::derived(n)).collect();
        assert_eq!(ids.len(), names.len());
        for id in &ids {
            assert!(LayerId::new(id.as_str()).is_ok(), "{id}");
        }
        assert_eq!(LayerId::derived("admin_dong").as_str(), "admin_dong");
    }
}
