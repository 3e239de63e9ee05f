//! Datasets of safety and disaster.

mod crime;
pub(super) mod fire;
mod floods;
mod hazards;
mod lights;
mod shelters;
mod slopes;

use crate::fields::table_maker::{TableMaker, features, values};

/// Makers of the tables of this field.
#[must_use]
pub(crate) fn table_makers() -> &'static [TableMaker] {
    const MAKERS: &[TableMaker] = &[
        features("cctv", lights::cctv),
        features("security_light", lights::security_light),
        features("emergency_bell", lights::emergency_bell),
        features("safe_route_women", crime::safe_route_women),
        values("crime_report_grid", crime::crime_report_grid),
        features("fire_rescue_dispatch", fire::fire_rescue_dispatch),
        features("flood_trace", floods::flood_trace),
        features("shelter", shelters::shelter),
        features("shade_smart_shelter", shelters::shade_smart_shelter),
        features("child_hazard_report", hazards::child_hazard_report),
        features("steep_slope_facility", slopes::steep_slope_facility),
    ];
    MAKERS
}

#[cfg(test)]
mod tests;
