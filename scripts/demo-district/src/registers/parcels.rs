//! Cadastral parcels: the lots of every block, with land register numbers.

use std::collections::BTreeMap;

use crate::geometry::plane::{self, PlanePoint, add_scaled, left_normal, lerp, sub, unit};
use crate::land::buildings::UrbanFabric;
use crate::land::district::District;
use crate::land::streets::RoadIndex;
use crate::numbers::rng::Rng;
use crate::registers::legal_dongs::LegalDongs;
use crate::registers::output_areas::OutputAreas;

/// Number of parcels in the district.
pub(crate) const COUNT: usize = 29_650;

/// A parcel.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parcel {
    /// Parcel number of 19 digits: legal dong, land (1), main and sub number.
    pub(crate) pnu: String,
    /// Main and sub number as written: `12-3`.
    pub(crate) jibun: String,
    /// Land category: 대, 공장용지, 학교용지, 공원, 잡종지, 주차장 or 도로.
    pub(crate) category: &'static str,
    /// Owner: 개인, 법인, 국유지 or 공유지.
    pub(crate) owner: &'static str,
    /// Border: an open ring, counter-clockwise, in metres.
    pub(crate) ring: Vec<PlanePoint>,
    /// Building on the parcel, a position in the town's list.
    pub(crate) building: Option<usize>,
}

/// All parcels, and the parcel of each building.
#[derive(Debug, Clone)]
pub(crate) struct ParcelRegister {
    /// Every parcel.
    pub(crate) list: Vec<Parcel>,
    /// Parcel of each building.
    pub(crate) of_building: Vec<usize>,
}

/// Parcel without a number yet.
struct ParcelDraft {
    ring: Vec<PlanePoint>,
    block: usize,
    category: &'static str,
    owner: &'static str,
    building: Option<usize>,
}

impl ParcelRegister {
    /// Numbers the lots of a town; roads between them are parcels too.
    #[must_use]
    pub(crate) fn new(
        seed: u64,
        district: &District,
        areas: &OutputAreas,
        legal: &LegalDongs,
    ) -> Self {
        let mut rng = Rng::new(seed, "parcels");
        let town = &district.town;
        let mut on_lot: BTreeMap<usize, usize> = BTreeMap::new();
        for (i, building) in town.buildings.iter().enumerate() {
            on_lot.entry(building.lot).or_insert(i);
        }
        let main = RoadIndex::new(&district.roads[..district.main_roads]);
        let dry = |p: PlanePoint| {
            !district.nature.is_wet(p, 3.0)
                && district.nature.green_at(p, 0.0).is_none()
                && district.division.dong_at(p).is_some()
        };
        let mut built = Vec::new();
        let mut open = Vec::new();
        for (l, lot) in town.lots.iter().enumerate() {
            let building = on_lot.get(&l).copied();
            let middle = lerp(lot.ring[0], lot.ring[2], 0.5);
            let free = lot
                .ring
                .iter()
                .chain([&middle])
                .all(|p| main.distance_to_kerb(*p) > 1.0 && dry(*p));
            if building.is_none() && !free {
                continue;
            }
            let (category, owner) = category_and_owner(lot.fabric, building.is_some(), &mut rng);
            let ring = lot.ring.to_vec();
            let draft = ParcelDraft { ring, block: lot.block, category, owner, building };
            if building.is_some() { &mut built } else { &mut open }.push(draft);
        }
        let mut drafts = built;
        rng.shuffle(&mut open);
        let room = COUNT.saturating_sub(drafts.len());
        drafts.extend(open.into_iter().take(room));
        let room = COUNT.saturating_sub(drafts.len());
        drafts.extend(street_parcels(district, room));
        drafts.truncate(COUNT);
        drafts.sort_by_key(|draft| draft.block);
        Self::number_parcels(drafts, district, areas, legal)
    }

