//! Resolves the rows of a measure: dataset, part, and join to features.

use crate::reading::column_cells::CellRepresentations;
use crate::reading::dataset_reader::DatasetPart;
use crate::reading::row_needs::{PartNeeds, RowNeeds, add_needs};
use catalog::{Catalog, ColumnCondition, Dataset, JoinedRows, RowFilter, RowJoin};
use data_model::DatasetId;

/// A column of rows: the rows' own, or one of the feature that they belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ColumnOf<'a> {
    pub(crate) name: &'a str,
    pub(crate) of: ColumnOwner,
}

/// Owner of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnOwner {
    Row,
    Feature,
}

/// Join of rows to the features that carry measures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum JoinBy<'a> {
    /// Rows are the carrier's own features.
    Same,
    /// By a key column of the rows.
    Key(&'a str),
    /// By containment in the feature.
    Inside,
    /// By distance from the feature, up to this many metres.
    Within(f64),
}

/// Resolved rows of a dataset.
#[derive(Debug, Clone)]
pub(crate) struct ResolvedRows<'a> {
    pub(crate) dataset: &'a Dataset,
    /// Dataset whose features the rows are or belong to.
    pub(crate) feature_dataset: &'a Dataset,
    pub(crate) part: DatasetPart,
    pub(crate) column: Option<ColumnOf<'a>>,
    pub(crate) weight: Option<ColumnOf<'a>>,
    pub(crate) filter: Vec<(ColumnOf<'a>, &'a ColumnCondition)>,
    pub(crate) join: JoinBy<'a>,
    /// Column with the key of each row's feature; `None` for rows of features.
    pub(crate) link: Option<&'a str>,
    pub(crate) last_months: Option<u32>,
}

/// Error of resolving rows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ResolveError {
    /// The catalog has no such dataset.
    Dataset(DatasetId),
    /// The rows have no key of the features.
    Key,
}

/// Finds a dataset of the catalog.
pub(crate) fn dataset<'a>(
    catalog: &'a Catalog,
    id: &DatasetId,
) -> Result<&'a Dataset, ResolveError> {
    catalog.dataset(id.as_str()).ok_or_else(|| ResolveError::Dataset(id.clone()))
}

impl<'a> ResolvedRows<'a> {
    /// Resolves rows that are joined to features of `over`; `part` selects the rows'
    /// part, `None` infers it.
    pub(crate) fn new(
        catalog: &'a Catalog,
        rows: &'a JoinedRows,
        weight: Option<&'a str>,
        over: &'a Dataset,
        part: Option<DatasetPart>,
    ) -> Result<Self, ResolveError> {
        let found = dataset(catalog, &rows.dataset)?;
        let key = rows.key.as_deref();
        let part = part
            .unwrap_or_else(|| part_of(found, rows.column.as_deref(), weight, key, &rows.filter));
        let feature_dataset = match &found.feature_dataset {
            Some(id) => dataset(catalog, id)?,
            None => found,
        };
        let link = match (part, &found.values) {
            (DatasetPart::Values, Some(values)) => Some(values.key.as_str()),
            _ => None,
        };
        let column = |name: &'a str| ColumnOf { name, of: owner(found, part, name) };
        let join =
            join_of(rows, part, (found, feature_dataset), over, link).ok_or(ResolveError::Key)?;
        Ok(Self {
            dataset: found,
            feature_dataset,
            part,
            column: rows.column.as_deref().map(column),
            weight: weight.map(column),
            filter: rows.filter.iter().map(|(name, condition)| (column(name), condition)).collect(),
            join,
            link,
            last_months: rows.last_months,
        })
    }

    /// The declared type of the column.
    pub(crate) fn column_kind(&self) -> Option<catalog::LogicalType> {
        let column = self.column?;
        let declared = match (column.of, self.part) {
            (ColumnOwner::Row, DatasetPart::Values) => self.dataset.values_column(column.name),
            (ColumnOwner::Row, DatasetPart::Features) => self.dataset.column(column.name),
            (ColumnOwner::Feature, _) => self.feature_dataset.column(column.name),
        };
        declared.and_then(|column| column.kind)
    }

