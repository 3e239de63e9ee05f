//! Integration tests of the measures.

mod area_statistics;
mod default_catalog;
mod disclosure;
mod operations;
mod postgis_comparison;
mod public_columns;
mod result_files;
mod row_order;
mod time_slices;
