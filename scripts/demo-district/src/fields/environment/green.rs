//! Parks, and trees along the roads.

use std::io;

use crate::fields::table_maker::{TableMaker, features};
use crate::geometry::feature_shapes::{point, polygon};
use crate::geometry::lines::divide_line;
use crate::geometry::plane::{self, PlanePoint, add_scaled, left_normal, sub, unit};
use crate::land::water::NaturalAreas;
use crate::names;
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

const PARKS: usize = 132;

/// Maker of [`park_green`], which other datasets are drawn from.
pub(in crate::fields) const PARK_GREEN: TableMaker = features("park_green", park_green);

fn park_green(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("park_green");
    let district = &world.district;
    let mut number = 0;
    let mut row = |name: &str, kind: &str, ring: &[PlanePoint], facilities: &str, opened: i64| {
        number += 1;
        table.write_row(
            Some(&polygon(ring)),
            &[
                format!("G{number:03}").into(),
                name.into(),
                kind.into(),
                rounded(plane::area(ring), 0).into(),
                facilities.into(),
                opened.to_string().into(),
            ],
        )
    };
    for green in &district.nature.greens {
        let mut ring = green.wavy_loop(1.0, &mut rng);
        ring.pop();
        let kind = match green.name {
            "살곶이공원" => "체육공원",
            "송정제방공원" => "수변공원",
            _ => "근린공원",
        };
        let facilities = if green.hill {
            "산책로, 전망대, 운동기구"
        } else {
            "잔디마당, 놀이터, 화장실"
        };
        row(green.name, kind, &ring, facilities, rng.whole(1985, 2009))?;
    }
    // Open lots are pocket parks and playgrounds; the largest first.
    let mut open: Vec<&[PlanePoint]> = world
        .parcels()
        .list
        .iter()
        .filter(|parcel| parcel.category == "공원")
        .map(|parcel| parcel.ring.as_slice())
        .collect();
    open.sort_by(|a, b| plane::area(b).total_cmp(&plane::area(a)));
    let strips = 18;
    for ring in open.into_iter().take(PARKS - district.nature.greens.len() - strips) {
        let kind = rng.pick(&[(6.0, "어린이공원"), (4.0, "소공원")], "소공원");
        let facilities = if kind == "어린이공원" {
            "놀이터, 의자"
        } else {
            "의자, 운동기구, 정자"
        };
        let name = names::random_facility(&mut rng, kind, 0);
        row(&name, kind, ring, facilities, rng.whole(1982, 2024))?;
    }
    for (k, ring) in green_strips(&district.nature, strips).into_iter().enumerate() {
        row(&format!("중랑천 제방녹지 {}", k + 1), "녹지", &ring, "산책로", 2003)?;
    }
    Ok(())
}

/// Green strips along the bank of the Jungnangcheon.
fn green_strips(nature: &NaturalAreas, count: usize) -> Vec<Vec<PlanePoint>> {
    let river = &nature.streams[0];
    let bank = plane::offset_line(&river.course, -(river.half_width + 6.0));
    let strip = |piece: Vec<PlanePoint>| {
        let outer = plane::offset_line(&piece, -9.0);
        let mut ring = piece;
        ring.extend(outer.into_iter().rev());
        if plane::area(&ring) < 0.0 {
            ring.reverse();
        }
        ring
    };
    divide_line(&bank, count).into_iter().map(strip).collect()
}

const SPECIES: [&str; 7] =
    ["은행나무", "양버즘나무", "느티나무", "왕벚나무", "이팝나무", "메타세쿼이아", "회화나무"];

pub(super) fn street_tree(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("street_tree");
    let district = &world.district;
    // One species for each road; rows on both sides, 7 m and more apart.
    let mut rows: Vec<(PlanePoint, usize)> = Vec::new();
    for (r, road) in district.roads.iter().enumerate() {
        let wide = r < district.main_roads && !road.bridge;
        if !wide && road.width < 7.5 {
            continue;
        }
        let step = if wide { 10.0 } else { 9.0 };
        for piece in plane::cut_line(&road.line, step).into_iter().skip(1) {
            let across = left_normal(unit(sub(piece[piece.len() - 1], piece[0])));
            for side in [1.0, -1.0] {
                let at = add_scaled(piece[0], across, side * (road.width / 2.0 - 1.0));
                if !district.nature.is_wet(at, 1.0) && district.division.dong_at(at).is_some() {
                    rows.push((at, r));
                }
            }
        }
    }
    let wanted = world.count(8_900);
    let all = rows.len();
    let species: Vec<usize> = {
        let mut rng = world.rng("tree species");
        district.roads.iter().map(|_| rng.whole(0, 6) as usize).collect()
    };
    for i in 0..wanted {
        // Evenly from the rows; places repeat if they are fewer than the trees.
        let k = if wanted <= all { i * all / wanted } else { i % all.max(1) };
        let (at, road) = rows[k];
        let kind = if rng.chance(0.88) { species[road] } else { rng.whole(0, 6) as usize };
        let planted = rng.whole(1974, 2024).min(rng.whole(1984, 2024));
        let age = (2026 - planted) as f64;
        let girth = 6.0 + age * rng.range(0.55, 0.95);
        let height = 3.0 + 11.0 * age / (age + 16.0) * rng.range(0.85, 1.15);
        table.write_row(
            Some(&point(at)),
            &[
                format!("TR{:05}", i + 1).into(),
                SPECIES[kind].into(),
                rounded(girth, 1).into(),
                rounded(height, 1).into(),
                planted.to_string().into(),
                (&district.roads[road].name).into(),
            ],
        )?;
    }
    Ok(())
}
