//! Police calls by cell and quarter, and safe return routes.

use std::io;

use super::lights::{emergency_bells, street_lights};
use crate::activity::density::DensityKind;
use crate::calendar::{YearMonth, last_quarters};
use crate::fields::facility_names::FacilityNames;
use crate::fields::made_features::MadeFeatures;
use crate::fields::transport::riders::SUBWAY_STATION;
use crate::geometry::feature_shapes::line;
use crate::geometry::plane::{self, PlanePoint, distance};
use crate::numbers::draws::random_count;
use crate::numbers::rng::noise;
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::travel::travel_times::WayIndex;
use crate::travel::{TravelMode, TravelTimes};
use crate::world::World;

/// Writes calls by cell: most near night life, then shops and homes; most in summer.
pub(super) fn crime_report_grid(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("police calls");
    let density = world.density();
    let cells = &world.grid().cells;
    let night: Vec<f64> = (0..cells.len()).map(|c| density.level(DensityKind::Night, c)).collect();
    let usual: Vec<f64> = (0..cells.len())
        .map(|c| {
            let homes = density.level(DensityKind::Homes, c);
            let own = 1.0 + 0.35 * noise(world.seed, "police calls", cells[c].centre, 300.0);
            let poor = density.level(DensityKind::Poor, c);
            0.3 + (58.0 * night[c]
                + 22.0 * density.level(DensityKind::Shops, c)
                + 9.0 * homes
                + 7.0 * poor)
                * own
        })
        .collect();
    let worst = usual.iter().copied().fold(1.0, f64::max);
    for (label, end) in last_quarters(8) {
        let back = YearMonth::constant(2026, 9).months_since(end) as f64 / 12.0;
        for (c, cell) in cells.iter().enumerate() {
            let expected = usual[c] * end.season(8, 0.16) * (1.0 + 0.03 * back);
            let calls = random_count(&mut rng, expected);
            // The index combines expected and actual calls; 100 is the worst cell.
            let level = (0.7 * expected + 0.3 * calls as f64) / (1.3 * worst);
            let index = 100.0 * level.min(1.0).sqrt();
            let by_night = 31.0 + 38.0 * night[c].min(1.0).sqrt() + rng.range(-6.0, 6.0);
            let by_night = (calls > 0).then(|| rounded(by_night.clamp(5.0, 92.0), 1));
            let row = [
                (&cell.id).into(),
                (&label).into(),
                calls.into(),
                rounded(index, 1).into(),
                by_night.into(),
            ];
            table.write_row(None, &row)?;
        }
    }
    Ok(())
}

/// Number of `points` within `reach` metres of a line.
fn count_along(line: &[PlanePoint], points: &[PlanePoint], reach: f64) -> i64 {
    let [west, south, east, north] = plane::bounds(line);
    let near = points.iter().filter(|p| {
        (west - reach..=east + reach).contains(&p[0])
            && (south - reach..=north + reach).contains(&p[1])
            && line.windows(2).any(|w| plane::distance_to_segment(**p, w[0], w[1]) < reach)
    });
    near.count() as i64
}

/// Writes safe return routes along the streets, from stations and bars to homes.
pub(super) fn safe_route_women(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("safe routes");
    let mut signs = FacilityNames::default();
    let network = world.network();
    let doors = WayIndex::new(network, TravelMode::Walk);
    let stations = MadeFeatures::make(world, &SUBWAY_STATION)?;
    let mut starts = stations.first_positions();
    for _ in 0..8 {
        starts.push(world.places().random_bar(&world.district, &mut rng).at);
    }
    let poles: Vec<PlanePoint> = world.district.cameras.iter().map(|c| c.at).collect();
    let lamps: Vec<PlanePoint> = street_lights(world).into_iter().map(|l| l.at).collect();
    let calls: Vec<PlanePoint> = emergency_bells(world).into_iter().map(|b| b.at).collect();
    let reaches: Vec<TravelTimes> = starts
        .iter()
        .map(|start| TravelTimes::from_places(network, &[(*start, 0)], TravelMode::Walk))
        .collect();
    let mut routes: Vec<Vec<PlanePoint>> = Vec::new();
    let mut tries = 0;
    while routes.len() < world.count(46) && tries < 4_000 {
        let (start, reach) = (starts[tries % starts.len()], &reaches[tries % starts.len()]);
        tries += 1;
        let home = world.places().random_home(&world.district, &mut rng).at;
        let straight = distance(start, home);
        if !(300.0..900.0).contains(&straight) {
            continue;
        }
        let Some((edge, _)) = doors.nearest(network, home) else { continue };
        let mut node = network.edges[edge].ends[0];
        let mut way = vec![network.nodes[node]];
        while let Some(edge) = reach.via_edge[node] {
            node = network.other_end(edge, node);
            way.push(network.nodes[node]);
        }
        way.reverse();
        let long = plane::length(&way);
        let elsewhere =
            |other: &Vec<PlanePoint>| distance(other[other.len() - 1], way[way.len() - 1]) > 130.0;
        if (350.0..1_300.0).contains(&long) && routes.iter().all(elsewhere) {
            routes.push(way);
        }
    }
    for (i, way) in routes.iter().enumerate() {
        let name = format!("{} 안심귀갓길", world.quarter_at(way[way.len() - 1]));
        let cells = [
            format!("SW{:02}", i + 1).into(),
            signs.numbered(&name).into(),
            rounded(plane::length(way), 1).into(),
            count_along(way, &calls, 30.0).into(),
            count_along(way, &poles, 30.0).into(),
            count_along(way, &lamps, 15.0).into(),
        ];
        table.write_row(Some(&line(way)), &cells)?;
    }
    Ok(())
}
