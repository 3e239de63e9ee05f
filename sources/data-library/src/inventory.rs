//! Inventory of the data directory and the database at one moment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::directory_listing::{FileSignature, FilesByStem};
use super::no_data::{DataFound, DeclaredData, NoData};
use super::schemas::DatabaseSchemas;
use catalog::{Catalog, Dataset, Layer, TableName, VALUES_SUFFIX};
use postgis_store::{DatabaseInventory, GeometryTable, RelationName, ValuesTable};

/// Files by stem, and database tables.
pub(super) struct Inventory<'h> {
    pub(super) folder: &'h Path,
    pub(super) files: &'h FilesByStem,
    pub(super) archives: &'h FilesByStem,
    pub(super) database: Option<(&'h DatabaseInventory, &'h DatabaseSchemas)>,
    /// Files that can't be examined, by name, with the reason.
    pub(super) obscure: &'h BTreeMap<String, String>,
    /// Parts found earlier in this process.
    pub(super) found: &'h DataFound,
}

/// Location of a dataset's features.
pub(super) enum FeatureStorage<'h> {
    File(&'h Path, FileSignature),
    Archive(&'h Path),
    Table(&'h Arc<GeometryTable>),
    /// Not found, with the reason.
    Nowhere(NoData),
}

/// Location of a dataset's values.
#[derive(Debug)]
pub(super) enum HeldValues<'h> {
    File(&'h Path, FileSignature),
    Table(&'h Arc<ValuesTable>),
    /// Not found, with the reason.
    Nowhere(NoData),
}

impl<'h> Inventory<'h> {
    /// Locates a dataset's features.
    ///
    /// In the table that the dataset names; otherwise, by id, in a table, a FlatGeobuf file
    /// or an archive, in this order: a database with the dataset takes precedence.
    pub(super) fn of(&self, dataset: &Dataset) -> FeatureStorage<'h> {
        if let Some(place) = &dataset.place {
            let id = &dataset.id;
            let reason = format!("the features of dataset {id} are those of {place}");
            return FeatureStorage::Nowhere(NoData::Unavailable(reason));
        }
        let judged = |stored: &[DeclaredData], fault| {
            FeatureStorage::Nowhere(self.found.judge(stored, fault))
        };
        let features = DeclaredData::features(dataset);
        if let Some(name) = &dataset.table {
            return self
                .table(name)
                .map_or_else(|fault| judged(&[features], fault), FeatureStorage::Table);
        }
        let id = dataset.id.as_str();
        let name = TableName { schema: None, table: id.to_owned(), column: None };
        let table = self.table(&name);
        match (table, self.files.get(id), self.archives.get(id)) {
            (Ok(table), ..) => FeatureStorage::Table(table),
            (_, Some((path, signature)), _) => FeatureStorage::File(path, *signature),
            (_, _, Some((path, _))) => FeatureStorage::Archive(path),
            (Err(fault), None, None) => {
                judged(&[features, DeclaredData::tiles(dataset)], self.nor_in_file(fault, id))
            }
        }
    }

    /// Locates a dataset's values.
    ///
    /// In the table named for them; otherwise under [`values_name`](Dataset::values_name)
    /// in a table or a file, in this order.
    pub(super) fn values_of(&self, dataset: &Dataset) -> HeldValues<'h> {
        let Some(name) = dataset.values_name() else {
            let reason = format!("dataset {} declares no values", dataset.id);
            return HeldValues::Nowhere(NoData::Unavailable(reason));
        };
        let held = HeldValues::Table;
        let nowhere =
            |fault| HeldValues::Nowhere(self.found.judge(&[DeclaredData::values(dataset)], fault));
        if let Some(table) = dataset.values_table() {
            return self.values_table(table).map_or_else(nowhere, held);
        }
        let table = TableName { schema: None, table: name.clone(), column: None };
        match (self.values_table(&table), self.files.get(&name)) {
            (Ok(table), _) => held(table),
            (_, Some((path, signature))) => HeldValues::File(path, *signature),
            (Err(fault), None) => nowhere(self.nor_in_file(fault, &name)),
        }
    }

    /// Locates the result of a prepared layer: in a table, else in a file.
    pub(super) fn prepared(&self, layer: &Layer) -> FeatureStorage<'h> {
        let id = layer.id.as_str();
        match (self.table(&prepared_name(layer)), self.files.get(id)) {
            (Ok(table), _) => FeatureStorage::Table(table),
            (Err(_), Some((path, signature))) => FeatureStorage::File(path, *signature),
            (Err(fault), None) => {
                let stored = DeclaredData::Prepared(layer.id.clone());
                FeatureStorage::Nowhere(self.found.judge(&[stored], self.nor_in_file(fault, id)))
            }
        }
    }

    /// Combines a table's fault with that of a missing or unreadable file.
    fn nor_in_file(&self, of_table: NoData, stem: &str) -> NoData {
        let names = ["fgb", "pmtiles"].map(|ending| format!("{stem}.{ending}"));
        if let Some((name, reason)) = names.iter().find_map(|name| self.obscure.get_key_value(name))
        {
            return NoData::Unavailable(format!("{}: {reason}", self.folder.join(name).display()));
        }
        let missing = format!("{} is missing", self.file(stem).display());
        match self.database {
            Some(_) => of_table.map(|reason| format!("{reason}, and {missing}")),
            None => NoData::Missing(missing),
        }
    }

    /// Notices of datasets that are stored twice, with the one that is served.
    pub(super) fn twice(&self, dataset: &Dataset) -> impl Iterator<Item = String> {
        let features = match self.of(dataset) {
            FeatureStorage::Table(table) => {
                self.others(dataset.id.as_str(), format!("table {}", table.full_name()), "table")
            }
            FeatureStorage::File(path, _) => {
                self.others(dataset.id.as_str(), path.display().to_string(), "first")
            }
            FeatureStorage::Archive(_) | FeatureStorage::Nowhere(_) => None,
        };
        let values = match (self.values_of(dataset), dataset.values_name()) {
            (HeldValues::Table(table), Some(name)) => {
                self.others(&name, format!("table {}", table.full_name()), "table")
            }
            _ => None,
        };
        features.into_iter().chain(values)
    }

    /// Notice of the files with a dataset's stem beside the one that is served.
    fn others(&self, id: &str, served: String, what: &str) -> Option<String> {
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

    /// Tables that are published without a catalog, with the names of their layers and
    /// datasets.
    ///
    /// In the order of the published schemas, without tables that are `claimed` by a
    /// dataset.
    pub(super) fn published_tables(
        &self,
        claimed: impl Fn(&GeometryTable) -> bool,
    ) -> impl Iterator<Item = (&'h Arc<GeometryTable>, [String; 2])> {
        let (look, schemas) = self.database.unzip();
        let tables = look.into_iter().flat_map(|look| &look.tables);
        let publish = schemas.map_or(&[][..], |schemas| &schemas.publish);
        let mut named: Vec<(usize, &Arc<GeometryTable>, [String; 2])> = Vec::new();
        for table in tables.filter(|table| !claimed(table)) {
            let Some(rank) = publish.iter().position(|schema| *schema == table.schema) else {
                continue;
            };
            let first = named
                .iter()
                .all(|(_, other, _)| (&other.schema, &other.name) != (&table.schema, &table.name));
            named.push((rank, table, names(table, rank, first)));
        }
        named.sort_by_key(|&(rank, ..)| rank);
        named.into_iter().map(|(_, table, name)| (table, name))
    }

    /// Finds a table with a geometry column.
    ///
    /// A table that the role may not read is missing too, as the database does not list it.
    pub(super) fn table(&self, name: &TableName) -> Result<&'h Arc<GeometryTable>, NoData> {
        let Some((look, schemas)) = self.database else { return Err(NoData::no_database(name)) };
        let order = schemas.looked_at(name).map_err(NoData::Missing)?;
        let fits = |table: &&Arc<GeometryTable>| {
            table.name == name.table
                && name.schema.as_ref().is_none_or(|schema| *schema == table.schema)
                && name.column.as_ref().is_none_or(|column| *column == table.geometry_column)
        };
        // Geometry columns are in table order: the first match is used.
        let rank =
            |table: &&Arc<GeometryTable>| order.iter().position(|schema| *schema == table.schema);
        let found = look.tables.iter().filter(fits).min_by_key(rank);
        found.ok_or_else(|| match look.complete {
            true => NoData::Missing(format!(
                "the database has no table {name} with a geometry that may be read"
            )),
            false => NoData::not_known(&look.state),
        })
    }

    /// Finds a table without geometry.
    fn values_table(&self, name: &TableName) -> Result<&'h Arc<ValuesTable>, NoData> {
        let Some((look, schemas)) = self.database else { return Err(NoData::no_database(name)) };
        let order = schemas.looked_at(name).map_err(NoData::Missing)?;
        let fits = |schema: &String, table: &String| {
            *table == name.table && name.schema.as_ref().is_none_or(|named| named == schema)
        };
        let known = look.values.iter().filter(|table| fits(&table.schema, &table.name));
        let rank = |table: &&Arc<ValuesTable>| order.iter().position(|s| *s == table.schema);
        known.min_by_key(rank).ok_or_else(|| {
            if !look.requested.contains(&relation(name)) {
                return NoData::not_known(&look.state);
            }
            if look.tables.iter().any(|table| fits(&table.schema, &table.name)) {
                return NoData::Unavailable(format!(
                    "table {name} has a geometry column, and values have none; name another, or \
                     drop that column"
                ));
            }
            let reason =
                format!("the database has no table {name} without geometry that may be read");
            NoData::Missing(reason)
        })
    }

    pub(super) fn file(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.fgb"))
    }
}

