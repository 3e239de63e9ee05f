//! Establishments of five years: the base of the census, licence, pension and job posting datasets.

mod trades;

pub(crate) use trades::{SEOUL_SHARES, TRADES, Trade, TradeSite};

use crate::activity::place_sampler::{BuildingPosition, PlaceSampler};
use crate::geometry::plane::PlanePoint;
use crate::land::district::District;
use crate::names;
use crate::numbers::draws::jitter;
use crate::numbers::rng::Rng;
use crate::numbers::weighted_sampler::WeightedSampler;
use crate::registers::grid::NationalGrid;

/// Number of establishments at scale 1.
pub(crate) const COUNT: usize = 31_200;

/// First and last year with a census.
pub(crate) const CENSUS_YEARS: (i64, i64) = (2022, 2026);

/// Establishment that existed in at least one of the [`CENSUS_YEARS`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Firm {
    /// Trade, as a position in [`TRADES`].
    pub(crate) trade: usize,
    /// Building and position.
    pub(crate) spot: BuildingPosition,
    /// Dong that contains the establishment.
    pub(crate) dong: usize,
    /// Year of opening.
    pub(crate) opened: i64,
    /// Last year of existence; `None` if still open.
    pub(crate) closed: Option<i64>,
    /// Number of workers in an ordinary year.
    pub(crate) workers: i64,
}

impl Firm {
    /// Trade of the establishment.
    #[must_use]
    pub(crate) const fn trade(&self) -> &'static Trade {
        &TRADES[self.trade]
    }

    /// Whether the establishment existed in a year.
    #[must_use]
    pub(crate) fn exists_in(&self, year: i64) -> bool {
        self.opened <= year && self.closed.is_none_or(|last| year <= last)
    }
}

/// Ground that establishments are placed on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FirmGround<'a> {
    /// Buildings and dongs.
    pub(crate) district: &'a District,
    /// Grid that locates positions outside every dong.
    pub(crate) grid: &'a NationalGrid,
    /// Random places of the trades.
    pub(crate) places: &'a PlaceSampler,
}

impl FirmGround<'_> {
    fn dong_at(&self, p: PlanePoint) -> usize {
        self.grid.dong_at(&self.district.division, p)
    }
}

/// The establishments.
#[derive(Debug, Clone)]
pub(crate) struct FirmRegister {
    seed: u64,
    /// All establishments.
    pub(crate) list: Vec<Firm>,
}

impl FirmRegister {
    /// Opens `count` establishments, and closes some.
    #[must_use]
    pub(crate) fn new(seed: u64, ground: FirmGround<'_>, count: usize) -> Self {
        let mut rng = Rng::new(seed, "firms");
        let sampler = WeightedSampler::new(TRADES.iter().map(|trade| trade.weight));
        let list =
            (0..count).map(|_| random_firm(ground, sampler.draw(&mut rng), &mut rng)).collect();
        Self { seed, list }
    }

    /// Number of workers of an establishment in a year.
    #[must_use]
    pub(crate) fn workers_in(&self, firm: usize, year: i64) -> i64 {
        let at = &self.list[firm];
        let growth = match at.trade().section {
            "C" => -0.025,
            "J" | "M" => 0.04,
            _ => 0.005,
        };
        let lean = 0.07 * jitter(self.seed, "workers", firm, year as usize);
        let exact = at.workers as f64 * (1.0 + growth * (year - 2024) as f64 + lean);
        (exact.round() as i64).max(1)
    }

    /// Establishments of the last year with at least this many workers.
    pub(crate) fn open_firms(&self, workers: i64) -> impl Iterator<Item = (usize, &Firm)> {
        let list = self.list.iter().enumerate();
        list.filter(move |(_, firm)| firm.closed.is_none() && firm.workers >= workers)
    }
}

/// A random name that suits a trade.
pub(crate) fn random_name(rng: &mut Rng, trade: &Trade) -> String {
    match trade.code {
        "56111" => names::random_shop(rng, "한식"),
        "56121" => names::random_shop(rng, "중식"),
        "56194" => names::random_shop(rng, "분식"),
        "56213" => names::random_shop(rng, "술집"),
        "56221" => names::random_shop(rng, "카페"),
        "47122" | "47129" => names::random_shop(rng, "소매"),
        "47412" => names::random_shop(rng, "의류"),
        "96112" => names::random_shop(rng, "미용"),
        _ if trade.site == TradeSite::Shop => names::random_shop(rng, "기타"),
        _ => names::random_firm(rng),
    }
}

fn random_firm(ground: FirmGround<'_>, trade: usize, rng: &mut Rng) -> Firm {
    let kind = &TRADES[trade];
    let spot = random_site(ground, kind, rng);
    let dong = ground.dong_at(spot.at);
    // Trades that close often are young; three in ten opened after the first census.
    let (first, last) = CENSUS_YEARS;
    let opened = if rng.chance(0.12 + 1.9 * kind.closing) {
        rng.whole(first + 1, last)
    } else {
        let age = rng.unit();
        first - (age * age * if kind.closing < 0.08 { 38.0 } else { 22.0 }) as i64
    };
    let closed = (opened.max(first)..last).find(|_| rng.chance(kind.closing));
    Firm { trade, spot, dong, opened, closed, workers: random_workers(kind.workers, rng) }
}

/// A random number of workers: mostly small, a few many times the mean.
fn random_workers(mean: f64, rng: &mut Rng) -> i64 {
    let v = rng.unit();
    let long_tail = (1.0 / (v * v + 0.02) - 0.98) / 9.13;
    let large = if rng.chance(0.012) { 9.0 } else { 1.15 };
    (1.0 + (mean - 1.0) * long_tail * large + rng.unit()).floor() as i64
}

/// A random place for a trade, if possible in one of its preferred dongs.
fn random_site(ground: FirmGround<'_>, trade: &Trade, rng: &mut Rng) -> BuildingPosition {
    let FirmGround { places, district, .. } = ground;
    let mut draw = || match trade.site {
        TradeSite::Factory => places.random_factory(district, rng),
        TradeSite::Office => places.random_workplace(district, rng),
        TradeSite::Shop => places.random_shop(district, rng),
        TradeSite::Bar => places.random_bar(district, rng),
        TradeSite::Home => places.random_home(district, rng),
    };
    let mut spot = draw();
    if !trade.dongs.is_empty() {
        for _ in 0..4 {
            if trade.dongs.contains(&ground.dong_at(spot.at)) {
                break;
            }
            spot = draw();
        }
    }
    spot
}
