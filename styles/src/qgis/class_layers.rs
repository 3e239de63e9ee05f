//! One style layer for each class of a data-driven style layer.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::column_filter::{all_of, column_filter};
use super::zoom_property::ZoomProperty;
use crate::classification::{
    BreakPoints, ClassCondition, NumberRange, Probe, break_points, join, probes,
};
use crate::expression::{EvaluationContext, Expression, ExpressionValue, FeatureProperties};
use crate::style_part;

/// Maximum number of classes of a style layer. Columns beyond it do not decide: features are
/// drawn as if they lacked them.
const MAX_CLASSES: usize = 60;
/// Number of classes that a continuous change is divided into.
const CONTINUOUS_CLASSES: usize = 10;

/// Property that `marks` simplifies.
const NAME: &str = "text-field";

/// A property that differs from feature to feature.
struct DrivenProperty<'l> {
    group: &'static str,
    name: &'l str,
    value: ZoomProperty,
}

/// Features that are drawn alike: their conditions, and one that stands for them.
#[derive(Clone, Default)]
struct FeatureClass<'c> {
    conditions: Vec<(&'c str, ClassCondition)>,
    values: Vec<(&'c str, ExpressionValue<'static>)>,
}

impl FeatureProperties for FeatureClass<'_> {
    fn property(&self, name: &str) -> Option<ExpressionValue<'_>> {
        self.values.as_slice().property(name)
    }
}

/// Style layers that together draw what `layer` draws, without data-driven properties; their
/// filters are in the old form.
pub(super) fn class_layers(layer: &Map<String, Value>) -> Vec<Map<String, Value>> {
    let driven = driven_properties(layer);
    let filter = layer.get("filter").filter(|filter| !filter.is_null());
    let parsed = filter.and_then(|filter| Expression::parse_filter(filter, "").ok());
    let own = filter.map(|json| column_filter(parsed.as_ref(), json));
    let mut plain = layer.clone();
    if let Some(own) = &own {
        plain.insert("filter".into(), own.clone());
    }
    if driven.is_empty() {
        return vec![plain];
    }
    let columns = columns(&driven);
    let classes = classes(&columns);
    let drawn = classes.into_iter().filter(|class| is_drawn(parsed.as_ref(), class));
    let looks = drawn.map(|class| {
        let look: Vec<_> = driven.iter().map(|property| property.value.value_for(&class)).collect();
        (class, look)
    });
    let looks = joined(looks);
    let count = looks.len();
    let layers = looks.into_iter().enumerate().map(|(at, (class, look))| {
        let mut drawn = plain.clone();
        if count > 1 {
            let id = format!("{}.class-{at}", style_part::id(layer));
            drawn.insert("id".into(), id.into());
        }
        let conditions = class.conditions.iter();
        let conditions = conditions.filter_map(|(column, condition)| condition.filter(column));
        if let Some(filter) = all_of(own.iter().cloned().chain(conditions)) {
            drawn.insert("filter".into(), filter);
        }
        for (property, value) in driven.iter().zip(look) {
            property.set(&mut drawn, value);
        }
        drawn
    });
    layers.collect()
}

fn driven_properties(layer: &Map<String, Value>) -> Vec<DrivenProperty<'_>> {
    let mut driven = Vec::new();
    for group in ["layout", "paint"] {
        let properties = layer.get(group).and_then(Value::as_object);
        for (name, value) in properties.into_iter().flatten() {
            let parsed = ZoomProperty::parse(value).filter(|_| name != NAME);
            // A step by zoom alone is written anew as well.
            let unread = |value: &ZoomProperty| matches!(value, ZoomProperty::Stepped { .. });
            if let Some(value) = parsed.filter(|value| value.is_data_driven() || unread(value)) {
                driven.push(DrivenProperty { group, name, value });
            }
        }
    }
    driven
}

impl DrivenProperty<'_> {
    fn set(&self, layer: &mut Map<String, Value>, value: Option<Value>) {
        let Some(Value::Object(group)) = layer.get_mut(self.group) else { return };
        match value {
            Some(value) => group.insert(self.name.to_owned(), value),
            None => group.shift_remove(self.name),
        };
    }
}

