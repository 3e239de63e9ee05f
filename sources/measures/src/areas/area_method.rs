//! Method of evaluating a layer's measures by area.

use super::area_measure_sets;
use crate::audience::ResultAudience;
use crate::declared_measures::DeclaredMeasures;
use crate::disclosure::column_visibility::ColumnVisibility;
use crate::error::EvaluationError;
use crate::needs::{self, set_threshold};
use crate::reading::dataset_reader::DatasetPart;
use crate::reading::part_tables::PartTables;
use crate::reading::row_needs::{PartNeeds, RowNeeds, add_needs};
use catalog::{Catalog, Dataset, Layer, LayerContent, MeasureSet, RowFilter};

/// Method of evaluating a layer's measures by the district's areas.
pub(crate) struct AreaMethod<'l> {
    pub(crate) layer: &'l Layer,
    pub(crate) audience: ResultAudience,
    pub(crate) areas: &'l Dataset,
    pub(crate) sets: AreaSets<'l>,
}

/// Measure sets of a layer's measures by area.
pub(crate) enum AreaSets<'l> {
    /// All measures are evaluated over the areas.
    Areas(MeasureSet),
    /// Some measures are evaluated over the areas, others are aggregated from measures of
    /// the layer's own features.
    Through { own: &'l MeasureSet, over: MeasureSet },
}

impl<'l> AreaMethod<'l> {
    /// The method of a layer; `None` if it has no measures by area. `categories` are the
    /// values of plain features to count separately; `None` until they are known.
    pub(crate) fn of(
        catalog: &'l Catalog,
        layer: &'l Layer,
        audience: ResultAudience,
        categories: Option<&[Box<str>]>,
    ) -> Option<Self> {
        let areas = catalog.dataset(catalog.district.stats_areas.as_ref()?.as_str())?;
        let sets = match DeclaredMeasures::of(layer, audience) {
            Some(declared) => AreaSets::of_declared(catalog, &declared, areas)?,
            None => match &layer.content {
                LayerContent::Features { filter } => {
                    let features = (layer, filter);
                    AreaSets::of_features(catalog, features, audience, categories, areas)?
                }
                LayerContent::Union(parts) => {
                    AreaSets::Areas(area_measure_sets::of_union(catalog, parts, areas))
                }
                _ => return None,
            },
        };
        Some(Self { layer, audience, areas, sets })
    }

    /// Parts and columns that the measures are evaluated from.
    pub(crate) fn needs(&self, catalog: &Catalog) -> Result<PartNeeds, EvaluationError> {
        let of_set = |set| {
            needs::of_measures(catalog, &DeclaredMeasures::of_set(self.layer, self.audience, set))
        };
        let (own, over) = match &self.sets {
            AreaSets::Areas(over) => return of_set(over),
            AreaSets::Through { own, over } => (own, over),
        };
        let mut all = of_set(own)?;
        let over_areas =
            over.measures.iter().filter(|measure| measure.in_areas().is_none()).cloned();
        let rest = MeasureSet { measures: over_areas.collect(), ..over.clone() };
        for ((dataset, part), of_part) in of_set(&rest)? {
            add_needs(&mut all, &dataset, part, &of_part);
        }
        let located = RowNeeds { geometry: true, ..RowNeeds::default() };
        add_needs(&mut all, &self.areas.id, DatasetPart::Features, &located);
        add_needs(&mut all, &own.carrier, DatasetPart::Features, &located);
        Ok(all)
    }
}

impl<'l> AreaSets<'l> {
    /// The sets of declared measures; `None` for a flow between other places.
    fn of_declared(
        catalog: &Catalog,
        declared: &DeclaredMeasures<'l>,
        areas: &Dataset,
    ) -> Option<Self> {
        let set = declared.set;
        Some(match declared.flow {
            None if set.carrier == areas.id => Self::Areas(set.clone()),
            None => {
                let over = area_measure_sets::of_set(set, areas);
                let of_features = set.measures.iter().any(|measure| measure.in_areas().is_some());
                let suppresses = declared.audience == ResultAudience::Public
                    && set_threshold(catalog, set).is_some();
                if of_features || suppresses {
                    Self::Through { own: set, over }
                } else {
                    Self::Areas(over)
                }
            }
            Some(flow) if flow.between == areas.id => {
                Self::Areas(area_measure_sets::of_flow(set, flow, areas))
            }
            Some(_) => return None,
        })
    }

    /// The set of a layer of plain features.
    fn of_features(
        catalog: &Catalog,
        (layer, filter): (&Layer, &RowFilter),
        audience: ResultAudience,
        categories: Option<&[Box<str>]>,
        areas: &Dataset,
    ) -> Option<Self> {
        let dataset = catalog.dataset(layer.dataset.as_str())?;
        let value = layer.value.as_deref().filter(|value| {
            // A key identifies a feature and makes no categories.
            let is_key = dataset.key.iter().any(|key| key == value);
            let columns = layer.columns.as_ref();
            let is_published = columns.is_none_or(|names| names.iter().any(|name| name == value));
            let as_it_is = matches!(ColumnVisibility::of(dataset, value), ColumnVisibility::AsItIs);
            !is_key && is_published && (audience == ResultAudience::Full || as_it_is)
        });
        let set = area_measure_sets::of_features(dataset, filter, value, categories, areas);
        Some(Self::Areas(set))
    }
}

/// The measures by area of a layer, with titles and units. `categories` are the values to
/// count separately. `None` if the layer has no measures by area.
#[must_use]
pub fn area_measures(
    catalog: &Catalog,
    layer: &Layer,
    audience: ResultAudience,
    categories: &[Box<str>],
) -> Option<MeasureSet> {
    match AreaMethod::of(catalog, layer, audience, Some(categories))?.sets {
        AreaSets::Areas(over) | AreaSets::Through { over, .. } => Some(over),
    }
}

/// The texts of a plain layer's value, the most frequent first.
pub(crate) fn categories(
    catalog: &Catalog,
    layer: &Layer,
    tables: &PartTables,
) -> Option<Vec<Box<str>>> {
    let LayerContent::Features { .. } = layer.content else { return None };
    let dataset = catalog.dataset(layer.dataset.as_str())?;
    let cells = tables.get(dataset, DatasetPart::Features)?.columns.get(layer.value.as_deref()?)?;
    let texts = cells.texts.as_ref()?;
    let mut counts = vec![0usize; texts.distinct.len() + 1];
    texts.rows.iter().for_each(|&text| counts[text as usize] += 1);
    let mut known: Vec<(usize, &str)> =
        counts[1..].iter().copied().zip(texts.distinct.iter().map(|text| &**text)).collect();
    known.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    Some(known.into_iter().map(|(_, text)| text.into()).collect())
}