/// Names of the tables that may hold the values of a catalog's datasets.
pub(super) fn values_names(catalog: &Catalog) -> BTreeSet<RelationName> {
    let named = |dataset: &Dataset| {
        let name = dataset.values_name()?;
        let by_name = RelationName { schema: None, table: name };
        Some(dataset.values_table().map_or(by_name, relation))
    };
    catalog.datasets.iter().filter_map(named).collect()
}

/// Whether a table holds a declared dataset's values, by its name; such a table is never a
/// layer.
pub(super) fn is_of_values(catalog: &Catalog, table: &GeometryTable) -> bool {
    let by_name = |dataset: &Dataset| {
        let stem = dataset.values_name();
        stem.is_some_and(|stem| stem == table.name)
            || dataset.values_table().is_some_and(|name| {
                name.table == table.name
                    && name.schema.as_ref().is_none_or(|schema| *schema == table.schema)
            })
    };
    table.name.strip_suffix(VALUES_SUFFIX).is_some_and(|id| catalog.dataset(id).is_some())
        || catalog.datasets.iter().any(by_name)
}

fn relation(name: &TableName) -> RelationName {
    RelationName { schema: name.schema.clone(), table: name.table.clone() }
}

/// Table name of a prepared layer: its id, as `load` names a table after its file.
pub(super) fn prepared_name(layer: &Layer) -> TableName {
    TableName { schema: None, table: layer.id.as_str().to_owned(), column: None }
}

