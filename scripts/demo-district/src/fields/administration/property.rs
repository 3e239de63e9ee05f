//! Public property: parcels of the state and the district, including streets.

use std::io;

use crate::activity::density::hub_closeness;
use crate::geometry::feature_shapes::polygon;
use crate::geometry::plane;
use crate::geometry::plane::bounds_centre;
use crate::numbers::draws::jitter;
use crate::numbers::rng::Rng;
use crate::numbers::rounding::rounded;
use crate::registers::parcels::Parcel;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Highest book value in won per square metre.
const HIGHEST_BOOK_VALUE: f64 = 9_800_000.0;

/// Writes the public parcels: all but streets, then streets up to the known number.
pub(super) fn public_property(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("public_property");
    let public = world.parcels().list.iter().filter(|p| matches!(p.owner, "국유지" | "공유지"));
    let (mut streets, mut others): (Vec<&Parcel>, Vec<&Parcel>) =
        public.partition(|parcel| parcel.category == "도로");
    rng.shuffle(&mut streets);
    let all = world.count(5_200);
    others.extend(streets.into_iter().take(all.saturating_sub(others.len())));
    others.truncate(all);
    others.sort_by(|a, b| a.pnu.cmp(&b.pnu));
    for (k, parcel) in others.into_iter().enumerate() {
        let area = plane::area(&parcel.ring).abs();
        let (shops, _) = hub_closeness(bounds_centre(&parcel.ring));
        let dear = 0.35 + 0.45 * shops + 0.1 * jitter(world.seed, "book value", k, 0);
        let kind = property_class(parcel, &mut rng);
        let road = if parcel.category == "도로" { 0.33 } else { 1.0 };
        let value = area * HIGHEST_BOOK_VALUE * dear.clamp(0.15, 1.0) * road;
        let let_out = rng.chance(match kind {
            "일반재산" => 0.38,
            "행정재산(도로)" => 0.01,
            _ => 0.06,
        });
        table.write_row(
            Some(&polygon(&parcel.ring)),
            &[
                format!("P{:06}", k + 1).into(),
                (&parcel.pnu).into(),
                kind.into(),
                rounded(area, 1).into(),
                // Some were never valued.
                (!rng.chance(0.01)).then(|| (value / 1000.0).round() as i64 * 1000).into(),
                let_out.into(),
            ],
        )?;
    }
    Ok(())
}

/// Property class of a parcel.
fn property_class(parcel: &Parcel, rng: &mut Rng) -> &'static str {
    match parcel.category {
        "도로" => "행정재산(도로)",
        "공원" => "행정재산(공원)",
        "주차장" | "학교용지" => "행정재산(기타)",
        _ if parcel.building.is_some() => rng.pick(
            &[(2.0, "행정재산(청사)"), (3.0, "행정재산(기타)"), (5.0, "일반재산")],
            "일반재산",
        ),
        _ => "일반재산",
    }
}
