//! Integration tests of the data library, and of properties common to all stores.

mod as_mvt;
mod conformance;
mod labels;
mod library;
mod library_absent;
mod library_ids;
mod library_measures;
mod library_table_names;
mod library_tables;
mod library_union;
mod library_values;
mod reduced_tiles;
mod seams;
mod stores;
