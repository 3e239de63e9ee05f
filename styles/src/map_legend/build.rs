//! Classes and description to a legend.

use super::content::{LegendClass, LegendGrid, LegendMark, LegendSource, LegendStop, MapLegend};
use super::histogram::{count, histogram};
use super::number_words::{NumberWords, text};
use super::sizes::sizes;
use super::wording::ClassWords;
use crate::classification::{
    BivariateClasses, ClassCondition, ClassifiedMark, MarkKind, StyleClass,
};
use crate::expression::StyleColour;
use crate::map_description::{MapDescription, MapValue, ValueDistribution};

/// Facts of a legend beside classes and description.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LegendContext {
    /// Period that is shown.
    pub period: Option<String>,
    /// Whether the data does not reach the period's end.
    pub partial: bool,
    /// Sources of the data.
    pub sources: Vec<LegendSource>,
}

impl MapLegend {
    /// The legend of a map's marks, from the bottom up.
    #[must_use]
    pub fn new(
        description: &MapDescription,
        marks: &[ClassifiedMark],
        context: LegendContext,
    ) -> Self {
        let value = description.value.as_ref();
        let summary = value.map(|value| &value.summary);
        let main = marks.iter().find(|mark| {
            value.is_some_and(|value| mark.column.as_deref() == Some(value.column.as_str()))
        });
        let shown = |mark: &&ClassifiedMark| {
            mark.kind != MarkKind::Cluster || description.clustered_below.is_some()
        };
        let count: usize = marks.iter().filter(shown).count();
        let legend_marks = marks.iter().rev().filter(shown);
        Self {
            layer: description.id.clone(),
            title: description.title.clone(),
            measure: value.map(|value| value.title.clone()),
            unit: value.and_then(|value| value.unit.clone()),
            period: context.period,
            partial: context.partial,
            sources: context.sources,
            marks: legend_marks.map(|mark| legend_mark(description, mark, count > 1)).collect(),
            histogram: main.and_then(|mark| histogram(summary?, mark)),
            features: summary.map_or(0, |summary| summary.features),
            missing: summary.map_or(0, |summary| summary.missing),
            suppressed: summary.map_or(0, |summary| summary.suppressed),
        }
    }
}

fn legend_mark(description: &MapDescription, mark: &ClassifiedMark, several: bool) -> LegendMark {
    let values = [description.value.as_ref(), description.second_value.as_ref()];
    let named = |column: Option<&str>| {
        values.into_iter().flatten().find(|value| Some(value.column.as_str()) == column)
    };
    let value = named(mark.column.as_deref());
    let words = match mark.kind {
        MarkKind::Cluster => ClassWords::new(description, None),
        _ => ClassWords::new(description, value),
    };
    let distribution = value.map(|value| &value.summary);
    let occurs = |class: &&StyleClass| occurs(distribution, &class.condition);
    let classes = mark.classes.iter().filter(occurs);
    let classes = classes.filter(|class| !words.numbers.is_empty(&class.condition));
    let sized = mark.size.as_ref().map(|scale| {
        let value = named(Some(scale.column.as_str()));
        sizes(scale, value.map(|value| &value.summary), NumberWords::of(value))
    });
    let title = match mark.kind {
        MarkKind::Cluster => Some(text("묶음에 든 개수", "Number in a group")),
        MarkKind::Heat => Some(text("밀도", "Density")),
        _ => mark.title.clone().filter(|_| several && mark.classes.len() > 1),
    };
    LegendMark {
        mark: mark.kind.name(),
        title,
        column: mark.column.clone(),
        classes: classes.map(|class| legend_class(class, &words, distribution, mark)).collect(),
        sizes: sized.unwrap_or_default(),
        ramp: mark
            .ramp
            .iter()
            .map(|(at, colour)| LegendStop { at: *at, color: colour.to_string() })
            .collect(),
        grid: mark.bivariate.as_ref().map(|grid| legend_grid(description, grid)),
    }
}

