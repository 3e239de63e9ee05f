//! The commands of the program: serve, import, load, check, style.

pub(crate) mod argument_fault;
pub mod check;
pub mod cli;
pub mod data_args;
pub mod data_in_force;
pub mod database;
pub mod exit;
pub mod import;
pub(crate) mod import_summary;
pub mod load;
pub mod serve;
pub mod serve_args;
pub mod style;
mod styles_report;
pub(crate) mod terminal;
pub mod usage;
