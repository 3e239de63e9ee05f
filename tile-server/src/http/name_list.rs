//! List of layers and themes in a path.

use std::borrow::Cow;

use data_model::LayerId;
use data_model::id::MAX_ID_LENGTH;

use crate::http::route_error::RouteError;

/// Most names in one list, before themes are expanded.
pub const MAX_NAMES: usize = 256;

/// A comma list of theme and layer ids: 1 to [`MAX_NAMES`] names, each an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameList<'p> {
    text: Cow<'p, str>,
    count: usize,
}

impl<'p> NameList<'p> {
    /// Parses a list.
    ///
    /// # Errors
    /// [`RouteError::Name`] for a name that can't be an id, an empty one included;
    /// [`RouteError::TooManyNames`] for more than [`MAX_NAMES`] names.
    pub fn parse(text: Cow<'p, str>) -> Result<Self, RouteError> {
        let mut count = 0;
        for name in text.split(',') {
            count += 1;
            if count > MAX_NAMES {
                return Err(RouteError::TooManyNames);
            }
            // The length first: `LayerId::new` would copy a long name to say so.
            if name.is_empty() || name.len() > MAX_ID_LENGTH || LayerId::new(name).is_err() {
                return Err(RouteError::Name);
            }
        }
        Ok(Self { text, count })
    }

    /// The names in the order given, repeats included.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.text.split(',')
    }

    /// The list as in the path, decoded.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Number of names, repeats included.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }
}
