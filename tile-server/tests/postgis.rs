//! The real binary over a schema whose tables are created, changed and dropped while it runs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    mod database;
    mod http;
    mod process;
    pub(crate) use database::*;
    pub(crate) use http::*;
    pub(crate) use process::*;
}

use std::net::{SocketAddr, TcpListener};

use rstest::rstest;
use rustix::process::Signal;
use support::{Answer, Client, Process, Scratch, arguments, poll};

/// Tile that contains every row of these tests.
const TILE: &str = "12/3493/1586";

/// A server that publishes the schema, and a client on its machine.
struct Scene {
    process: Process,
    client: Client,
    admin: SocketAddr,
    _data: tempfile::TempDir,
}

impl Scene {
    /// Publishes the schema of `database`, reading it by `url`.
    fn start(database: &Scratch, url: &str, more: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let options = [&["--publish-schema", &database.schema], more].concat();
        let variables = [("TILE_SERVER_DATABASE_URL", url)];
        let mut process = Process::spawn(&arguments(data.path(), &options), &variables);
        let (public, admin) = (process.address("public"), process.address("admin"));
        Self { process, client: Client::local(public), admin, _data: data }
    }

    fn tile(&mut self, layer: &str) -> Answer {
        self.client.get(&format!("/tiles/{layer}/{TILE}"))
    }

    /// Waits until a layer's tile has this status.
    fn until(&mut self, layer: &str, status: u16) -> Answer {
        poll(&format!("{status} of {layer}"), || {
            let answer = self.tile(layer);
            (answer.status == status).then_some(answer)
        })
    }

    /// Waits until a layer's tile holds a text.
    fn until_it_holds(&mut self, layer: &str, text: &str) -> Answer {
        poll(&format!("{text} in {layer}"), || {
            let answer = self.tile(layer);
            let found = answer.status == 200
                && answer.inflated().windows(text.len()).any(|part| part == text.as_bytes());
            found.then_some(answer)
        })
    }

    fn fields(&mut self, layer: &str) -> Vec<String> {
        let described = self.client.get(&format!("/tiles/{layer}.json")).json();
        described["vector_layers"][0]["fields"].as_object().unwrap().keys().cloned().collect()
    }

    fn readiness(&mut self) -> serde_json::Value {
        // A connection of its own: one kept open would be closed as idle meanwhile.
        Client::local(self.admin).get("/readyz").json()
    }

    /// Ends the server, which must end well, and returns its log.
    fn log(mut self) -> String {
        drop(self.client);
        self.process.signal(Signal::TERM);
        let (status, log) = self.process.output();
        assert_eq!(status.code(), Some(0), "{log}");
        log
    }
}

