//! Datasets of transport.

mod accidents;
mod parking;
mod riders;
mod roads;

use super::{SheetMaker, features, values};

/// Sheet makers of this field.
#[must_use]
pub fn sheets() -> &'static [SheetMaker] {
    const SHEETS: &[SheetMaker] = &[
        features("road_link", roads::road_link),
        values("traffic_speed", roads::traffic_speed),
        features("crosswalk", roads::crosswalk),
        features("smart_crosswalk", roads::smart_crosswalk),
        values("smart_crosswalk", roads::smart_crosswalk_values),
        features("traffic_accident", accidents::traffic_accident),
        features("child_accident", accidents::child_accident),
        features("school_zone", accidents::school_zone),
        features("parking_lot", parking::parking_lot),
        features("illegal_parking", parking::illegal_parking),
        features("bus_stop", riders::bus_stop),
        values("bus_stop", riders::bus_stop_values),
        features("subway_station", riders::subway_station),
        values("subway_station", riders::subway_station_values),
        features("bike_share_station", riders::bike_share_station),
        values("bike_share_station", riders::bike_share_station_values),
        values("od_travel_flow", riders::od_travel_flow),
    ];
    SHEETS
}

/// Traffic of main roads by hour; 1 at the evening peak.
const TRAFFIC: [f64; 24] = [
    0.22, 0.15, 0.11, 0.10, 0.14, 0.28, 0.52, 0.83, 0.97, 0.85, 0.74, 0.72, 0.71, 0.74, 0.77, 0.80,
    0.86, 0.95, 1.00, 0.88, 0.70, 0.58, 0.46, 0.33,
];
