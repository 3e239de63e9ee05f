//! What the data directory and the database hold at one moment.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::look::{Files, Signature};
use crate::catalog::{Dataset, TableName};
use crate::postgis::{DatabaseLook, DatabaseState, Table};

/// Which schemas of the database are looked at, and to what end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schemas {
    /// Every table with a geometry is a layer.
    pub publish: Vec<String>,
    /// The catalog's datasets are looked for here too; nothing else is published.
    pub datasets: Vec<String>,
}

impl Schemas {
    /// All of them, in the order in which a dataset is looked for.
    #[must_use]
    pub fn all(&self) -> Vec<String> {
        let mut all = Vec::new();
        for schema in self.datasets.iter().chain(&self.publish) {
            if !all.contains(schema) {
                all.push(schema.clone());
            }
        }
        all
    }
}

/// Files by stem and tables.
pub(super) struct Holdings<'h> {
    pub(super) folder: &'h Path,
    pub(super) files: &'h Files,
    pub(super) archives: &'h Files,
    pub(super) database: Option<(&'h DatabaseLook, &'h Schemas)>,
}

/// Where one dataset is held.
pub(super) enum Held<'h> {
    File(&'h Path, Signature),
    Archive(&'h Path),
    Table(&'h Arc<Table>),
    /// Nowhere, and why that is.
    Nowhere(String),
}

impl<'h> Holdings<'h> {
    /// Where a dataset is: in the table that it names, or under its id in a table,
    /// a FlatGeobuf file or an archive, in this order: a database that has the
    /// dataset is where it is kept.
    pub(super) fn of(&self, dataset: &Dataset) -> Held<'h> {
        if let Some(name) = &dataset.table {
            return self.table(name).map_or_else(Held::Nowhere, Held::Table);
        }
        let id = dataset.id.as_str();
        let name = TableName { schema: None, table: id.to_owned(), column: None };
        let table = self.table(&name);
        match (table, self.files.get(id), self.archives.get(id)) {
            (Ok(table), ..) => Held::Table(table),
            (_, Some((path, signature)), _) => Held::File(path, *signature),
            (_, _, Some((path, _))) => Held::Archive(path),
            (Err(_), None, None) if self.database.is_none() => {
                Held::Nowhere(format!("{} is missing", self.file(id).display()))
            }
            (Err(reason), None, None) => {
                Held::Nowhere(format!("{reason}, and {} is missing", self.file(id).display()))
            }
        }
    }

    /// Where the values of a dataset are: in the table that they name, or under
    /// [`values_name`](Dataset::values_name) in a table or a file.
    pub(super) fn values_of(&self, dataset: &Dataset) -> Held<'h> {
        let Some(name) = dataset.values_name() else {
            return Held::Nowhere(format!("dataset {} declares no values", dataset.id));
        };
        match self.files.get(&name) {
            Some((path, signature)) => Held::File(path, *signature),
            None => Held::Nowhere(format!("{} is missing", self.file(&name).display())),
        }
    }

    /// Datasets that are held twice, for the operator: which of them is served.
    pub(super) fn twice(&self, dataset: &Dataset) -> Option<String> {
        let id = dataset.id.as_str();
        let (served, what) = match self.of(dataset) {
            Held::Table(table) => (format!("table {}", table.full_name()), "table"),
            Held::File(path, _) => (path.display().to_string(), "first"),
            Held::Archive(_) | Held::Nowhere(_) => return None,
        };
        let files = [&self.files, &self.archives].into_iter().filter_map(|files| files.get(id));
        let others: Vec<String> = files
            .map(|(path, _)| path.display().to_string())
            .filter(|path| *path != served)
            .collect();
        if others.is_empty() {
            return None;
        }
        Some(format!(
            "dataset {id} is held by {served} and by {}; the {what} is served: remove the other, \
             or rename one of them",
            others.join(" and by ")
        ))
    }

    /// The tables that are published without a catalog: of the schemas published,
    /// in their order, but for those that `claimed` says belong to a dataset.
    pub(super) fn published_tables(
        &self,
        claimed: impl Fn(&Table) -> bool,
    ) -> impl Iterator<Item = (&'h Arc<Table>, String)> {
        let (look, schemas) = self.database.unzip();
        let tables = look.into_iter().flat_map(|look| &look.tables);
        let publish = schemas.map_or(&[][..], |schemas| &schemas.publish);
        let mut named: Vec<(usize, &Arc<Table>, String)> = Vec::new();
        for table in tables.filter(|table| !claimed(table)) {
            let Some(rank) = publish.iter().position(|schema| *schema == table.schema) else {
                continue;
            };
            let first = named
                .iter()
                .all(|(_, other, _)| (&other.schema, &other.name) != (&table.schema, &table.name));
            named.push((rank, table, layer_name(table, rank, first)));
        }
        named.sort_by_key(|&(rank, ..)| rank);
        named.into_iter().map(|(_, table, name)| (table, name))
    }

    pub(super) fn table(&self, name: &TableName) -> Result<&'h Arc<Table>, String> {
        let Some((look, schemas)) = self.database else {
            return Err(format!(
                "table {name} is in a database, and none is named; start with --database-url"
            ));
        };
        let order = schemas.all();
        if let Some(schema) = name.schema.as_ref().filter(|schema| !order.contains(schema)) {
            return Err(format!(
                "table {name} is in schema {schema}, which is not looked at; add it to \
                 --dataset-schema"
            ));
        }
        let fits = |table: &&Arc<Table>| {
            table.name == name.table
                && name.schema.as_ref().is_none_or(|schema| *schema == table.schema)
                && name.column.as_ref().is_none_or(|column| *column == table.geometry_column)
        };
        // Geometry columns come in their order: the first one that fits is meant.
        let rank = |table: &&Arc<Table>| order.iter().position(|schema| *schema == table.schema);
        let found = look.tables.iter().filter(fits).min_by_key(rank);
        found.ok_or_else(|| match &look.state {
            _ if look.complete => {
                format!("the database has no table {name} with a geometry that may be read")
            }
            DatabaseState::Lost { reason } => format!("the database can't be used: {reason}"),
            DatabaseState::Starting | DatabaseState::Up => {
                "the database has not been looked at yet".to_owned()
            }
        })
    }

    pub(super) fn file(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.fgb"))
    }
}

/// What a table's layer is called: like the table in the schema named first, with
/// its schema in others, and with the column where it is not the table's first
/// geometry. So no table's layer changes its name when another table appears.
fn layer_name(table: &Table, rank: usize, first: bool) -> String {
    let mut name =
        if rank == 0 { table.name.clone() } else { format!("{}-{}", table.schema, table.name) };
    if !first {
        name.push('-');
        name.push_str(&table.geometry_column);
    }
    name
}
