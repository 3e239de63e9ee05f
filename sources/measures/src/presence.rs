//! Rows that no measure counts, and features for which no row means no data.

use super::DatasetPart;
use super::aggregate::RowTest;
use super::evaluate::LayerEvaluation;
use super::join::{RowMembership, TooMany};
use super::left_out::{LeftOutReason, nowhere, untimed};
use super::resolved_rows::{JoinBy, ResolvedRows};
use super::series::SliceSeries;
use super::tables::BoundRows;
use catalog::{AggregateKind, RowAggregation};
use data_model::feature::GeometryKind;

impl LayerEvaluation<'_> {
    /// Records the rows that no measure can count.
    pub(super) fn note_left_out(
        &self,
        reference: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
        membership: &RowMembership<'_>,
    ) {
        let rows = (&reference.dataset.id, reference.part);
        let timed = Self::timed(reference, bound);
        if let Some(times) = timed.times
            && (timed.newest.is_some() || timed.last_months.is_some() || self.axis.has_time())
        {
            self.left_out.note(rows, LeftOutReason::NoTime, || untimed(times));
            let all = times.rows.len() as u64;
            self.left_out.note(rows, LeftOutReason::UnreadableTime, || [times.unreadable, all]);
        }
        let keyless = |has_feature: &dyn Fn(usize) -> bool| {
            let rows = bound.rows.len;
            let without = (0..rows).filter(|&row| !has_feature(row)).count();
            [without as u64, rows as u64]
        };
        let over = self.carrier.dataset.id.clone();
        match (reference.join, &bound.link) {
            // Movements may begin or end outside by intention.
            _ if self.carrier.pairs.is_some()
                || reference.dataset.geometry == GeometryKind::Line => {}
            (JoinBy::Key(_), _) => {
                let has_feature = |row| !membership.of(row).is_empty();
                self.left_out.note(rows, LeftOutReason::Key(over), || keyless(&has_feature));
            }
            (JoinBy::Inside, link) => {
                if let Some(link) = link {
                    let reason = LeftOutReason::Key(reference.place.id.clone());
                    let has_feature = |row| link.feature(row).is_some();
                    self.left_out.note(rows, reason, || keyless(&has_feature));
                }
                let features = bound.features.map_or(0, |features| features.len);
                let lists = bound.features.and_then(|features| {
                    self.spatial.of(reference, features, &self.carrier.rows, self.plane).ok()
                });
                // Only the areas that the district counts by are meant to hold everything.
                if let Some(lists) = lists
                    && self.catalog.district.stats_over.as_ref() == Some(&over)
                {
                    let rows = (&reference.place.id, DatasetPart::Features);
                    let reason = LeftOutReason::Outside(over);
                    self.left_out.note(rows, reason, || nowhere(&lists, features));
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
    pub(super) fn present(
        &self,
        aggregate: &RowAggregation,
        reference: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
        membership: &RowMembership<'_>,
    ) -> Result<Option<SliceSeries<bool>>, TooMany> {
        let located = self.carrier.pairs.is_none() && reference.is_located();
        if located && reference.part == DatasetPart::Features {
            return Ok(None);
        }
        let mut vacant = vec![false; self.carrier.len()];
        if located {
            vacant.fill(true);
            let tests = bound.tests(reference);
            let on_features: Vec<_> = tests.iter().filter_map(RowTest::on_features).collect();
            let features = bound.features.map_or(0, |features| features.len);
            let lists = bound.features.map(|features| {
                self.spatial.of(reference, features, &self.carrier.rows, self.plane)
            });
            let lists = lists.transpose()?;
            for feature in (0..features).filter(|&at| on_features.iter().all(|t| t.meets(at))) {
                let holders = lists.iter().flat_map(|lists| lists.of(feature));
                holders.for_each(|&holder| vacant[holder as usize] = false);
            }
        }
        if aggregate.how != AggregateKind::Count {
            return Ok(Some(SliceSeries::constant(vacant)));
        }
        if reference.join == JoinBy::Same && self.carrier.pairs.is_none() {
            return Ok(None);
        }
        let all = self.plan(reference, bound, true);
        let present = self.task(reference, membership, &all).presence();
        let known = |present: &[bool]| present.iter().zip(&vacant).map(|(a, b)| *a || *b).collect();
        Ok(Some(present.map(known)))
    }
}
