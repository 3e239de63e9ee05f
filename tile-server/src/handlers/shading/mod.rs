//! Shading of a published layer: classes of its declared value, from the published data.

mod value;

use catalog::{Catalog, LocalizedText, MapKind};
use data_library::{LayerAudience, PublishedLayer};
use data_model::feature::GeometryKind;
use styles::LayerShading;
use styles::shading::{ClassTest, ColourRamp, MarkKind, ValueClass};
use vector_tile::features::ValueSummary;

use self::value::{DeclaredText, ShadedColumn};

/// The classes of a layer; `None` where it declares no value, or one that makes none.
#[must_use]
pub fn layer_shading(catalog: &Catalog, layer: &PublishedLayer) -> Option<LayerShading> {
    let declared = catalog.layer(layer.id.as_str())?;
    let description = layer.source()?.description();
    let value = ShadedColumn::new(catalog, declared, layer.audience.results())?;
    let kind = declared.kind_of(layer.audience == LayerAudience::Public);
    let growing = kind == Some(MapKind::Circle);
    let mark = match (description.geometry, kind) {
        (GeometryKind::Point, _) => MarkKind::Circle { growing, at_labels: false },
        (GeometryKind::Polygon, Some(MapKind::Circle)) if description.labels => {
            MarkKind::Circle { growing, at_labels: true }
        }
        (GeometryKind::Line, _) => MarkKind::Line { widening: kind == Some(MapKind::Flow) },
        (GeometryKind::Polygon, _) => MarkKind::Fill,
        (GeometryKind::Mixed, _) => return None,
    };
    let (ramp, classes) = match layer.summary.as_ref()? {
        // Classes of a number have an order, which says more than how often each occurs.
        ValueSummary::Texts { .. } if value.in_classes => {
            (ColourRamp::Sequential, value.known.iter().map(DeclaredText::class).collect())
        }
        ValueSummary::Numbers { breaks, diverging, zero } => {
            let ramp = if *diverging { ColourRamp::Diverging } else { ColourRamp::Sequential };
            (ramp, if *zero { around_zero(breaks, *diverging) } else { ranges(breaks) })
        }
        ValueSummary::Steps(steps) => {
            let within = kind == Some(MapKind::Isochrone);
            let class = |&step: &i64| ValueClass {
                test: ClassTest::Number(step),
                label: same(&step.to_string()),
            };
            let ramp = if within { ColourRamp::Reversed } else { ColourRamp::Sequential };
            (ramp, steps.iter().map(class).collect())
        }
        ValueSummary::Texts { texts, all } => {
            (ColourRamp::Categories, value.categories(texts, *all)?)
        }
        ValueSummary::Flags => {
            let class = |flag, ko: &str, en: &str| ValueClass {
                test: ClassTest::Flag(flag),
                label: (ko.to_owned(), en.to_owned()),
            };
            (ColourRamp::Categories, vec![class(true, "예", "Yes"), class(false, "아니요", "No")])
        }
    };
    let suppressed = description.columns.iter().find(|column| column.name == "suppressed");
    let LocalizedText { ko, en } = &catalog.district.suppressed_label;
    let suppressed = suppressed.map(|_| (ko.clone(), en.clone()));
    let unit = value.unit.map(str::to_owned);
    Some(LayerShading { column: value.column.to_owned(), mark, ramp, classes, unit, suppressed })
}

/// Classes between breaks.
fn ranges(breaks: &[f64]) -> Vec<ValueClass> {
    let (Some(&first), Some(&last)) = (breaks.first(), breaks.last()) else {
        let label = ("모든 값".to_owned(), "All values".to_owned());
        return vec![ValueClass { test: ClassTest::Range(None, None), label }];
    };
    let mut classes = vec![below(first)];
    classes.extend(between(breaks));
    classes.push(above(last));
    classes
}

