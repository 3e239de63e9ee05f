//! Stored data at one moment: files, archives and tables, and the declared data among them.

pub(crate) mod archive_states;
pub(crate) mod declaration_history;
pub(crate) mod discovered_tables;
pub(crate) mod no_data;
pub(crate) mod presence_history;
pub(crate) mod store_inventory;
pub(crate) mod table_names;
