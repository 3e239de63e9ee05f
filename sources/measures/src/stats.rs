//! A layer's measures by the areas of the district's statistics.

use super::by_area::by_area;
use super::evaluate::MeasuresByName;
use super::join::{RowMembership, RowUnits, inside};
use super::left_out::{LeftOutReason, nowhere};
use super::needs::{self, ColumnVisibility, PartNeeds, least, shown};
use super::publish::publish;
use super::rows::RowNeeds;
use super::stats_sets::{both_ways, of_areas, of_features, of_union};
use super::suppress::{hold, lone};
use super::tables::PartTables;
use super::{
    DatasetPart, DeriveError, LayerMeasures, MeasureEvaluator, ResultAudience, measures_of,
};
use catalog::{
    AggregateKind, Catalog, Dataset, FlowDefinition, InAreas, Layer, LayerContent, MeasureSet,
};

/// Computation of a layer's measures by area.
pub(super) enum AreaMethod<'l> {
    /// Computed over the areas only.
    Areas(MeasureSet),
    /// Some computed over the areas, others aggregated from measures of the layer's own
    /// features.
    Through(&'l MeasureSet, MeasureSet),
}

/// The district's areas, and the computation of a layer's measures by them.
pub(super) fn way<'c, 'l>(
    catalog: &'c Catalog,
    layer: &'l Layer,
    form: ResultAudience,
    categories: Option<&[Box<str>]>,
) -> Option<(&'c Dataset, AreaMethod<'l>)> {
    let areas = catalog.dataset(catalog.district.stats_over.as_ref()?.as_str())?;
    let way = match measures_of(layer, form) {
        Some((set, None)) if set.over == areas.id => AreaMethod::Areas(set.clone()),
        Some((set, None)) => {
            let over = of_areas(set, areas);
            let own = set.measures.iter().any(|measure| measure.in_areas().is_some());
            let through = own || form == ResultAudience::Public && least(catalog, set).is_some();
            if through { AreaMethod::Through(set, over) } else { AreaMethod::Areas(over) }
        }
        Some((set, Some(flow))) if flow.between == areas.id => {
            AreaMethod::Areas(both_ways(set, flow, areas))
        }
        Some(_) => return None,
        None => match &layer.content {
            LayerContent::Features { filter } => {
                let dataset = catalog.dataset(layer.dataset.as_str())?;
                // A key tells features apart and makes no categories.
                let value = layer
                    .value
                    .as_deref()
                    .filter(|value| !dataset.key.iter().any(|key| key == value))
                    .filter(|value| {
                        let columns = layer.columns.as_ref();
                        let leaves =
                            columns.is_none_or(|names| names.iter().any(|name| name == value));
                        let whole = matches!(shown(dataset, value), ColumnVisibility::AsItIs);
                        leaves && (form == ResultAudience::Full || whole)
                    });
                AreaMethod::Areas(of_features(dataset, filter, value, categories, areas))
            }
            LayerContent::Union(parts) => AreaMethod::Areas(of_union(catalog, parts, areas)),
            _ => return None,
        },
    };
    Some((areas, way))
}

/// The measures by area of a layer, with titles and units. `categories` are the values to
/// count separately. `None` if the layer has no measures by area.
#[must_use]
pub fn stats_measures(
    catalog: &Catalog,
    layer: &Layer,
    form: ResultAudience,
    categories: &[Box<str>],
) -> Option<MeasureSet> {
    match way(catalog, layer, form, Some(categories))?.1 {
        AreaMethod::Areas(set) | AreaMethod::Through(_, set) => Some(set),
    }
}

/// The needs of a layer's measures by area; empty if it has none.
pub(super) fn stats_needs(catalog: &Catalog, layer: &Layer, form: ResultAudience) -> PartNeeds {
    let Some((areas, way)) = way(catalog, layer, form, None) else { return PartNeeds::new() };
    needs_of(catalog, layer, areas, &way).unwrap_or_default()
}

fn needs_of(
    catalog: &Catalog,
    layer: &Layer,
    areas: &Dataset,
    way: &AreaMethod<'_>,
) -> Result<PartNeeds, DeriveError> {
    let over = match way {
        AreaMethod::Areas(over) => return needs::of_measures(catalog, layer, over, None),
        AreaMethod::Through(_, over) => over,
    };
    let AreaMethod::Through(set, _) = way else { return Ok(PartNeeds::new()) };
    let mut all = needs::of_measures(catalog, layer, set, None)?;
    let rest = MeasureSet { measures: rest(over), ..over.clone() };
    for ((dataset, part), wants) in needs::of_measures(catalog, layer, &rest, None)? {
        needs::add(&mut all, &dataset, part, &wants);
    }
    let located = RowNeeds { geometry: true, ..RowNeeds::default() };
    needs::add(&mut all, &areas.id, DatasetPart::Features, &located);
    needs::add(&mut all, &set.over, DatasetPart::Features, &located);
    Ok(all)
}

