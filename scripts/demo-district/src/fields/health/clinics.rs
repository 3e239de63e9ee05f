//! Hospitals and clinics near shops and stations, and pharmacies beside them.

use std::io;

use crate::fields::facility_names::FacilityNames;
use crate::fields::table_maker::{TableMaker, features};
use crate::geometry::feature_shapes::point;
use crate::geometry::plane::{PlanePoint, distance};
use crate::numbers::draws::one_of;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// A hospital or clinic.
pub(super) struct Clinic {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) at: PlanePoint,
    department: &'static str,
    beds: i64,
    doctors: i64,
    night: bool,
}

/// Departments of clinics: weight, name, name suffix.
#[rustfmt::skip]
const DEPARTMENTS: [(f64, &str, &str); 12] = [
    (30.0, "내과", "내과의원"), (10.0, "소아청소년과", "소아청소년과의원"),
    (11.0, "가정의학과", "가정의학과의원"), (16.0, "정형외과", "정형외과의원"),
    (13.0, "이비인후과", "이비인후과의원"), (9.0, "안과", "안과의원"),
    (15.0, "피부과", "피부과의원"), (8.0, "산부인과", "여성의원"),
    (9.0, "정신건강의학과", "정신건강의학과의원"), (6.0, "재활의학과", "재활의학과의원"),
    (6.0, "비뇨의학과", "비뇨의학과의원"), (7.0, "외과", "외과의원"),
];

pub(super) fn clinics(world: &World) -> Vec<Clinic> {
    let mut rng = world.rng("hospitals and clinics");
    let mut signs = FacilityNames::default();
    let (district, places) = (&world.district, world.places());
    let mut list: Vec<Clinic> = Vec::new();
    let kinds = [
        (46.0, "의원"),
        (29.0, "치과의원"),
        (22.0, "한의원"),
        (1.5, "병원"),
        (1.0, "요양병원"),
        (0.5, "한방병원"),
    ];
    for i in 0..world.count(610) {
        let kind = if i == 0 { "종합병원" } else { rng.pick(&kinds, "의원") };
        let mut at = places.random_shop(district, &mut rng).at;
        // Clinics share buildings: new ones open beside existing ones.
        let house = list.len() > 20 && rng.chance(0.4);
        if house {
            let other = one_of(&mut rng, &list).at;
            at = [other[0] + rng.range(-4.0, 4.0), other[1] + rng.range(-4.0, 4.0)];
        } else if rng.chance(0.3) {
            at = places.random_home(district, &mut rng).at;
        }
        let (department, ending) = match kind {
            "치과의원" => ("치과", "치과의원"),
            "한의원" => ("한방", "한의원"),
            "한방병원" => ("한방", "한방병원"),
            "의원" => {
                let choices = DEPARTMENTS.map(|d| (d.0, (d.1, d.2)));
                rng.pick(&choices, ("내과", "내과의원"))
            }
            "요양병원" => ("재활의학과", "요양병원"),
            "종합병원" => ("내과", "종합병원"),
            _ => (
                rng.pick(&[(3.0, "정형외과"), (1.0, "산부인과"), (1.0, "안과")], "정형외과"),
                "병원",
            ),
        };
        let (beds, doctors) = match kind {
            "종합병원" => (842, 320),
            "병원" => (rng.whole(32, 96), rng.whole(5, 14)),
            "요양병원" => (rng.whole(90, 240), rng.whole(4, 9)),
            "한방병원" => (rng.whole(30, 60), rng.whole(4, 8)),
            "의원" if rng.chance(0.07) => (rng.whole(6, 28), rng.whole(2, 4)),
            _ => (0, rng.pick(&[(7.0, 1), (2.0, 2), (1.0, 3)], 1)),
        };
        let night = kind == "종합병원" || rng.chance(if kind == "의원" { 0.13 } else { 0.05 });
        let name = signs.new_name(world, &mut rng, at, ending);
        list.push(Clinic { name, kind, at, department, beds, doctors, night });
    }
    list
}

/// Maker of [`hospital_clinic`], which other datasets are drawn from.
pub(in crate::fields) const HOSPITAL_CLINIC: TableMaker =
    features("hospital_clinic", hospital_clinic);

/// Writes the hospitals and clinics as features.
fn hospital_clinic(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for clinic in clinics(world) {
        let cells = [
            (&clinic.name).into(),
            clinic.kind.into(),
            clinic.department.into(),
            clinic.beds.into(),
            clinic.doctors.into(),
            clinic.night.into(),
        ];
        table.write_row(Some(&point(clinic.at)), &cells)?;
    }
    Ok(())
}

/// Writes pharmacies: most close to a clinic, some among homes.
pub(super) fn pharmacy(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("pharmacy");
    let mut signs = FacilityNames::default();
    let (district, places) = (&world.district, world.places());
    let doctors: Vec<PlanePoint> = clinics(world)
        .into_iter()
        .filter(|clinic| matches!(clinic.kind, "종합병원" | "병원" | "의원"))
        .map(|clinic| clinic.at)
        .collect();
    for _ in 0..world.count(190) {
        let mut at = places.random_shop(district, &mut rng).at;
        if rng.chance(0.78) && !doctors.is_empty() {
            let clinic = *one_of(&mut rng, &doctors);
            for _ in 0..40 {
                let other = places.random_shop(district, &mut rng).at;
                if distance(other, clinic) < distance(at, clinic) {
                    at = other;
                }
            }
        }
        let duties = [(66.0, "평일"), (24.0, "휴일"), (4.0, "심야"), (6.0, "휴일·심야")];
        let duty = rng.pick(&duties, "평일");
        let (holiday, night) = match duty {
            "휴일" => (true, false),
            "심야" => (false, true),
            "휴일·심야" => (true, true),
            _ => (false, false),
        };
        let closes =
            if night { "01:00" } else { rng.pick(&[(3.0, "19:00"), (2.0, "20:30")], "19:00") };
        let opens = rng.pick(&[(3.0, "09:00"), (1.0, "08:30"), (1.0, "10:00")], "09:00");
        let cells = [
            signs.new_name(world, &mut rng, at, "약국").into(),
            holiday.into(),
            night.into(),
            duty.into(),
            format!("{opens}~{closes}").into(),
        ];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}
