//! Checks of a layer's declared presentation, and of a theme's.

mod breaks;
mod categories;
mod form;
mod theme;

use data_model::Zoom;
use data_model::time_label::TimeLabel;

use self::form::{FormColumn, LayerForm};
use super::Checker;
use super::columns::ValueKind;
use crate::read::{DeclaredLayer, KeyLocation};
use crate::{Cartography, ColourScheme, Layer};

/// Places of the keys of a presentation.
struct CartographyPlace<'c> {
    /// The table `cartography` of the layer.
    layer: KeyLocation,
    /// That of the public form, with what it declares; `None` for the layer itself.
    public: Option<(KeyLocation, &'c Cartography)>,
}

impl CartographyPlace<'_> {
    /// The place of `key`: in the public form if it declares the key.
    fn at(&self, key: &str) -> KeyLocation {
        match &self.public {
            Some((place, own)) if declares(own, key) => place.at(key),
            _ => self.layer.at(key),
        }
    }
}

/// Whether a presentation declares `key`.
fn declares(own: &Cartography, key: &str) -> bool {
    match key {
        "scheme" => own.scheme.is_some(),
        "palette" => own.palette.is_some(),
        "middle" => own.middle.is_some(),
        "breaks" => own.breaks.fixed.is_some(),
        "method" => own.breaks.method.is_some(),
        "classes" => own.breaks.classes.is_some(),
        "second_value" => own.second_value.is_some(),
        "second_breaks" => own.second_breaks.fixed.is_some(),
        "second_method" => own.second_breaks.method.is_some(),
        "second_classes" => own.second_breaks.classes.is_some(),
        "zero_class" => own.zero_class.is_some(),
        "categories" => !own.categories.is_empty(),
        "ordered" => own.ordered.is_some(),
        "opening_time" => own.opening_time.is_some(),
        "not_applicable" => own.not_applicable.is_some(),
        "icon" => own.icon.is_some(),
        "name_column" => own.name_column.is_some(),
        "names_from_zoom" => own.names_from_zoom.is_some(),
        _ => false,
    }
}

/// A presentation with the form of the layer that it is for.
struct FormCartography<'c> {
    place: CartographyPlace<'c>,
    cartography: &'c Cartography,
    form: LayerForm<'c>,
    /// The column that the map shows; `None` where it declares none or is at fault already.
    value: Option<FormColumn<'c>>,
}

impl FormCartography<'_> {
    /// Whether the value is known to be no number.
    fn shows_no_number(&self) -> bool {
        let value = self.value.as_ref();
        value.is_some_and(|value| !value.kind.may_be(ValueKind::Number))
    }
}

impl<'c> Checker<'c> {
    /// Checks the presentation of a layer, and of its public form.
    pub(super) fn cartography(&self, declared: &'c DeclaredLayer) {
        let layer = &declared.layer;
        let place = declared.place.at("cartography");
        let own = CartographyPlace { layer: place.clone(), public: None };
        self.form_cartography(own, layer, false);
        if layer.public_form.is_some() {
            let public = declared.place.at("public").at("cartography");
            let place = CartographyPlace {
                layer: place,
                public: Some((public, &declared.public_cartography)),
            };
            self.form_cartography(place, layer, true);
        }
    }

    fn form_cartography(&self, place: CartographyPlace<'c>, layer: &'c Layer, public: bool) {
        let cartography = layer.cartography_of(public);
        if *cartography == Cartography::default() {
            return;
        }
        let form = LayerForm::new(layer, public);
        let value = form.value().and_then(|name| self.form_column(&form, name));
        let checked = FormCartography { place, cartography, form, value };
        self.scheme(&checked);
        self.breaks(&checked);
        self.categories(&checked);
        self.not_applicable(&checked);
        self.opening_time(&checked);
        self.names(&checked);
    }

    /// Adds a fault unless the place has it: a form that takes over a key has its fault too.
    fn add_once(&self, place: &KeyLocation, problem: impl Into<String>, remedy: impl Into<String>) {
        self.faults.add_once(place, problem, remedy);
    }

