//! Datasets of culture, sport and tourism.

mod attractions;
mod mentions;
pub(super) mod venues;

use crate::fields::table_maker::{TableMaker, features, values};

/// Makers of the tables of this field.
#[must_use]
pub(crate) fn table_makers() -> &'static [TableMaker] {
    const MAKERS: &[TableMaker] = &[
        features("culture_facility", venues::culture_facility),
        venues::SPORTS_FACILITY,
        features("heritage", attractions::heritage),
        features("tourism_spot", attractions::tourism_spot),
        features("walking_trail", venues::walking_trail),
        features("red_brick_building", venues::red_brick_building),
        features("festival_event", attractions::festival_event),
        values("sns_mention_grid", mentions::sns_mention_grid),
    ];
    MAKERS
}
