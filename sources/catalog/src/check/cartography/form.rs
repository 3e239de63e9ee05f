//! Published columns of a layer's form, as far as a catalog declares them.

use super::super::columns::ValueKind;
use super::super::{Among, Checker};
use crate::read::KeyLocation;
use crate::{
    AggregateKind, DatasetColumn, Layer, LayerContent, LogicalType, Measure, MeasureOperation,
    MeasureSet, RowAggregation,
};
use data_model::{DatasetId, Period};

/// A layer as staff get it, or as the public does.
pub(super) struct LayerForm<'c> {
    layer: &'c Layer,
    /// Measures of the form; `None` without any.
    set: Option<&'c MeasureSet>,
    is_public: bool,
}

/// A published column.
pub(super) struct FormColumn<'c> {
    pub(super) kind: ValueKind,
    /// The texts that the column may hold; `None` if they are not declared.
    pub(super) texts: Option<Vec<&'c str>>,
    /// Whether the column holds `true` and `false`.
    pub(super) is_flag: bool,
}

impl<'c> FormColumn<'c> {
    const UNKNOWN: Self = Self { kind: ValueKind::Unknown, texts: None, is_flag: false };
    const NUMBER: Self = Self { kind: ValueKind::Number, texts: None, is_flag: false };

    fn of(column: &'c DatasetColumn) -> Self {
        let is_enum = column.kind == Some(LogicalType::Enum);
        let texts = || column.values.iter().map(|text| text.ko.as_str()).collect();
        Self {
            kind: ValueKind::of(column),
            texts: is_enum.then(texts),
            is_flag: column.kind == Some(LogicalType::Bool),
        }
    }
}

impl<'c> LayerForm<'c> {
    pub(super) fn new(layer: &'c Layer, is_public: bool) -> Self {
        let public = layer.public_form.as_ref().filter(|_| is_public);
        Self { layer, set: public.or(layer.content.measures()), is_public }
    }

    /// The column that the map shows; `None` where none is named.
    pub(super) fn value(&self) -> Option<&'c str> {
        let value = match self.set {
            Some(set) => Some(set.value.as_str()),
            None => self.layer.value.as_deref(),
        };
        value.filter(|value| !value.is_empty())
    }

    /// Period of the time slices; `None` without any.
    pub(super) fn period(&self) -> Option<Period> {
        self.set?.period
    }

    /// Whether the form draws lines between places, whose columns have names of their own.
    fn is_flow(&self) -> bool {
        matches!(self.layer.content, LayerContent::Flow(..)) && !self.is_public
    }
}

