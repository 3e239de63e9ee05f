//! Datasets of health.

pub(super) mod clinics;
pub(super) mod sites;
mod zones;

use crate::fields::table_maker::{TableMaker, features, values};

/// Makers of the tables of this field.
#[must_use]
pub(crate) fn table_makers() -> &'static [TableMaker] {
    const MAKERS: &[TableMaker] = &[
        clinics::HOSPITAL_CLINIC,
        features("pharmacy", clinics::pharmacy),
        features("health_center", sites::health_center),
        features("covid_screening", sites::covid_screening),
        values("covid_screening", sites::covid_screening_values),
        features("smoking_zone", zones::smoking_zone),
        sites::AED,
        values("elder_health_dong", sites::elder_health_dong),
    ];
    MAKERS
}
