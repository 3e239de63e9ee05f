//! What a figure refers to: which part of which dataset, and how its rows are joined.

use super::Part;
use super::cells::Want;
use super::rows::Wants;
use catalog::{Catalog, Condition, Dataset, Filter, Join, Rows};
use data_model::DatasetId;

/// A column that rows are looked at by: their own, or one of the feature that they
/// belong to.
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

/// How rows are joined to what carries figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum JoinBy<'a> {
    /// They are the carrier's own features.
    Same,
    /// By this column of theirs.
    Key(&'a str),
    /// By lying in it.
    Inside,
    /// By lying within so many metres.
    Within(f64),
}

/// Rows of a dataset, resolved.
#[derive(Debug, Clone)]
pub(super) struct Reference<'a> {
    pub(super) dataset: &'a Dataset,
    /// The dataset whose features the rows are or belong to.
    pub(super) place: &'a Dataset,
    pub(super) part: Part,
    pub(super) column: Option<ColumnOf<'a>>,
    pub(super) weight: Option<ColumnOf<'a>>,
    pub(super) filter: Vec<(ColumnOf<'a>, &'a Condition)>,
    pub(super) join: JoinBy<'a>,
    /// The column by which rows of values name their feature.
    pub(super) link: Option<&'a str>,
    pub(super) last_months: Option<u32>,
}

/// What can't be resolved.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unresolved {
    Dataset(DatasetId),
    Key,
}

pub(super) fn dataset<'a>(catalog: &'a Catalog, id: &DatasetId) -> Result<&'a Dataset, Unresolved> {
    catalog.dataset(id.as_str()).ok_or_else(|| Unresolved::Dataset(id.clone()))
}

impl<'a> Reference<'a> {
    /// Resolves rows that are to be joined to features of `over`; those of this part,
    /// where one is given.
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

    /// What its column is declared to be.
    pub(super) fn column_kind(&self) -> Option<catalog::LogicalType> {
        let column = self.column?;
        let declared = match (column.of, self.part) {
            (Owner::Row, Part::Values) => self.dataset.values_column(column.name),
            (Owner::Row, Part::Features) => self.dataset.column(column.name),
            (Owner::Feature, _) => self.place.column(column.name),
        };
        declared.and_then(|column| column.kind)
    }

    /// Tells which parts and columns must be read; `want` is how the column is needed,
    /// and `located` whether it matters where the rows lie.
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

    /// Whether rows belong to what lies where they do.
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

/// Which part holds all that is asked for: the features where they do, otherwise the
/// values, whose rows know their feature. A column is looked for among values first.
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
