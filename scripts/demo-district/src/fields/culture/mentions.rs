//! Social media mentions by cell and month.

use std::io;

use super::venues::closeness_to_seongsu;
use crate::activity::density::{DensityKind, hub_closeness};
use crate::calendar::{YearMonth, data_months};
use crate::geometry::plane::{LonLat, PlanePoint, distance, from_degrees};
use crate::numbers::rng::noise;
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Topic of mentions: keyword, centre, reach in metres, peak month, seasonal swing.
type MentionTopic = (&'static str, LonLat, f64, i64, f64);

#[rustfmt::skip]
const TOPICS: [MentionTopic; 12] = [
    ("성수 팝업", [127.0560, 37.5434], 420.0, 10, 0.2),
    ("연무장길", [127.0535, 37.5425], 300.0, 5, 0.15),
    ("서울숲 산책", [127.0386, 37.5440], 420.0, 4, 0.55),
    ("서울숲 카페거리", [127.0437, 37.5470], 260.0, 5, 0.2),
    ("응봉산 개나리", [127.0302, 37.5487], 220.0, 3, 0.9),
    ("왕십리 곱창", [127.0372, 37.5612], 280.0, 12, 0.15),
    ("한양대 앞", [127.0440, 37.5578], 260.0, 4, 0.3),
    ("마장동 한우", [127.0405, 37.5680], 260.0, 1, 0.25),
    ("살곶이 물놀이", [127.0437, 37.5552], 200.0, 8, 0.9),
    ("옥수 한강뷰", [127.0188, 37.5405], 280.0, 9, 0.3),
    ("금남시장", [127.0205, 37.5480], 230.0, 11, 0.15),
    ("수제화거리", [127.0560, 37.5450], 240.0, 10, 0.1),
];

/// Weight of a topic's mentions at `p` in a month.
fn topic_heat(
    (_, place, reach, peak, swing): &MentionTopic,
    p: PlanePoint,
    month: YearMonth,
) -> f64 {
    let t = distance(p, from_degrees(*place)) / reach;
    month.season(*peak, *swing).max(0.02) / (1.0 + t * t * t * t)
}

/// Writes mentions by cell.
///
/// Most in Seongsu, growing by month, with peaks at the flowers in March and the water in
/// August.
pub(super) fn sns_mention_grid(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("mentions");
    let months = data_months();
    for (c, cell) in world.grid().cells.iter().enumerate() {
        let p = cell.centre;
        let shops = world.density().level(DensityKind::Shops, c);
        let usual =
            2.0 + 260.0 * closeness_to_seongsu(p) * shops + 60.0 * hub_closeness(p).1 * shops;
        let liked = 62.0 + 12.0 * noise(world.seed, "liked", p, 500.0);
        for (k, month) in months.iter().enumerate() {
            let heats = TOPICS.iter().map(|topic| topic_heat(topic, p, *month));
            let (mut best, mut most, mut all) = (0, 0.0, 0.0);
            for (i, heat) in heats.enumerate() {
                all += heat;
                if heat > most {
                    (best, most) = (i, heat);
                }
            }
            let trend = 0.72 + 0.012 * k as f64 + 0.28 * closeness_to_seongsu(p) * k as f64 / 23.0;
            let mentions = usual * (0.25 + all) * trend * rng.range(0.8, 1.25);
            let mentions = mentions.round() as i64;
            let keyword = if most > 0.12 { TOPICS[best].0 } else { "동네 맛집" };
            let positive = (mentions > 0)
                .then(|| rounded((liked + rng.range(-5.0, 5.0)).clamp(20.0, 95.0), 1));
            let keyword = (mentions > 0).then_some(keyword);
            let cells = [
                (&cell.id).into(),
                month.to_string().into(),
                mentions.into(),
                positive.into(),
                keyword.into(),
            ];
            table.write_row(None, &cells)?;
        }
    }
    Ok(())
}
