//! Measures that are computed from other measures.

use crate::aggregating::exact_sum::sum;
use crate::aggregating::series::{MeasureSeries, MeasuresByName, SliceSeries};
use crate::aggregating::slices::SliceAxis;
use crate::audience::ResultAudience;
use crate::disclosure::suppression::union;
use crate::error::DeclarationFault;
use catalog::{IndexPart, MeasureOperation};

/// Calculates a measure from earlier ones; operations on rows are evaluated elsewhere.
///
/// # Errors
/// Returns the fault of the declaration if it uses an unknown measure, calculates with a
/// text, or does not calculate from measures.
pub(crate) fn measure(
    operation: &MeasureOperation,
    done: &MeasuresByName,
    axis: &SliceAxis,
    audience: ResultAudience,
) -> Result<MeasureSeries, DeclarationFault> {
    let get = |name: &String| -> Result<&MeasureSeries, DeclarationFault> {
        let measure = done.get(name).ok_or(DeclarationFault::UndeclaredOperand)?;
        measure.as_numbers().map(|_| measure).ok_or(DeclarationFault::TextOperand)
    };
    let all = |names: &[String]| names.iter().map(get).collect::<Result<Vec<_>, _>>();
    let result = match operation {
        MeasureOperation::Ratio { over, under, factor } => {
            let decimals = if *factor >= 1000.0 {
                2
            } else if *factor >= 100.0 {
                1
            } else {
                3
            };
            let ratio = |x: &[f64]| factor * x[0] / x[1];
            combine(&[get(over)?, get(under)?], Some(decimals), axis, ratio)
        }
        MeasureOperation::Plus(names) => {
            let parts = all(names)?;
            // An exact sum does not depend on the order of names.
            combine(&parts, finest(&parts), axis, sum_of_all)
        }
        MeasureOperation::Minus(a, b) => {
            let parts = [get(a)?, get(b)?];
            combine(&parts, finest(&parts), axis, |x| x[0] - x[1])
        }
        MeasureOperation::Times(a, b) => {
            let parts = [get(a)?, get(b)?];
            let decimals = finest(&parts).map(|decimals| if decimals > 0 { 2 } else { 0 });
            combine(&parts, decimals, axis, |x| x[0] * x[1])
        }
        MeasureOperation::Scale { of, by } => combine(&[get(of)?], Some(2), axis, |x| x[0] * by),
        MeasureOperation::Change { of, back, percent } => change(get(of)?, *back, *percent, axis),
        MeasureOperation::ShareOfTotal(of) => share_of_total(get(of)?),
        MeasureOperation::Index(parts) => {
            let measures: Vec<_> =
                parts.iter().map(|part| get(&part.measure)).collect::<Result<_, _>>()?;
            index(parts, &measures, axis, audience)
        }
        MeasureOperation::Class { of, breaks, titles } => {
            let texts = titles.iter().map(|title| title.ko.as_str().into()).collect();
            class(get(of)?, breaks, texts)
        }
        MeasureOperation::Aggregate(_)
        | MeasureOperation::CarrierColumn(_)
        | MeasureOperation::PerKm2(_)
        | MeasureOperation::Nearest(_)
        | MeasureOperation::NearestValue(_)
        | MeasureOperation::ContainingValue(_) => return Err(DeclarationFault::NotArithmetic),
    };
    Ok(result)
}

fn sum_of_all(parts: &[f64]) -> f64 {
    if parts.iter().any(|part| part.is_nan()) { f64::NAN } else { sum(parts) }
}

/// The most decimals of the measures; `None` (all decimals) if any of them keeps all.
fn finest(parts: &[&MeasureSeries]) -> Option<u8> {
    parts.iter().map(|part| part.decimals).try_fold(0, |most, decimals| Some(most.max(decimals?)))
}

/// The number, or NaN (no data) if it is not finite.
fn finite(number: f64) -> f64 {
    if number.is_finite() { number } else { f64::NAN }
}

/// Computes a value from those of several measures, feature by feature.
fn combine(
    parts: &[&MeasureSeries],
    decimals: Option<u8>,
    axis: &SliceAxis,
    of: impl Fn(&[f64]) -> f64,
) -> MeasureSeries {
    let constant = parts.iter().all(|part| part.as_numbers().is_some_and(SliceSeries::is_constant));
    let slices = if constant { 1 } else { axis.len() };
    let mut values = Vec::with_capacity(parts.len());
    let slice = |slice| {
        let lists: Vec<&[f64]> =
            parts.iter().map(|part| part.as_numbers().map_or(&[][..], |s| s.of(slice))).collect();
        let count = lists.iter().map(|list| list.len()).min().unwrap_or(0);
        let one = |feature: usize| {
            values.clear();
            values.extend(lists.iter().map(|list| list[feature]));
            finite(of(&values))
        };
        (0..count).map(one).collect()
    };
    let mut series =
        MeasureSeries::numbers(SliceSeries::sliced((0..slices).map(slice).collect()), decimals);
    suppress_with_parts(&mut series, parts);
    series
}

