//! Computes layers one after the other and keeps rows that later ones need.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::evaluate::{CarrierRows, LayerEvaluation, MeasuresByName};
use super::flow::{FlowPairs, part_of};
use super::join::{TooMany, inside};
use super::left_out::LeftOutRows;
use super::needs::{self, PartNeeds, looks_back};
use super::plane::MercatorPlane;
use super::publish::publish;
use super::resolved_rows::{ResolvedRows, dataset};
use super::rows::{PartRows, RowNeeds, read};
use super::slices::SliceAxis;
use super::stats::stats_needs;
use super::suppress::PublicGroups;
use super::tables::{PartTables, SpatialJoinCache};
use super::time::parse;
use super::{DatasetPart, DatasetReader, DeriveError, InputError, LayerMeasures, measures_of};
use catalog::{Catalog, FlowDefinition, Layer, Measure, MeasureOperation, MeasureSet};
use data_model::{DatasetId, GeographicBounds, LayerId};

/// Audience that measures are computed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResultAudience {
    /// True measures, for staff.
    Full,
    /// The public: measures of the layer's public form if one is declared, small numbers
    /// suppressed.
    Public,
}

/// Default limit of rows kept beside those of the current layer: 512 MiB.
const MEMORY: usize = 512 << 20;

/// Maximum number of values computed at once: 8 bytes each, 9 with the suppression mask
/// for the public.
const MOST_VALUES: usize = 1 << 26;

/// Computes the measures of layers. Blocks; keeps rows that later layers need, at most 512
/// MB beside those of the current layer.
pub struct MeasureEvaluator<'a> {
    pub(super) catalog: &'a Catalog,
    inputs: &'a dyn DatasetReader,
    coming: Vec<(LayerId, ResultAudience, PartNeeds)>,
    held: Vec<Held>,
    memory: usize,
}

struct Held {
    dataset: DatasetId,
    part: DatasetPart,
    wants: RowNeeds,
    rows: Arc<PartRows>,
}

impl<'a> MeasureEvaluator<'a> {
    /// Creates a deriver for these layers, each requested once in the given form, as
    /// measures or as [`stats`](Self::stats); list a layer twice to request both. A
    /// dataset is read once for all of them if memory allows. Other layers may be
    /// requested as well.
    pub fn new<'l>(
        catalog: &'a Catalog,
        inputs: &'a dyn DatasetReader,
        layers_to_come: impl IntoIterator<Item = (&'l Layer, ResultAudience)>,
    ) -> Self {
        let coming = layers_to_come.into_iter().map(|(layer, form)| {
            let mut needs = needs::of_layer(catalog, layer, form).unwrap_or_default();
            for ((dataset, part), wants) in stats_needs(catalog, layer, form) {
                needs::add(&mut needs, &dataset, part, &wants);
            }
            (layer.id.clone(), form, needs)
        });
        Self { catalog, inputs, coming: coming.collect(), held: Vec::new(), memory: MEMORY }
    }

    /// Limits the rows kept beside those of the current layer to this many bytes.
    #[must_use]
    pub fn with_memory(self, bytes: usize) -> Self {
        Self { memory: bytes, ..self }
    }

    /// Computes the measures of a layer.
    ///
    /// # Errors
    /// Returns [`DeriveError`] if the layer can't be computed; other layers may still be
    /// computed.
    pub fn derive(
        &mut self,
        layer: &Layer,
        form: ResultAudience,
    ) -> Result<LayerMeasures, DeriveError> {
        let result = self.measures(layer, form);
        self.mark_requested(layer, form);
        result
    }

    /// Marks a layer as requested.
    pub(super) fn mark_requested(&mut self, layer: &Layer, form: ResultAudience) {
        let known = self.coming.iter().position(|(id, of, _)| (id, *of) == (&layer.id, form));
        if let Some(known) = known {
            self.coming.swap_remove(known);
        }
    }

