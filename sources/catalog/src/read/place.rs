//! Places of declarations in a catalog, and the list of faults.

use std::cell::RefCell;
use std::rc::Rc;

use crate::{BaseMap, CatalogFault};

/// A key of a catalog file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyLocation {
    file: Rc<str>,
    key: String,
}

impl KeyLocation {
    /// A file as a whole.
    pub(crate) fn file(file: &str) -> Self {
        Self { file: file.into(), key: String::new() }
    }

    /// The file's path under the catalog's folder.
    pub(crate) fn file_name(&self) -> &str {
        &self.file
    }

    /// Whether the place is in the file of the base map.
    pub(crate) fn is_of_base_map(&self) -> bool {
        &*self.file == BaseMap::FILE
    }

    /// The key in its file; empty for the file as a whole.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The key `name` of the table at this place.
    pub(crate) fn at(&self, name: &str) -> Self {
        let bare = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        let name = if !name.is_empty() && name.bytes().all(bare) {
            name.to_owned()
        } else {
            format!("{name:?}")
        };
        let key = if self.key.is_empty() { name } else { format!("{}.{name}", self.key) };
        Self { file: Rc::clone(&self.file), key }
    }

    /// The element `index` of the array at this place.
    pub(crate) fn item(&self, index: usize) -> Self {
        Self { file: Rc::clone(&self.file), key: format!("{}[{index}]", self.key) }
    }

    /// A line of the file, for errors without a known key.
    pub(super) fn line(&self, line: usize) -> Self {
        Self { file: Rc::clone(&self.file), key: format!("line {line}") }
    }
}

/// Collector of faults.
#[derive(Default)]
pub(crate) struct FaultCollector(RefCell<Vec<CatalogFault>>);

impl FaultCollector {
    /// Adds a fault.
    pub(crate) fn add(
        &self,
        place: &KeyLocation,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.0.borrow_mut().push(CatalogFault {
            file: place.file.as_ref().to_owned(),
            key: place.key.clone(),
            problem: problem.into(),
            remedy: remedy.into(),
        });
    }

    /// Adds a fault unless the place has it already.
    pub(crate) fn add_once(
        &self,
        place: &KeyLocation,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let problem = problem.into();
        let is_known = self.0.borrow().iter().any(|fault| {
            *fault.file == *place.file && fault.key == place.key && fault.problem == problem
        });
        if !is_known {
            self.add(place, problem, remedy);
        }
    }

    /// Number of faults.
    pub(crate) fn count(&self) -> usize {
        self.0.borrow().len()
    }

    /// All faults, by file and then by key in natural order.
    pub(crate) fn into_list(self) -> Vec<CatalogFault> {
        let mut list = self.0.into_inner();
        list.sort_by_cached_key(|fault| (fault.file.clone(), in_order(&fault.key)));
        list
    }
}

/// Sort key that compares numbers in a key as such: `layer[9]` comes before `layer[10]`.
fn in_order(key: &str) -> Vec<(String, u64)> {
    let parts = key.split_inclusive(']').map(|part| match part.split_once('[') {
        Some((name, index)) => {
            (name.to_owned(), index.trim_end_matches(']').parse().unwrap_or_default())
        }
        None => (part.to_owned(), 0),
    });
    parts.collect()
}
