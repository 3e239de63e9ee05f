//! Unique names of facilities: part of town, a word, and the kind of facility.

use std::collections::BTreeSet;

use crate::geometry::plane::PlanePoint;
use crate::names;
use crate::numbers::rng::Rng;
use crate::world::World;

/// Names given so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct FacilityNames(BTreeSet<String>);

impl FacilityNames {
    /// A new name for a facility of this kind at `at`: 금호한빛어린이집.
    pub(crate) fn new_name(
        &mut self,
        world: &World,
        rng: &mut Rng,
        at: PlanePoint,
        kind: &str,
    ) -> String {
        let quarter = world.quarter_at(at);
        for _ in 0..6 {
            let word = names::random_word(rng);
            if word != quarter && self.0.insert(format!("{quarter}{word}{kind}")) {
                return format!("{quarter}{word}{kind}");
            }
        }
        self.numbered(&format!("{quarter}{}{kind}", names::random_word(rng)))
    }

    /// The name, with a number added if it is taken: 무학약국 2.
    pub(crate) fn numbered(&mut self, name: &str) -> String {
        if self.0.insert(name.to_owned()) {
            return name.to_owned();
        }
        let mut number = 2;
        loop {
            let next = format!("{name} {number}");
            if self.0.insert(next.clone()) {
                return next;
            }
            number += 1;
        }
    }
}
