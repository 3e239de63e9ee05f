//! Declared presentation of a published map.

use catalog::{BreakMethod as DeclaredMethod, DeclaredBreaks, Layer};
use styles::map_description::{
    BreakMethod, Cartography, ClassBreaks, ColourScheme, MapCategory, MapDescription, MapForm,
    NotApplicable, ValueEnd,
};

use super::texts::bilingual;

/// Most classes of each number of a bivariate map.
const BIVARIATE_CLASSES: u8 = 3;

/// The presentation that a catalog declares for the form of `published`.
///
/// Columns and times that the form lacks are left out.
pub(super) fn declared_cartography(
    layer: &Layer,
    theme_palette: Option<&str>,
    published: &MapDescription,
) -> Cartography {
    let declared = layer.cartography_of(published.form == MapForm::Public);
    let is_published = |name: &str| published.columns.iter().any(|column| column.name == name);
    let is_bivariate = declared.scheme == Some(catalog::ColourScheme::Bivariate);
    let classes = if is_bivariate { BIVARIATE_CLASSES } else { DeclaredBreaks::DEFAULT_CLASSES };
    Cartography {
        scheme: declared.scheme.map(scheme),
        palette: declared.palette.as_deref().or(theme_palette).map(str::to_owned),
        dark: declared.dark.map(end).unwrap_or_default(),
        good: declared.good.map(end),
        middle: declared.middle,
        breaks: breaks(&declared.breaks, classes),
        second_breaks: breaks(&declared.second_breaks, BIVARIATE_CLASSES),
        zero_class: declared.zero_class,
        categories: declared.categories.iter().map(category).collect(),
        ordered: declared.ordered.unwrap_or_default(),
        opening_time: declared.opening_time.clone().filter(|time| published.times.contains(time)),
        not_applicable: declared
            .not_applicable
            .as_ref()
            .filter(|other| is_published(&other.column))
            .map(not_applicable),
        icon: declared.icon.clone(),
        name_column: declared.name_column.clone().filter(|name| is_published(name)),
        names_from_zoom: declared.names_from_zoom,
    }
}

fn breaks(declared: &DeclaredBreaks, default_classes: u8) -> ClassBreaks {
    match &declared.fixed {
        Some(fixed) => ClassBreaks::Fixed(fixed.clone()),
        None => ClassBreaks::Method(
            declared.method.map(method).unwrap_or_default(),
            declared.classes.unwrap_or(default_classes),
        ),
    }
}

const fn method(method: DeclaredMethod) -> BreakMethod {
    match method {
        DeclaredMethod::Quantile => BreakMethod::Quantile,
        DeclaredMethod::Ckmeans => BreakMethod::Ckmeans,
        DeclaredMethod::HeadTail => BreakMethod::HeadTail,
        DeclaredMethod::Logarithmic => BreakMethod::Logarithmic,
        DeclaredMethod::EqualInterval => BreakMethod::EqualInterval,
    }
}

const fn scheme(scheme: catalog::ColourScheme) -> ColourScheme {
    match scheme {
        catalog::ColourScheme::Sequential => ColourScheme::Sequential,
        catalog::ColourScheme::Diverging => ColourScheme::Diverging,
        catalog::ColourScheme::Qualitative => ColourScheme::Qualitative,
        catalog::ColourScheme::Bivariate => ColourScheme::Bivariate,
    }
}

const fn end(end: catalog::ValueEnd) -> ValueEnd {
    match end {
        catalog::ValueEnd::High => ValueEnd::High,
        catalog::ValueEnd::Low => ValueEnd::Low,
    }
}

fn category(declared: &catalog::MapCategory) -> MapCategory {
    MapCategory {
        value: declared.value.clone(),
        title: declared.title.as_ref().map(bilingual),
        color: declared.color.clone(),
        icon: declared.icon.clone(),
    }
}

fn not_applicable(declared: &catalog::NotApplicable) -> NotApplicable {
    NotApplicable {
        column: declared.column.clone(),
        values: declared.values.clone(),
        title: bilingual(&declared.title),
    }
}
