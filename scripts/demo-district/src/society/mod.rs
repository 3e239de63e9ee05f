//! Residents, establishments and schools of the district.

pub(crate) mod firms;
pub(crate) mod population;
pub(crate) mod school_routes;
pub(crate) mod schools;
