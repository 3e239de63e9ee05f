//! Checks of declared categories, and of the features that a measure does not apply to.

use std::collections::BTreeSet;

use super::super::Checker;
use super::super::columns::ValueKind;
use super::FormCartography;
use super::form::FormColumn;
use crate::ColourScheme;
use crate::read::KeyLocation;

impl<'c> Checker<'c> {
    pub(super) fn categories(&self, checked: &FormCartography<'c>) {
        let FormCartography { place, cartography, value, form, .. } = checked;
        let categories = &cartography.categories;
        if categories.is_empty() {
            return;
        }
        let at = place.at("categories");
        if form.value().is_none() {
            let remedy = "name the column with the categories: value = \"…\"";
            self.add_once(&at, "the layer has no value", remedy);
        }
        if !cartography.breaks.is_empty() {
            let remedy = "keep one: breaks for numbers, categories for texts";
            self.add_once(&at, "stand beside class breaks", remedy);
        }
        if matches!(cartography.scheme, Some(ColourScheme::Bivariate)) {
            self.add_once(&at, "a bivariate map has none", "remove them, or the scheme");
        }
        let mut seen = BTreeSet::new();
        for (i, category) in categories.iter().enumerate() {
            let at = at.item(i);
            if !seen.insert(category.value.as_str()) {
                let problem = format!("{:?} is listed twice", category.value);
                self.add_once(&at.at("value"), problem, "remove one");
            }
            if let Some(value) = value {
                self.may_hold(&at.at("value"), value, &category.value);
            }
            self.colour(&at.at("color"), category.color.as_deref());
            self.icon(&at.at("icon"), category.icon.as_deref());
        }
    }

    pub(super) fn not_applicable(&self, checked: &FormCartography<'c>) {
        let Some(declared) = &checked.cartography.not_applicable else { return };
        let place = checked.place.at("not_applicable");
        let found = self.named_column(&place.at("column"), &checked.form, &declared.column);
        let Some(column) = found else { return };
        for (i, value) in declared.values.iter().enumerate() {
            self.may_hold(&place.at("values").item(i), &column, value);
        }
    }

    /// Checks that a column may hold a value, written as text.
    fn may_hold(&self, place: &KeyLocation, column: &FormColumn<'c>, value: &str) {
        if let Some(texts) = &column.texts {
            if !texts.contains(&value) {
                let remedy = self.near(value, texts.iter().copied(), || {
                    format!("there are {}", texts.join(", "))
                });
                self.add_once(place, format!("{value:?} is no declared value"), remedy);
            }
        } else if column.is_flag && !["true", "false"].contains(&value) {
            self.add_once(place, format!("{value:?} is neither of two"), "write true or false");
        } else if column.kind == ValueKind::Number && value.parse::<f64>().is_err() {
            self.add_once(place, format!("{value:?} is no number"), "write a number of the column");
        }
    }

    fn colour(&self, place: &KeyLocation, colour: Option<&str>) {
        let Some(colour) = colour else { return };
        let digits = colour.strip_prefix('#').unwrap_or_default();
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            let problem = format!("{colour:?} is no colour");
            self.add_once(place, problem, "write it as \"#rrggbb\"");
        }
    }
}
