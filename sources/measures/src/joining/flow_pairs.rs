//! Pairs of places of a flow.

use std::collections::BTreeMap;

use super::join::{FeatureLists, RowMembership, RowUnits, TooManyPairs, by_key};
use crate::geometry::flow_curve::flow_curve;
use crate::reading::dataset_reader::DatasetPart;
use crate::reading::part_rows::PartRows;
use catalog::{Dataset, FlowDefinition};
use data_model::DatasetId;
use data_model::feature::{Geometry, ShapeKind};

/// The pairs of a flow, sorted by the places' ids.
pub(crate) struct FlowPairs {
    /// Origin and destination of each pair, as rows of the places' features.
    pub(crate) ends: Vec<[u32; 2]>,
    pub(crate) part: DatasetPart,
    /// The dataset of the movements.
    pub(crate) dataset: DatasetId,
    /// For each row of the movements, one more than the number of its pair; 0 is none.
    of_row: Vec<u32>,
}

/// Maximum number of pairs.
const MOST_PAIRS: usize = 1 << 20;

/// Part of the dataset that holds a flow's rows.
pub(crate) fn part_of(flow: &FlowDefinition, movements: &Dataset) -> DatasetPart {
    match movements.values_column(&flow.from) {
        Some(_) => DatasetPart::Values,
        None if movements.has_features() => DatasetPart::Features,
        None => DatasetPart::Values,
    }
}

impl FlowPairs {
    /// Collects the pairs that occur. A place paired with itself, an unknown place and
    /// one without geometry make no pair. `None` if the columns were not read.
    pub(crate) fn new(
        flow: &FlowDefinition,
        part: DatasetPart,
        movements: &PartRows,
        (between, places): (&Dataset, &PartRows),
    ) -> Result<Option<Self>, TooManyPairs> {
        let texts = |column: &str| movements.columns.get(column)?.texts.as_ref();
        let (Some(from), Some(to)) = (texts(&flow.from), texts(&flow.to)) else {
            return Ok(None);
        };
        let keys = by_key(between, places);
        let located = |text: &str| {
            let place = keys.get(text).copied();
            place.filter(|&place| places.outlines.get(place as usize).is_some())
        };
        let placed = |distinct: &[Box<str>]| -> Vec<Option<u32>> {
            let of = distinct.iter().map(|text| located(text));
            std::iter::once(None).chain(of).collect()
        };
        let (from_places, to_places) = (placed(&from.distinct), placed(&to.distinct));
        let pair = |row: usize| {
            let a = from_places.get(*from.rows.get(row)? as usize).copied()??;
            let b = to_places.get(*to.rows.get(row)? as usize).copied()??;
            (a != b).then_some([a, b])
        };
        let mut numbers: BTreeMap<[u32; 2], u32> = BTreeMap::new();
        for row in 0..movements.len {
            if let Some(pair) = pair(row) {
                numbers.insert(pair, 0);
                if numbers.len() > MOST_PAIRS {
                    return Err(TooManyPairs);
                }
            }
        }
        for (number, of_pair) in (1..).zip(numbers.values_mut()) {
            *of_pair = number;
        }
        let of_row = (0..movements.len)
            .map(|row| pair(row).and_then(|pair| numbers.get(&pair).copied()).unwrap_or(0))
            .collect();
        Ok(Some(Self {
            ends: numbers.into_keys().collect(),
            part,
            dataset: flow.dataset.clone(),
            of_row,
        }))
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Pair of each row.
    pub(crate) fn membership(&self) -> Result<RowMembership<'_>, TooManyPairs> {
        let pairs = (0..self.ends.len() as u32).map(Some);
        let lists = FeatureLists::single(std::iter::once(None).chain(pairs))?.into();
        Ok(RowMembership { units: RowUnits::Text(&self.of_row), lists })
    }

    /// A curved line from origin to destination for each pair.
    pub(crate) fn lines(&self, places: &PartRows) -> Vec<Geometry> {
        let points = places.representative_points();
        let at = |place: u32| points.get(place as usize).copied().flatten();
        let line = |&[from, to]: &[u32; 2]| {
            let mut line = Geometry { kind: Some(ShapeKind::Line), ..Geometry::default() };
            if let (Some(from), Some(to)) = (at(from), at(to)) {
                line.coordinates.extend(flow_curve(from, to));
            }
            line.end_part();
            line
        };
        self.ends.iter().map(line).collect()
    }
}