/// Three places, in a schema made for them.
fn places(database: &Scratch) {
    database.sql(&format!("CREATE SCHEMA \"{}\"", database.schema));
    database.sql(
        "CREATE TABLE places (id int PRIMARY KEY, name text, geom geometry(Point, 4326));
         INSERT INTO places SELECT i, '장소 ' || i, ST_SetSRID(ST_MakePoint(127.04, 37.55), 4326)
         FROM generate_series(1, 3) AS i",
    );
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case::in_memory("64")]
#[case::live("0")]
fn a_table_comes_changes_is_renamed_and_goes_without_a_restart(#[case] memory: &str) {
    let test = "a_table_comes_changes_is_renamed_and_goes_without_a_restart";
    let Some(database) = Scratch::named(test) else { return };
    places(&database);
    database.sql("CREATE TABLE others AS SELECT * FROM places");
    let mut scene = Scene::start(&database, &database.url, &["--table-memory", memory]);
    let first = scene.until_it_holds("places", "장소 3");
    assert_eq!(scene.fields("places"), ["name"]);
    let live = scene.client.get("/catalog.json").json()["layers"][0]["feature_count"].is_null();
    assert_eq!(live, memory == "0");
    assert_eq!(scene.tile("later").status, 404);

    database.sql("CREATE TABLE later AS SELECT id, 'later ' || id AS name, geom FROM places");
    scene.until_it_holds("later", "later 3");

    // One statement each, so that the server may look between them.
    database.sql("ALTER TABLE places ADD COLUMN kind text");
    database.sql("UPDATE places SET kind = '공원'");
    let changed = scene.until_it_holds("places", "공원");
    assert_ne!(changed.header("etag"), first.header("etag"));
    assert_eq!(scene.fields("places"), ["kind", "name"]);
    database.sql("ALTER TABLE places DROP COLUMN name");
    poll("a column less", || (scene.fields("places") == ["kind"]).then_some(()));
    let less = scene.until("places", 200).inflated();
    assert!(!less.windows(6).any(|part| part == "장소".as_bytes()));

    database.sql("ALTER TABLE places RENAME TO parks");
    scene.until_it_holds("parks", "공원");
    assert_eq!(scene.tile("places").status, 404);

    database.sql("DROP TABLE parks");
    scene.until("parks", 404);
    assert_eq!(scene.tile("others").status, 200);
    let ready = scene.readiness();
    assert_eq!((&ready["status"], &ready["layers"]["ready"]), (&"ready".into(), &2.into()));
    let log = scene.log();
    assert!(!log.contains(database.password()), "{log}");
    // PostGIS says of a new table that nobody has counted its rows yet.
    assert!(!log.contains("stats for"), "{log}");
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case::in_memory("64")]
#[case::live("0")]
fn a_table_without_rows_makes_empty_tiles_until_it_has_some(#[case] memory: &str) {
    let test = "a_table_without_rows_makes_empty_tiles_until_it_has_some";
    let Some(database) = Scratch::named(test) else { return };
    places(&database);
    let mut scene = Scene::start(&database, &database.url, &["--table-memory", memory]);
    scene.until("places", 200);
    database.sql("TRUNCATE places");
    scene.until("places", 204);
    assert_eq!(scene.fields("places"), ["name"]);
    assert_eq!(scene.readiness()["status"], "ready");
    database.sql("INSERT INTO places VALUES (4, '새곳', 'SRID=4326;POINT(127.04 37.55)')");
    scene.until_it_holds("places", "새곳");
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case::in_memory("64")]
#[case::live("0")]
fn what_the_role_may_no_longer_read_is_no_layer(#[case] memory: &str) {
    let Some(database) = Scratch::named("what_the_role_may_no_longer_read_is_no_layer") else {
        return;
    };
    places(&database);
    let (schema, role) = (&database.schema, format!("{}_r", database.schema));
    database.sql(&format!(
        "CREATE TABLE others AS SELECT * FROM places; CREATE ROLE \"{role}\";
         GRANT USAGE ON SCHEMA \"{schema}\" TO \"{role}\";
         GRANT SELECT ON places, others TO \"{role}\""
    ));
    let join = if database.url.contains('?') { '&' } else { '?' };
    let url = format!("{}{join}options=-c%20role%3D{role}", database.url);
    let mut scene = Scene::start(&database, &url, &["--table-memory", memory]);
    scene.until("places", 200);
    database.sql(&format!("REVOKE SELECT ON places FROM \"{role}\""));
    scene.until("places", 404);
    assert_eq!(scene.client.get("/tiles/places.json").status, 404);
    assert_eq!(scene.tile("others").status, 200);
    database.sql(&format!("GRANT SELECT ON places TO \"{role}\""));
    scene.until("places", 200);
    let log = scene.log();
    database.sql(&format!("DROP OWNED BY \"{role}\"; DROP ROLE \"{role}\""));
    assert!(log.contains("GRANT SELECT"), "{log}");
}

#[test]
fn an_unreachable_database_is_logged_and_the_server_starts() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let data = tempfile::tempdir().unwrap();
    let url = format!("postgresql://tiles:secret@{nobody}/tiles");
    let variables = [("TILE_SERVER_DATABASE_URL", url.as_str())];
    let options = arguments(data.path(), &["--publish-schema", "maps"]);
    let mut process = Process::spawn(&options, &variables);
    let mut client = Client::local(process.address("public"));
    let mut admin = Client::local(process.address("admin"));
    // It may exist: nobody knows before the database was reached once.
    let tile = client.get(&format!("/tiles/places/{TILE}"));
    assert_eq!(tile.status, 503);
    assert!(tile.header("retry-after").is_some(), "{:?}", tile.headers);
    let ready = admin.get("/readyz");
    assert_eq!((ready.status, &ready.json()["status"]), (503, &"unavailable".into()));
    assert!(ready.text().contains("the database can't be used"), "{}", ready.text());
    assert_eq!(client.get("/healthz").status, 200);
    for answer in [tile, ready] {
        assert!(!answer.text().contains("secret"), "{}", answer.text());
    }
    drop((client, admin));
    process.signal(Signal::TERM);
    let (status, log) = process.output();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(!log.contains("secret"), "{log}");
}
