//! Datasets of education and childcare.

pub(super) mod care;
pub(super) mod learning;
pub(crate) mod routes;
pub(crate) mod schools;

use crate::fields::table_maker::{TableMaker, features, values};

/// Makers of the tables of this field.
#[must_use]
pub(crate) fn table_makers() -> &'static [TableMaker] {
    const MAKERS: &[TableMaker] = &[
        features("school", schools::school),
        values("school", schools::school_values),
        features("school_district", schools::school_district),
        care::DAYCARE,
        values("daycare", care::daycare_values),
        care::KINDERGARTEN,
        features("academy", learning::academy),
        learning::LIBRARY,
        values("library", learning::library_values),
        features("after_school_care", care::after_school_care),
        features("school_route", routes::school_route),
        features("playground", care::playground),
        features("lifelong_learning", learning::lifelong_learning),
    ];
    MAKERS
}

#[cfg(test)]
mod tests;
