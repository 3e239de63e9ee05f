//! Checks of the areas, pairs of places and times of one statistic: the difference of two
//! that overlap discloses the rows in one only.

use super::Checker;
use super::statistics::{PublicStatistic, TimeSpan};
use crate::Dataset;
use data_model::DatasetId;
use data_model::Period;
use data_model::feature::GeometryKind;

/// Factor of feature counts from which areas are certainly smaller than others.
const SMALLER: u64 = 4;

impl Checker<'_> {
    /// Adds a fault if a guarded statistic discloses its own small numbers; returns whether it does.
    pub(super) fn alone(&self, statistic: &PublicStatistic<'_>) -> bool {
        statistic.guarded && (self.sliding(statistic) || self.across_areas(statistic))
    }

    /// Adds a fault if time windows overlap between slices: their differences are single
    /// months.
    fn sliding(&self, statistic: &PublicStatistic<'_>) -> bool {
        let TimeSpan::LastMonths(months, Some(slice)) = statistic.time else { return false };
        if months <= slice.months() {
            return false;
        }
        let problem = format!(
            "each {} tells {months} months of {}, and the difference of two tells single months",
            slice.name(),
            statistic.dataset.id
        );
        let fitting = [Period::Quarter, Period::HalfYear, Period::Year]
            .into_iter()
            .find(|period| period.months() >= months);
        let wider = fitting.map_or(String::new(), |period| {
            format!("write period = \"{}\" in the layer, or ", period.name())
        });
        let remedy = format!("{wider}leave out last_months, or period, or make the layer staff");
        self.add(&statistic.measure_at.at("last_months"), problem, remedy);
        true
    }

    /// Adds a fault if the statistic's areas do not lie in those of `stats_areas`.
    ///
    /// Every layer's measures are published by the areas of `stats_areas` as well.
    fn across_areas(&self, statistic: &PublicStatistic<'_>) -> bool {
        let Some(areas) = &self.declared.district.stats_areas else { return false };
        let (over, pairs) = statistic.carrier;
        if pairs || over == areas || self.lies_in(statistic, areas) {
            return false;
        }
        let id = &statistic.dataset.id;
        let problem = format!(
            "{id} is published by {over} here and by {areas} in the layer's statistics: where areas \
             overlap, or contain others, the difference discloses suppressed values"
        );
        let remedy = format!(
            "write carrier = \"{areas}\", or make the layer staff; where each area of {over} lies in \
             one of {areas}, write parent_areas = \"{areas}\" in {over}"
        );
        self.add(&statistic.over_at, problem, remedy);
        true
    }

    /// Whether each feature that carries the statistic lies in one of `areas`.
    fn lies_in(&self, statistic: &PublicStatistic<'_>, areas: &DatasetId) -> bool {
        let find = |id: &DatasetId| self.datasets.get(id.as_str()).map(|found| &found.dataset);
        let Some(over) = find(statistic.carrier.0) else { return true };
        // Its rows are about these features, and lie in the areas that these lie in.
        let through =
            statistic.dataset.feature_dataset.as_ref().unwrap_or(&statistic.dataset.id) == &over.id;
        let counts = over.expected_count.zip(find(areas).and_then(|areas| areas.expected_count));
        through
            || over.parent_areas.as_ref() == Some(areas)
            || matches!(over.geometry, GeometryKind::Point | GeometryKind::Line)
            || counts.is_some_and(|(own, areas)| own >= areas.saturating_mul(SMALLER))
    }

    /// Whether suppression by one carrier is coordinated with the sums by the other.
    pub(super) fn carried_together(
        &self,
        one: &PublicStatistic<'_>,
        other: &PublicStatistic<'_>,
    ) -> bool {
        let (a, b) = (one.carrier, other.carrier);
        let counted_by = self.declared.district.stats_areas.as_ref();
        let areas = |id: &DatasetId| counted_by == Some(id);
        match (a.1, b.1) {
            _ if a == b => true,
            // Pairs are suppressed with the sums of their places, not with those of other areas.
            (true, _) | (_, true) => a.0 == b.0 && counted_by.is_none_or(|areas| areas == a.0),
            (false, false) => areas(a.0) || areas(b.0),
        }
    }

    /// Adds a fault if two flows publish the same rows by other pairs of ends.
    ///
    /// The sums of the places that both share disclose the pairs of either.
    pub(super) fn other_ends(
        &self,
        one: &PublicStatistic<'_>,
        other: &PublicStatistic<'_>,
    ) -> bool {
        let (Some((first, _)), Some((second, at))) = (&one.ends, &other.ends) else {
            return false;
        };
        if (&first.from, &first.to) == (&second.from, &second.to) {
            return false;
        }
        let key = if first.from == second.from { "to" } else { "from" };
        let problem = format!(
            "it tells {} from {} to {}, and {} from {} to {}: pairs that one keeps back follow \
             from those of the other",
            other.dataset.id, second.from, second.to, one.name, first.from, first.to
        );
        let remedy = "give both flows the same ends, or make one of the layers staff";
        self.add(&at.at(key), problem, remedy);
        true
    }

    /// Checks the larger areas that a dataset's areas are declared to lie in.
    pub(super) fn within(&self, at: &super::KeyLocation, dataset: &Dataset) {
        let Some(id) = &dataset.parent_areas else { return };
        let at = at.at("parent_areas");
        if *id == dataset.id {
            return self.add(&at, "names itself", "name larger areas, or remove it");
        }
        if let Some(larger) = self.find(&at, id) {
            let areas =
                matches!(larger.dataset.geometry, GeometryKind::Polygon | GeometryKind::Mixed);
            if !areas || !larger.dataset.has_features() {
                self.add(&at, format!("{id} has no areas"), "name a dataset of polygons");
            }
        }
    }
}
