//! Datasets of culture, sport and tourism.

mod buzz;
pub(super) mod venues;
mod visits;

use crate::fields::maker::{TableMaker, features, values};

/// Sheet makers of this field.
#[must_use]
pub(crate) fn sheets() -> &'static [TableMaker] {
    const SHEETS: &[TableMaker] = &[
        features("culture_facility", venues::culture_facility),
        venues::SPORTS_FACILITY,
        features("heritage", visits::heritage),
        features("tourism_spot", visits::tourism_spot),
        features("walking_trail", venues::walking_trail),
        features("red_brick_building", venues::red_brick_building),
        features("festival_event", visits::festival_event),
        values("sns_mention_grid", buzz::sns_mention_grid),
    ];
    SHEETS
}
