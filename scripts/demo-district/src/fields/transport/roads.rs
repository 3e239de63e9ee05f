//! Links, their traffic, and crosswalks.

use std::io;

use crate::activity::density::hub_closeness;
use crate::calendar::{Day, last_days, random_day};
use crate::fields::table_maker::{TableMaker, features};
use crate::geometry::feature_shapes::{line, point};
use crate::geometry::plane::{self, PlanePoint, add_scaled, distance, sub, unit};
use crate::numbers::rng::{Rng, noise};
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::travel::links::LinkNetwork;
use crate::world::World;

/// Traffic of main roads by hour; 1 at the evening peak.
pub(super) const TRAFFIC: [f64; 24] = [
    0.22, 0.15, 0.11, 0.10, 0.14, 0.28, 0.52, 0.83, 0.97, 0.85, 0.74, 0.72, 0.71, 0.74, 0.77, 0.80,
    0.86, 0.95, 1.00, 0.88, 0.70, 0.58, 0.46, 0.33,
];

fn link_id(i: usize) -> String {
    format!("10400{:05}", i + 1)
}

pub(super) fn road_link(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for (i, link) in world.links().list.iter().enumerate() {
        table.write_row(
            Some(&line(&link.line)),
            &[
                link_id(i).into(),
                format!("N{:05}", link.nodes[0] + 1).into(),
                format!("N{:05}", link.nodes[1] + 1).into(),
                link.rank.into(),
                rounded(plane::length(&link.line), 1).into(),
                link.lanes.into(),
                link.limit.into(),
                rounded(link.slope, 1).into(),
                link.walk.into(),
            ],
        )?;
    }
    Ok(())
}

/// Number of links with measured traffic.
const MEASURED_LINKS: usize = 430;

pub(super) fn traffic_speed(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let links = world.links();
    let days: Vec<(Day, String)> = last_days(7).into_iter().map(|d| (d, d.to_string())).collect();
    let mut rng = world.rng("traffic_speed");
    for i in links.main_road_links(&world.district, MEASURED_LINKS) {
        let link = &links.list[i];
        let id = link_id(i);
        let middle = link.line[link.line.len() / 2];
        // Load varies smoothly over the district.
        let full = 0.62
            + 0.22 * noise(world.seed, "traffic", middle, 900.0)
            + 0.2 * hub_closeness(middle).0;
        for (day, label) in &days {
            let weekend = if day.is_weekend() { 0.82 } else { 1.0 };
            for (hour, share) in TRAFFIC.iter().enumerate() {
                // On weekends people drive later.
                let share =
                    if day.is_weekend() && hour < 10 { share * 0.6 } else { share * weekend };
                let load = (full * share * rng.range(0.93, 1.07)).min(1.15);
                let slow = 0.92 - 0.72 * load * load;
                let speed = (link.limit as f64 * slow * rng.range(0.95, 1.05)).max(6.0);
                let volume = (link.lanes as f64 * 640.0 * load).round() as i64;
                let spare = link.lanes >= 4 && volume < link.lanes * 150;
                table.write_row(
                    None,
                    &[
                        (&id).into(),
                        label.into(),
                        hour.into(),
                        rounded(speed, 1).into(),
                        volume.into(),
                        spare.into(),
                    ],
                )?;
            }
        }
    }
    Ok(())
}

/// Junctions of three or more links: node, and weight by traffic.
pub(super) fn junctions(links: &LinkNetwork) -> Vec<(usize, f64)> {
    let walkable = |n: &usize| links.links_at[*n].iter().any(|l| links.list[*l].walk);
    let nodes = (0..links.nodes.len()).filter(|n| links.links_at[*n].len() > 2).filter(walkable);
    let weight = |n: usize| {
        let lanes = links.links_at[n].iter().map(|l| links.list[*l].lanes as f64);
        let sum: f64 = lanes.sum();
        sum * sum / 16.0
    };
    nodes.map(|n| (n, weight(n))).collect()
}

/// A crosswalk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crosswalk {
    pub(super) at: PlanePoint,
    /// Number of lanes crossed.
    pub(super) lanes: i64,
    /// Length across the road in metres.
    pub(super) length: f64,
}

const CROSSWALKS: usize = 840;