/// The measures that are computed over the areas.
fn rest(set: &MeasureSet) -> Vec<catalog::Measure> {
    set.measures.iter().filter(|measure| measure.in_areas().is_none()).cloned().collect()
}

impl MeasureEvaluator<'_> {
    /// Computes the layer's measures over the district's areas
    /// ([`District::stats_over`](catalog::District::stats_over)).
    ///
    /// Measures that are defined for the layer's own features only (their columns, the
    /// nearest feature, a distance, their key) are averaged over the features in the
    /// area, or are the most frequent text; counts and sums by their key are added up. A
    /// layer of plain features has the number of features (`count`) and, of its `value`,
    /// `sum` and `mean` if it is a number, or the number of each category
    /// (`value=category`). A flow between the areas has incoming and outgoing movements
    /// (`<measure>_in`, `<measure>_out`).
    ///
    /// A value of an area is suppressed if exactly one of the layer's features in the
    /// area is suppressed.
    ///
    /// `None` if the district declares no areas, for flows between other places, and for
    /// layers that are prepared elsewhere.
    ///
    /// # Errors
    /// Returns [`DeriveError`] as [`derive`](Self::derive) does.
    pub fn stats(
        &mut self,
        layer: &Layer,
        form: ResultAudience,
    ) -> Result<Option<LayerMeasures>, DeriveError> {
        let result = self.by_area(layer, form);
        self.mark_requested(layer, form);
        result
    }

    fn by_area(
        &mut self,
        layer: &Layer,
        form: ResultAudience,
    ) -> Result<Option<LayerMeasures>, DeriveError> {
        let catalog = self.catalog;
        let Some((areas, first)) = way(catalog, layer, form, None) else { return Ok(None) };
        let needs = needs_of(catalog, layer, areas, &first)?;
        let tables = self.tables(&needs)?;
        let categories = categories(catalog, layer, &tables);
        let way = match categories {
            Some(categories) => match way(catalog, layer, form, Some(&categories)) {
                Some((_, way)) => way,
                None => return Ok(None),
            },
            None => first,
        };
        let (set, over) = match &way {
            AreaMethod::Areas(over) => {
                let evaluation = self.evaluation(layer, (over, None), form, &tables)?;
                let measures = evaluation.measures(MeasuresByName::new())?;
                return publish(&evaluation, &measures).map(Some);
            }
            AreaMethod::Through(set, over) => (set, over),
        };
        let own = self.evaluation(layer, (set, None), form, &tables)?;
        let own_measures = own.measures(MeasuresByName::new())?;
        let mut evaluation = self.evaluation(layer, (over, None), form, &tables)?;
        evaluation.axis = own.axis.clone();
        evaluation.partial.clone_from(&own.partial);
        let lists = inside(&own.carrier.rows, &evaluation.carrier.rows)
            .map_err(|fault| own.too_many(fault))?;
        evaluation.left_out.add(&own.left_out);
        let reason = LeftOutReason::Outside(areas.id.clone());
        let carriers = (&own.carrier.dataset.id, DatasetPart::Features);
        evaluation.left_out.note(carriers, reason, || nowhere(&lists, own.carrier.len()));
        let membership = RowMembership { units: RowUnits::Row, lists: lists.into() };
        let least = least(catalog, set).filter(|_| form == ResultAudience::Public);
        let count = evaluation.carrier.len();
        let mut given = MeasuresByName::new();
        for (name, measure) in &own_measures {
            if let Some(held) = &measure.held {
                let lone = lone(held, &membership.lists, count);
                evaluation.also_held.insert(name.clone(), lone);
            }
        }
        for declared in &set.measures {
            let Some(in_areas) = declared.in_areas() else { continue };
            let Some(measure) = own_measures.get(&declared.name) else { continue };
            let how = match in_areas {
                InAreas::Sum => AggregateKind::Sum,
                InAreas::Mean => AggregateKind::Mean,
            };
            let mut made = by_area(measure, how, &membership, &own.axis, count, least);
            if let Some(more) = evaluation.also_held.get(&declared.name) {
                hold(&mut made, more);
            }
            given.insert(declared.name.clone(), made);
        }
        let measures = evaluation.measures(given)?;
        publish(&evaluation, &measures).map(Some)
    }
}

/// The texts of a plain layer's value, the most frequent first.
fn categories(catalog: &Catalog, layer: &Layer, tables: &PartTables) -> Option<Vec<Box<str>>> {
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

/// Columns that identify areas: their keys and search columns.
pub(super) fn area_columns(areas: &Dataset) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for column in areas.key.iter().chain(&areas.search) {
        if !columns.contains(column) {
            columns.push(column.clone());
        }
    }
    columns
}

/// A flow as two joins of the same rows: by destination and by origin.
pub(super) fn ends(flow: &FlowDefinition) -> [(&'static str, &str); 2] {
    [("in", &flow.to), ("out", &flow.from)]
}