    fn measures(
        &mut self,
        layer: &Layer,
        form: ResultAudience,
    ) -> Result<LayerMeasures, DeriveError> {
        let (set, flow) =
            measures_of(layer, form).ok_or_else(|| DeriveError::NoMeasures(layer.id.clone()))?;
        let needs = needs::of_layer(self.catalog, layer, form)?;
        let tables = self.tables(&needs)?;
        let evaluation = self.evaluation(layer, (set, flow), form, &tables)?;
        let measures = evaluation.measures(MeasuresByName::new())?;
        publish(&evaluation, &measures)
    }

    /// The tables that are needed; reads those that are not kept.
    pub(super) fn tables(&mut self, needs: &PartNeeds) -> Result<PartTables, DeriveError> {
        let wanted =
            |held: &Held, needs: &PartNeeds| needs.contains_key(&(held.dataset.clone(), held.part));
        self.held.retain(|held| {
            wanted(held, needs) || self.coming.iter().any(|(_, _, coming)| wanted(held, coming))
        });
        let mut tables = PartTables::default();
        for ((id, part), wants) in needs {
            let at = self.held.iter().position(|held| (&held.dataset, held.part) == (id, *part));
            let known = at.map(|at| self.held.remove(at));
            let held = match known {
                Some(held) if held.wants.covers(wants) => held,
                _ => self.read(id, *part, wants)?,
            };
            tables.0.insert((id.clone(), *part), Arc::clone(&held.rows));
            // The last are those that were used last.
            self.held.push(held);
        }
        let bytes = |held: &[Held]| held.iter().map(|held| held.rows.memory_bytes()).sum::<usize>();
        while bytes(&self.held) > self.memory
            && let Some(first) = self.held.first()
            && !wanted(first, needs)
        {
            self.held.remove(0);
        }
        Ok(tables)
    }

    /// Reads a part, with all columns of it that later layers need.
    fn read(
        &self,
        id: &DatasetId,
        part: DatasetPart,
        wants: &RowNeeds,
    ) -> Result<Held, DeriveError> {
        let Some(dataset) = self.catalog.dataset(id.as_str()) else {
            let reason = "the catalog does not declare it".to_owned();
            return Err(InputError { dataset: id.clone(), part, reason }.into());
        };
        let key = (id.clone(), part);
        let mut more = wants.clone();
        for coming in self.coming.iter().filter_map(|(_, _, needs)| needs.get(&key)) {
            more.add(coming);
        }
        let held = |rows, wants| Held { dataset: id.clone(), part, wants, rows: Arc::new(rows) };
        let zone = &self.catalog.district.time_zone;
        match read(self.inputs, dataset, part, &more, zone) {
            // A column that another layer lacks is not this one's fault.
            Err(DeriveError::NoColumn { .. }) if more != *wants => {
                Ok(held(read(self.inputs, dataset, part, wants, zone)?, wants.clone()))
            }
            result => Ok(held(result?, more)),
        }
    }