    /// Adds the parts and columns to read. `wanted` is the representation of the column,
    /// `located` whether the rows' geometry is needed.
    pub(crate) fn add_needs(
        &self,
        wanted: CellRepresentations,
        located: bool,
        needs: &mut PartNeeds,
    ) {
        let (mut own, mut features) = (RowNeeds::default(), RowNeeds::default());
        let mut add = |column: ColumnOf<'_>, wanted| match column.of {
            ColumnOwner::Row => own.add_column(column.name, wanted),
            ColumnOwner::Feature => features.add_column(column.name, wanted),
        };
        if let Some(column) = self.column {
            add(column, wanted);
        }
        if let Some(weight) = self.weight {
            add(weight, CellRepresentations::NUMBER);
        }
        for &(column, _) in &self.filter {
            add(column, CellRepresentations::OWN);
        }
        own.time = self.has_time();
        if let JoinBy::Key(key) = self.join {
            own.add_column(key, CellRepresentations::TEXT);
        }
        if self.part == DatasetPart::Features {
            own.geometry = located;
        } else if let Some(link) = self.link
            && (located || !features.columns.is_empty())
        {
            own.add_column(link, CellRepresentations::TEXT);
            features.geometry = located;
            self.feature_dataset
                .key
                .iter()
                .for_each(|key| features.add_column(key, CellRepresentations::TEXT));
            add_needs(needs, &self.feature_dataset.id, DatasetPart::Features, &features);
        }
        add_needs(needs, &self.dataset.id, self.part, &own);
    }

    /// Whether rows are joined by location.
    pub(crate) fn is_located(&self) -> bool {
        matches!(self.join, JoinBy::Inside | JoinBy::Within(_))
    }

    /// Whether rows have times.
    pub(crate) fn has_time(&self) -> bool {
        match (self.part, &self.dataset.values) {
            (DatasetPart::Values, Some(values)) => values.time.is_some(),
            (DatasetPart::Values, None) => false,
            (DatasetPart::Features, _) => self.dataset.time.is_some(),
        }
    }
}

/// Part with all the columns: the features if they have them, otherwise the values, whose
/// rows have the key of their feature. The values are searched for the column first.
fn part_of(
    dataset: &Dataset,
    column: Option<&str>,
    weight: Option<&str>,
    key: Option<&str>,
    filter: &RowFilter,
) -> DatasetPart {
    if dataset.values.is_none() {
        return DatasetPart::Features;
    }
    if !dataset.has_features() || column.is_some_and(|name| dataset.values_column(name).is_some()) {
        return DatasetPart::Values;
    }
    let others = weight.into_iter().chain(key).chain(filter.keys().map(String::as_str));
    let in_values_only =
        |name: &str| dataset.column(name).is_none() && dataset.values_column(name).is_some();
    if others.into_iter().any(in_values_only) { DatasetPart::Values } else { DatasetPart::Features }
}

fn owner(dataset: &Dataset, part: DatasetPart, name: &str) -> ColumnOwner {
    match part {
        DatasetPart::Features => ColumnOwner::Row,
        DatasetPart::Values if dataset.values_column(name).is_some() => ColumnOwner::Row,
        DatasetPart::Values => ColumnOwner::Feature,
    }
}

fn join_of<'a>(
    rows: &'a JoinedRows,
    part: DatasetPart,
    (found, feature_dataset): (&'a Dataset, &Dataset),
    over: &'a Dataset,
    link: Option<&'a str>,
) -> Option<JoinBy<'a>> {
    let declared = rows.key.as_deref();
    let same = feature_dataset.id == over.id;
    match (rows.join, declared) {
        (Some(RowJoin::Inside), _) => Some(JoinBy::Inside),
        (Some(RowJoin::Within { metres }), _) => Some(JoinBy::Within(metres)),
        (Some(RowJoin::Key) | None, Some(key)) => Some(JoinBy::Key(key)),
        (_, None) if same => Some(match part {
            DatasetPart::Features => JoinBy::Same,
            DatasetPart::Values => JoinBy::Key(link?),
        }),
        (Some(RowJoin::Key), None) => {
            // The key of the values, or a column with the name of a key of the carrier.
            let shared = || over.key.iter().find(|key| found.column(key).is_some());
            link.or_else(|| shared().map(String::as_str)).map(JoinBy::Key)
        }
        (None, None) => Some(JoinBy::Inside),
    }
}