/// Columns that decide properties, with the values at which these change.
fn columns<'d>(driven: &'d [DrivenProperty<'_>]) -> BTreeMap<&'d str, BreakPoints> {
    let mut columns: BTreeMap<&str, BreakPoints> = BTreeMap::new();
    for expression in driven.iter().flat_map(|property| property.value.expressions()) {
        for (column, points) in break_points(expression) {
            columns.entry(column).or_default().extend(&points);
        }
    }
    columns
}

/// All combinations of the columns' classes, up to [`MAX_CLASSES`].
fn classes<'c>(columns: &BTreeMap<&'c str, BreakPoints>) -> Vec<FeatureClass<'c>> {
    let mut classes = vec![FeatureClass::default()];
    for (column, points) in columns {
        let probes = column_probes(points);
        if probes.len() < 2 || classes.len() * probes.len() > MAX_CLASSES {
            continue;
        }
        let combined = classes.iter().flat_map(|class| {
            probes.iter().map(|probe| {
                let mut class = class.clone();
                class.conditions.push((column, probe.condition.clone()));
                class.values.extend(probe.value.clone().map(|value| (*column, value)));
                class
            })
        });
        classes = combined.collect();
    }
    classes
}

/// Classes of a column, and that of features without it.
fn column_probes(points: &BreakPoints) -> Vec<Probe> {
    let mut found = if points.stops.is_empty() { probes(points) } else { continuous(points) };
    if found.is_empty() && points.presence {
        let any = NumberRange { from: None, holds_from: false, to: None, holds_to: false };
        found.push(Probe { condition: ClassCondition::Range(any), value: Some(1.0.into()) });
    }
    found.push(Probe { condition: ClassCondition::Missing, value: None });
    found
}

/// Ranges of a column along which a property changes continuously: each stands for the
/// middle of its range.
fn continuous(points: &BreakPoints) -> Vec<Probe> {
    let mut bounds: Vec<f64> = points.thresholds.iter().chain(&points.equals).copied().collect();
    let pieces = (CONTINUOUS_CLASSES / points.stops.len().saturating_sub(1).max(1)).max(1);
    for pair in points.stops.windows(2) {
        // Closer at the lower end, where most features and the smallest marks are.
        let share = |piece: usize| (piece as f64 / pieces as f64).powi(2);
        let at = |piece: usize| pair[0] + (pair[1] - pair[0]) * share(piece);
        bounds.extend((0..pieces).map(at));
    }
    bounds.extend(points.stops.last());
    bounds.sort_by(f64::total_cmp);
    bounds.dedup();
    let class = |from: Option<f64>, to: Option<f64>| {
        let value = match (from, to) {
            (Some(from), Some(to)) => f64::midpoint(from, to),
            (from, to) => from.or(to).unwrap_or_default(),
        };
        let range = NumberRange { from, holds_from: true, to, holds_to: false };
        Probe { condition: ClassCondition::Range(range), value: Some(value.into()) }
    };
    let ends = std::iter::once(None).chain(bounds.iter().copied().map(Some));
    let next = bounds.iter().copied().map(Some).chain(std::iter::once(None));
    ends.zip(next).map(|(from, to)| class(from, to)).collect()
}

/// Whether the style layer's filter may let the class pass: it is asked where it depends on
/// the columns of the class alone.
fn is_drawn(filter: Option<&Expression>, class: &FeatureClass<'_>) -> bool {
    let Some(filter) = filter else { return true };
    let mut decided = true;
    filter.visit(&mut |part| {
        decided &= match part {
            Expression::Get(column) | Expression::Has(column) => {
                class.conditions.iter().any(|(known, _)| known == column)
            }
            Expression::Zoom | Expression::GeometryType | Expression::Id => false,
            _ => true,
        };
    });
    !decided || filter.passes(&EvaluationContext::new(class, 0.0))
}

type ClassLook<'c> = (FeatureClass<'c>, Vec<Option<Value>>);

/// Joins classes of one look that differ in one column alone.
fn joined<'c>(looks: impl Iterator<Item = ClassLook<'c>>) -> Vec<ClassLook<'c>> {
    let mut all: Vec<ClassLook<'c>> = Vec::new();
    for (class, look) in looks {
        let known = all.iter_mut().rev().filter(|(_, known)| *known == look);
        let joined = known.map(|(known, _)| known).find_map(|known| {
            let (at, condition) = joined_condition(known, &class)?;
            Some((known, at, condition))
        });
        match joined {
            Some((known, at, condition)) => known.conditions[at].1 = condition,
            None => all.push((class, look)),
        }
    }
    all
}

/// Column in which two classes differ, by its position, with the condition of both; `None`
/// where they differ in more, or no condition is both.
fn joined_condition(
    one: &FeatureClass<'_>,
    next: &FeatureClass<'_>,
) -> Option<(usize, ClassCondition)> {
    let pairs = one.conditions.iter().zip(&next.conditions).enumerate();
    let mut different = pairs.filter(|(_, (one, next))| one != next);
    let (at, ((_, one), (_, next))) = different.next()?;
    if different.next().is_some() {
        return None;
    }
    Some((at, join(one, next)?))
}
