//! Establishments of five years: the base of the census, licence, pension and job posting datasets.

mod trades;

pub use trades::{SEOUL, Site, TRADES, Trade};

use crate::draws::jitter;
use crate::names;
use crate::places::{Sampler, Spot};
use crate::rng::Rng;
use crate::world::World;

/// First and last year with a census.
pub const YEARS: (i64, i64) = (2022, 2026);

/// Establishment that existed in at least one of the [`YEARS`].
#[derive(Debug, Clone, Copy)]
pub struct Firm {
    /// Trade, as a position in [`TRADES`].
    pub trade: usize,
    /// Building and position.
    pub spot: Spot,
    /// Dong that contains the establishment.
    pub dong: usize,
    /// Year of opening.
    pub opened: i64,
    /// Last year of existence; `None` if still open.
    pub closed: Option<i64>,
    /// Number of workers in an ordinary year.
    pub workers: i64,
}

impl Firm {
    /// Trade of the establishment.
    #[must_use]
    pub const fn trade(&self) -> &'static Trade {
        &TRADES[self.trade]
    }

    /// Whether the establishment existed in a year.
    #[must_use]
    pub fn is_there(&self, year: i64) -> bool {
        self.opened <= year && self.closed.is_none_or(|last| year <= last)
    }
}

/// The establishments.
#[derive(Debug, Clone)]
pub struct Firms {
    seed: u64,
    /// All establishments.
    pub list: Vec<Firm>,
}

impl Firms {
    /// Opens `count` establishments, and closes some.
    #[must_use]
    pub fn new(world: &World, count: usize) -> Self {
        let mut rng = world.rng("firms");
        let sampler = Sampler::new(TRADES.iter().map(|trade| trade.weight));
        let list = (0..count).map(|_| firm(world, sampler.draw(&mut rng), &mut rng)).collect();
        Self { seed: world.seed, list }
    }

    /// Number of workers of an establishment in a year.
    #[must_use]
    pub fn workers(&self, firm: usize, year: i64) -> i64 {
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
    pub fn standing(&self, workers: i64) -> impl Iterator<Item = (usize, &Firm)> {
        let list = self.list.iter().enumerate();
        list.filter(move |(_, firm)| firm.closed.is_none() && firm.workers >= workers)
    }
}

/// A random name that suits a trade.
pub fn name(rng: &mut Rng, trade: &Trade) -> String {
    match trade.code {
        "56111" => names::shop(rng, "한식"),
        "56121" => names::shop(rng, "중식"),
        "56194" => names::shop(rng, "분식"),
        "56213" => names::shop(rng, "술집"),
        "56221" => names::shop(rng, "카페"),
        "47122" | "47129" => names::shop(rng, "소매"),
        "47412" => names::shop(rng, "의류"),
        "96112" => names::shop(rng, "미용"),
        _ if trade.site == Site::Shop => names::shop(rng, "기타"),
        _ => names::firm(rng),
    }
}

fn firm(world: &World, trade: usize, rng: &mut Rng) -> Firm {
    let kind = &TRADES[trade];
    let spot = site(world, kind, rng);
    let dong = world.dong_at(spot.at);
    // Trades that close often are young; three in ten opened after the first census.
    let (first, last) = YEARS;
    let opened = if rng.chance(0.12 + 1.9 * kind.closing) {
        rng.whole(first + 1, last)
    } else {
        let age = rng.unit();
        first - (age * age * if kind.closing < 0.08 { 38.0 } else { 22.0 }) as i64
    };
    let closed = (opened.max(first)..last).find(|_| rng.chance(kind.closing));
    Firm { trade, spot, dong, opened, closed, workers: workers(kind.workers, rng) }
}

/// A random number of workers: mostly small, a few many times the mean.
fn workers(mean: f64, rng: &mut Rng) -> i64 {
    let v = rng.unit();
    let long_tail = (1.0 / (v * v + 0.02) - 0.98) / 9.13;
    let large = if rng.chance(0.012) { 9.0 } else { 1.15 };
    (1.0 + (mean - 1.0) * long_tail * large + rng.unit()).floor() as i64
}

/// A random place for a trade, if possible in one of its preferred dongs.
fn site(world: &World, trade: &Trade, rng: &mut Rng) -> Spot {
    let (places, district) = (world.places(), &world.district);
    let mut draw = || match trade.site {
        Site::Factory => places.factory(district, rng),
        Site::Office => places.work(district, rng),
        Site::Shop => places.shop(district, rng),
        Site::Bar => places.bar(district, rng),
        Site::Home => places.home(district, rng),
    };
    let mut spot = draw();
    if !trade.dongs.is_empty() {
        for _ in 0..4 {
            if trade.dongs.contains(&world.dong_at(spot.at)) {
                break;
            }
            spot = draw();
        }
    }
    spot
}
