//! Where in a catalog something is declared, and the faults found there.

use std::cell::RefCell;
use std::rc::Rc;

use crate::catalog::CatalogFault;

/// A key of a file.
#[derive(Debug, Clone)]
pub(in crate::catalog) struct Place {
    file: Rc<str>,
    key: String,
}

impl Place {
    /// A file as a whole.
    pub(in crate::catalog) fn file(file: &str) -> Self {
        Self { file: file.into(), key: String::new() }
    }

    /// The file's path under the catalog's folder.
    pub(in crate::catalog) fn file_name(&self) -> &str {
        &self.file
    }

    /// The key `name` of the table that this is.
    pub(in crate::catalog) fn at(&self, name: &str) -> Self {
        let bare = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        let name = if !name.is_empty() && name.bytes().all(bare) {
            name.to_owned()
        } else {
            format!("{name:?}")
        };
        let key = if self.key.is_empty() { name } else { format!("{}.{name}", self.key) };
        Self { file: Rc::clone(&self.file), key }
    }

    /// The element `index` of the array that this is.
    pub(in crate::catalog) fn item(&self, index: usize) -> Self {
        Self { file: Rc::clone(&self.file), key: format!("{}[{index}]", self.key) }
    }

    /// The line `line` of the file, where no key is known.
    pub(super) fn line(&self, line: usize) -> Self {
        Self { file: Rc::clone(&self.file), key: format!("line {line}") }
    }
}

/// The faults found so far.
#[derive(Default)]
pub(in crate::catalog) struct Faults(RefCell<Vec<CatalogFault>>);

impl Faults {
    /// Notes a fault.
    pub(in crate::catalog) fn add(
        &self,
        place: &Place,
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

    /// How many there are.
    pub(in crate::catalog) fn count(&self) -> usize {
        self.0.borrow().len()
    }

    /// All of them, in the order in which they were found.
    pub(in crate::catalog) fn into_list(self) -> Vec<CatalogFault> {
        self.0.into_inner()
    }
}
