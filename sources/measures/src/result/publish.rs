//! Measures as columns of encoded values.

use super::layer_measures::{ColumnValues, LayerMeasures, MeasureCarrier};
use super::round::round;
use crate::aggregating::series::{MeasureSeries, MeasuresByName, SeriesData, SliceSeries};
use crate::audience::ResultAudience;
use crate::disclosure::column_visibility::ColumnVisibility;
use crate::error::{EvaluationError, ExceededLimit};
use crate::evaluation::layer_evaluation::LayerEvaluation;
use crate::reading::column_cells::{ColumnCells, is_number};
use catalog::{Dataset, PrivacyRule};
use data_model::feature::{AttributeValue, Column, ColumnType};
use vector_tile::features::{DictionaryBuilder, DictionaryFull, ValueId};

/// Doubles below this represent every integer exactly: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Columns that are being encoded.
struct EncodedColumns {
    dictionary: DictionaryBuilder,
    columns: Vec<Column>,
    values: Vec<ColumnValues>,
}

impl EncodedColumns {
    fn add<T: Copy>(
        &mut self,
        name: &str,
        kind: ColumnType,
        title: Option<&str>,
        slices: &[Vec<T>],
        mut encode: impl FnMut(
            usize,
            usize,
            T,
            &mut ValueEncoder<'_>,
        ) -> Result<ValueId, DictionaryFull>,
    ) -> Result<(), DictionaryFull> {
        let mut id = ValueEncoder { dictionary: &mut self.dictionary, column: self.columns.len() };
        let mut lists = Vec::with_capacity(slices.len());
        for (slice, values) in slices.iter().enumerate() {
            let encode = |(feature, &value)| encode(slice, feature, value, &mut id);
            lists.push(values.iter().enumerate().map(encode).collect::<Result<Vec<_>, _>>()?);
        }
        self.columns.push(Column {
            name: name.to_owned(),
            kind,
            title: title.map(str::to_owned),
            description: None,
        });
        self.values.push(match <[Vec<ValueId>; 1]>::try_from(lists) {
            Ok([only]) => ColumnValues::Constant(only),
            Err(lists) => ColumnValues::Sliced(lists),
        });
        Ok(())
    }
}

/// Assigns ids to the values of one column.
struct ValueEncoder<'d> {
    dictionary: &'d mut DictionaryBuilder,
    column: usize,
}

impl ValueEncoder<'_> {
    fn of(&mut self, value: AttributeValue<'_>) -> Result<ValueId, DictionaryFull> {
        self.dictionary.id(self.column, value)
    }
}

/// Encodes the published measures.
pub(crate) fn publish(
    evaluation: &LayerEvaluation<'_>,
    measures: &MeasuresByName,
) -> Result<LayerMeasures, EvaluationError> {
    let set = evaluation.set;
    // `from`, `to`, the columns of both places, and `suppressed`.
    let most = 3 + 2 * set.columns.len() + set.measures.len();
    let dictionary = DictionaryBuilder::new(most);
    let mut out = EncodedColumns { dictionary, columns: Vec::new(), values: Vec::new() };
    let full = |DictionaryFull| EvaluationError::TooLarge {
        layer: evaluation.layer.clone(),
        limit: ExceededLimit::DistinctValues,
    };
    carrier_columns(evaluation, &mut out).map_err(full)?;
    let value = measures.get(&set.value);
    let slices =
        evaluation.axis.published(|slice| value.is_none_or(|value| value.has_values(slice)));
    for declared in set.measures.iter().filter(|measure| measure.publish) {
        let Some(measure) = measures.get(&declared.name) else { continue };
        let title = Some(declared.title.ko.as_str()).filter(|title| !title.is_empty());
        measure_column(evaluation, (&declared.name, title), measure, &slices, &mut out)
            .map_err(full)?;
    }
    if let Some(value) =
        value.filter(|value| value.has_threshold && evaluation.audience == ResultAudience::Public)
    {
        suppressed_column(evaluation, value, &slices, &mut out).map_err(full)?;
    }
    let carrier = &evaluation.carrier;
    let features = match &carrier.pairs {
        Some(pairs) => MeasureCarrier::Lines(pairs.lines(&carrier.rows)),
        None => MeasureCarrier::Of {
            dataset: carrier.dataset.id.clone(),
            ids: carrier.rows.ids.clone(),
        },
    };
    let (columns, mut values) = (out.columns, out.values);
    let (dictionary, new_ids) = out.dictionary.finish();
    for list in values.iter_mut().flat_map(ColumnValues::lists_mut) {
        list.iter_mut().for_each(|id| *id = new_ids[*id as usize]);
    }
    let partial: Vec<usize> =
        slices.iter().copied().filter(|slice| evaluation.partial.contains(slice)).collect();
    let has_time = evaluation.axis.has_time();
    let partial = if has_time { evaluation.axis.labels(&partial) } else { Vec::new() };
    let slices = evaluation.axis.labels(&slices);
    let left_out = evaluation.left_out.list();
    Ok(LayerMeasures { slices, features, columns, dictionary, values, partial, left_out })
}

