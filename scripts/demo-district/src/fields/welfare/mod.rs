//! Datasets of welfare.

pub(super) mod facilities;
mod need;

use std::io;

use crate::fields::table_maker::{TableMaker, features, values};
use crate::numbers::draws::random_count;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Makers of the tables of this field.
#[must_use]
pub(crate) fn table_makers() -> &'static [TableMaker] {
    const MAKERS: &[TableMaker] = &[
        values("basic_livelihood_grid", need::basic_livelihood_grid),
        values("near_poverty_dong", near_poverty_dong),
        features("crisis_household", need::crisis_household),
        facilities::WELFARE_FACILITY,
        facilities::SENIOR_CENTER,
        values("disability_dong", disability_dong),
        features("disability_facility", facilities::disability_facility),
        values("emergency_relief_grid", need::emergency_relief_grid),
        values("single_household_grid", need::single_household_grid),
        facilities::MEAL_CARD_STORE,
        features("multicultural_support", facilities::multicultural_support),
    ];
    MAKERS
}

/// Writes the near poor.
///
/// They live where households on support do, single parents where children are.
fn near_poverty_dong(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let people = world.population();
    let mut rng = world.rng("near_poverty_dong");
    let lean: Vec<[f64; 2]> =
        (0..17).map(|_| [rng.range(0.9, 1.1), rng.range(0.85, 1.15)]).collect();
    for (m, month) in people.months.iter().enumerate() {
        let label = month.to_string();
        for (d, households) in people.households_by_dong(m).into_iter().enumerate() {
            let need = people.mean_of_homes(d, |cell| cell.need);
            let trend = 0.97 + 0.002 * m as f64;
            let near_poor = households.all as f64 * need * 0.62 * lean[d][0] * trend;
            let children = people.dongs[m][d].to_17 as f64;
            let parents = children * (0.012 + 0.35 * need) * lean[d][1];
            let steady = |rng: &mut crate::numbers::rng::Rng, n: f64| {
                (n * rng.range(0.985, 1.015)).round() as i64
            };
            // A rich dong has few enough to be suppressed in publication.
            let near_poor = steady(&mut rng, near_poor);
            let parents =
                if d == 5 { random_count(&mut rng, 5.5) } else { steady(&mut rng, parents) };
            table.write_row(
                None,
                &[world.ministry_code(d).into(), (&label).into(), near_poor.into(), parents.into()],
            )?;
        }
    }
    Ok(())
}

fn disability_dong(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let people = world.population();
    let mut rng = world.rng("disability_dong");
    let lean: Vec<f64> = (0..17).map(|_| rng.range(0.92, 1.08)).collect();
    for (m, month) in people.months.iter().enumerate() {
        let label = month.to_string();
        for (d, residents) in people.dongs[m].iter().enumerate() {
            let need = people.mean_of_homes(d, |cell| cell.need);
            let old = residents.from_65 as f64 * 0.098;
            let others = (residents.total - residents.from_65) as f64 * (0.014 + 0.18 * need);
            let total = ((old + others) * lean[d] * rng.range(0.996, 1.004)).round() as i64;
            let part = |share: f64| (total as f64 * share).round() as i64;
            table.write_row(
                None,
                &[
                    world.ministry_code(d).into(),
                    (&label).into(),
                    total.into(),
                    part(0.355 + 0.03 * (lean[d] - 1.0)).into(),
                    part(0.545 - 0.05 * (lean[d] - 1.0)).into(),
                ],
            )?;
        }
    }
    Ok(())
}
