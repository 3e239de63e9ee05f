//! Resolves the rows of a figure: dataset, part, and join to features.

use super::Part;
use super::cells::Want;
use super::rows::Wants;
use catalog::{Catalog, Condition, Dataset, Filter, Join, Rows};
use data_model::DatasetId;

/// A column of rows: the rows' own, or one of the feature that they belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ColumnOf<'a> {
    pub(super) name: &'a str,
    pub(super) of: Owner,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Row,
    Feature,
}

/// Join of rows to the features that carry figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum JoinBy<'a> {
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
pub(super) struct Reference<'a> {
    pub(super) dataset: &'a Dataset,
    /// Dataset whose features the rows are or belong to.
    pub(super) place: &'a Dataset,
    pub(super) part: Part,
    pub(super) column: Option<ColumnOf<'a>>,
    pub(super) weight: Option<ColumnOf<'a>>,
    pub(super) filter: Vec<(ColumnOf<'a>, &'a Condition)>,
    pub(super) join: JoinBy<'a>,
    /// Column with the key of each row's feature; `None` for rows of features.
    pub(super) link: Option<&'a str>,
    pub(super) last_months: Option<u32>,
}

/// Error of resolving rows.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unresolved {
    Dataset(DatasetId),
    Key,
}

pub(super) fn dataset<'a>(catalog: &'a Catalog, id: &DatasetId) -> Result<&'a Dataset, Unresolved> {
    catalog.dataset(id.as_str()).ok_or_else(|| Unresolved::Dataset(id.clone()))
}

impl<'a> Reference<'a> {
    /// Resolves rows that are joined to features of `over`; `part` selects the rows'
    /// part, `None` infers it.
    pub(super) fn new(
        catalog: &'a Catalog,
        rows: &'a Rows,
        weight: Option<&'a str>,
        over: &'a Dataset,
        part: Option<Part>,
    ) -> Result<Self, Unresolved> {
        let found = dataset(catalog, &rows.dataset)?;
        let key = rows.key.as_deref();
        let part = part
            .unwrap_or_else(|| part_of(found, rows.column.as_deref(), weight, key, &rows.filter));
        let place = match &found.place {
            Some(place) => dataset(catalog, place)?,
            None => found,
        };
        let link = match (part, &found.values) {
            (Part::Values, Some(values)) => Some(values.key.as_str()),
            _ => None,
        };
        let column = |name: &'a str| ColumnOf { name, of: owner(found, part, name) };
        let join = join_of(rows, part, found, place, over, link).ok_or(Unresolved::Key)?;
        Ok(Self {
            dataset: found,
            place,
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
    pub(super) fn column_kind(&self) -> Option<catalog::LogicalType> {
        let column = self.column?;
        let declared = match (column.of, self.part) {
            (Owner::Row, Part::Values) => self.dataset.values_column(column.name),
            (Owner::Row, Part::Features) => self.dataset.column(column.name),
            (Owner::Feature, _) => self.place.column(column.name),
        };
        declared.and_then(|column| column.kind)
    }

    /// Reports the parts and columns to read to `need`. `want` is the representation of
    /// the column, `located` whether the rows' geometry is needed.
    pub(super) fn needs(
        &self,
        want: Want,
        located: bool,
        need: &mut impl FnMut(&DatasetId, Part, &Wants),
    ) {
        let (mut own, mut features) = (Wants::default(), Wants::default());
        let mut add = |column: ColumnOf<'_>, want| match column.of {
            Owner::Row => own.column(column.name, want),
            Owner::Feature => features.column(column.name, want),
        };
        if let Some(column) = self.column {
            add(column, want);
        }
        if let Some(weight) = self.weight {
            add(weight, Want::NUMBER);
        }
        for &(column, _) in &self.filter {
            add(column, Want::OWN);
        }
        own.time = self.has_time();
        if let JoinBy::Key(key) = self.join {
            own.column(key, Want::TEXT);
        }
        if self.part == Part::Features {
            own.geometry = located;
        } else if let Some(link) = self.link
            && (located || !features.columns.is_empty())
        {
            own.column(link, Want::TEXT);
            features.geometry = located;
            self.place.key.iter().for_each(|key| features.column(key, Want::TEXT));
            need(&self.place.id, Part::Features, &features);
        }
        need(&self.dataset.id, self.part, &own);
    }

    /// Whether rows are joined by location.
    pub(super) fn is_located(&self) -> bool {
        matches!(self.join, JoinBy::Inside | JoinBy::Within(_))
    }

    /// Whether rows have times.
    pub(super) fn has_time(&self) -> bool {
        match (self.part, &self.dataset.values) {
            (Part::Values, Some(values)) => values.time.is_some(),
            (Part::Values, None) => false,
            (Part::Features, _) => self.dataset.time.is_some(),
        }
    }
}

/// Part that holds all the columns: the features if they do, otherwise the values, whose
/// rows have the key of their feature. The values are searched for the column first.
fn part_of(
    dataset: &Dataset,
    column: Option<&str>,
    weight: Option<&str>,
    key: Option<&str>,
    filter: &Filter,
) -> Part {
    if dataset.values.is_none() {
        return Part::Features;
    }
    if !dataset.has_features() || column.is_some_and(|name| dataset.values_column(name).is_some()) {
        return Part::Values;
    }
    let others = weight.into_iter().chain(key).chain(filter.keys().map(String::as_str));
    let in_values_only =
        |name: &str| dataset.column(name).is_none() && dataset.values_column(name).is_some();
    if others.into_iter().any(in_values_only) { Part::Values } else { Part::Features }
}

fn owner(dataset: &Dataset, part: Part, name: &str) -> Owner {
    match part {
        Part::Features => Owner::Row,
        Part::Values if dataset.values_column(name).is_some() => Owner::Row,
        Part::Values => Owner::Feature,
    }
}

fn join_of<'a>(
    rows: &'a Rows,
    part: Part,
    found: &'a Dataset,
    place: &Dataset,
    over: &'a Dataset,
    link: Option<&'a str>,
) -> Option<JoinBy<'a>> {
    let declared = rows.key.as_deref();
    let same = place.id == over.id;
    match (rows.join, declared) {
        (Some(Join::Inside), _) => Some(JoinBy::Inside),
        (Some(Join::Within { metres }), _) => Some(JoinBy::Within(metres)),
        (Some(Join::Key) | None, Some(key)) => Some(JoinBy::Key(key)),
        (_, None) if same => Some(match part {
            Part::Features => JoinBy::Same,
            Part::Values => JoinBy::Key(link?),
        }),
        (Some(Join::Key), None) => {
            // The key of the values, or a column that is called like a key of the carrier.
            let shared = || over.key.iter().find(|key| found.column(key).is_some());
            link.or_else(|| shared().map(String::as_str)).map(JoinBy::Key)
        }
        (None, None) => Some(JoinBy::Inside),
    }
}