/// Layer and dataset names of a table.
///
/// The table's name in the first published schema, prefixed by the schema in others; the
/// layer's also has the column unless it is the table's first geometry. A layer thus keeps
/// its name when other tables appear.
fn names(table: &GeometryTable, rank: usize, first: bool) -> [String; 2] {
    let dataset =
        if rank == 0 { table.name.clone() } else { format!("{}-{}", table.schema, table.name) };
    let column = &table.geometry_column;
    let layer = if first { dataset.clone() } else { format!("{dataset}-{column}") };
    [layer, dataset]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory_listing::DirectoryListing;
    use catalog::{LocalizedText, TimeValues};
    use data_model::feature::GeometryKind;
    use data_model::{DatasetId, FieldId};
    use postgis_store::{DatabaseState, FetchOptions, Relation, TableChangeToken, TableKind};
    use rstest::rstest;

    /// A dataset with values, and with features of its own or of `place`.
    fn dataset(id: &str, place: Option<&str>, table: Option<&str>) -> Dataset {
        let title = LocalizedText::same(id);
        let (id, field) = (DatasetId::new(id).unwrap(), FieldId::new("field").unwrap());
        let mut dataset = Dataset::new(id, field, title, GeometryKind::Polygon);
        dataset.place = place.map(|place| DatasetId::new(place).unwrap());
        dataset.values = Some(TimeValues {
            key: "dong_cd".to_owned(),
            time: None,
            hour: None,
            period: None,
            kept: None,
            table: table.map(|name| name.parse().unwrap()),
            columns: Vec::new(),
        });
        dataset
    }

    fn table(schema: &str, name: &str) -> Arc<ValuesTable> {
        let relation = Relation {
            schema: schema.to_owned(),
            name: name.to_owned(),
            oid: 1,
            kind: TableKind::Table,
            columns: Vec::new(),
            title: None,
            description: None,
            estimated_rows: None,
            bytes_on_disk: None,
            change_token: TableChangeToken(0),
            fetching: FetchOptions::default(),
        };
        Arc::new(ValuesTable { relation })
    }

    #[rstest]
    // A dataset with features of its own, and one whose features are the dongs.
    #[case::beside_features(dataset("bus", None, None), "table a.bus_values")]
    #[case::alone(dataset("pop", Some("dong"), None), "table a.pop")]
    #[case::file_alone(dataset("jobs", Some("dong"), None), "jobs.fgb")]
    #[case::file_beside_features(dataset("cctv", None, None), "cctv_values.fgb")]
    #[case::the_first_schema(dataset("twice", Some("dong"), None), "table a.twice")]
    #[case::named(dataset("twice", Some("dong"), Some("b.twice")), "table b.twice")]
    #[case::named_and_missing(
        dataset("pop", Some("dong"), Some("b.pop")),
        "no table b.pop without geometry"
    )]
    #[case::schema_not_looked_at(dataset("pop", Some("dong"), Some("c.pop")), "--dataset-schema")]
    #[case::missing(dataset("none", None, None), "none_values.fgb is missing")]
    #[case::not_asked_for_yet(dataset("new", None, None), "not been looked at yet")]
    fn values_are_found_in_tables_and_files(#[case] dataset: Dataset, #[case] expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        for stem in ["pop", "jobs", "bus", "bus_values", "cctv", "cctv_values"] {
            std::fs::write(folder.path().join(format!("{stem}.fgb")), "").unwrap();
        }
        let look = DirectoryListing::at(folder.path(), &folder.path().join("catalog")).unwrap();
        let known = [("a", "bus_values"), ("a", "pop"), ("b", "twice"), ("a", "twice")];
        let asked = ["bus_values", "pop", "jobs", "cctv_values", "twice", "b.pop", "none_values"];
        let asked = asked.map(|name| relation(&name.parse().unwrap()));
        let database = DatabaseInventory {
            state: DatabaseState::Up,
            complete: true,
            tables: Vec::new(),
            values: known.map(|(schema, name)| table(schema, name)).to_vec(),
            requested: Arc::new(asked.into()),
            notes: Vec::new(),
        };
        let schemas =
            DatabaseSchemas { publish: vec!["b".to_owned()], datasets: vec!["a".to_owned()] };
        let inventory = Inventory {
            folder: folder.path(),
            files: &look.files,
            archives: &look.archives,
            database: Some((&database, &schemas)),
            obscure: &look.obscure,
            found: &DataFound::default(),
        };
        let found = match inventory.values_of(&dataset) {
            HeldValues::File(path, _) => path.display().to_string(),
            HeldValues::Table(table) => format!("table {}", table.full_name()),
            HeldValues::Nowhere(fault) => fault.to_string(),
        };
        assert!(found.contains(expected), "{found}");
        // The dataset's values are not features.
        let features = inventory.of(&dataset);
        assert_eq!(
            matches!(features, FeatureStorage::Nowhere(_)),
            !dataset.has_features() || { !look.files.contains_key(dataset.id.as_str()) }
        );
        let twice: Vec<String> = inventory.twice(&dataset).collect();
        assert_eq!(twice.is_empty(), !found.starts_with("table a.bus") && found != "table a.pop");
    }

    #[test]
    fn the_database_is_asked_for_the_tables_that_may_hold_values() {
        let plain = Dataset { values: None, ..dataset("plain", None, None) };
        let mut named = dataset("named", Some("dong"), None);
        named.table = Some("s.pop".parse().unwrap());
        let datasets = vec![
            plain,
            named,
            dataset("bus", None, None),
            dataset("pop", Some("dong"), None),
            dataset("own", None, Some("s.rows")),
        ];
        let catalog = Catalog { datasets, ..Catalog::default() };
        let names = ["s.pop", "bus_values", "pop", "s.rows"];
        let expected = names.map(|name| relation(&name.parse().unwrap()));
        assert_eq!(values_names(&catalog), expected.into());
        let stems = ["plain", "plain_values", "bus_values", "pop", "other_values", "bus_value"];
        let claimed: Vec<_> = stems.into_iter().filter(|stem| catalog.claims(stem)).collect();
        assert_eq!(claimed, ["plain", "plain_values", "bus_values", "pop"]);
    }
}
