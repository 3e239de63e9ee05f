//! The table `cartography` of a layer or of its public form.

use serde::{Deserialize, Serialize};

use super::breaks::DeclaredBreaks;
use super::categories::{MapCategory, NotApplicable};

/// Presentation that a catalog declares; `None` leaves a part to the data and the theme.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Cartography {
    /// Colour scheme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<ColourScheme>,
    /// Name of a palette; `None` for the theme's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub palette: Option<String>,
    /// The end of the numbers that is drawn dark; `None` for the high one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dark: Option<ValueEnd>,
    /// The end of the numbers that is good; `None` if neither is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub good: Option<ValueEnd>,
    /// Middle of a diverging scheme; `None` for 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle: Option<f64>,
    /// Class breaks of the value.
    #[serde(skip_serializing_if = "DeclaredBreaks::is_empty")]
    pub breaks: DeclaredBreaks,
    /// Second published number of a bivariate map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_value: Option<String>,
    /// Class breaks of the second value.
    #[serde(skip_serializing_if = "DeclaredBreaks::is_empty")]
    pub second_breaks: DeclaredBreaks,
    /// Whether zero is a class of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zero_class: Option<bool>,
    /// Categories, in the order of the legend.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<MapCategory>,
    /// Whether the categories are ordered, so that they take a sequential palette.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordered: Option<bool>,
    /// Time slice that a map opens with; `None` for the newest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening_time: Option<String>,
    /// Features that the measure does not apply to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_applicable: Option<NotApplicable>,
    /// Name of the pictogram of all features.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// Published column whose text names a feature on the map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_column: Option<String>,
    /// Smallest zoom with names; `None` for the default, 15.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names_from_zoom: Option<u8>,
}

impl Cartography {
    /// Most classes of a number, zero included.
    pub const MAX_CLASSES: usize = 7;
    /// Most classes of each number of a bivariate map.
    pub const MAX_BIVARIATE_CLASSES: usize = 3;

    /// Presentation of a public form that declares this one, of a layer that declares `base`.
    ///
    /// A form of the layer's carrier and value takes over each key that it leaves out. A form
    /// of another carrier or value that declares anything takes over nothing; one of the same
    /// value that declares nothing takes over all that does not depend on the carrier.
    #[must_use]
    pub(crate) fn in_public_form(&self, base: &Self, same: SameContent) -> Self {
        let declares_nothing = *self == Self::default();
        match same {
            SameContent { carrier: true, value: true } => self.or(base),
            SameContent { carrier: false, value: true } if declares_nothing => base.of_value(),
            _ => self.clone(),
        }
    }

    /// Completes the keys that are left out by those of `base`.
    fn or(&self, base: &Self) -> Self {
        let text = |own: &Option<String>, base: &Option<String>| own.clone().or(base.clone());
        let categories =
            if self.categories.is_empty() { &base.categories } else { &self.categories };
        Self {
            scheme: self.scheme.or(base.scheme),
            palette: text(&self.palette, &base.palette),
            dark: self.dark.or(base.dark),
            good: self.good.or(base.good),
            middle: self.middle.or(base.middle),
            breaks: self.breaks.or(&base.breaks),
            second_value: text(&self.second_value, &base.second_value),
            second_breaks: self.second_breaks.or(&base.second_breaks),
            zero_class: self.zero_class.or(base.zero_class),
            categories: categories.clone(),
            ordered: self.ordered.or(base.ordered),
            opening_time: text(&self.opening_time, &base.opening_time),
            not_applicable: self.not_applicable.clone().or(base.not_applicable.clone()),
            icon: text(&self.icon, &base.icon),
            name_column: text(&self.name_column, &base.name_column),
            names_from_zoom: self.names_from_zoom.or(base.names_from_zoom),
        }
    }

    /// The keys that hold for the same value of other features: numbers of larger areas
    /// have other breaks, and other features have other columns.
    fn of_value(&self) -> Self {
        let method = |breaks: &DeclaredBreaks| DeclaredBreaks { fixed: None, ..breaks.clone() };
        Self {
            breaks: method(&self.breaks),
            second_breaks: method(&self.second_breaks),
            not_applicable: None,
            icon: None,
            name_column: None,
            names_from_zoom: None,
            ..self.clone()
        }
    }
}

/// Parts in which a public form is the same as its layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SameContent {
    /// Whether the carrier is the same.
    pub(crate) carrier: bool,
    /// Whether the value is the same.
    pub(crate) value: bool,
}

/// Kind of a colour scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColourScheme {
    /// One direction, from light to dark.
    Sequential,
    /// Two directions from a middle.
    Diverging,
    /// Categories without an order.
    Qualitative,
    /// Two numbers, three classes each.
    Bivariate,
}

/// One end of a range of numbers or ordered classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ValueEnd {
    /// The largest number or the last class.
    High,
    /// The smallest number or the first class.
    Low,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BreakMethod;

    fn layer() -> Cartography {
        Cartography {
            scheme: Some(ColourScheme::Sequential),
            palette: Some("teal".to_owned()),
            breaks: DeclaredBreaks { fixed: Some(vec![1.0, 5.0]), ..Default::default() },
            name_column: Some("fac_nm".to_owned()),
            opening_time: Some("2026-10T08".to_owned()),
            ..Default::default()
        }
    }

    const SAME: SameContent = SameContent { carrier: true, value: true };

    #[test]
    fn a_form_takes_over_the_keys_that_it_leaves_out() {
        let own = Cartography { palette: Some("rose".to_owned()), ..Default::default() };
        let form = own.in_public_form(&layer(), SAME);
        assert_eq!(form, Cartography { palette: Some("rose".to_owned()), ..layer() });
        assert_eq!(Cartography::default().in_public_form(&layer(), SAME), layer());
    }

    #[test]
    fn a_method_replaces_fixed_breaks_and_joins_a_number_of_classes() {
        let method = |method, classes| DeclaredBreaks { fixed: None, method, classes };
        let quantile = Some(BreakMethod::Quantile);
        assert_eq!(method(quantile, None).or(&layer().breaks), method(quantile, None));
        assert_eq!(method(None, Some(4)).or(&method(quantile, Some(5))), method(quantile, Some(4)));
        assert_eq!(layer().breaks.or(&method(quantile, Some(5))), layer().breaks);
    }

    #[test]
    fn a_form_of_another_carrier_takes_over_no_breaks_and_no_columns() {
        let other = SameContent { carrier: false, value: true };
        let form = Cartography::default().in_public_form(&layer(), other);
        let expected =
            Cartography { breaks: DeclaredBreaks::default(), name_column: None, ..layer() };
        assert_eq!(form, expected);
        let own = Cartography { good: Some(ValueEnd::Low), ..Default::default() };
        assert_eq!(own.in_public_form(&layer(), other), own);
    }

    #[test]
    fn a_form_of_another_value_takes_over_nothing() {
        let other = SameContent { carrier: true, value: false };
        let form = Cartography::default().in_public_form(&layer(), other);
        assert_eq!(form, Cartography::default());
    }
}
