//! Features that each row belongs to, with a cache of joins by location.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::bound_rows::BoundRows;
use super::join::{
    FeatureLists, RowMembership, RowUnits, TooManyPairs, by_key, inside, inside_at, within,
};
use super::resolved_rows::{JoinBy, ResolvedRows};
use crate::audience::ResultAudience;
use crate::geometry::plane::MercatorPlane;
use crate::reading::dataset_reader::DatasetPart;
use crate::reading::part_rows::PartRows;
use catalog::{Dataset, PrivacyRule};
use data_model::DatasetId;

/// The dataset of the features, and the bits of the distance in metres if joined by it.
type JoinKey = (DatasetId, Option<u64>);

/// Cache of joins by location.
#[derive(Default)]
pub(crate) struct SpatialJoinCache {
    /// Whether features are at their public positions, coarsened if declared.
    public: bool,
    lists: RefCell<HashMap<JoinKey, Arc<FeatureLists>>>,
}

impl SpatialJoinCache {
    pub(crate) fn new(audience: ResultAudience) -> Self {
        Self { public: audience == ResultAudience::Public, ..Self::default() }
    }

    /// The features of `over` that each feature of a dataset belongs to.
    pub(crate) fn of(
        &self,
        resolved: &ResolvedRows<'_>,
        features: &PartRows,
        over: &PartRows,
        plane: MercatorPlane,
    ) -> Result<Arc<FeatureLists>, TooManyPairs> {
        let metres = match resolved.join {
            JoinBy::Within(metres) => Some(metres),
            _ => None,
        };
        let key = (resolved.feature_dataset.id.clone(), metres.map(f64::to_bits));
        if let Some(known) = self.lists.borrow().get(&key) {
            return Ok(Arc::clone(known));
        }
        let lists = Arc::new(match metres {
            None => match resolved.feature_dataset.coarsened().filter(|_| self.public) {
                None => inside(features, over)?,
                Some(side) => {
                    let coarsen = |at: &Option<[f64; 2]>| Some(PrivacyRule::coarsen((*at)?, side));
                    inside_at(features.representative_points().iter().map(coarsen), over)?
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
pub(crate) fn membership<'t>(
    bound: &'t BoundRows<'t>,
    resolved: &ResolvedRows<'_>,
    (dataset, over): (&Dataset, &PartRows),
    spatial_joins: &SpatialJoinCache,
    plane: MercatorPlane,
) -> Result<Option<RowMembership<'t>>, TooManyPairs> {
    Ok(match resolved.join {
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
            let lists = spatial_joins.of(resolved, features, over, plane)?;
            if resolved.part == DatasetPart::Features {
                return Ok(Some(RowMembership { units: RowUnits::Row, lists }));
            }
            let Some(link) = &bound.link else { return Ok(None) };
            let lists = Arc::new(lists.through(link.features.iter().copied())?);
            Some(RowMembership { units: RowUnits::Text(link.keys), lists })
        }
    })
}
