//! Births, deaths and moves by month.

use crate::calendar::YearMonth;
use crate::geometry::plane::distance;
use crate::land::district::District;
use crate::numbers::draws::random_count;
use crate::numbers::rng::Rng;

/// Other districts of Seoul by Statistics Korea's code, weighted by the moves exchanged
/// with this district.
#[rustfmt::skip]
pub(crate) const OTHER_DISTRICTS: [(&str, f64); 24] = [
    ("11010", 2.0), ("11020", 5.5), ("11030", 4.0), ("11050", 14.0), ("11060", 11.0),
    ("11070", 5.0), ("11080", 4.5), ("11090", 1.5), ("11100", 1.2), ("11110", 2.6),
    ("11120", 2.2), ("11130", 2.0), ("11140", 3.0), ("11150", 1.4), ("11160", 2.2),
    ("11170", 1.2), ("11180", 0.8), ("11190", 2.4), ("11200", 2.4), ("11210", 3.2),
    ("11220", 4.0), ("11230", 7.0), ("11240", 6.5), ("11250", 3.8),
];

/// One end of a move: a dong of the district, or another district of [`OTHER_DISTRICTS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MoveEnd {
    /// Position among the dongs.
    Dong(usize),
    /// Position among the other districts.
    District(usize),
}

/// Moves from one place to another in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MigrationFlow {
    /// Origin.
    pub(crate) from: MoveEnd,
    /// Destination.
    pub(crate) to: MoveEnd,
    /// Number of movers.
    pub(crate) movers: i64,
    /// Number of movers of 20 to 39 years.
    pub(crate) young: i64,
}

/// Births, deaths and moves of a month.
#[derive(Debug, Clone, Default)]
pub(crate) struct MonthlyEvents {
    /// Births by dong.
    pub(crate) births: Vec<i64>,
    /// Deaths by dong.
    pub(crate) deaths: Vec<i64>,
    /// Moves: 17 × 16 between dongs, 17 × 24 out, 17 × 24 in.
    pub(crate) flows: Vec<MigrationFlow>,
}

impl MonthlyEvents {
    /// Growth of a dong in residents.
    #[must_use]
    pub(crate) fn growth(&self, dong: usize) -> i64 {
        self.births[dong] - self.deaths[dong] + self.net_migration(dong)
    }

    /// Net migration of a dong: movers in less movers out.
    #[must_use]
    pub(crate) fn net_migration(&self, dong: usize) -> i64 {
        let here = MoveEnd::Dong(dong);
        let sum = |flows: &dyn Fn(&&MigrationFlow) -> bool| {
            self.flows.iter().filter(flows).map(|flow| flow.movers).sum::<i64>()
        };
        sum(&|flow| flow.to == here) - sum(&|flow| flow.from == here)
    }

    /// Number of movers from one place to another.
    #[must_use]
    pub(crate) fn movers_between(&self, from: MoveEnd, to: MoveEnd) -> i64 {
        let flow = self.flows.iter().find(|flow| flow.from == from && flow.to == to);
        flow.map_or(0, |flow| flow.movers)
    }
}

/// Attraction of each dong to movers.
///
/// Seongsu and Haengdang grow, the dongs of old houses shrink.
#[rustfmt::skip]
const ATTRACTION_BY_DONG: [f64; 17] = [
    1.02, 0.93, 0.97, 1.03, 1.05, 0.95, 0.96, 0.98, 1.10, 1.12, 1.06, 1.05, 0.91, 0.90, 1.0, 0.97, 1.0,
];

/// Movers per month: within the district, and from or to other districts.
const MOVERS_WITHIN: f64 = 620.0;
const MOVERS_ACROSS: f64 = 1_750.0;

/// Births, deaths and moves of every month.
#[must_use]
pub(super) fn draw_monthly_events(
    seed: u64,
    district: &District,
    months: &[YearMonth],
) -> Vec<MonthlyEvents> {
    let dongs = &district.division.dongs;
    let now = &district.residents;
    let mut rng = Rng::new(seed, "vital events");
    let all: f64 = now.iter().map(|r| r.total as f64).sum();
    let near = |i: usize, j: usize| {
        let km = distance(dongs[i].centre, dongs[j].centre) / 1000.0;
        now[i].total as f64 * now[j].total as f64 / (0.25 + km * km)
    };
    let pairs: Vec<(usize, usize)> = (0..dongs.len())
        .flat_map(|i| (0..dongs.len()).map(move |j| (i, j)))
        .filter(|(i, j)| i != j)
        .collect();
    let weights: f64 = pairs.iter().map(|(i, j)| near(*i, *j)).sum();
    let drawn: f64 = OTHER_DISTRICTS.iter().map(|d| d.1).sum();
    let mut list = Vec::with_capacity(months.len());
    for month in months {
        let busy = month.season(2, 0.22);
        let mut events = MonthlyEvents::default();
        for r in now {
            let children = r.to_5 as f64 / 7.2 / 12.0;
            events.births.push(random_count(&mut rng, children * month.season(1, 0.10)));
            let old = r.from_65 as f64 * 0.026 / 12.0;
            events.deaths.push(random_count(&mut rng, old * month.season(1, 0.14)));
        }
        let mut flow = |from: MoveEnd, to: MoveEnd, expected: f64| {
            let movers = random_count(&mut rng, expected * busy);
            let young = (movers as f64 * rng.range(0.38, 0.68)).round() as i64;
            events.flows.push(MigrationFlow { from, to, movers, young });
        };
        for &(i, j) in &pairs {
            let expected = MOVERS_WITHIN * near(i, j) / weights * ATTRACTION_BY_DONG[j]
                / ATTRACTION_BY_DONG[i];
            flow(MoveEnd::Dong(i), MoveEnd::Dong(j), expected);
        }
        for (i, r) in now.iter().enumerate() {
            let share = MOVERS_ACROSS * r.total as f64 / all;
            for (k, district) in OTHER_DISTRICTS.iter().enumerate() {
                flow(MoveEnd::Dong(i), MoveEnd::District(k), share * district.1 / drawn);
            }
        }
        for (i, r) in now.iter().enumerate() {
            // Slightly more people leave Seoul than arrive, because housing is dear.
            let share = 0.985 * MOVERS_ACROSS * r.total as f64 / all * ATTRACTION_BY_DONG[i];
            for (k, district) in OTHER_DISTRICTS.iter().enumerate() {
                flow(MoveEnd::District(k), MoveEnd::Dong(i), share * district.1 / drawn);
            }
        }
        list.push(events);
    }
    list
}
