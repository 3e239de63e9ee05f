//! Checks of declared class breaks.

use super::super::Checker;
use super::FormCartography;
use crate::read::KeyLocation;
use crate::{Cartography, ColourScheme, DeclaredBreaks};

/// Breaks of one value, with the places of their keys.
struct PlacedBreaks<'c> {
    breaks: &'c DeclaredBreaks,
    fixed: KeyLocation,
    method: KeyLocation,
    classes: KeyLocation,
    /// Most classes, zero aside.
    most_classes: usize,
}

impl<'c> Checker<'c> {
    pub(super) fn breaks(&self, checked: &FormCartography<'c>) {
        let FormCartography { place, cartography, .. } = checked;
        let is_bivariate = cartography.scheme == Some(ColourScheme::Bivariate);
        let has_zero = cartography.zero_class == Some(true);
        let most_classes = if is_bivariate {
            Cartography::MAX_BIVARIATE_CLASSES
        } else {
            Cartography::MAX_CLASSES - usize::from(has_zero)
        };
        let first = PlacedBreaks {
            breaks: &cartography.breaks,
            fixed: place.at("breaks"),
            method: place.at("method"),
            classes: place.at("classes"),
            most_classes,
        };
        self.number_breaks(&first);
        for (key, given) in
            [("breaks", cartography.breaks.fixed.is_some()), ("zero_class", has_zero)]
        {
            if given && checked.shows_no_number() {
                let remedy = "remove it, or list categories";
                self.add_once(&place.at(key), "the value is no number", remedy);
            }
        }
        let second = PlacedBreaks {
            breaks: &cartography.second_breaks,
            fixed: place.at("second_breaks"),
            method: place.at("second_method"),
            classes: place.at("second_classes"),
            most_classes: Cartography::MAX_BIVARIATE_CLASSES,
        };
        self.number_breaks(&second);
        if !cartography.second_breaks.is_empty() && cartography.second_value.is_none() {
            let remedy = "name it: second_value = \"…\"";
            self.add_once(&place.at("second_value"), "is missing beside its breaks", remedy);
        }
    }

    fn number_breaks(&self, placed: &PlacedBreaks<'_>) {
        let PlacedBreaks { breaks, fixed: at, most_classes, .. } = placed;
        if let Some(classes) = breaks.classes
            && !(2..=*most_classes).contains(&usize::from(classes))
        {
            let problem = format!("{classes} classes");
            self.add_once(&placed.classes, problem, format!("make it 2 to {most_classes}"));
        }
        let Some(fixed) = &breaks.fixed else { return };
        if breaks.method.is_some() {
            self.add_once(&placed.method, "fixed breaks need no method", "keep one of the two");
        }
        if breaks.classes.is_some() {
            self.add_once(&placed.classes, "fixed breaks tell the classes", "keep one of the two");
        }
        if fixed.is_empty() {
            self.add_once(at, "names no break", "list them, or remove it");
        }
        if fixed.iter().any(|number| !number.is_finite()) {
            self.add_once(at, "holds a number that is not finite", "write finite numbers");
        }
        for (i, pair) in fixed.windows(2).enumerate() {
            if pair[0] >= pair[1] {
                let problem = format!("{} is not above {}", pair[1], pair[0]);
                self.add_once(&at.item(i + 1), problem, "list the breaks in ascending order");
            }
        }
        if fixed.len() + 1 > *most_classes {
            let problem = format!("{} breaks make {} classes", fixed.len(), fixed.len() + 1);
            let remedy = format!("list {} at most, zero as a class aside", most_classes - 1);
            self.add_once(at, problem, remedy);
        }
    }
}
