//! Datasets of transport.

mod accidents;
mod parking;
pub(super) mod riders;
pub(super) mod roads;

use crate::fields::table_maker::{TableMaker, features, values};

/// Makers of the tables of this field.
#[must_use]
pub(crate) fn table_makers() -> &'static [TableMaker] {
    const MAKERS: &[TableMaker] = &[
        features("road_link", roads::road_link),
        values("traffic_speed", roads::traffic_speed),
        roads::CROSSWALK,
        features("smart_crosswalk", roads::smart_crosswalk),
        values("smart_crosswalk", roads::smart_crosswalk_values),
        features("traffic_accident", accidents::traffic_accident),
        features("child_accident", accidents::child_accident),
        features("school_zone", accidents::school_zone),
        features("parking_lot", parking::parking_lot),
        features("illegal_parking", parking::illegal_parking),
        riders::BUS_STOP,
        values("bus_stop", riders::bus_stop_values),
        riders::SUBWAY_STATION,
        values("subway_station", riders::subway_station_values),
        features("bike_share_station", riders::bike_share_station),
        values("bike_share_station", riders::bike_share_station_values),
        values("od_travel_flow", riders::od_travel_flow),
    ];
    MAKERS
}