fn carrier_columns(
    evaluation: &LayerEvaluation<'_>,
    out: &mut EncodedColumns,
) -> Result<(), DictionaryFull> {
    let carrier = &evaluation.carrier;
    let dataset = carrier.dataset;
    let Some(pairs) = &carrier.pairs else {
        let rows: Vec<u32> = (0..carrier.rows.len as u32).collect();
        for name in &evaluation.set.columns {
            own_column(evaluation, name, name, &rows, out)?;
        }
        return Ok(());
    };
    let key = dataset.key.first();
    let key = key.and_then(|key| carrier.rows.columns.get(key)?.texts.as_ref());
    for (end, side) in ["from", "to"].into_iter().enumerate() {
        let places: Vec<u32> = pairs.ends.iter().map(|ends| ends[end]).collect();
        if let Some(key) = key {
            out.add(side, ColumnType::Text, None, &[places], |_, _, place, id| {
                let text = key.rows.get(place as usize).and_then(|&text| key.text(text));
                id.of(text.map_or(AttributeValue::Null, AttributeValue::Text))
            })?;
        }
    }
    for (end, side) in ["from", "to"].into_iter().enumerate() {
        let places: Vec<u32> = pairs.ends.iter().map(|ends| ends[end]).collect();
        for name in &evaluation.set.columns {
            own_column(evaluation, name, &format!("{side}_{name}"), &places, out)?;
        }
    }
    Ok(())
}

/// Adds a column of the carrier, with the values of the given rows.
fn own_column(
    evaluation: &LayerEvaluation<'_>,
    name: &str,
    published: &str,
    rows: &[u32],
    out: &mut EncodedColumns,
) -> Result<(), DictionaryFull> {
    let dataset: &Dataset = evaluation.carrier.dataset;
    let Some(cells) = evaluation.carrier.rows.columns.get(name) else { return Ok(()) };
    let title = dataset.column(name).map(|column| column.title.ko.as_str());
    let visibility = match evaluation.audience {
        ResultAudience::Public => ColumnVisibility::of(dataset, name),
        ResultAudience::Full => ColumnVisibility::AsItIs,
    };
    let kind = match visibility {
        ColumnVisibility::AsItIs => cells.kind,
        ColumnVisibility::Banded(_) => ColumnType::Text,
        ColumnVisibility::Hidden => return Ok(()),
    };
    let rows = [rows.to_vec()];
    out.add(published, kind, title, &rows, |_, _, row, id| match visibility {
        ColumnVisibility::Banded(width) => {
            let number = cells.numbers.get(row as usize).copied().unwrap_or(f64::NAN);
            match PrivacyRule::band(number, width) {
                Some(band) => id.of(AttributeValue::Text(&band)),
                None => Ok(0),
            }
        }
        _ => id.of(value_of(cells, row as usize)),
    })
}

