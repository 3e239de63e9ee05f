//! A server of which one process is killed: it begins to count again without starting anew.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use postgis_store::{DatabaseOptions, DatabaseState, PostgisDatabase};
use testing::database::{PATIENCE, table, wait_for};
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls};

/// A PostgreSQL of its own, removed at the end.
struct Cluster {
    script: PathBuf,
    folder: tempfile::TempDir,
    url: String,
}

impl Cluster {
    /// Starts a server; `None`, and a line on stderr, if its programs are not installed.
    fn start(test: &str) -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/postgis");
        let installed = Command::new(&script).arg("installed").output();
        if !installed.is_ok_and(|out| out.status.success()) {
            eprintln!("skipped: {test}: PostGIS is not installed");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut start = Command::new(&script);
        start.arg("start").arg(folder.path().join("pg")).args(["--fast", "--quick"]);
        let out = start.output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let url = String::from_utf8(out.stdout).unwrap().trim().to_owned();
        Some(Self { script, folder, url })
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ =
            Command::new(&self.script).arg("remove").arg(self.folder.path().join("pg")).output();
    }
}

fn session(runtime: &Runtime, url: &str) -> Client {
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    })
}

/// A new session after the crash that ended this one.
fn after_recovery(runtime: &Runtime, url: &str, killed: &Client) -> Client {
    let until = Instant::now() + PATIENCE;
    loop {
        assert!(Instant::now() < until, "the server has not come back");
        std::thread::sleep(Duration::from_millis(20));
        if !killed.is_closed() {
            continue;
        }
        let connected = runtime.block_on(tokio_postgres::connect(url, NoTls));
        if let Ok((client, connection)) = connected {
            runtime.spawn(connection);
            // The others are ended a moment after the one that was killed.
            std::thread::sleep(Duration::from_millis(20));
            if runtime.block_on(client.batch_execute("SELECT 1")).is_ok() {
                return client;
            }
        }
    }
}

fn sql(runtime: &Runtime, client: &Client, statements: &str) {
    runtime.block_on(client.batch_execute(statements)).unwrap();
    runtime.block_on(client.batch_execute("SELECT pg_stat_force_next_flush()")).unwrap();
}

fn ask<T: for<'a> tokio_postgres::types::FromSql<'a>>(
    runtime: &Runtime,
    client: &Client,
    query: &str,
) -> T {
    runtime.block_on(client.query_one(query, &[])).unwrap().get(0)
}

const STARTED: &str = "SELECT pg_postmaster_start_time()::text";
const COUNTED: &str = "SELECT concat_ws(':', relfilenode, pg_stat_get_tuples_inserted(oid), \
    pg_stat_get_tuples_updated(oid), pg_stat_get_tuples_deleted(oid)) \
    FROM pg_class WHERE relname = 't'";

#[test]
#[ignore = "needs PostGIS installed: see CONTRIBUTING"]
fn a_count_that_comes_again_after_a_crash_is_another_change_token() {
    let name = "a_count_that_comes_again_after_a_crash_is_another_change_token";
    let Some(server) = Cluster::start(name) else { return };
    let runtime = Runtime::new().unwrap();
    let client = session(&runtime, &server.url);
    // The table is to survive, though this server does not wait for the disk.
    sql(&runtime, &client, "SET synchronous_commit = on");
    sql(&runtime, &client, "CREATE TABLE t (id int, geom geometry(Point, 4326))");
    sql(&runtime, &client, "INSERT INTO t VALUES (1, 'SRID=4326;POINT(127 37)')");
    let options = DatabaseOptions {
        poll_interval: Duration::from_millis(50),
        ..DatabaseOptions::new(server.url.clone())
    };
    let database = PostgisDatabase::start(options, runtime.handle().clone()).unwrap();
    let _ = database.wait_for_first_poll(PATIENCE);
    let counted: String = ask(&runtime, &client, COUNTED);
    assert!(counted.ends_with(":1:0:0"), "{counted}");
    let started: String = ask(&runtime, &client, STARTED);
    let before = table(&database, "t").change_token;

    // By SQL no process can be killed so that it tells nobody; by its number it can.
    let number: i32 = ask(&runtime, &client, "SELECT pg_backend_pid()");
    let kill = Command::new("kill").args(["-KILL", &number.to_string()]).output();
    if !kill.is_ok_and(|out| out.status.success()) {
        eprintln!("skipped: {name}: a process of the server can't be killed");
        return;
    }
    let client = after_recovery(&runtime, &server.url, &client);
    sql(&runtime, &client, "INSERT INTO t VALUES (2, 'SRID=4326;POINT(127 38)')");
    // Neither of the two tells of it.
    assert_eq!(ask::<String>(&runtime, &client, COUNTED), counted);
    assert_eq!(ask::<String>(&runtime, &client, STARTED), started);
    let again =
        PostgisDatabase::start(database.options().clone(), runtime.handle().clone()).unwrap();
    let _ = again.wait_for_first_poll(PATIENCE);
    assert_ne!(table(&again, "t").change_token, before);
    wait_for(&database, "the change", |inventory| {
        inventory.state == DatabaseState::Up
            && inventory.tables.iter().all(|table| table.change_token != before)
    });
    assert_eq!(database.inventory().tables.len(), 1);
}
