//! Rows that no measure counts, and features for which no row means no data.

use super::layer_evaluation::LayerEvaluation;
use super::left_out::{LeftOutCount, LeftOutReason, count_unlisted, count_untimed};
use crate::aggregating::series::SliceSeries;
use crate::aggregating::slices::SlicePlan;
use crate::joining::bound_rows::BoundRows;
use crate::joining::column_lookup::RowTest;
use crate::joining::join::{RowMembership, TooManyPairs};
use crate::joining::resolved_rows::{JoinBy, ResolvedRows};
use crate::reading::dataset_reader::DatasetPart;
use catalog::{AggregateKind, RowAggregation};
use data_model::feature::GeometryKind;

impl LayerEvaluation<'_> {
    /// Records the rows that no measure can count.
    pub(crate) fn note_left_out(
        &self,
        resolved: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
        membership: &RowMembership<'_>,
    ) {
        let rows = (&resolved.dataset.id, resolved.part);
        let timed = Self::row_times(resolved, bound);
        if let Some(times) = timed.times
            && (timed.newest.is_some() || timed.last_months.is_some() || self.axis.has_time())
        {
            self.left_out.note(rows, LeftOutReason::NoTime, || count_untimed(times));
            let unreadable = LeftOutCount { rows: times.unreadable, of: times.rows.len() as u64 };
            self.left_out.note(rows, LeftOutReason::UnreadableTime, || unreadable);
        }
        let without_feature = |has_feature: &dyn Fn(usize) -> bool| {
            let rows = bound.rows.len;
            let without = (0..rows).filter(|&row| !has_feature(row)).count();
            LeftOutCount { rows: without as u64, of: rows as u64 }
        };
        let over = self.carrier.dataset.id.clone();
        match (resolved.join, &bound.link) {
            // Movements may begin or end outside on purpose.
            _ if self.carrier.pairs.is_some()
                || resolved.dataset.geometry == GeometryKind::Line => {}
            (JoinBy::Key(_), _) => {
                let has_feature = |row| !membership.of(row).is_empty();
                self.left_out
                    .note(rows, LeftOutReason::Key(over), || without_feature(&has_feature));
            }
            (JoinBy::Inside, link) => {
                if let Some(link) = link {
                    let reason = LeftOutReason::Key(resolved.feature_dataset.id.clone());
                    let has_feature = |row| link.feature(row).is_some();
                    self.left_out.note(rows, reason, || without_feature(&has_feature));
                }
                let features = bound.features.map_or(0, |features| features.len);
                let lists = bound.features.and_then(|features| {
                    self.spatial_joins.of(resolved, features, &self.carrier.rows, self.plane).ok()
                });
                // Only the areas of the statistics are meant to cover all features.
                if let Some(lists) = lists
                    && self.catalog.district.stats_areas.as_ref() == Some(&over)
                {
                    let rows = (&resolved.feature_dataset.id, DatasetPart::Features);
                    let reason = LeftOutReason::Outside(over);
                    self.left_out.note(rows, reason, || count_unlisted(&lists, features));
                }
            }
            (JoinBy::Within(_) | JoinBy::Same, _) => {}
        }
    }

    /// Features for which no row means zero, by slice; `None` for all features.
    ///
    /// Features of an area are complete: if there are none, their count is zero. Rows of
    /// values describe a feature, and a missing one is unknown: a sum of no rows is then
    /// no data, and a count of no rows that meet a condition is zero if the feature has
    /// other rows. The sum is zero in an area that contains no such feature.
    pub(crate) fn zero_without_rows(
        &self,
        aggregate: &RowAggregation,
        resolved: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
        membership: &RowMembership<'_>,
    ) -> Result<Option<SliceSeries<bool>>, TooManyPairs> {
        let located = self.carrier.pairs.is_none() && resolved.is_located();
        if located && resolved.part == DatasetPart::Features {
            return Ok(None);
        }
        // Features that contain no feature whose value could be missing.
        let mut vacant = vec![false; self.carrier.len()];
        if located {
            vacant.fill(true);
            let tests = bound.tests(resolved);
            let on_features: Vec<_> = tests.iter().filter_map(RowTest::on_features).collect();
            let features = bound.features.map_or(0, |features| features.len);
            let lists = bound.features.map(|features| {
                self.spatial_joins.of(resolved, features, &self.carrier.rows, self.plane)
            });
            let lists = lists.transpose()?;
            for feature in (0..features).filter(|&at| on_features.iter().all(|t| t.meets(at))) {
                let containing = lists.iter().flat_map(|lists| lists.of(feature));
                containing.for_each(|&area| vacant[area as usize] = false);
            }
        }
        if aggregate.how != AggregateKind::Count {
            return Ok(Some(SliceSeries::constant(vacant)));
        }
        if resolved.join == JoinBy::Same && self.carrier.pairs.is_none() {
            return Ok(None);
        }
        let times = Self::row_times(resolved, bound);
        let all_rows = SlicePlan::new(&self.axis, &times, |_| true);
        let has_rows = self.aggregation_task(resolved, membership, &all_rows).has_rows();
        let zeros =
            |has_rows: &[bool]| has_rows.iter().zip(&vacant).map(|(a, b)| *a || *b).collect();
        Ok(Some(has_rows.map(zeros)))
    }
}
