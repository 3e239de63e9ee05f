//! Visibility of a dataset's columns to the public.

use catalog::{Dataset, PrivacyRule};

/// Visibility of a column to the public.
pub(crate) enum ColumnVisibility {
    AsItIs,
    /// As bands of this width.
    Banded(u32),
    Hidden,
}

impl ColumnVisibility {
    /// Visibility of a column by the dataset's privacy rules.
    pub(crate) fn of(dataset: &Dataset, name: &str) -> Self {
        let mut visibility = Self::AsItIs;
        for rule in &dataset.privacy {
            match rule {
                PrivacyRule::Hide { column, .. } if column == name => return Self::Hidden,
                PrivacyRule::Band { column, width } if column == name => {
                    visibility = Self::Banded(*width);
                }
                _ => {}
            }
        }
        visibility
    }
}
