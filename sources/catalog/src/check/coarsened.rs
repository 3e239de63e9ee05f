//! Checks of coarsened positions against measures and layers that would locate them more
//! exactly.

use super::Checker;
use super::privacy::is_coarsened;
use crate::read::{DeclaredDataset, KeyLocation};
use crate::{Dataset, MeasureSet, RowAggregation, RowJoin};
use data_model::feature::GeometryKind;

impl Checker<'_> {
    /// Refuses prepared layers over a dataset whose positions are coarsened.
    pub(super) fn coarsened_result(&self, at: &KeyLocation, dataset: &Dataset) {
        if is_coarsened(dataset) {
            let problem =
                format!("positions of {} are coarsened, and it is made of them", dataset.id);
            self.add(at, problem, "make the layer staff, or make it of other datasets");
        }
    }

    /// Checks that rows with coarsened positions are aggregated by areas at least as wide
    /// as the squares.
    pub(super) fn coarsened_rows(
        &self,
        at: &KeyLocation,
        set: &MeasureSet,
        aggregate: &RowAggregation,
        dataset: &Dataset,
    ) {
        if !is_coarsened(dataset) {
            return;
        }
        if let Some(RowJoin::Within { metres }) = aggregate.rows.join {
            let problem = format!(
                "positions of {} are coarsened, and numbers within {metres} m of places tell them",
                dataset.id
            );
            let remedy = "give the layer a [layer.public] over areas, or make it staff";
            return self.add(at, problem, remedy);
        }
        if let Some(over) = self.datasets.get(set.carrier.as_str()) {
            self.wide_enough(at, dataset, over);
        }
    }

    /// Checks that the areas are as wide as the squares of a coarsened dataset.
    ///
    /// Rows joined by place are counted at their coarsened position, but a key identifies
    /// the exact place.
    fn wide_enough(&self, at: &KeyLocation, dataset: &Dataset, over: &DeclaredDataset) {
        let Some(metres) = dataset.coarsened() else { return };
        let over = &over.dataset;
        let told = format!("positions of {} are coarsened to {metres} m", dataset.id);
        let areas = matches!(over.geometry, GeometryKind::Polygon | GeometryKind::Mixed);
        let (problem, remedy) = match over.min_width_m {
            _ if !areas => (format!("{told}, and {} has no areas", over.id), String::new()),
            Some(width) if width >= metres => return,
            Some(width) => {
                let problem = format!("{told}, and areas of {} are from {width} m wide", over.id);
                (problem, String::new())
            }
            None => {
                let problem = format!("{told}, and it is not known how wide {} is", over.id);
                (problem, format!("write min_width_m = … in {}, or ", over.id))
            }
        };
        let remedy = format!("{remedy}use areas {metres} m wide at least, or make the layer staff");
        self.add(at, problem, remedy);
    }
}
