//! Figures against privacy rules: by which areas they are told, and what of them the
//! public may know.

use super::Checker;
use super::privacy::{is_coarsened, kept_from_tiles, smallest_unit};
use crate::catalog::read::{DeclaredDataset, FigurePlaces, Place};
use crate::catalog::{
    Aggregate, AggregateKind, Dataset, Figure, FigureSet, Join, LogicalType, Operation, Rows,
    Sensitivity,
};
use crate::feature::GeometryKind;

impl<'c> Checker<'c> {
    /// What binds everybody: features that are for figures alone carry none, and their
    /// figures are told by areas that are not too small.
    pub(super) fn carried(&self, set: &'c FigureSet, places: &FigurePlaces, over_at: &Place) {
        self.tileable(over_at, &set.over);
        let over = self.datasets.get(set.over.as_str()).copied();
        for (figure, place) in set.figures.iter().zip(&places.places) {
            let Some(rows) = figure.operation.rows() else { continue };
            let Some(declared) = self.datasets.get(rows.dataset.as_str()) else { continue };
            let dataset = &declared.dataset;
            if kept_from_tiles(dataset).is_none() {
                continue;
            }
            let at = place.at(figure.operation.key());
            let Operation::Aggregate(_) = &figure.operation else {
                let problem = format!(
                    "{} tells of single features of {}",
                    figure.operation.key(),
                    dataset.id
                );
                self.add(&at, problem, "use an aggregate by areas");
                continue;
            };
            if let (Some(unit), Some(over)) = (smallest_unit(dataset), over) {
                self.areas(&at, dataset, unit.as_str(), over);
            }
        }
    }

    /// Whether the carrier's areas are at least those of `unit`.
    fn areas(&self, at: &Place, dataset: &Dataset, unit: &str, over: &DeclaredDataset) {
        let over = &over.dataset;
        let remedy = || format!("write over = \"{unit}\", or larger areas");
        if !matches!(over.geometry, GeometryKind::Polygon | GeometryKind::Mixed) {
            let problem =
                format!("{} may be told by areas only, and {} has none", dataset.id, over.id);
            return self.add(at, problem, remedy());
        }
        let count = |id: &str| self.datasets.get(id).and_then(|declared| declared.dataset.count);
        if over.id.as_str() == unit {
            return;
        }
        let told = format!("{} may be told by {unit} or larger", dataset.id);
        match (over.count, count(unit)) {
            (Some(areas), Some(units)) if areas > units => {
                self.add(at, format!("{told}, and {} is smaller", over.id), remedy());
            }
            (Some(_), Some(_)) => {}
            (areas, _) => {
                let which = if areas.is_none() { over.id.as_str() } else { unit };
                let problem = format!("{told}, and it is not known how many {which} there are");
                self.add(at, problem, format!("write count = … in {which}, or {}", remedy()));
            }
        }
    }

    /// What binds the view that the public gets.
    pub(super) fn public_set(
        &self,
        place: &Place,
        set: &'c FigureSet,
        places: &FigurePlaces,
        over_at: &Place,
    ) {
        let over = self.datasets.get(set.over.as_str()).copied();
        if let Some(over) = over {
            self.public_carrier(place, set, over, over_at);
        }
        for (figure, place) in set.figures.iter().zip(&places.places) {
            let at = place.at(figure.operation.key());
            if let (Operation::Own(name), Some(over)) = (&figure.operation, over) {
                self.public_value(&at, &over.dataset, name, "own");
                self.public_number(&at, &over.dataset, name);
            }
            let Some(rows) = figure.operation.rows() else { continue };
            let Some(declared) = self.datasets.get(rows.dataset.as_str()) else { continue };
            let dataset = &declared.dataset;
            match &figure.operation {
                Operation::Aggregate(aggregate) => {
                    self.public_aggregate(&at, set, aggregate, dataset, over);
                    self.public_sum(&at, set, figure, aggregate, dataset);
                }
                operation => {
                    self.public_look(&at, operation, rows, dataset);
                }
            }
        }
    }

    /// The features that carry public figures are public themselves.
    fn public_carrier(
        &self,
        place: &Place,
        set: &FigureSet,
        over: &DeclaredDataset,
        over_at: &Place,
    ) {
        let dataset = &over.dataset;
        if dataset.sensitivity != Sensitivity::Public {
            let problem = format!("{} is not public, and its features carry the figures", set.over);
            let remedy = "make the layer staff, or give it a [layer.public] over public areas";
            self.add(over_at, problem, remedy);
        }
        if is_coarsened(dataset) {
            let problem =
                format!("positions of {} are coarsened, those of figures are not", set.over);
            let remedy = "publish its features, or figures over areas";
            self.add(over_at, problem, remedy);
        }
        for (i, name) in set.columns.iter().enumerate() {
            let at = place.at("columns").item(i);
            self.public_value(&at, dataset, name, "the layer");
            if !dataset.key.contains(name) {
                self.public_number(&at, dataset, name);
            }
        }
    }

