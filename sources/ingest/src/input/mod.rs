//! Files to import: their listing, opening, rows and faults.
//!
//! | module | content |
//! |---|---|
//! | `input_listing` | the datasets of a path |
//! | `import_input`, `open_dataset` | one dataset, and its open files |
//! | `row_source` | rows of a file before projection and repair |
//! | `file_fault` | faults of a file |

pub(crate) mod file_fault;
pub(crate) mod import_input;
pub(crate) mod input_listing;
pub(crate) mod open_dataset;
pub(crate) mod row_source;
