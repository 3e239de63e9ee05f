//! Datasets of health.

mod clinics;
mod sites;
mod zones;

use super::{SheetMaker, features, values};

/// Sheet makers of this field.
#[must_use]
pub fn sheets() -> &'static [SheetMaker] {
    const SHEETS: &[SheetMaker] = &[
        features("hospital_clinic", clinics::hospital_clinic),
        features("pharmacy", clinics::pharmacy),
        features("health_center", sites::health_center),
        features("covid_screening", sites::covid_screening),
        values("covid_screening", sites::covid_screening_values),
        features("smoking_zone", zones::smoking_zone),
        features("aed", sites::aed),
        values("elder_health_dong", sites::elder_health_dong),
    ];
    SHEETS
}
