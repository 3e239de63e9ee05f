//! The establishments of five years: what censuses, licences, pensions and job
//! postings are drawn from.

mod trades;

pub use trades::{SEOUL, Site, TRADES, Trade};

use crate::draws::jitter;
use crate::names;
use crate::places::{Sampler, Spot};
use crate::rng::Rng;
use crate::world::World;

/// The first and the last year for which there is a census.
pub const YEARS: (i64, i64) = (2022, 2026);

/// An establishment that was there in at least one of the [`YEARS`].
#[derive(Debug, Clone, Copy)]
pub struct Firm {
    /// Its trade, a position in [`TRADES`].
    pub trade: usize,
    /// Where it is.
    pub spot: Spot,
    /// The dong it lies in.
    pub dong: usize,
    /// The year in which it opened.
    pub opened: i64,
    /// The last year in which it was there, of one that closed.
    pub closed: Option<i64>,
    /// Its workers in an ordinary year.
    pub workers: i64,
}

impl Firm {
    /// Its trade.
    #[must_use]
    pub const fn trade(&self) -> &'static Trade {
        &TRADES[self.trade]
    }

    /// Whether it was there in a year.
    #[must_use]
    pub fn is_there(&self, year: i64) -> bool {
        self.opened <= year && self.closed.is_none_or(|last| year <= last)
    }
}

/// The establishments.
#[derive(Debug, Clone)]
pub struct Firms {
    seed: u64,
    /// All of them.
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

    /// The workers of an establishment in a year.
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

    /// Those that are there in the last year, with so many workers or more.
    pub fn standing(&self, workers: i64) -> impl Iterator<Item = (usize, &Firm)> {
        let list = self.list.iter().enumerate();
        list.filter(move |(_, firm)| firm.closed.is_none() && firm.workers >= workers)
    }
}

/// A name that suits a trade.
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

/// A number of workers: most are small, a few many times the mean.
fn workers(mean: f64, rng: &mut Rng) -> i64 {
    let v = rng.unit();
    let long_tail = (1.0 / (v * v + 0.02) - 0.98) / 9.13;
    let large = if rng.chance(0.012) { 9.0 } else { 1.15 };
    (1.0 + (mean - 1.0) * long_tail * large + rng.unit()).floor() as i64
}

/// A place for a trade, where possible in a dong that it prefers.
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