fn value_of(cells: &ColumnCells, row: usize) -> AttributeValue<'_> {
    if !is_number(cells.kind) {
        let texts = cells.texts.as_ref();
        let text = texts.and_then(|texts| texts.text(*texts.rows.get(row)?));
        return text.map_or(AttributeValue::Null, AttributeValue::Text);
    }
    let number = cells.numbers.get(row).copied().unwrap_or(f64::NAN);
    match cells.kind {
        _ if number.is_nan() => AttributeValue::Null,
        ColumnType::Bool => AttributeValue::Bool(number != 0.0),
        ColumnType::Int | ColumnType::UInt if number.fract() == 0.0 && number.abs() < EXACT => {
            AttributeValue::Int(number as i64)
        }
        _ => AttributeValue::Double(number),
    }
}

fn measure_column(
    evaluation: &LayerEvaluation<'_>,
    (name, title): (&str, Option<&str>),
    measure: &MeasureSeries,
    slices: &[usize],
    out: &mut EncodedColumns,
) -> Result<(), DictionaryFull> {
    // Published slices are numbered apart from the evaluated ones.
    let hidden = |slice: usize, feature: usize| {
        let evaluated = slices.get(slice).copied().unwrap_or(slice);
        evaluation.audience == ResultAudience::Public && measure.is_suppressed(evaluated, feature)
    };
    match &measure.data {
        SeriesData::Numbers(series) => {
            let kind = match measure.decimals {
                Some(0) => ColumnType::Int,
                _ => ColumnType::Double,
            };
            let lists = published(slices, series, measure);
            out.add(name, kind, title, &lists, |slice, feature, number, id| {
                if number.is_nan() || hidden(slice, feature) {
                    return Ok(0);
                }
                let rounded = measure.decimals.map_or(number, |decimals| round(number, decimals));
                id.of(if kind == ColumnType::Int && rounded.abs() < EXACT {
                    AttributeValue::Int(rounded as i64)
                } else {
                    AttributeValue::Double(rounded)
                })
            })
        }
        SeriesData::Flags(series) => {
            let lists = published(slices, series, measure);
            out.add(name, ColumnType::Bool, title, &lists, |slice, feature, number, id| {
                if number.is_nan() || hidden(slice, feature) {
                    return Ok(0);
                }
                id.of(AttributeValue::Bool(number != 0.0))
            })
        }
        SeriesData::Texts(series, texts) => {
            let lists = published(slices, series, measure);
            out.add(name, ColumnType::Text, title, &lists, |slice, feature, text, id| {
                let text = (text as usize).checked_sub(1).and_then(|text| texts.get(text));
                match text.filter(|_| !hidden(slice, feature)) {
                    Some(text) => id.of(AttributeValue::Text(text)),
                    None => Ok(0),
                }
            })
        }
    }
}

/// The values of the published slices; one list if all are equal.
fn published<T: Clone>(
    slices: &[usize],
    series: &SliceSeries<T>,
    measure: &MeasureSeries,
) -> Vec<Vec<T>> {
    if measure.is_constant() {
        return series.lists().to_vec();
    }
    slices.iter().map(|&slice| series.of(slice).to_vec()).collect()
}

/// Adds the `suppressed` column, which marks suppressed values of the layer's value.
fn suppressed_column(
    evaluation: &LayerEvaluation<'_>,
    value: &MeasureSeries,
    slices: &[usize],
    out: &mut EncodedColumns,
) -> Result<(), DictionaryFull> {
    let count = evaluation.carrier.len();
    let in_slice =
        |slice: usize| (0..count).map(|feature| value.is_suppressed(slice, feature)).collect();
    let lists: Vec<Vec<bool>> = if value.is_constant() {
        vec![in_slice(0)]
    } else {
        slices.iter().map(|&slice| in_slice(slice)).collect()
    };
    // The server titles it from the catalog.
    out.add("suppressed", ColumnType::Bool, None, &lists, |_, _, suppressed, id| {
        if suppressed { id.of(AttributeValue::Bool(true)) } else { Ok(0) }
    })
}