    fn number_parcels(
        drafts: Vec<ParcelDraft>,
        district: &District,
        areas: &OutputAreas,
        legal: &LegalDongs,
    ) -> Self {
        let mut blocks: BTreeMap<(usize, usize), (usize, usize)> = BTreeMap::new();
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        let mut list = Vec::with_capacity(drafts.len());
        let mut of_lot: BTreeMap<usize, usize> = BTreeMap::new();
        for draft in drafts {
            let middle = lerp(draft.ring[0], draft.ring[draft.ring.len() / 2], 0.5);
            let area = areas.at(middle).or_else(|| areas.at(draft.ring[0]));
            let dong = area.map_or(0, |a| legal.of_area[a]);
            let slot = blocks.entry((dong, draft.block)).or_insert_with(|| {
                let count = counts.entry(dong).or_default();
                *count += 1;
                (*count, 0)
            });
            let (main, sub) = *slot;
            slot.1 += 1;
            let code = legal.list[dong].code;
            let jibun = if sub == 0 { main.to_string() } else { format!("{main}-{sub}") };
            if let Some(building) = draft.building {
                of_lot.insert(district.town.buildings[building].lot, list.len());
            }
            list.push(Parcel {
                pnu: format!("{code}1{main:04}{sub:04}"),
                jibun,
                category: draft.category,
                owner: draft.owner,
                ring: draft.ring,
                building: draft.building,
            });
        }
        let buildings = district.town.buildings.iter();
        let of_building =
            buildings.map(|b| of_lot.get(&b.lot).copied().unwrap_or_default()).collect();
        Self { list, of_building }
    }
}

fn category_and_owner(
    fabric: UrbanFabric,
    built: bool,
    rng: &mut Rng,
) -> (&'static str, &'static str) {
    let category = match (fabric, built) {
        (UrbanFabric::School, _) => "학교용지",
        (UrbanFabric::Works, true) => rng.pick(&[(5.0, "공장용지"), (4.0, "대")], "대"),
        (_, true) => "대",
        (_, false) => {
            rng.pick(&[(5.0, "대"), (2.0, "잡종지"), (2.0, "주차장"), (1.2, "공원")], "대")
        }
    };
    let owner = match (category, fabric) {
        ("학교용지" | "공원", _) => "공유지",
        ("공장용지", _) => rng.pick(&[(6.0, "법인"), (4.0, "개인")], "법인"),
        ("주차장", _) => rng.pick(&[(5.0, "공유지"), (3.0, "개인")], "공유지"),
        (_, UrbanFabric::Slabs) => {
            rng.pick(&[(6.0, "개인"), (3.0, "법인"), (0.5, "공유지")], "개인")
        }
        _ => rng.pick(&[(83.0, "개인"), (10.0, "법인"), (3.0, "국유지"), (4.0, "공유지")], "개인"),
    };
    (category, owner)
}

/// Parcels of the streets: each segment as wide as the road, in one piece.
fn street_parcels(district: &District, count: usize) -> Vec<ParcelDraft> {
    let mut drafts = Vec::new();
    let roads = district.roads[district.main_roads..].iter();
    for (r, road) in roads.enumerate() {
        for w in road.line.windows(2) {
            let along = unit(sub(w[1], w[0]));
            let across = left_normal(along);
            let half = road.width / 2.0;
            // Short of the crossings, where other streets' parcels begin.
            let gap = half.min(plane::distance(w[0], w[1]) * 0.2) + 1.0;
            let (a, b) = (add_scaled(w[0], along, gap), add_scaled(w[1], along, -gap));
            if drafts.len() == count {
                return drafts;
            }
            drafts.push(ParcelDraft {
                ring: vec![
                    add_scaled(a, across, -half),
                    add_scaled(b, across, -half),
                    add_scaled(b, across, half),
                    add_scaled(a, across, half),
                ],
                block: district.blocks.len() + r,
                category: "도로",
                owner: if r % 5 == 0 { "국유지" } else { "공유지" },
                building: None,
            });
        }
    }
    drafts
}
