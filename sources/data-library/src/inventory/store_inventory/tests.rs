use super::*;
use crate::database::schemas::DatabaseSchemas;
use crate::directory::directory_listing::DirectoryListing;
use crate::inventory::table_names::{relation_name, values_tables};
use catalog::{LocalizedText, TimeValues};
use data_model::feature::GeometryKind;
use data_model::{DatasetId, FieldId};
use postgis_store::{
    DatabaseInventory, DatabaseState, FetchOptions, Relation, TableChangeToken, TableKind,
};
use rstest::rstest;

/// A dataset with values, and with features of its own or of `place`.
fn dataset(id: &str, place: Option<&str>, table: Option<&str>) -> Dataset {
    let title = LocalizedText::same(id);
    let (id, field) = (DatasetId::new(id).unwrap(), FieldId::new("field").unwrap());
    let mut dataset = Dataset::new(id, field, title, GeometryKind::Polygon);
    dataset.feature_dataset = place.map(|place| DatasetId::new(place).unwrap());
    dataset.values = Some(TimeValues {
        key: "dong_cd".to_owned(),
        time: None,
        hour: None,
        period: None,
        retained_periods: None,
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
#[case::schema_not_discovered(dataset("pop", Some("dong"), Some("c.pop")), "--dataset-schema")]
#[case::missing(dataset("none", None, None), "none_values.fgb is missing")]
#[case::not_requested_yet(dataset("new", None, None), "not been polled yet")]
fn values_are_found_in_tables_and_files(#[case] dataset: Dataset, #[case] expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    for stem in ["pop", "jobs", "bus", "bus_values", "cctv", "cctv_values"] {
        std::fs::write(folder.path().join(format!("{stem}.fgb")), "").unwrap();
    }
    let listing = DirectoryListing::read(folder.path(), &folder.path().join("catalog")).unwrap();
    let known = [("a", "bus_values"), ("a", "pop"), ("b", "twice"), ("a", "twice")];
    let requested = ["bus_values", "pop", "jobs", "cctv_values", "twice", "b.pop", "none_values"];
    let requested = requested.map(|name| relation_name(&name.parse().unwrap()));
    let database = DatabaseInventory {
        state: DatabaseState::Up,
        complete: true,
        tables: Vec::new(),
        values: known.map(|(schema, name)| table(schema, name)).to_vec(),
        requested: Arc::new(requested.into()),
        notes: Vec::new(),
    };
    let schemas = DatabaseSchemas { publish: vec!["b".to_owned()], datasets: vec!["a".to_owned()] };
    let inventory = StoreInventory {
        folder: folder.path(),
        files: &listing.files,
        archives: &listing.archives,
        database: Some(DiscoveredTables { poll: &database, schemas: &schemas }),
        unreadable: &listing.unreadable,
        presence: &PresenceHistory::default(),
    };
    let storage = match inventory.values_of(&dataset) {
        ValuesStorage::File(path, _) => path.display().to_string(),
        ValuesStorage::Table(table) => format!("table {}", table.full_name()),
        ValuesStorage::Nowhere(fault) => fault.to_string(),
    };
    assert!(storage.contains(expected), "{storage}");
    // The dataset's values are not features.
    let features = inventory.features_of(&dataset);
    assert_eq!(
        matches!(features, FeatureStorage::Nowhere(_)),
        !dataset.has_features() || { !listing.files.contains_key(dataset.id.as_str()) }
    );
    let duplicates: Vec<String> = inventory.duplicates_of(&dataset).collect();
    let is_single = !storage.starts_with("table a.bus") && storage != "table a.pop";
    assert_eq!(duplicates.is_empty(), is_single);
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
    let expected = names.map(|name| relation_name(&name.parse().unwrap()));
    assert_eq!(values_tables(&catalog), expected.into());
    let stems = ["plain", "plain_values", "bus_values", "pop", "other_values", "bus_value"];
    let claimed: Vec<_> = stems.into_iter().filter(|stem| catalog.claims(stem)).collect();
    assert_eq!(claimed, ["plain", "plain_values", "bus_values", "pop"]);
}
