//! Classes of two columns.

use super::break_points::BreakPoints;
use super::condition::ClassCondition;
use super::look::MarkLook;
use super::mark::BivariateClasses;
use super::mark_group::MarkGroup;
use super::probe::{Probe, join, ranges};
use crate::expression::ExpressionValue;

/// Classes of two columns; `None` where the looks are no grid.
pub(super) fn bivariate(
    group: &MarkGroup<'_>,
    columns: [(&str, &BreakPoints); 2],
    zoom: f64,
) -> Option<BivariateClasses> {
    let [first, second] = columns.map(|(_, points)| ranges(points));
    let look = |one: &Probe, other: &Probe| {
        let values = [(columns[0].0, one), (columns[1].0, other)];
        let feature = values.map(|(name, probe)| {
            (name.to_owned(), probe.value.clone().unwrap_or(ExpressionValue::Null))
        });
        group.draw(&feature, zoom).map(|drawn| drawn.look)
    };
    let row = |other: &Probe| first.iter().map(|one| look(one, other)).collect::<Vec<_>>();
    let rows: Vec<Vec<Option<MarkLook>>> = second.iter().map(row).collect();
    let across = first
        .iter()
        .enumerate()
        .map(|(at, probe)| (probe, rows.iter().map(|row| row[at].clone()).collect::<Vec<_>>()));
    let (first_ranges, kept) = merge(across.collect());
    let up = second.iter().zip(&rows).map(|(probe, row)| (probe, row.clone()));
    let (second_ranges, kept_rows) = merge(up.collect());
    let looks = kept_rows.iter().map(|&row| {
        kept.iter().map(|&column| rows[row][column].clone()).collect::<Option<Vec<_>>>()
    });
    Some(BivariateClasses {
        columns: columns.map(|(name, _)| name.to_owned()),
        ranges: [first_ranges, second_ranges],
        looks: looks.collect::<Option<Vec<_>>>()?,
    })
}

/// Merges neighbours with the same looks: the merged conditions, and the place of one of each.
fn merge(lines: Vec<(&Probe, Vec<Option<MarkLook>>)>) -> (Vec<ClassCondition>, Vec<usize>) {
    let mut merged: Vec<(ClassCondition, usize)> = Vec::new();
    for (at, (probe, looks)) in lines.iter().enumerate() {
        if let Some((condition, first)) = merged.last_mut()
            && lines[*first].1 == *looks
            && let Some(joined) = join(condition, &probe.condition)
        {
            *condition = joined;
            continue;
        }
        merged.push((probe.condition.clone(), at));
    }
    merged.into_iter().unzip()
}
