//! Feature tables: loaded from files at once, from the database in the background.

pub(crate) mod background_loader;
pub(crate) mod dataset_loader;
pub(crate) mod loaded_dataset;
pub(crate) mod table_states;
pub(crate) mod union_loader;
