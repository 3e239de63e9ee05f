//! Measures that are computed from other measures.

use super::ResultAudience;
use super::evaluate::MeasuresByName;
use super::series::{MeasureSeries, SliceSeries};
use super::slices::SliceAxis;
use super::sums::sum;
use super::suppress::union;
use catalog::{IndexPart, MeasureOperation};

/// Computes a measure from earlier ones; operations on rows are computed elsewhere.
///
/// # Errors
/// Returns a message on the declaration if it uses an unknown measure, calculates with a
/// text, or does not compute from measures.
pub(super) fn measure(
    operation: &MeasureOperation,
    done: &MeasuresByName,
    axis: &SliceAxis,
    form: ResultAudience,
) -> Result<MeasureSeries, &'static str> {
    let get = |name: &String| -> Result<&MeasureSeries, &'static str> {
        let measure = done.get(name).ok_or("it uses a figure that is not declared before it")?;
        measure.as_numbers().map(|_| measure).ok_or("it calculates with a text")
    };
    let all = |names: &[String]| names.iter().map(get).collect::<Result<Vec<_>, _>>();
    let made = match operation {
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
            // The same whatever the order in which they are named.
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
            index(parts, &measures, axis, form)
        }
        MeasureOperation::Class { of, breaks, titles } => {
            let texts = titles.iter().map(|title| title.ko.as_str().into()).collect();
            class(get(of)?, breaks, texts)
        }
        MeasureOperation::Aggregate(_)
        | MeasureOperation::Own(_)
        | MeasureOperation::PerKm2(_)
        | MeasureOperation::Nearest(_)
        | MeasureOperation::NearestValue(_)
        | MeasureOperation::At(_) => return Err("it is not made of figures"),
    };
    Ok(made)
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
    let mut made =
        MeasureSeries::numbers(SliceSeries::sliced((0..slices).map(slice).collect()), decimals);
    guard(&mut made, parts);
    made
}

/// Suppresses each value that is computed from a suppressed one.
fn guard(made: &mut MeasureSeries, parts: &[&MeasureSeries]) {
    let held: Vec<_> = parts.iter().map(|part| part.held.as_ref()).collect();
    made.held = union(&held);
    made.guarded = parts.iter().any(|part| part.guarded);
}

fn change(of: &MeasureSeries, back: u32, percent: bool, axis: &SliceAxis) -> MeasureSeries {
    let empty = SliceSeries::constant(Vec::new());
    let numbers = of.as_numbers().unwrap_or(&empty);
    let (mut values, mut held) = (Vec::new(), Vec::new());
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
        let is_held = |feature| {
            of.is_held(slice, feature)
                || earlier.is_some_and(|earlier| of.is_held(earlier, feature))
        };
        held.push((0..now.len()).map(is_held).collect());
    }
    let decimals = if percent { Some(1) } else { of.decimals };
    let mut made = MeasureSeries::numbers(SliceSeries::sliced(values), decimals);
    made.held = of.held.as_ref().map(|_| SliceSeries::sliced(held));
    made.guarded = of.guarded;
    made
}

fn share_of_total(of: &MeasureSeries) -> MeasureSeries {
    let empty = SliceSeries::constant(Vec::new());
    let shares = of.as_numbers().unwrap_or(&empty).map(|values| {
        let total = sum(values);
        values.iter().map(|value| finite(100.0 * value / total)).collect()
    });
    let mut made = MeasureSeries::numbers(shares, Some(2));
    guard(&mut made, &[of]);
    made
}

fn index(
    parts: &[IndexPart],
    measures: &[&MeasureSeries],
    axis: &SliceAxis,
    form: ResultAudience,
) -> MeasureSeries {
    let constant = measures.iter().all(|measure| measure.is_constant());
    let slices = if constant { 1 } else { axis.len() };
    let weights: f64 = parts.iter().map(|part| part.weight).sum();
    let slice = |slice| {
        let mut index: Vec<f64> = Vec::new();
        for (part, measure) in parts.iter().zip(measures) {
            // The ends of the scale can be told from the index, so that what the public
            // must not see must not be one of them.
            let values = match form {
                ResultAudience::Full => {
                    measure.as_numbers().map_or(&[][..], |s| s.of(slice)).to_vec()
                }
                ResultAudience::Public => measure.known(slice),
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
    let mut made =
        MeasureSeries::numbers(SliceSeries::sliced((0..slices).map(slice).collect()), Some(1));
    guard(&mut made, measures);
    made
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
    let mut made = MeasureSeries::texts(classes, texts);
    guard(&mut made, &[of]);
    made
}
