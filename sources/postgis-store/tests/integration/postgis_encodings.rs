//! Databases that are not in UTF-8: without an encoding, in EUC-KR, in Latin 1.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::Arc;

use postgis_store::{DatabaseOptions, DatabaseState, PostgisDatabase};
use testing::database::{PATIENCE, ScratchSchema, scratch, table};
use testing::encode::covering;
use testing::live::{ask, features, live, publication};
use testing::{FeatureCollector, OwnedValue};
use tokio_postgres::{Client, Config, NoTls};

/// A database of its own, dropped at the end.
struct OwnDatabase {
    scratch: ScratchSchema,
    client: Option<Client>,
    name: String,
}

fn own_database(test: &str, encoding: &str) -> Option<OwnDatabase> {
    let scratch = scratch(test)?;
    let name = format!("{}_db", scratch.schema);
    // Not in the transaction that several statements at once would be.
    scratch.sql(&format!("DROP DATABASE IF EXISTS {name}"));
    scratch.sql(&format!(
        "CREATE DATABASE {name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    ));
    let mut config: Config = scratch.url("").parse().unwrap();
    config.dbname(&name);
    let client = scratch.handle().block_on(async {
        let (client, connection) = config.connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    });
    let own = OwnDatabase { scratch, client: Some(client), name };
    own.sql("CREATE EXTENSION postgis; CREATE SCHEMA maps");
    Some(own)
}

impl OwnDatabase {
    fn sql(&self, sql: &str) {
        let client = self.client.as_ref().unwrap();
        self.scratch.handle().block_on(client.batch_execute(sql)).unwrap();
    }

    /// Runs SQL in which `<b0a1>` stands for these bytes.
    fn raw_sql(&self, sql: &str) {
        let mut bytes = String::new();
        let mut rest = sql;
        while let Some((before, after)) = rest.split_once('<') {
            let (hex, tail) = after.split_once('>').unwrap();
            before.bytes().for_each(|byte| bytes.push_str(&format!("{byte:02x}")));
            bytes.push_str(hex);
            rest = tail;
        }
        rest.bytes().for_each(|byte| bytes.push_str(&format!("{byte:02x}")));
        self.sql(&format!(
            "DO $$ BEGIN EXECUTE convert_from('\\x{bytes}'::bytea, getdatabaseencoding()); END $$"
        ));
    }

    fn database(&self) -> Arc<PostgisDatabase> {
        let url = self.scratch.url("");
        let mut config: Config = url.parse().unwrap();
        let from = config.get_dbname().unwrap().to_owned();
        config.dbname(&self.name);
        let at = url.rfind(&format!("/{from}")).unwrap();
        let url = format!("{}/{}{}", &url[..at], self.name, &url[at + 1 + from.len()..]);
        let options =
            DatabaseOptions { url, schemas: vec!["maps".to_owned()], ..self.scratch.options() };
        let database = PostgisDatabase::start(options, self.scratch.handle()).unwrap();
        let _ = database.wait_for_first_poll(PATIENCE);
        database
    }
}

impl Drop for OwnDatabase {
    fn drop(&mut self) {
        self.client = None;
        self.scratch.sql(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

fn point_table(name: &str) -> String {
    format!(
        "CREATE TABLE maps.{name} (id int PRIMARY KEY, geom geometry(Point, 4326));
         INSERT INTO maps.{name} VALUES (1, 'SRID=4326;POINT(127.04 37.55)');"
    )
}

fn names(database: &PostgisDatabase) -> Vec<String> {
    database.inventory().tables.iter().map(|table| table.name.clone()).collect()
}

fn text(text: &str) -> OwnedValue {
    OwnedValue::Text(text.to_owned())
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_comment_in_cp949_does_not_stop_the_database() {
    let Some(own) = own_database("a_comment_in_cp949_does_not_stop_the_database", "SQL_ASCII")
    else {
        return;
    };
    own.sql(&(point_table("good") + &point_table("other") + &point_table("broken")));
    own.raw_sql("COMMENT ON TABLE maps.other IS '<b0a1b7ceb5ee>'");
    own.raw_sql("COMMENT ON TABLE maps.broken IS '<fffe>'");
    let database = own.database();
    let inventory = database.inventory();
    assert_eq!(inventory.state, DatabaseState::Up);
    assert_eq!(names(&database), ["broken", "good", "other"]);
    assert_eq!(table(&database, "other").title.as_deref(), Some("가로등"));
    assert_eq!(table(&database, "broken").title, None);
    let noted = |table: &str, remedy: &str| {
        inventory.notes.iter().any(|note| note.contains(table) && note.contains(remedy))
    };
    assert!(
        noted("maps.other", "UTF8") && noted("maps.broken", "COMMENT ON"),
        "{:?}",
        inventory.notes
    );
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_name_or_value_in_cp949_stops_that_one_thing_alone() {
    let name = "a_name_or_value_in_cp949_stops_that_one_thing_alone";
    let Some(own) = own_database(name, "SQL_ASCII") else { return };
    own.sql(&point_table("good"));
    // 종류 as CP949 has it; a label of an enum; a table that nobody can name.
    own.raw_sql("CREATE TYPE maps.state AS ENUM ('<c1c1c0bd>')");
    own.raw_sql(
        "CREATE TABLE maps.lamps (id int PRIMARY KEY, gone int, <c1beb7f9> text, utf text,
             state maps.state, geom geometry(Point, 4326), <c0a7c4a1> text)",
    );
    own.sql("ALTER TABLE maps.lamps DROP COLUMN gone");
    own.raw_sql(
        "INSERT INTO maps.lamps VALUES (1, '<b0a1b7ceb5ee>', '등', '<c1c1c0bd>',
             'SRID=4326;POINT(127.04 37.55)', '<fffe>')",
    );
    own.raw_sql("CREATE TABLE maps.<b0a1> (geom geometry(Point, 4326))");
    let database = own.database();
    let inventory = database.inventory();
    assert_eq!(inventory.state, DatabaseState::Up);
    assert_eq!(names(&database), ["good", "lamps"]);
    let lamps = table(&database, "lamps");
    let columns: Vec<_> = lamps.columns.iter().map(|c| c.column.name.as_str()).collect();
    assert_eq!(columns, ["id", "종류", "utf", "state", "위치"]);
    let noted = |part: &str| inventory.notes.iter().any(|note| note.contains(part));
    assert!(noted("maps.가 is left out") && noted("column \"종류\""), "{:?}", inventory.notes);

    let mut rows = FeatureCollector::default();
    let summary = database.scan(&lamps, &mut rows).unwrap();
    let expected = [OwnedValue::Int(1), text("가로등"), text("등"), text("좋음"), OwnedValue::Null];
    assert_eq!(rows.features[0].values, expected);
    let note = summary.unread.note("maps.lamps").unwrap();
    assert!(note.contains("1 value(s)") && note.contains("\"위치\""), "{note}");

    let source = live(&database, "lamps", publication(None, false));
    let tile = covering(14, [127.04, 37.55]);
    let found = features(ask(&own.scratch, &source, tile).unwrap());
    assert_eq!(found.len(), 1);
    let shown = format!("{found:?}");
    assert!(shown.contains("가로등") && shown.contains("좋음"), "{shown}");
    testing::database::wait_for(&database, "the note", |inventory| {
        inventory
            .notes
            .iter()
            .any(|note| note.contains("text neither of UTF-8") && note.contains("위치"))
    });
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_value_of_euc_kr_without_a_place_in_unicode_does_not_stop_its_table() {
    let name = "a_value_of_euc_kr_without_a_place_in_unicode_does_not_stop_its_table";
    let Some(own) = own_database(name, "EUC_KR") else { return };
    own.sql(
        "CREATE TABLE maps.\"가로등\" (id int PRIMARY KEY, \"종류\" text,
             geom geometry(Point, 4326));
         COMMENT ON TABLE maps.\"가로등\" IS '밤길';
         INSERT INTO maps.\"가로등\" VALUES (1, '보안등', 'SRID=4326;POINT(127.04 37.55)')",
    );
    own.raw_sql("INSERT INTO maps.<b0a1b7ceb5ee> VALUES (2, '<c9a1>', NULL)");
    let database = own.database();
    assert_eq!(names(&database), ["가로등"]);
    let lamps = table(&database, "가로등");
    assert_eq!(lamps.title.as_deref(), Some("밤길"));
    let mut rows = FeatureCollector::default();
    let summary = database.scan(&lamps, &mut rows).unwrap();
    assert_eq!(rows.features[0].values, [OwnedValue::Int(1), text("보안등")]);
    assert_eq!(rows.features[1].values, [OwnedValue::Int(2), OwnedValue::Null]);
    assert_eq!(summary.unread.values, 1);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn text_of_latin_1_is_converted_by_the_server() {
    let Some(own) = own_database("text_of_latin_1_is_converted_by_the_server", "LATIN1") else {
        return;
    };
    own.sql(
        "CREATE TABLE maps.cafes (id int PRIMARY KEY, \"né\" text, geom geometry(Point, 4326));
         COMMENT ON TABLE maps.cafes IS 'Cafés';
         INSERT INTO maps.cafes VALUES (1, 'déjà', 'SRID=4326;POINT(127.04 37.55)')",
    );
    let database = own.database();
    let cafes = table(&database, "cafes");
    assert_eq!(cafes.title.as_deref(), Some("Cafés"));
    let mut rows = FeatureCollector::default();
    database.scan(&cafes, &mut rows).unwrap();
    assert_eq!(rows.features[0].values, [OwnedValue::Int(1), text("déjà")]);
    assert!(database.inventory().notes.is_empty());
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_poll_that_fails_does_not_take_live_tables_down() {
    let name = "a_poll_that_fails_does_not_take_live_tables_down";
    let Some(own) = own_database(name, "UTF8") else { return };
    own.sql(&point_table("good"));
    let database = own.database();
    let source = live(&database, "good", publication(None, false));
    let tile = covering(14, [127.04, 37.55]);
    assert_eq!(features(ask(&own.scratch, &source, tile).unwrap()).len(), 1);
    // Comments are read by polls alone.
    own.sql("BEGIN; LOCK TABLE pg_description IN ACCESS EXCLUSIVE MODE");
    testing::database::wait_for(&database, "the failed poll", |inventory| {
        !inventory.notes.is_empty()
    });
    let inventory = database.inventory();
    assert_eq!(inventory.state, DatabaseState::Up);
    assert!(inventory.notes[0].contains("not noticed"), "{:?}", inventory.notes);
    assert_eq!(features(ask(&own.scratch, &source, tile).unwrap()).len(), 1);
    own.sql("COMMIT");
    testing::database::wait_for(&database, "a poll", |inventory| inventory.notes.is_empty());
}
