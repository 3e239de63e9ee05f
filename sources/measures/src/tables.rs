//! Rows that a layer needs, and their joins to features.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::aggregate::{ColumnLookup, RowLinks, RowTest};
use super::column_cells::ColumnCells;
use super::filter::{CompiledCondition, test};
use super::join::{
    FeatureLists, RowMembership, RowUnits, TooMany, by_key, inside, inside_at, within,
};
use super::plane::MercatorPlane;
use super::resolved_rows::{ColumnOf, ColumnOwner, JoinBy, ResolvedRows};
use super::rows::PartRows;
use super::{DatasetPart, ResultAudience};
use catalog::{ColumnCondition, Dataset, PrivacyRule};
use data_model::DatasetId;

/// Parts of datasets in memory.
#[derive(Debug, Clone, Default)]
pub(super) struct PartTables(pub(super) BTreeMap<(DatasetId, DatasetPart), Arc<PartRows>>);

impl PartTables {
    pub(super) fn get(&self, dataset: &Dataset, part: DatasetPart) -> Option<&PartRows> {
        self.0.get(&(dataset.id.clone(), part)).map(Arc::as_ref)
    }
}

/// The rows of a reference, with lookups for its columns and conditions.
pub(super) struct BoundRows<'t> {
    pub(super) rows: &'t PartRows,
    /// The features that the rows are or belong to.
    pub(super) features: Option<&'t PartRows>,
    pub(super) link: Option<RowLinks<'t>>,
}

impl<'t> BoundRows<'t> {
    pub(super) fn new(tables: &'t PartTables, reference: &ResolvedRows<'_>) -> Option<Self> {
        let rows = tables.get(reference.dataset, reference.part)?;
        if reference.part == DatasetPart::Features {
            return Some(Self { rows, features: Some(rows), link: None });
        }
        let features = tables.get(reference.place, DatasetPart::Features);
        let texts = reference.link.and_then(|link| rows.columns.get(link)?.texts.as_ref());
        let link = texts.zip(features).map(|(texts, features)| {
            let keys = by_key(reference.place, features);
            let of = texts.distinct.iter().map(|text| keys.get(&**text).copied());
            RowLinks { keys: &texts.rows, features: std::iter::once(None).chain(of).collect() }
        });
        Some(Self { rows, features, link })
    }