/// Suppresses each value that is computed from a suppressed one.
fn suppress_with_parts(series: &mut MeasureSeries, parts: &[&MeasureSeries]) {
    let suppressed: Vec<_> = parts.iter().map(|part| part.suppressed.as_ref()).collect();
    series.suppressed = union(&suppressed);
    series.has_threshold = parts.iter().any(|part| part.has_threshold);
}

fn change(of: &MeasureSeries, back: u32, percent: bool, axis: &SliceAxis) -> MeasureSeries {
    let empty = SliceSeries::constant(Vec::new());
    let numbers = of.as_numbers().unwrap_or(&empty);
    let (mut values, mut suppressed) = (Vec::new(), Vec::new());
    for slice in 0..axis.len() {
        let now = numbers.of(slice);
        let earlier = axis.earlier(slice, back);
        let then = earlier.map(|earlier| numbers.of(earlier));
        let changed = |(feature, &now): (usize, &f64)| {
            let then = then.map_or(f64::NAN, |then| then[feature]);
            let change = now - then;
            finite(if percent { 100.0 * change / then } else { change })
        };
        values.push(now.iter().enumerate().map(changed).collect());
        let is_suppressed = |feature| {
            of.is_suppressed(slice, feature)
                || earlier.is_some_and(|earlier| of.is_suppressed(earlier, feature))
        };
        suppressed.push((0..now.len()).map(is_suppressed).collect());
    }
    let decimals = if percent { Some(1) } else { of.decimals };
    let mut series = MeasureSeries::numbers(SliceSeries::sliced(values), decimals);
    series.suppressed = of.suppressed.as_ref().map(|_| SliceSeries::sliced(suppressed));
    series.has_threshold = of.has_threshold;
    series
}

fn share_of_total(of: &MeasureSeries) -> MeasureSeries {
    let empty = SliceSeries::constant(Vec::new());
    let shares = of.as_numbers().unwrap_or(&empty).map(|values| {
        let total = sum(values);
        values.iter().map(|value| finite(100.0 * value / total)).collect()
    });
    let mut series = MeasureSeries::numbers(shares, Some(2));
    suppress_with_parts(&mut series, &[of]);
    series
}

fn index(
    parts: &[IndexPart],
    measures: &[&MeasureSeries],
    axis: &SliceAxis,
    audience: ResultAudience,
) -> MeasureSeries {
    let constant = measures.iter().all(|measure| measure.is_constant());
    let slices = if constant { 1 } else { axis.len() };
    let weights: f64 = parts.iter().map(|part| part.weight).sum();
    let slice = |slice| {
        let mut index: Vec<f64> = Vec::new();
        for (part, measure) in parts.iter().zip(measures) {
            // The ends of the scale follow from the index, so that a suppressed value must
            // not be one of them.
            let values = match audience {
                ResultAudience::Full => {
                    measure.as_numbers().map_or(&[][..], |s| s.of(slice)).to_vec()
                }
                ResultAudience::Public => measure.public_numbers(slice),
            };
            let none = (f64::INFINITY, f64::NEG_INFINITY);
            let (low, high) =
                values.iter().fold(none, |(low, high), &value| (low.min(value), high.max(value)));
            let scaled = values.iter().map(|value| {
                let scaled = 100.0 * (value - low) / (high - low);
                part.weight * if part.invert { 100.0 - scaled } else { scaled }
            });
            if index.is_empty() {
                index = scaled.collect();
            } else {
                index.iter_mut().zip(scaled).for_each(|(sum, part)| *sum += part);
            }
        }
        index.iter().map(|sum| finite(sum / weights)).collect()
    };
    let mut series =
        MeasureSeries::numbers(SliceSeries::sliced((0..slices).map(slice).collect()), Some(1));
    suppress_with_parts(&mut series, measures);
    series
}

fn class(of: &MeasureSeries, breaks: &[f64], texts: Vec<Box<str>>) -> MeasureSeries {
    let empty = SliceSeries::constant(Vec::new());
    let classes = of.as_numbers().unwrap_or(&empty).map(|values| {
        let class = |&value: &f64| {
            let above = breaks.iter().filter(|&&edge| value >= edge).count();
            if value.is_nan() || above >= texts.len() { 0 } else { above as u32 + 1 }
        };
        values.iter().map(class).collect()
    });
    let mut series = MeasureSeries::texts(classes, texts);
    suppress_with_parts(&mut series, &[of]);
    series
}