impl<'c> Checker<'c> {
    /// The published column `name`; adds a fault at `place` if there is none.
    pub(super) fn named_column(
        &self,
        place: &KeyLocation,
        form: &LayerForm<'c>,
        name: &str,
    ) -> Option<FormColumn<'c>> {
        let found = self.form_column(form, name);
        if found.is_none() {
            let names = self.form_columns(form);
            let remedy = self.near(name, names.iter().map(String::as_str), || {
                "publish it, or name one that is".to_owned()
            });
            self.add_once(place, format!("{name:?} is not published"), remedy);
        }
        found
    }

    /// The published column `name`; `None` if there is none.
    pub(super) fn form_column(&self, form: &LayerForm<'c>, name: &str) -> Option<FormColumn<'c>> {
        if let Some(set) = form.set {
            return self.measured_column(form, set, name);
        }
        match &form.layer.content {
            LayerContent::Prepared { columns, .. } => {
                columns.iter().find(|column| column.name == name).map(FormColumn::of)
            }
            LayerContent::Union(parts) if name == LayerContent::UNION_DATASET => {
                let ids = parts.iter().map(|part| part.dataset.as_str()).collect();
                Some(FormColumn { texts: Some(ids), ..FormColumn::UNKNOWN })
            }
            LayerContent::Union(parts) => {
                let stored = |part: &'c crate::UnionPart| {
                    let (_, from) = part.columns.iter().find(|(published, _)| published == name)?;
                    Some(self.stored_column(&part.dataset, from))
                };
                parts.iter().find_map(stored)
            }
            _ => {
                let is_listed = |names: &Vec<String>| names.iter().any(|known| known == name);
                let stored = || self.stored(&form.layer.dataset, name);
                match &form.layer.columns {
                    Some(names) => {
                        is_listed(names).then(|| stored().unwrap_or(FormColumn::UNKNOWN))
                    }
                    None => stored(),
                }
            }
        }
    }

    fn measured_column(
        &self,
        form: &LayerForm<'c>,
        set: &'c MeasureSet,
        name: &str,
    ) -> Option<FormColumn<'c>> {
        if let Some(measure) = set.measures.iter().find(|measure| measure.name == name) {
            return measure.publish.then(|| self.measure_column(set, measure));
        }
        if form.is_flow() {
            let rest = ["from", "to"].into_iter().find_map(|end| name.strip_prefix(end))?;
            let column = rest.strip_prefix('_').unwrap_or_default();
            let is_end = rest.is_empty() || set.columns.iter().any(|known| known == column);
            return is_end.then_some(FormColumn::UNKNOWN);
        }
        let is_listed = set.columns.iter().any(|known| known == name);
        is_listed.then(|| self.stored_column(&set.carrier, name))
    }

    fn measure_column(&self, set: &'c MeasureSet, measure: &'c Measure) -> FormColumn<'c> {
        match &measure.operation {
            MeasureOperation::Class { titles, .. } => FormColumn {
                kind: ValueKind::Text,
                texts: Some(titles.iter().map(|title| title.ko.as_str()).collect()),
                is_flag: false,
            },
            MeasureOperation::CarrierColumn(name) => self.stored_column(&set.carrier, name),
            MeasureOperation::NearestValue(rows)
            | MeasureOperation::ContainingValue(rows)
            | MeasureOperation::Aggregate(RowAggregation {
                how: AggregateKind::MostFrequent,
                rows,
                ..
            }) => match &rows.column {
                Some(column) => self.stored_column(&rows.dataset, column),
                None => FormColumn::UNKNOWN,
            },
            _ => FormColumn::NUMBER,
        }
    }

    /// A stored column; one that is not declared has its fault elsewhere.
    fn stored_column(&self, id: &DatasetId, name: &str) -> FormColumn<'c> {
        self.stored(id, name).unwrap_or(FormColumn::UNKNOWN)
    }

    /// A stored column; `None` if the dataset surely lacks it.
    fn stored(&self, id: &DatasetId, name: &str) -> Option<FormColumn<'c>> {
        let Some(declared) = self.datasets.get(id.as_str()) else {
            return Some(FormColumn::UNKNOWN);
        };
        let (columns, may_be_others) = self.columns_of(declared, Among::Both);
        let found = columns.into_iter().find(|column| column.name == name);
        found.map(FormColumn::of).or(may_be_others.then_some(FormColumn::UNKNOWN))
    }

    /// Names of the published columns, as far as they are declared.
    fn form_columns(&self, form: &LayerForm<'c>) -> Vec<String> {
        match (form.set, &form.layer.columns) {
            (Some(set), _) => set.published().map(str::to_owned).collect(),
            (None, Some(names)) => names.clone(),
            (None, None) => {
                let declared = self.datasets.get(form.layer.dataset.as_str());
                let columns = declared.iter().flat_map(|declared| &declared.dataset.columns);
                columns.map(|column| column.name.clone()).collect()
            }
        }
    }
}

/// A label of a time slice, as an example.
pub(super) const fn example_label(period: Period) -> &'static str {
    match period {
        Period::Year => "2026",
        Period::HalfYear => "2026-H1",
        Period::Quarter => "2026-Q3",
        Period::Month => "2026-10",
        Period::Week => "2026-W40",
        Period::Day => "2026-10-31",
        Period::Hour => "2026-10-31T08",
        Period::MonthHour => "2026-10T08",
    }
}