    fn cells(&self, column: ColumnOf<'_>) -> Option<&'t ColumnCells> {
        match column.of {
            ColumnOwner::Row => self.rows.columns.get(column.name),
            ColumnOwner::Feature => self.features?.columns.get(column.name),
        }
    }

    pub(super) fn column(&self, column: ColumnOf<'_>) -> Option<&'t ColumnCells> {
        self.cells(column)
    }

    pub(super) fn numbers(&self, column: ColumnOf<'_>) -> Option<ColumnLookup<'_, f64>> {
        let numbers = &self.cells(column)?.numbers;
        Some(match (column.of, &self.link) {
            (ColumnOwner::Row, _) => ColumnLookup::Own(numbers),
            (ColumnOwner::Feature, link) => ColumnLookup::Linked(numbers, link.as_ref()?),
        })
    }

    pub(super) fn texts(
        &self,
        column: ColumnOf<'_>,
    ) -> Option<(ColumnLookup<'_, u32>, &'t [Box<str>])> {
        let texts = self.cells(column)?.texts.as_ref()?;
        let lookup = match (column.of, &self.link) {
            (ColumnOwner::Row, _) => ColumnLookup::Own(&texts.rows[..]),
            (ColumnOwner::Feature, link) => ColumnLookup::Linked(&texts.rows[..], link.as_ref()?),
        };
        Some((lookup, &texts.distinct))
    }

    /// The conditions of a reference on its rows.
    pub(super) fn tests<'b>(&'b self, reference: &ResolvedRows<'b>) -> Vec<RowTest<'b>> {
        let ready = |&(column, condition): &(ColumnOf<'_>, &'b ColumnCondition)| {
            let cells = self.cells(column);
            let link = match column.of {
                ColumnOwner::Row => None,
                ColumnOwner::Feature => self.link.as_ref(),
            };
            let lost = column.of == ColumnOwner::Feature && link.is_none();
            let test = match cells {
                Some(cells) if !lost => test(cells, condition),
                _ => CompiledCondition::Never,
            };
            RowTest { test, link }
        };
        reference.filter.iter().map(ready).collect()
    }
}

/// The dataset of the features, and the bits of the distance in metres if joined by it.
type Way = (DatasetId, Option<u64>);

/// Cache of joins by location.
#[derive(Default)]
pub(super) struct SpatialJoinCache {
    /// Whether features are at their public positions, coarsened if declared.
    public: bool,
    lists: RefCell<HashMap<Way, Arc<FeatureLists>>>,
}

impl SpatialJoinCache {
    pub(super) fn new(form: ResultAudience) -> Self {
        Self { public: form == ResultAudience::Public, ..Self::default() }
    }

    /// The features of `over` that each feature of a dataset belongs to.
    pub(super) fn of(
        &self,
        reference: &ResolvedRows<'_>,
        features: &PartRows,
        over: &PartRows,
        plane: MercatorPlane,
    ) -> Result<Arc<FeatureLists>, TooMany> {
        let metres = match reference.join {
            JoinBy::Within(metres) => Some(metres),
            _ => None,
        };
        let key = (reference.place.id.clone(), metres.map(f64::to_bits));
        if let Some(known) = self.lists.borrow().get(&key) {
            return Ok(Arc::clone(known));
        }
        let lists = Arc::new(match metres {
            None => match reference.place.coarsened().filter(|_| self.public) {
                None => inside(features, over)?,
                Some(side) => {
                    let moved = |at: &Option<[f64; 2]>| Some(PrivacyRule::coarsen((*at)?, side));
                    inside_at(features.places().iter().map(moved), over)?
                }
            },
            Some(metres) => within(features, over, metres, plane)?,
        });
        self.lists.borrow_mut().insert(key, Arc::clone(&lists));
        Ok(lists)
    }
}

/// The features of `over` that rows belong to; `None` if the columns or geometry of the
/// join were not read.
pub(super) fn membership<'t>(
    bound: &'t BoundRows<'t>,
    reference: &ResolvedRows<'_>,
    (dataset, over): (&Dataset, &PartRows),
    spatial: &SpatialJoinCache,
    plane: MercatorPlane,
) -> Result<Option<RowMembership<'t>>, TooMany> {
    Ok(match reference.join {
        JoinBy::Same => {
            let lists = Arc::new(FeatureLists::single((0..over.len as u32).map(Some))?);
            Some(RowMembership { units: RowUnits::Row, lists })
        }
        JoinBy::Key(column) => {
            let cells = bound.rows.columns.get(column);
            let Some(texts) = cells.and_then(|cells| cells.texts.as_ref()) else { return Ok(None) };
            let keys = by_key(dataset, over);
            let of = texts.distinct.iter().map(|text| keys.get(&**text).copied());
            let lists = Arc::new(FeatureLists::single(std::iter::once(None).chain(of))?);
            Some(RowMembership { units: RowUnits::Text(&texts.rows), lists })
        }
        JoinBy::Inside | JoinBy::Within(_) => {
            let Some(features) = bound.features else { return Ok(None) };
            let lists = spatial.of(reference, features, over, plane)?;
            if reference.part == DatasetPart::Features {
                return Ok(Some(RowMembership { units: RowUnits::Row, lists }));
            }
            let Some(link) = &bound.link else { return Ok(None) };
            let lists = Arc::new(lists.through(link.features.iter().copied())?);
            Some(RowMembership { units: RowUnits::Text(link.keys), lists })
        }
    })
}
