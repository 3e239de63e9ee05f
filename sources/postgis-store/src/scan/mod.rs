//! Scan of a whole table, row by row.

mod scan_query;
mod table_scan;

pub use table_scan::ScanSummary;
