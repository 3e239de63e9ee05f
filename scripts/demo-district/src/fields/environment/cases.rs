//! Cases of illegal dumping and complaints; never shown as points.

use std::io;

use crate::activity::density::hub_closeness;
use crate::calendar::{random_day_by_month, random_hour, random_timestamp};
use crate::geometry::feature_shapes::point;
use crate::geometry::plane::distance;
use crate::numbers::rng::noise;
use crate::tables::cell::CellValue;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Weights of the hours for illegal dumping, which happens at night.
const DUMPING_HOURS: [f64; 24] = [
    5.2, 4.4, 3.4, 2.6, 2.4, 3.0, 3.4, 2.6, 1.8, 1.6, 1.8, 2.0, 2.0, 2.0, 2.0, 2.0, 2.2, 2.6, 3.4,
    4.6, 6.2, 7.4, 7.6, 6.6,
];

pub(super) fn illegal_dumping(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("illegal_dumping");
    let (district, places) = (&world.district, world.places());
    let cameras: Vec<_> =
        district.cameras.iter().filter(|camera| camera.purpose == "쓰레기무단투기").collect();
    for i in 0..world.count(9_800) {
        // Repeated draws concentrate dumping at corners with high noise.
        let mut at = places.beside_street(district, &mut rng);
        for _ in 0..3 {
            if noise(world.seed, "dumping", at, 260.0) + 0.5 * hub_closeness(at).0
                > rng.range(-0.5, 0.9)
            {
                break;
            }
            at = places.beside_street(district, &mut rng);
        }
        let day = random_day_by_month(&mut rng, |month| month.season(7, 0.13));
        let watched = cameras.iter().any(|camera| distance(camera.at, at) < 35.0);
        let source = if watched && rng.chance(0.55) {
            "CCTV 단속"
        } else {
            rng.pick(&[(6.0, "민원 신고"), (4.0, "현장 단속")], "민원 신고")
        };
        let waste = rng.pick(
            &[
                (46.0, "생활쓰레기"),
                (14.0, "음식물"),
                (13.0, "대형폐기물"),
                (18.0, "재활용품"),
                (4.0 + 14.0 * hub_closeness(at).1, "담배꽁초"),
            ],
            "생활쓰레기",
        );
        let fine: i64 = if waste == "담배꽁초" { 50_000 } else { 200_000 };
        let fined = source != "민원 신고" && rng.chance(0.62);
        let at_hour = random_hour(&mut rng, &DUMPING_HOURS);
        table.write_row(
            Some(&point(at)),
            &[
                format!("D{:06}", i + 1).into(),
                random_timestamp(&mut rng, day, at_hour).into(),
                source.into(),
                waste.into(),
                if fined { CellValue::Int(fine) } else { CellValue::Null },
                watched.into(),
            ],
        )?;
    }
    Ok(())
}

const COMPLAINT_HOURS: [f64; 24] = [
    1.2, 0.9, 0.7, 0.6, 0.8, 1.8, 4.6, 6.4, 6.2, 5.6, 5.2, 4.6, 4.0, 5.0, 5.2, 5.0, 4.6, 4.2, 4.0,
    4.2, 4.6, 5.2, 5.0, 3.0,
];

pub(super) fn noise_odor_complaint(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("noise_odor_complaint");
    let (district, places) = (&world.district, world.places());
    // Building sites of the two years: noise gathers around them.
    let sites: Vec<_> = (0..46).map(|_| places.random_workplace(district, &mut rng).at).collect();
    for i in 0..world.count(3_900) {
        let cat = rng
            .pick(&[(64.0, "소음"), (19.0, "악취"), (12.0, "비산먼지"), (5.0, "빛공해")], "소음");
        let source = match cat {
            "소음" => rng.pick(
                &[
                    (52.0, "공사장"),
                    (14.0, "음식점"),
                    (18.0, "생활"),
                    (10.0, "교통"),
                    (6.0, "사업장"),
                ],
                "공사장",
            ),
            "악취" => rng.pick(&[(38.0, "하수"), (34.0, "음식점"), (28.0, "사업장")], "하수"),
            "비산먼지" => rng.pick(&[(84.0, "공사장"), (16.0, "사업장")], "공사장"),
            _ => rng.pick(&[(60.0, "음식점"), (40.0, "사업장")], "음식점"),
        };
        let at = match source {
            "공사장" => {
                let site = sites[rng.whole(0, 45) as usize];
                [site[0] + rng.range(-95.0, 95.0), site[1] + rng.range(-95.0, 95.0)]
            }
            "음식점" => places.random_bar(district, &mut rng).at,
            "사업장" => places.random_factory(district, &mut rng).at,
            "교통" => places.beside_main_road(district, &mut rng),
            _ => places.random_home(district, &mut rng).at,
        };
        let at = if district.division.dong_at(at).is_some() {
            at
        } else {
            places.random_corner(&mut rng)
        };
        // Complaints peak in summer, when windows are open and drains smell.
        let swing = if cat == "악취" { 0.4 } else { 0.2 };
        let day = random_day_by_month(&mut rng, |month| month.season(7, swing));
        let open = crate::calendar::TODAY.days_since(day) < 12 && rng.chance(0.5);
        let took = rng.whole(1, 6) + if rng.chance(0.2) { rng.whole(2, 14) } else { 0 };
        let at_hour = random_hour(&mut rng, &COMPLAINT_HOURS);
        table.write_row(
            Some(&point(at)),
            &[
                format!("N{:05}", i + 1).into(),
                random_timestamp(&mut rng, day, at_hour).into(),
                cat.into(),
                source.into(),
                if open { CellValue::Null } else { CellValue::Int(took) },
            ],
        )?;
    }
    Ok(())
}
