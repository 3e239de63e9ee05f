//! Selects rows and joins them to features, by key or by location.

pub(crate) mod bound_rows;
pub(crate) mod column_lookup;
pub(crate) mod condition;
pub(crate) mod flow_pairs;
pub(crate) mod join;
pub(crate) mod membership;
pub(crate) mod resolved_rows;
