//! Datasets of education and childcare.

mod care;
mod learning;
pub mod routes;
pub mod schools;

use super::{SheetMaker, features, values};

/// Sheet makers of this field.
#[must_use]
pub fn sheets() -> &'static [SheetMaker] {
    const SHEETS: &[SheetMaker] = &[
        features("school", schools::school),
        values("school", schools::school_values),
        features("school_district", schools::school_district),
        features("daycare", care::daycare),
        values("daycare", care::daycare_values),
        features("kindergarten", care::kindergarten),
        features("academy", learning::academy),
        features("library", learning::library),
        values("library", learning::library_values),
        features("after_school_care", care::after_school_care),
        features("school_route", routes::school_route),
        features("playground", care::playground),
        features("lifelong_learning", learning::lifelong_learning),
    ];
    SHEETS
}

#[cfg(test)]
#[path = "education_tests.rs"]
mod tests;
