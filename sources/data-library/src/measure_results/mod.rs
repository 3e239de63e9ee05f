//! Measures: computed in the background, kept in files, joined to their features.

pub(crate) mod compute_job;
pub(crate) mod joined_measures;
pub(crate) mod measure_cache;
pub(crate) mod measure_worker;
pub(crate) mod result_entry;
pub(crate) mod result_name;
