//! A database behind PgBouncer, as many offices run it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use postgis_store::{DatabaseOptions, DatabaseState};
use rstest::rstest;
use testing::FeatureCollector;
use testing::database::{PATIENCE, ScratchSchema, scratch, table, wait_until};
use testing::encode::{SEOUL, covering};
use testing::live::{ask, live, points, publication, request, slow_queries, slow_view};
use testing::pooler::{Pooler, pooler};
use tile_source::TileSource;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

fn options(scratch: &ScratchSchema, pooler: &Pooler) -> DatabaseOptions {
    DatabaseOptions { url: pooler.url(), ..scratch.options() }
}

/// Another program that uses the same pool.
fn neighbour(scratch: &ScratchSchema, pooler: &Pooler) -> Client {
    scratch.handle().block_on(async {
        let (client, connection) = tokio_postgres::connect(&pooler.url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    })
}

fn simple(scratch: &ScratchSchema, client: &Client, sql: &str) -> Vec<Vec<String>> {
    let messages = scratch.handle().block_on(client.simple_query(sql)).unwrap();
    let rows = messages.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    rows.map(|row| (0..row.len()).map(|at| row.get(at).unwrap_or_default().to_owned()).collect())
        .collect()
}

/// Every setting of the connection that the pool has.
fn settings(scratch: &ScratchSchema, client: &Client) -> BTreeMap<String, String> {
    let rows = simple(scratch, client, "SHOW ALL");
    let mut settings: BTreeMap<String, String> =
        rows.into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    // The pooler gives each of its clients its own.
    settings.remove("application_name");
    settings
}

/// Names of statements that another program has left on each connection of the pool.
fn occupy_names(scratch: &ScratchSchema, pooler: &Pooler, connections: usize) {
    let clients: Vec<_> = (0..connections).map(|_| neighbour(scratch, pooler)).collect();
    for client in &clients {
        simple(scratch, client, "BEGIN");
    }
    for client in &clients {
        let names = (0..20).map(|number| format!("PREPARE s{number} AS SELECT 1"));
        simple(scratch, client, &names.collect::<Vec<_>>().join("; "));
    }
    for client in &clients {
        simple(scratch, client, "COMMIT");
    }
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case::transaction("transaction")]
#[case::session("session")]
fn tiles_of_a_live_table_behind_a_pooler_are_not_refused_for_prepared_statements(
    #[case] mode: &str,
) {
    let name = "tiles_of_a_live_table_behind_a_pooler_are_not_refused_for_prepared_statements";
    let Some(scratch) = scratch(name) else { return };
    let size = if mode == "session" { 20 } else { 3 };
    let Some(pooler) = pooler(name, &scratch, mode, size) else { return };
    points(&scratch);
    occupy_names(&scratch, &pooler, 3);
    let database = scratch.database_with(options(&scratch, &pooler));
    assert_eq!(database.inventory().state, DatabaseState::Up);
    let source = Arc::new(live(&database, "points", publication(None, false)));
    let direct = scratch.database();
    let expected = ask(&scratch, &live(&direct, "points", publication(None, false)), tile());
    let tasks: Vec<_> = (0..60)
        .map(|_| {
            let source = Arc::clone(&source);
            scratch.handle().spawn(async move {
                let answered = source.fragment(&request(tile(), PATIENCE)).await;
                answered.map(|fragment| fragment.is_some())
            })
        })
        .collect();
    for task in tasks {
        assert!(matches!(scratch.handle().block_on(task).unwrap(), Ok(true)));
    }
    assert_eq!(ask(&scratch, &*source, tile()).unwrap(), expected.unwrap());
    let mut rows = FeatureCollector::default();
    for _ in 0..3 {
        let summary = database.scan(&table(&database, "points"), &mut rows).unwrap();
        assert_eq!(summary.rows, 2000);
    }
}

fn tile() -> data_model::TileCoord {
    covering(12, SEOUL)
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn what_is_set_for_a_tile_does_not_stay_on_a_pooled_connection() {
    let name = "what_is_set_for_a_tile_does_not_stay_on_a_pooled_connection";
    let Some(scratch) = scratch(name) else { return };
    // One connection for all: what stays is met by whoever comes next.
    let Some(pooler) = pooler(name, &scratch, "transaction", 1) else { return };
    points(&scratch);
    let client = neighbour(&scratch, &pooler);
    let before = settings(&scratch, &client);
    let database = scratch.database_with(options(&scratch, &pooler));
    let source = live(&database, "points", publication(None, false));
    assert!(!ask(&scratch, &source, tile()).unwrap().is_empty());
    database.scan(&table(&database, "points"), &mut FeatureCollector::default()).unwrap();
    let after = settings(&scratch, &client);
    let changed: Vec<_> =
        before.iter().filter(|(name, value)| after.get(*name) != Some(value)).collect();
    assert!(changed.is_empty(), "{changed:?}");
    let left = simple(&scratch, &client, "SELECT name FROM pg_prepared_statements");
    assert!(left.is_empty(), "{left:?}");
    // What a read-only session would refuse.
    let sql = format!("INSERT INTO {}.points (name) VALUES ('written')", scratch.schema);
    simple(&scratch, &client, &sql);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_client_that_hangs_up_ends_its_query_behind_a_pooler() {
    let name = "a_client_that_hangs_up_ends_its_query_behind_a_pooler";
    let Some(scratch) = scratch(name) else { return };
    let Some(pooler) = pooler(name, &scratch, "transaction", 3) else { return };
    slow_view(&scratch);
    let limits = DatabaseOptions {
        pool_size: 1,
        statement_timeout: Duration::from_secs(60),
        ..options(&scratch, &pooler)
    };
    let database = scratch.database_with(limits);
    let source = Arc::new(live(&database, "slow", publication(None, false)));
    let task = scratch.handle().spawn(async move {
        source.fragment(&request(tile(), Duration::from_secs(60))).await.map(|_| ())
    });
    wait_until("the query", || slow_queries(&scratch) == 1);
    task.abort();
    wait_until("the query's end", || slow_queries(&scratch) == 0);
    let quick = live(&database, "points", publication(None, false));
    assert!(!ask(&scratch, &quick, tile()).unwrap().is_empty());
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_pooler_of_statements_is_named_with_what_to_do() {
    let name = "a_pooler_of_statements_is_named_with_what_to_do";
    let Some(scratch) = scratch(name) else { return };
    let Some(pooler) = pooler(name, &scratch, "statement", 3) else { return };
    let database = scratch.database_with(options(&scratch, &pooler));
    let state = database.inventory().state.clone();
    let DatabaseState::Lost { reason } = state else { panic!("{state:?}") };
    assert!(reason.contains("pool_mode = transaction"), "{reason}");
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_parameter_that_the_pooler_refuses_is_named_with_what_to_do() {
    let name = "a_parameter_that_the_pooler_refuses_is_named_with_what_to_do";
    let Some(scratch) = scratch(name) else { return };
    let Some(pooler) = pooler(name, &scratch, "transaction", 3) else { return };
    let url = format!("{}&options=-c%20work_mem%3D8MB", pooler.url());
    let database = scratch.database_with(DatabaseOptions { url, ..scratch.options() });
    let state = database.inventory().state.clone();
    // Newer ones take it.
    let DatabaseState::Lost { reason } = state else { return };
    assert!(reason.contains("ignore_startup_parameters"), "{reason}");
}