/// Crosswalks on the arms of junctions, the busiest junctions first.
pub(super) fn crosswalks(world: &World) -> Vec<Crosswalk> {
    let links = world.links();
    let mut arms: Vec<(f64, usize, usize)> = Vec::new();
    for (node, weight) in junctions(links) {
        for &l in &links.links_at[node] {
            let link = &links.list[l];
            if link.walk && plane::length(&link.line) > 24.0 {
                // Alleys have crosswalks at busy places.
                let busy = 0.4 + hub_closeness(links.nodes[node]).0;
                arms.push((weight * link.lanes as f64 * busy, node, l));
            }
        }
    }
    arms.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut found: Vec<Crosswalk> = Vec::new();
    for (_, node, l) in arms {
        if found.len() == world.count(CROSSWALKS) {
            break;
        }
        let link = &links.list[l];
        let here = links.nodes[node];
        let from_start = link.nodes[0] == node;
        let next = if from_start { link.line[1] } else { link.line[link.line.len() - 2] };
        let width = link.road.map_or(4.0, |r| world.district.roads[r].width);
        let back = (width * 0.5 + 5.0).min(distance(here, next) * 0.8);
        let at = add_scaled(here, unit(sub(next, here)), back);
        if found.iter().all(|other| distance(other.at, at) > 11.0) {
            found.push(Crosswalk { at, lanes: link.lanes, length: width });
        }
    }
    found
}

/// Maker of [`crosswalk`], which other datasets are drawn from.
pub(in crate::fields) const CROSSWALK: TableMaker = features("crosswalk", crosswalk);

fn crosswalk(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("crosswalk");
    for (i, walk) in crosswalks(world).into_iter().enumerate() {
        let signal = walk.lanes >= 4 || (walk.lanes == 2 && rng.chance(0.25));
        // One second for each metre, and seven seconds before.
        let green = signal.then(|| (walk.length + 7.0).round() as i64 + rng.whole(0, 4));
        let (shops, _) = hub_closeness(walk.at);
        let need = 18.0
            + 30.0 * shops
            + 4.0 * walk.lanes as f64
            + 14.0 * noise(world.seed, "crosswalk need", walk.at, 500.0)
            + rng.range(-6.0, 6.0);
        table.write_row(
            Some(&point(walk.at)),
            &[
                format!("CW{:04}", i + 1).into(),
                signal.into(),
                rounded(rng.range(3.5, 8.5), 1).into(),
                rounded(walk.length, 1).into(),
                green.into(),
                rng.chance(0.35 + 0.4 * shops.min(1.0)).into(),
                rounded(need.clamp(0.0, 100.0), 1).into(),
            ],
        )?;
    }
    Ok(())
}

const SMART_CROSSWALKS: usize = 78;

/// Smart crosswalks: those near schools and busy places.
fn smart_crosswalks(world: &World) -> Vec<(String, Crosswalk)> {
    let mut all = crosswalks(world);
    let schools = &world.district.town.schools;
    let call = |walk: &Crosswalk| {
        let near = schools.iter().map(|s| distance(*s, walk.at)).fold(f64::INFINITY, f64::min);
        hub_closeness(walk.at).0 + 1.4 / (1.0 + (near / 150.0) * (near / 150.0))
    };
    all.sort_by(|a, b| call(b).total_cmp(&call(a)));
    let mut found: Vec<Crosswalk> = Vec::new();
    for walk in all {
        if found.len() < world.count(SMART_CROSSWALKS)
            && found.iter().all(|other| distance(other.at, walk.at) > 60.0)
        {
            found.push(walk);
        }
    }
    found.into_iter().enumerate().map(|(i, w)| (format!("SC{:03}", i + 1), w)).collect()
}

pub(super) fn smart_crosswalk(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("smart_crosswalk");
    for (id, walk) in smart_crosswalks(world) {
        let day = random_day(&mut rng, Day::constant(2019, 4, 1), Day::constant(2026, 6, 30));
        let cells = [id.into(), day.to_string().into(), rng.whole(4, 8).into()];
        table.write_row(Some(&point(walk.at)), &cells)?;
    }
    Ok(())
}

pub(super) fn smart_crosswalk_values(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for (id, walk) in smart_crosswalks(world) {
        let mut rng = Rng::new(world.seed, &id);
        let usual = 420.0 + 3_600.0 * hub_closeness(walk.at).0 * rng.range(0.6, 1.3);
        let care = rng.range(0.006, 0.03);
        for day in last_days(28) {
            let by_day =
                if day.is_weekend() { rng.range(0.7, 1.25) } else { rng.range(0.92, 1.08) };
            let walkers = (usual * by_day).round();
            let violations =
                (walkers * care * rng.range(0.7, 1.3) * 0.6 + walk.lanes as f64).round();
            table.write_row(
                None,
                &[
                    (&id).into(),
                    day.to_string().into(),
                    (violations as i64).into(),
                    (walkers as i64).into(),
                ],
            )?;
        }
    }
    Ok(())
}
