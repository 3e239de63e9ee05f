//! The measure engine: a layer's figures from the rows of datasets.
//!
//! Catalog and rows in, [`Derived`] out; stores are known through [`Inputs`] alone, so
//! that both give the same. The way of a layer:
//!
//! | stage | files |
//! |---|---|
//! | which parts and columns it needs | `needs`, `reference` |
//! | rows into columns of numbers, distinct texts and times | `rows`, `cells`, `outline` |
//! | which rows meet its conditions, and count in which slice | `filter`, `slices`, `time` |
//! | which features they belong to, by key or place | `tables`, `join`, `overlap`, `boxes`, `distance`, `plane`, `flow` |
//! | rows of a feature and slice made one value | `aggregate`, `sums`, `location` |
//! | figures made of figures | `evaluate`, `arithmetic`, `series` |
//! | what the public must not see | `suppress`, `kept_back`, `rests`, `flow_table` |
//! | what no figure counts | `left_out`, `presence` |
//! | decimals, encoded values | `round`, `publish` |
//! | the same by the district's areas | `stats`, `stats_sets`, `by_area` |
//! | results in files, and when they still hold | `kept`, `bytes`, `key` |
//!
//! Nothing depends on the order of rows: sums are exact, ties go to the smallest id or
//! text. No data is never zero: a figure is a number or nothing.
//!
//! Memory: rows take what [`Deriver`] says; while a layer is computed each of its
//! figures takes 8 bytes for each feature and slice, 9 for the public, and the order of
//! a dataset's rows in time 8 bytes a row. Two years of hourly footfall on 1,786 cells
//! (2 million rows, 576 slices, four figures) take 135 MB at most and half a second.

#![forbid(unsafe_code)]

mod aggregate;
mod arithmetic;
mod boxes;
mod by_area;
mod bytes;
mod cells;
mod derived;
mod deriver;
mod distance;
mod error;
mod evaluate;
mod filter;
mod flow;
mod flow_table;
#[cfg(test)]
mod flow_table_tests;
mod inputs;
mod join;
mod kept;
mod kept_back;
mod key;
mod left_out;
mod location;
mod needs;
mod outline;
mod overlap;
mod plane;
mod presence;
mod publish;
mod reference;
mod rests;
mod round;
mod rows;
mod series;
mod slices;
mod stats;
mod stats_sets;
mod sums;
mod suppress;
mod tables;
mod time;

pub use derived::{ColumnValues, Derived, Features};
pub use deriver::{Deriver, Form};
pub use error::{DeriveError, KeptError};
pub use inputs::{InputError, Inputs, Part};
pub use kept::{make_folder, narrow, sweep};
pub use key::{key, parts_of, stats_key};
pub use left_out::{LeftOut, LeftOutReason};
pub use stats::stats_figures;

use catalog::{FigureSet, Flow, Layer, LayerContent};

/// The figures of a layer in a form, and the flow that they stand on; `None` where it
/// has none there and is published from features.
#[must_use]
pub fn figures_of(layer: &Layer, form: Form) -> Option<(&FigureSet, Option<&Flow>)> {
    let (own, flow) = match &layer.content {
        LayerContent::Figures(set) => (Some(set), None),
        LayerContent::Flow(flow, set) => (Some(set), Some(flow)),
        _ => (None, None),
    };
    match (form, &layer.public_form) {
        (Form::Public, Some(set)) => Some((set, flow)),
        _ => own.map(|set| (set, flow)),
    }
}
