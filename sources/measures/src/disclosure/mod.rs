//! Disclosure control: primary and secondary suppression of small numbers for the public.

pub(crate) mod column_visibility;
pub(crate) mod contributors;
pub(crate) mod flow_margins;
pub(crate) mod flow_table;
pub(crate) mod public_measures;
pub(crate) mod remainders;
pub(crate) mod suppression;
