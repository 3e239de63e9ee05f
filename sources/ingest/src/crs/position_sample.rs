//! Location of a sample of a file's positions, as a projection reads them.

use data_model::GeographicBounds;
use projection::Projection;

use crate::crs::import_region::ImportRegion;

/// Whether the positions are degrees, in either order: no region has its data within
/// 180 m of both axes of a metric CRS.
pub(super) fn in_degrees(sample: &[[f64; 2]]) -> bool {
    let degrees = sample.iter().filter(|[x, y]| x.abs() <= 180.0 && y.abs() <= 180.0).count();
    degrees * 2 > sample.len()
}

/// The positions in longitude and latitude, without those that have none.
fn converted(projection: &Projection, sample: &[[f64; 2]], swapped: bool) -> Vec<[f64; 2]> {
    let convert = |&[x, y]: &[f64; 2]| {
        let mut position = [if swapped { [y, x] } else { [x, y] }];
        projection.to_lon_lat(&mut position).ok()?;
        Some(position[0])
    };
    sample.iter().filter_map(convert).collect()
}

/// Whether most of the data lies on land.
pub(super) fn is_on_land(
    projection: &Projection,
    sample: &[[f64; 2]],
    swapped: bool,
    region: &ImportRegion,
) -> bool {
    let positions = converted(projection, sample, swapped);
    positions.iter().filter(|&&position| region.is_land(position)).count() * 2 > sample.len()
}

/// Bounds of the central part of the sample: a tenth on each side is left out, so that a
/// few stray positions have no effect. `None` if more than half has no longitude and
/// latitude, or positions are degrees and the CRS metric.
pub(super) fn core_of(
    projection: &Projection,
    sample: &[[f64; 2]],
    swapped: bool,
) -> Option<GeographicBounds> {
    if in_degrees(sample) && !projection.is_geographic() {
        return None;
    }
    let positions = converted(projection, sample, swapped);
    if positions.is_empty() || positions.len() * 2 < sample.len() {
        return None;
    }
    let range = |axis: usize| {
        let mut values: Vec<f64> = positions.iter().map(|position| position[axis]).collect();
        values.sort_by(f64::total_cmp);
        let cut = values.len() / 10;
        [values[cut], values[values.len() - 1 - cut]]
    };
    let ([west, east], [south, north]) = (range(0), range(1));
    GeographicBounds::clamped([west, south, east, north])
}