    /// Resolves the inputs of a layer's measures.
    pub(super) fn evaluation<'e>(
        &'e self,
        layer: &'e Layer,
        (set, flow): (&'e MeasureSet, Option<&'e FlowDefinition>),
        form: ResultAudience,
        tables: &'e PartTables,
    ) -> Result<LayerEvaluation<'e>, DeriveError> {
        let catalog = self.catalog;
        let find = |id: &DatasetId| {
            dataset(catalog, id).map_err(|_| DeriveError::NoDataset {
                layer: layer.id.clone(),
                dataset: id.clone(),
            })
        };
        let over = find(&set.over)?;
        let rows = tables.0.get(&(set.over.clone(), DatasetPart::Features)).cloned();
        let rows = rows.ok_or_else(|| DeriveError::NoDataset {
            layer: layer.id.clone(),
            dataset: set.over.clone(),
        })?;
        let too_large = |what: String| DeriveError::TooLarge { layer: layer.id.clone(), what };
        let pairs = match flow {
            None => {
                if let Some(problem) = rows.ids_fault.clone() {
                    return Err(DeriveError::Ids { dataset: set.over.clone(), problem });
                }
                None
            }
            Some(flow) => {
                let movements = find(&flow.dataset)?;
                let part = part_of(flow, movements);
                let table = tables.get(movements, part);
                let pairs = table.map(|table| FlowPairs::new(flow, part, table, (over, &rows)));
                let pairs = pairs
                    .transpose()
                    .map_err(|_| too_large("more than a million pairs of places".to_owned()))?;
                Some(pairs.flatten().ok_or_else(|| DeriveError::NoDataset {
                    layer: layer.id.clone(),
                    dataset: flow.dataset.clone(),
                })?)
            }
        };
        let flow_part = pairs.as_ref().map(|pairs| pairs.part);
        let referenced = |measure: &'e Measure| {
            let weight = match &measure.operation {
                MeasureOperation::Aggregate(aggregate) => aggregate.weight.as_deref(),
                _ => None,
            };
            let rows = measure.operation.rows()?;
            let reference = ResolvedRows::new(catalog, rows, weight, over, flow_part).ok()?;
            let times = tables.get(reference.dataset, reference.part)?.times.as_ref()?;
            Some((times, reference.dataset))
        };
        let times = set.measures.iter().filter_map(|measure| referenced(measure).map(|(of, _)| of));
        let axis = SliceAxis::new(set.time, set.slices, looks_back(&set.measures), times)
            .ok_or_else(|| too_large("more than 25,600 slices".to_owned()))?;
        let unfinished = set.measures.iter().filter_map(referenced).flat_map(|(times, dataset)| {
            let as_of = dataset.attribution.as_ref().and_then(|terms| terms.as_of.as_deref());
            axis.unfinished(times, as_of.and_then(parse).map(|(day, _)| day))
        });
        let partial = unfinished.collect();
        let carrier = CarrierRows { dataset: over, rows, pairs };
        let groups = groups(catalog, set, form, &carrier, tables)
            .map_err(|TooMany| too_large("more than 67 million features in areas".to_owned()))?;
        let values = carrier.len().saturating_mul(axis.len()).saturating_mul(set.measures.len());
        if values > MOST_VALUES {
            return Err(too_large(format!("{values} values of figures")));
        }
        let bounds = catalog.district.bounds.map(GeographicBounds::to_array);
        let bounds = bounds.or_else(|| carrier.rows.degrees().bounds()).unwrap_or([0.0; 4]);
        Ok(LayerEvaluation {
            catalog,
            layer: &layer.id,
            set,
            form,
            tables,
            carrier,
            axis,
            plane: MercatorPlane::around(bounds),
            spatial: SpatialJoinCache::new(form),
            groups,
            partial,
            left_out: LeftOutRows::default(),
            also_held: BTreeMap::new(),
        })
    }
}

/// Groups of features whose sums the public may know beside the layer's measures.
fn groups(
    catalog: &Catalog,
    set: &MeasureSet,
    form: ResultAudience,
    carrier: &CarrierRows<'_>,
    tables: &PartTables,
) -> Result<PublicGroups, TooMany> {
    if form == ResultAudience::Full || needs::least(catalog, set).is_none() {
        return Ok(PublicGroups::default());
    }
    if let Some(pairs) = &carrier.pairs {
        return Ok(PublicGroups::of_ends(&pairs.ends, carrier.rows.len));
    }
    let areas = catalog.district.stats_over.as_ref().filter(|areas| **areas != set.over);
    let areas = areas.and_then(|areas| tables.0.get(&(areas.clone(), DatasetPart::Features)));
    let Some(areas) = areas else { return Ok(PublicGroups::default()) };
    let lists = inside(&carrier.rows, areas)?;
    Ok(PublicGroups::of_areas(&lists, areas.len, carrier.len()))
}
