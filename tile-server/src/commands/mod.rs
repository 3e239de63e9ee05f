//! The commands of the program: serve, import, load, check.

pub(crate) mod argument_fault;
pub mod check;
pub mod cli;
pub mod database;
pub mod exit;
pub mod import;
pub(crate) mod import_summary;
pub mod load;
pub mod serve;
pub(crate) mod terminal;
pub mod usage;
