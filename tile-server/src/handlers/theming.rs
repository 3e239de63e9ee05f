//! What a published layer is shaded by: its declared value, in classes of what it
//! publishes.

use sources::catalog::{Catalog, Figure, Layer, MapKind, Operation, Text};
use sources::derive;
use sources::feature::GeometryKind;
use sources::features::ValueSummary;
use sources::library::{LayerForm, PublishedLayer};
use styles::Theming;
use styles::theming::{Class, Mark, Ramp, Test};

/// The classes of a layer; `None` where it declares no value, or one that makes none.
#[must_use]
pub fn theming(catalog: &Catalog, layer: &PublishedLayer) -> Option<Theming> {
    let declared = catalog.layer(layer.id.as_str())?;
    let description = layer.source()?.description();
    let value = value(catalog, declared, layer)?;
    let kind = declared.kind_of(layer.form == LayerForm::Public);
    let growing = kind == Some(MapKind::Circle);
    let mark = match (description.geometry, kind) {
        (GeometryKind::Point, _) => Mark::Circle { growing, at_labels: false },
        (GeometryKind::Polygon, Some(MapKind::Circle)) if description.labels => {
            Mark::Circle { growing, at_labels: true }
        }
        (GeometryKind::Line, _) => Mark::Line { widening: kind == Some(MapKind::Flow) },
        (GeometryKind::Polygon, _) => Mark::Fill,
        (GeometryKind::Mixed, _) => return None,
    };
    let (ramp, classes) = match layer.summary.as_ref()? {
        // Classes of a number have an order, which says more than how often each occurs.
        ValueSummary::Texts { .. } if !value.ordered.is_empty() => {
            let class = |text: &Text| Class {
                test: Test::Text(text.ko.clone()),
                label: (text.ko.clone(), text.en.clone()),
            };
            (Ramp::Sequential, value.ordered.iter().map(class).collect())
        }
        ValueSummary::Numbers { breaks, diverging } => {
            let ramp = if *diverging { Ramp::Diverging } else { Ramp::Sequential };
            (ramp, ranges(breaks))
        }
        ValueSummary::Steps(steps) => {
            let within = kind == Some(MapKind::Isochrone);
            let class =
                |&step: &i64| Class { test: Test::Number(step), label: same(&step.to_string()) };
            let ramp = if within { Ramp::Reversed } else { Ramp::Sequential };
            (ramp, steps.iter().map(class).collect())
        }
        ValueSummary::Texts { texts, all: true } => {
            let class = |text: &String| Class {
                test: Test::Text(text.clone()),
                label: (text.clone(), value.english(text)),
            };
            (Ramp::Categories, texts.iter().map(class).collect())
        }
        // Names, say: more than there are colours for.
        ValueSummary::Texts { .. } => return None,
        ValueSummary::Flags => {
            let class = |flag, ko: &str, en: &str| Class {
                test: Test::Flag(flag),
                label: (ko.to_owned(), en.to_owned()),
            };
            (Ramp::Categories, vec![class(true, "예", "Yes"), class(false, "아니요", "No")])
        }
    };
    let suppressed = description.columns.iter().any(|column| column.name == "suppressed");
    let unit = value.unit.map(str::to_owned);
    Some(Theming { column: value.column.to_owned(), mark, ramp, classes, unit, suppressed })
}

/// What a map is about.
struct Shaded<'a> {
    column: &'a str,
    unit: Option<&'a str>,
    /// Texts that it may be, in both languages.
    texts: Vec<&'a Text>,
    /// Its classes from low to high, where it has these.
    ordered: &'a [Text],
}

impl Shaded<'_> {
    fn english(&self, text: &str) -> String {
        let known = self.texts.iter().find(|known| known.ko == text);
        known.map_or_else(|| text.to_owned(), |known| known.en.clone())
    }
}

fn value<'a>(
    catalog: &'a Catalog,
    declared: &'a Layer,
    layer: &PublishedLayer,
) -> Option<Shaded<'a>> {
    let datasets = || declared.datasets.iter().filter_map(|id| catalog.dataset(id.as_str()));
    let columns = || {
        datasets().flat_map(|dataset| {
            let values = dataset.values.iter().flat_map(|values| &values.columns);
            dataset.columns.iter().chain(values)
        })
    };
    let figures = derive::figures_of(declared, layer.form.figures());
    let Some((set, _)) = figures else {
        let column = declared.value.as_deref()?;
        // A union publishes columns under names of its own.
        let texts = columns().flat_map(|column| &column.values).collect();
        let known = columns().find(|known| known.name == column);
        let unit = known.and_then(|known| known.unit.as_deref());
        return Some(Shaded { column, unit, texts, ordered: &[] });
    };
    let figure: &Figure = set.figures.iter().find(|figure| figure.name == set.value)?;
    let ordered: &[Text] = match &figure.operation {
        Operation::Class { titles, .. } => titles,
        _ => &[],
    };
    let texts = columns().flat_map(|column| &column.values).collect();
    Some(Shaded { column: &set.value, unit: figure.unit.as_deref(), texts, ordered })
}

/// The classes between breaks.
fn ranges(breaks: &[f64]) -> Vec<Class> {
    let (Some(&first), Some(&last)) = (breaks.first(), breaks.last()) else {
        let label = ("모든 값".to_owned(), "All values".to_owned());
        return vec![Class { test: Test::Range(None, None), label }];
    };
    let below = (format!("{} 미만", shown(first)), format!("below {}", shown(first)));
    let above = (format!("{} 이상", shown(last)), format!("{} and above", shown(last)));
    let mut classes = vec![Class { test: Test::Range(None, Some(first)), label: below }];
    classes.extend(breaks.windows(2).map(|pair| Class {
        test: Test::Range(Some(pair[0]), Some(pair[1])),
        label: same(&format!("{} – {}", shown(pair[0]), shown(pair[1]))),
    }));
    classes.push(Class { test: Test::Range(Some(last), None), label: above });
    classes
}

fn same(text: &str) -> (String, String) {
    (text.to_owned(), text.to_owned())
}

/// A number with thousands apart, as both languages write it.
fn shown(number: f64) -> String {
    let text = number.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("−", digits));
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0.0, "0")]
    #[case(1234.5, "1,234.5")]
    #[case(-1_000_000.0, "−1,000,000")]
    #[case(999.0, "999")]
    fn numbers_are_shown_with_thousands_apart(#[case] number: f64, #[case] text: &str) {
        assert_eq!(shown(number), text);
    }

    #[test]
    fn classes_meet_and_leave_nothing_out() {
        let tests: Vec<_> = ranges(&[1.0, 2.0]).into_iter().map(|class| class.test).collect();
        let expected = [
            Test::Range(None, Some(1.0)),
            Test::Range(Some(1.0), Some(2.0)),
            Test::Range(Some(2.0), None),
        ];
        assert_eq!(tests, expected);
        assert_eq!(ranges(&[]).len(), 1);
    }
}
