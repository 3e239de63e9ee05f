//! Checks 1, 2 and 7: the scheme fits the data.

use super::checks::Checks;
use super::drawn_classes::DrawnClasses;
use super::finding::MapCheck;
use crate::map_description::{ColourScheme, MapRepresentation, MapValue};

/// Share of the numbers that must lie on each side of a middle.
const SIDE_SHARE: f64 = 0.02;

impl Checks<'_> {
    pub(super) fn scheme(&mut self) {
        let description = self.description();
        let Some(value) = &description.value else { return };
        if value.absolute && description.representation == Some(MapRepresentation::Choropleth) {
            self.warning(
                MapCheck::Rates,
                &value.column,
                "areas of unequal size are shaded by a count",
                "show a rate as value, or draw circles: kind = \"circle\"",
            );
        }
        if let Some(DrawnClasses::Numbers { breaks, .. }) = self.drawn.clone() {
            self.sides(value, &breaks);
        }
    }

    fn sides(&mut self, value: &MapValue, breaks: &[f64]) {
        let numbers = &value.summary.numbers;
        let cartography = &self.description().cartography;
        let middle = cartography.middle.unwrap_or_default();
        let count = numbers.len() as f64;
        if count == 0.0 {
            return;
        }
        let below = numbers.iter().filter(|number| **number < middle).count() as f64 / count;
        let above = numbers.iter().filter(|number| **number > middle).count() as f64 / count;
        let figure = format!("{} % below {middle}, {} % above", percent(below), percent(above));
        let has_sides = below >= SIDE_SHARE && above >= SIDE_SHARE;
        match cartography.scheme {
            Some(ColourScheme::Diverging) => {
                if !has_sides {
                    let remedy = "declare scheme = \"sequential\", or a middle within the numbers";
                    let problem = "a diverging scheme has one side";
                    self.warning(MapCheck::Scheme, &figure, problem, remedy);
                }
                let is_edge = breaks.contains(&middle);
                let is_inside = breaks.windows(2).any(|at| at[0] < middle && middle < at[1]);
                if !is_edge && !is_inside {
                    let figure = format!("middle {middle}, breaks {breaks:?}");
                    let problem = "the middle lies in an outer class";
                    let remedy = "make it a break, or let the breaks around it be symmetric";
                    self.error(MapCheck::Middle, &figure, problem, remedy);
                }
            }
            Some(ColourScheme::Sequential) if has_sides && cartography.middle.is_none() => {
                let problem = "numbers on both sides of zero are drawn by one ramp";
                let remedy = "declare scheme = \"diverging\"";
                self.warning(MapCheck::Scheme, &figure, problem, remedy);
            }
            Some(ColourScheme::Qualitative) => {
                let problem = "classes of a number are drawn as categories";
                let remedy = "declare scheme = \"sequential\" or \"diverging\"";
                self.warning(MapCheck::Scheme, &figure, problem, remedy);
            }
            _ => {}
        }
    }
}

fn percent(share: f64) -> f64 {
    (share * 100.0).round()
}