/// Classes between breaks with zero as a class of its own: on both sides of zero if `both`,
/// else above it only.
fn around_zero(breaks: &[f64], both: bool) -> Vec<ValueClass> {
    let (negative, positive) = breaks.split_at(breaks.partition_point(|&at| at < 0.0));
    let mut classes = Vec::new();
    if both {
        let ends: Vec<f64> = negative.iter().copied().chain([0.0]).collect();
        classes.extend(ends.first().map(|&first| below(first)));
        classes.extend(between(&ends));
    }
    classes.push(ValueClass { test: ClassTest::Number(0), label: same("0") });
    let label = match positive.first() {
        Some(&first) => {
            let first = format_number(first);
            (format!("0 초과 {first} 미만"), format!("above 0, below {first}"))
        }
        None => ("0 초과".to_owned(), "above 0".to_owned()),
    };
    classes.push(ValueClass { test: ClassTest::Positive(positive.first().copied()), label });
    classes.extend(between(positive));
    classes.extend(positive.last().map(|&last| above(last)));
    classes
}

fn below(end: f64) -> ValueClass {
    let label = (format!("{} 미만", format_number(end)), format!("below {}", format_number(end)));
    ValueClass { test: ClassTest::Range(None, Some(end)), label }
}

fn above(from: f64) -> ValueClass {
    let label =
        (format!("{} 이상", format_number(from)), format!("{} and above", format_number(from)));
    ValueClass { test: ClassTest::Range(Some(from), None), label }
}

fn between(breaks: &[f64]) -> impl Iterator<Item = ValueClass> {
    breaks.windows(2).map(|pair| ValueClass {
        test: ClassTest::Range(Some(pair[0]), Some(pair[1])),
        label: same(&format!("{} – {}", format_number(pair[0]), format_number(pair[1]))),
    })
}

fn same(text: &str) -> (String, String) {
    (text.to_owned(), text.to_owned())
}

/// Formats a number with thousands separators, as both languages write it.
fn format_number(number: f64) -> String {
    // Without the sign that zero may have.
    let text = (number + 0.0).to_string();
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
    #[case(-0.0, "0")]
    fn numbers_are_shown_with_thousands_apart(#[case] number: f64, #[case] text: &str) {
        assert_eq!(format_number(number), text);
    }

    #[test]
    fn classes_meet_and_leave_nothing_out() {
        let tests: Vec<_> = ranges(&[1.0, 2.0]).into_iter().map(|class| class.test).collect();
        let expected = [
            ClassTest::Range(None, Some(1.0)),
            ClassTest::Range(Some(1.0), Some(2.0)),
            ClassTest::Range(Some(2.0), None),
        ];
        assert_eq!(tests, expected);
        assert_eq!(ranges(&[]).len(), 1);
    }

    #[rstest]
    #[case(&[26.0, 51.0], false, &["0", "above 0, below 26", "26 – 51", "51 and above"])]
    #[case(&[], false, &["0", "above 0"])]
    #[case(&[-2.0, 2.0], true, &["below −2", "−2 – 0", "0", "above 0, below 2", "2 and above"])]
    #[case(&[2.0], true, &["below 0", "0", "above 0, below 2", "2 and above"])]
    fn zero_may_be_a_class_of_its_own(
        #[case] breaks: &[f64],
        #[case] both: bool,
        #[case] labels: &[&str],
    ) {
        let classes = around_zero(breaks, both);
        let english: Vec<_> = classes.iter().map(|class| class.label.1.as_str()).collect();
        assert_eq!(english, labels);
        // Each number is in one of them.
        let numbers = [-3.0, -2.0, -0.5, 0.0, 0.5, 2.0, 26.0, 51.0, 99.0];
        for number in numbers.into_iter().filter(|&number| both || number >= 0.0) {
            let holds = |class: &&ValueClass| match class.test {
                ClassTest::Range(from, below) => {
                    from.is_none_or(|from| from <= number) && below.is_none_or(|end| number < end)
                }
                ClassTest::Positive(below) => number > 0.0 && below.is_none_or(|end| number < end),
                ClassTest::Number(is) => number == is as f64,
                _ => false,
            };
            assert_eq!(classes.iter().filter(holds).count(), 1, "{number}");
        }
    }
}