    fn scheme(&self, checked: &FormCartography<'c>) {
        let FormCartography { place, cartography, .. } = checked;
        self.palette(&place.at("palette"), cartography.palette.as_deref());
        self.icon(&place.at("icon"), cartography.icon.as_deref());
        if let Some(middle) = cartography.middle {
            let at = place.at("middle");
            if !middle.is_finite() {
                self.add_once(&at, "is no finite number", "write the number between good and bad");
            }
            if cartography.scheme.is_some_and(|scheme| scheme != ColourScheme::Diverging) {
                self.add_once(&at, "the scheme has no middle", "make it diverging, or remove this");
            }
        }
        let is_bivariate = cartography.scheme == Some(ColourScheme::Bivariate);
        match (&cartography.second_value, is_bivariate) {
            (None, true) => {
                let remedy = "name the second number that the map shows";
                self.add_once(&place.at("second_value"), "is missing beside bivariate", remedy);
            }
            (Some(_), false) => {
                let remedy = "write scheme = \"bivariate\", or remove this";
                self.add_once(&place.at("second_value"), "only a bivariate map shows two", remedy);
            }
            (Some(name), true) => self.second_value(checked, name),
            (None, false) => {}
        }
        let needs_number = cartography
            .scheme
            .filter(|scheme| matches!(scheme, ColourScheme::Diverging | ColourScheme::Bivariate));
        if needs_number.is_some() && checked.shows_no_number() && cartography.ordered != Some(true)
        {
            let problem = "the value is no number";
            self.add_once(&place.at("scheme"), problem, "make it qualitative, or ordered = true");
        }
    }

    fn second_value(&self, checked: &FormCartography<'c>, name: &str) {
        let at = checked.place.at("second_value");
        if checked.form.value() == Some(name) {
            self.add_once(&at, "is the first value too", "name another number");
        }
        let found = self.named_column(&at, &checked.form, name);
        if found.is_some_and(|column| !column.kind.may_be(ValueKind::Number)) {
            self.add_once(&at, format!("{name:?} is no number"), "name a number");
        }
    }

    /// Checks the spelling of a palette's name; the styles know the palettes.
    fn palette(&self, place: &KeyLocation, name: Option<&str>) {
        let Some(name) = name else { return };
        let fits = |b: u8| b.is_ascii_lowercase() || b == b'-';
        if name.is_empty() || !name.bytes().all(fits) {
            let problem = format!("{name:?} is no name of a palette");
            self.add_once(place, problem, "write one with a-z and '-', such as \"teal\"");
        }
    }

    /// Checks the spelling of a pictogram's name; the styles know the pictograms.
    fn icon(&self, place: &KeyLocation, name: Option<&str>) {
        let Some(name) = name else { return };
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if name.is_empty() || !name.bytes().all(fits) {
            let problem = format!("{name:?} is no name of a pictogram");
            self.add_once(place, problem, "write one with a-z, 0-9 and '-', such as \"school\"");
        }
    }

    fn opening_time(&self, checked: &FormCartography<'c>) {
        let Some(label) = &checked.cartography.opening_time else { return };
        let at = checked.place.at("opening_time");
        let Some(period) = checked.form.period() else {
            return self.add_once(
                &at,
                "the layer has no time slices",
                "remove it, or add a period",
            );
        };
        if TimeLabel::parse(label).is_none_or(|label| label.period() != period) {
            let problem = format!("{label:?} is no {}", period.name());
            self.add_once(&at, problem, format!("write it as {:?}", form::example_label(period)));
        }
    }

    fn names(&self, checked: &FormCartography<'c>) {
        let FormCartography { place, cartography, form, .. } = checked;
        if let Some(name) = &cartography.name_column {
            let at = place.at("name_column");
            let found = self.named_column(&at, form, name);
            if found.is_some_and(|column| !column.kind.may_be(ValueKind::Text)) {
                self.add_once(&at, format!("{name:?} holds no names"), "name a column with text");
            }
        }
        let Some(zoom) = cartography.names_from_zoom else { return };
        let at = place.at("names_from_zoom");
        if let Err(error) = Zoom::new(zoom) {
            self.add_once(&at, error.to_string(), "lower it");
        }
        if cartography.name_column.is_none() {
            self.add_once(&at, "there are no names", "name the column: name_column = \"…\"");
        }
    }
}

#[cfg(test)]
mod tests;