/// Whether a class can occur in the data; one whose values are unknown can.
fn occurs(distribution: Option<&ValueDistribution>, condition: &ClassCondition) -> bool {
    let Some(distribution) = distribution.filter(|known| known.features > 0) else { return true };
    match condition {
        // A range without features still belongs to the scale, unless it is below zero and no
        // number is.
        ClassCondition::Range(range) => {
            let below = range.to.is_some_and(|to| to < 0.0 || (to == 0.0 && !range.holds_to));
            !below || distribution.numbers.first().is_none_or(|&least| least < 0.0)
        }
        ClassCondition::All => true,
        condition => count(distribution, condition) != Some(0),
    }
}

fn legend_class(
    class: &StyleClass,
    words: &ClassWords<'_>,
    distribution: Option<&ValueDistribution>,
    mark: &ClassifiedMark,
) -> LegendClass {
    let look = &class.look;
    let (from, to, values) = match &class.condition {
        ClassCondition::Range(range) => (range.from, range.to, Vec::new()),
        ClassCondition::Number(number) => (Some(*number), Some(*number), Vec::new()),
        ClassCondition::Texts(texts) => (None, None, texts.clone()),
        ClassCondition::NotApplicable { values, .. } => (None, None, values.clone()),
        _ => (None, None, Vec::new()),
    };
    let rounded = |number: f64| (number * 100.0).round() / 100.0;
    LegendClass {
        kind: kind(&class.condition),
        label: words.of_class(class),
        from,
        to,
        values,
        color: look.colour.map(StyleColour::to_hexadecimal),
        opacity: rounded(look.opacity * look.colour.map_or(1.0, |colour| colour.alpha)),
        pattern: look.pattern.clone(),
        icon: look.icon.clone(),
        icon_color: look.icon_colour.map(StyleColour::to_hexadecimal),
        size: (look.size > 0.0 && mark.size.is_none()).then(|| rounded(look.size)),
        outline: look.outline.map(|edge| edge.colour.to_string()),
        outline_width: look.outline.map(|edge| rounded(edge.width)),
        dashes: look.dashes.clone(),
        count: distribution.and_then(|distribution| count(distribution, &class.condition)),
    }
}

const fn kind(condition: &ClassCondition) -> &'static str {
    match condition {
        ClassCondition::All => "all",
        ClassCondition::Range(_) => "range",
        ClassCondition::Number(_) => "number",
        ClassCondition::Texts(_) => "text",
        ClassCondition::Flag(_) => "flag",
        ClassCondition::Other(_) => "other",
        ClassCondition::Missing => "missing",
        ClassCondition::Suppressed => "suppressed",
        ClassCondition::NotApplicable { .. } => "not-applicable",
    }
}

fn legend_grid(description: &MapDescription, grid: &BivariateClasses) -> LegendGrid {
    let values = [description.value.as_ref(), description.second_value.as_ref()];
    let value_of = |column: &str| -> Option<&MapValue> {
        values.into_iter().flatten().find(|value| value.column == column)
    };
    let title = |column: &str| {
        let of_column = description.columns.iter().find(|known| known.name == column);
        let of_column = of_column.map(|known| known.title.clone());
        value_of(column).map(|value| value.title.clone()).or(of_column).unwrap_or_default()
    };
    let labels = |at: usize| {
        let words = NumberWords::of(value_of(&grid.columns[at]));
        let ranges = grid.ranges[at].iter();
        ranges.map(|range| words.words(range).unwrap_or_default()).collect()
    };
    let colour = |look: &crate::classification::MarkLook| {
        look.colour.map_or_else(String::new, StyleColour::to_hexadecimal)
    };
    LegendGrid {
        titles: [title(&grid.columns[0]), title(&grid.columns[1])],
        units: [0, 1].map(|at| value_of(&grid.columns[at]).and_then(|value| value.unit.clone())),
        labels: [labels(0), labels(1)],
        colors: grid.looks.iter().map(|row| row.iter().map(colour).collect()).collect(),
    }
}
