//! Datasets of housing, land and buildings.

mod apartment_trades;
mod land_price;
mod zones;

use std::io;

use crate::activity::density::hub_closeness;
use crate::fields::table_maker::{TableMaker, features, values};
use crate::geometry::feature_shapes::{point, polygon};
use crate::geometry::plane::bounds_centre;
use crate::geometry::plane::{self, add_scaled, sub};
use crate::numbers::rng::noise;
use crate::numbers::rounding::rounded;
use crate::numbers::weighted_sampler::WeightedSampler;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Makers of the tables of this field.
#[must_use]
pub(crate) fn table_makers() -> &'static [TableMaker] {
    const MAKERS: &[TableMaker] = &[
        features("building", building),
        features("parcel", parcel),
        values("land_price", land_price::land_price),
        features("apt_trade", apartment_trades::apt_trade),
        features("apartment_complex", zones::apartment_complex),
        features("redevelopment_zone", zones::redevelopment_zone),
        features("zoning", zones::zoning),
        features("unauthorized_building", unauthorized_building),
        features("vacant_house", vacant_house),
    ];
    MAKERS
}

fn building(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let parcels = world.parcels();
    let mut rng = world.rng("half-basements");
    for (i, building) in world.district.town.buildings.iter().enumerate() {
        // Homes half under the ground were built from the seventies to the nineties.
        let home = matches!(building.usage, "단독주택" | "공동주택");
        let then = (1972..=1999).contains(&building.built) && building.floors < 6;
        let half_basement = home && then && building.basement > 0 && rng.chance(0.42);
        table.write_row(
            Some(&polygon(&building.ring)),
            &[
                format!("SD{:06}", i + 1).into(),
                (&parcels.list[parcels.of_building[i]].pnu).into(),
                building.usage.into(),
                building.floors.into(),
                building.basement.into(),
                building.built.into(),
                building.floor_area.into(),
                building.structure.into(),
                half_basement.into(),
            ],
        )?;
    }
    Ok(())
}

fn parcel(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for parcel in &world.parcels().list {
        table.write_row(
            Some(&polygon(&parcel.ring)),
            &[
                (&parcel.pnu).into(),
                (&parcel.jibun).into(),
                parcel.category.into(),
                rounded(plane::area(&parcel.ring), 1).into(),
                parcel.owner.into(),
            ],
        )?;
    }
    Ok(())
}

fn unauthorized_building(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("unauthorized_building");
    let buildings = &world.district.town.buildings;
    let weights = buildings.iter().map(|building| match building.usage {
        "단독주택" => 1.0,
        "근린생활시설" => 1.2 + 2.0 * hub_closeness(building.ring[0]).0,
        "공장" => 1.4,
        "공동주택" if building.floors < 7 => 0.8,
        _ => 0.0,
    });
    let sampler = WeightedSampler::new(weights);
    for i in 0..world.count(2_700) {
        let building = &buildings[sampler.draw(&mut rng)];
        let ring = &building.ring;
        // A corner of the footprint; of an L it is the one that the notch spares.
        let (s, t) = (rng.range(0.2, 0.39), rng.range(0.2, 0.39));
        let (right, up) = (sub(ring[1], ring[0]), sub(ring[ring.len() - 1], ring[0]));
        let at = |x: f64, y: f64| add_scaled(add_scaled(ring[0], right, x * s), up, y * t);
        let part = [at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.0, 1.0)];
        let area = plane::area(&part);
        let kind = if building.usage == "근린생활시설" {
            rng.pick(&[(4.0, "무단증축"), (4.0, "무단용도변경"), (2.0, "가설건축물")], "무단증축")
        } else {
            rng.pick(
                &[(5.0, "무단증축"), (2.0, "옥상구조물"), (2.0, "가설건축물"), (1.0, "대수선위반")],
                "무단증축",
            )
        };
        let status =
            rng.pick(&[(3.0, "시정명령"), (4.0, "이행강제금 부과"), (3.0, "시정완료")], "시정명령");
        let levy = (status == "이행강제금 부과")
            .then(|| (area * rng.range(45_000.0, 90_000.0) / 10_000.0).round() as i64 * 10_000);
        let number = format!("V{}-{:05}", rng.whole(2018, 2026), i + 1);
        table.write_row(
            Some(&polygon(&part)),
            &[number.into(), kind.into(), rounded(area, 1).into(), levy.into(), status.into()],
        )?;
    }
    Ok(())
}

fn vacant_house(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("vacant_house");
    let buildings = &world.district.town.buildings;
    // Old houses, mostly in areas that await renewal.
    let weights = buildings.iter().map(|building| {
        let old = building.usage == "단독주택" && building.built < 1986;
        let waiting = (0.25 + noise(world.seed, "renewal", building.ring[0], 500.0)).max(0.02);
        if old { waiting * waiting } else { 0.0 }
    });
    let sampler = WeightedSampler::new(weights);
    for i in 0..world.count(130) {
        let building = &buildings[sampler.draw(&mut rng)];
        let grade = rng.pick(&[(4.0, "1등급"), (4.0, "2등급"), (2.0, "3등급")], "2등급");
        let plan = match grade {
            "3등급" => rng.pick(&[(6.0, "철거"), (2.0, "계획 없음")], "철거"),
            _ => rng.pick(
                &[(3.0, "개보수"), (3.0, "공공활용"), (1.0, "철거"), (4.0, "계획 없음")],
                "계획 없음",
            ),
        };
        let years = rounded(rng.range(1.0, 9.0) * rng.range(0.4, 1.4), 1);
        let cells = [format!("E{:04}", i + 1).into(), grade.into(), years.into(), plan.into()];
        table.write_row(Some(&point(bounds_centre(&building.ring))), &cells)?;
    }
    Ok(())
}