    /// A stored value that is shown as it is.
    fn public_value(&self, at: &Place, dataset: &Dataset, name: &str, by: &str) {
        let kept = if dataset.hides(name) {
            "hidden from the public"
        } else if dataset.bands(name) {
            "shown to the public in bands only"
        } else {
            return;
        };
        let problem = format!("{name} of {} is {kept}, and {by} tells it", dataset.id);
        self.add(at, problem, "use another column, or make the layer staff");
    }

    /// A number of things that is shown as it is, where small ones must not be.
    fn public_number(&self, at: &Place, dataset: &Dataset, name: &str) {
        let column = dataset.values_column(name).or_else(|| dataset.column(name));
        let number = column.and_then(|column| column.kind) == Some(LogicalType::Int);
        if number && let Some(below) = dataset.suppress_below() {
            let problem = format!("{name} of {} may be below {below}", dataset.id);
            self.add(at, problem, "take its sum, which is suppressed, or make the layer staff");
        }
    }

    fn public_aggregate(
        &self,
        at: &Place,
        set: &FigureSet,
        aggregate: &Aggregate,
        dataset: &Dataset,
        over: Option<&DeclaredDataset>,
    ) {
        let suppressed = set.suppress.is_some() || dataset.suppress_below().is_some();
        let single =
            matches!(aggregate.how, AggregateKind::Min | AggregateKind::Max | AggregateKind::Most);
        let hidden = |name: &&String| dataset.hides(name);
        let column = aggregate.rows.column.as_ref();
        if single && let Some(name) = column {
            self.public_value(at, dataset, name, Operation::Aggregate(aggregate.clone()).key());
        } else if let Some(name) = column.into_iter().chain(&aggregate.weight).find(hidden)
            && !suppressed
        {
            let problem = format!("{name} of {} is hidden from the public", dataset.id);
            self.add(at, problem, "add suppress = 5, or make the layer staff");
        }
        if dataset.sensitivity == Sensitivity::Public {
            return;
        }
        let areas = over.is_none_or(|over| over.dataset.geometry != GeometryKind::Point);
        if !areas {
            let problem = format!("{} is not public, and points are no areas", dataset.id);
            let remedy = "give the layer a [layer.public] over areas, or make it staff";
            self.add(at, problem, remedy);
        } else if !suppressed {
            let problem = format!("{} is not public, and small numbers are shown", dataset.id);
            self.add(at, problem, "add suppress = 5, or make the layer staff");
        }
    }

    /// A sum of numbers of which small ones are kept back.
    fn public_sum(
        &self,
        at: &Place,
        set: &FigureSet,
        figure: &Figure,
        aggregate: &Aggregate,
        dataset: &Dataset,
    ) {
        if dataset.suppress_below().is_none() {
            return;
        }
        if let Some(Join::Within { .. }) = &aggregate.rows.join {
            let problem = format!(
                "areas within a distance overlap, and from many of them follows each number of {}",
                dataset.id
            );
            let remedy =
                "give the layer a [layer.public] over areas that do not overlap, or make it staff";
            self.add(at, problem, remedy);
        }
        // Held back wherever a number of the same dataset is.
        let guarded = |other: &Figure| match &other.operation {
            Operation::Aggregate(guard) => {
                matches!(guard.how, AggregateKind::Count | AggregateKind::Sum)
                    && guard.rows.dataset == dataset.id
                    && figure.held_with.contains(&other.name)
            }
            _ => false,
        };
        if aggregate.how == AggregateKind::Sum
            && !set.figures.iter().any(guarded)
            && let Some(name) = &aggregate.rows.column
            && let Some(column) = dataset.values_column(name)
            && column.kind.is_some_and(|kind| kind != LogicalType::Int)
            && !dataset.counts_things(name)
        {
            let problem =
                format!("{name} of {} is not whole, so small ones are not kept back", dataset.id);
            let remedy = format!(
                "write columns = [\"{name}\"] in its rule suppress where it is a number of \
                 things, otherwise held_with = [\"…\"], a sum of one that is"
            );
            self.add(at, problem, remedy);
        }
    }

    /// A value or distance of one feature.
    fn public_look(&self, at: &Place, operation: &Operation, rows: &Rows, dataset: &Dataset) {
        let how = operation.key();
        if dataset.sensitivity != Sensitivity::Public {
            let problem =
                format!("{} is not public, and {how} tells of single features", dataset.id);
            self.add(at, problem, "use a suppressed aggregate, or make the layer staff");
        } else if is_coarsened(dataset) {
            let problem =
                format!("positions of {} are coarsened, and {how} tells them", dataset.id);
            self.add(at, problem, "use an aggregate by areas, or make the layer staff");
        }
        if let Some(name) = &rows.column {
            self.public_value(at, dataset, name, how);
            self.public_number(at, dataset, name);
        }
        let kept = |name: &&String| dataset.hides(name) || dataset.bands(name);
        for name in rows.filter.keys().filter(kept) {
            let how = if dataset.hides(name) { "hidden" } else { "shown in bands" };
            let problem = format!("{name} of {} is {how}, and its filter tells it", dataset.id);
            self.add(at, problem, "filter by another column, or make the layer staff");
        }
    }
}
