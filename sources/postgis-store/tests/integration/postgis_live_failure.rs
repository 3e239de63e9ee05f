//! Answers of live tiles when clients hang up, queries are slow and the database is lost.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::sync::Arc;
use std::time::Duration;

use postgis_store::{DatabaseOptions, DatabaseState, LiveSource};
use rstest::rstest;
use testing::database::{ScratchSchema, scratch, wait_for, wait_until};
use testing::encode::{SEOUL, covering};
use testing::live::{ask, live, points, publication, request, slow_queries, slow_view};
use testing::proxy::DatabaseProxy;
use tile_source::{SourceError, TileSource};
use tokio::task::JoinHandle;

/// Asks for a tile whose query takes long, and waits until the server runs the query.
fn start_slow_query(
    scratch: &ScratchSchema,
    source: &Arc<LiveSource>,
) -> JoinHandle<Result<(), SourceError>> {
    let source = Arc::clone(source);
    let task = scratch.handle().spawn(async move {
        let request = request(covering(12, SEOUL), Duration::from_secs(60));
        source.fragment(&request).await.map(|_| ())
    });
    wait_until("the query", || slow_queries(scratch) == 1);
    task
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_client_that_hangs_up_ends_its_query_on_the_server() {
    let name = "a_client_that_hangs_up_ends_its_query_on_the_server";
    let Some(scratch) = scratch(name) else { return };
    slow_view(&scratch);
    // One connection: it must come back for the next tile.
    let limits = DatabaseOptions {
        pool_size: 1,
        statement_timeout: Duration::from_secs(60),
        ..scratch.options()
    };
    let database = scratch.database_with(limits);
    let source = Arc::new(live(&database, "slow", publication(None, false)));
    let task = start_slow_query(&scratch, &source);
    task.abort();
    wait_until("the query's end", || slow_queries(&scratch) == 0);
    let quick = live(&database, "points", publication(None, false));
    assert!(!ask(&scratch, &quick, covering(12, SEOUL)).unwrap().is_empty());
    assert_eq!(database.inventory().state, DatabaseState::Up);
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
// The server ends it.
#[case::statement(Duration::from_millis(100), Duration::from_secs(60))]
// The request's own deadline.
#[case::deadline(Duration::from_secs(60), Duration::from_secs(3))]
fn a_query_that_takes_too_long_exceeds_the_deadline(
    #[case] statement: Duration,
    #[case] patience: Duration,
) {
    let Some(scratch) = scratch("a_query_that_takes_too_long_exceeds_the_deadline") else { return };
    slow_view(&scratch);
    let limits = DatabaseOptions { statement_timeout: statement, ..scratch.options() };
    let database = scratch.database_with(limits);
    let source = live(&database, "slow", publication(None, false));
    let request = request(covering(12, SEOUL), patience);
    let result = scratch.handle().block_on(source.fragment(&request));
    assert!(matches!(result, Err(SourceError::DeadlineExceeded { .. })));
    wait_until("the query's end", || slow_queries(&scratch) == 0);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn waiting_for_a_connection_past_the_deadline_is_overload() {
    let Some(scratch) = scratch("waiting_for_a_connection_past_the_deadline_is_overload") else {
        return;
    };
    slow_view(&scratch);
    let limits = DatabaseOptions {
        pool_size: 1,
        statement_timeout: Duration::from_secs(60),
        ..scratch.options()
    };
    let database = scratch.database_with(limits);
    let source = Arc::new(live(&database, "slow", publication(None, false)));
    let task = start_slow_query(&scratch, &source);
    let request = request(covering(12, SEOUL), Duration::from_millis(200));
    let result = scratch.handle().block_on(source.fragment(&request));
    assert!(matches!(result, Err(SourceError::Overloaded)));
    task.abort();
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_connection_ended_midway_is_unavailable_and_the_next_tile_is_there() {
    let name = "a_connection_ended_midway_is_unavailable_and_the_next_tile_is_there";
    let Some(scratch) = scratch(name) else { return };
    slow_view(&scratch);
    let limits =
        DatabaseOptions { statement_timeout: Duration::from_secs(60), ..scratch.options() };
    let database = scratch.database_with(limits);
    let source = Arc::new(live(&database, "slow", publication(None, false)));
    let task = start_slow_query(&scratch, &source);
    scratch.sql(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'active' \
         AND pid <> pg_backend_pid() AND query LIKE '%\"{}\".\"slow\"%'",
        scratch.schema
    ));
    let result = scratch.handle().block_on(task).unwrap();
    assert!(matches!(result, Err(SourceError::Unavailable { .. })), "{result:?}");
    wait_for(&database, "its recovery", |inventory| inventory.state == DatabaseState::Up);
    let quick = live(&database, "points", publication(None, false));
    assert!(!ask(&scratch, &quick, covering(12, SEOUL)).unwrap().is_empty());
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_lost_database_is_unavailable_at_once_and_found_again() {
    let Some(scratch) = scratch("a_lost_database_is_unavailable_at_once_and_found_again") else {
        return;
    };
    points(&scratch);
    let mut proxy = DatabaseProxy::start(&scratch.url(""), scratch.handle());
    let through = DatabaseOptions { url: proxy.url(), ..scratch.options() };
    let database = scratch.database_with(through);
    let source = live(&database, "points", publication(None, false));
    let tile = covering(12, SEOUL);
    let before = ask(&scratch, &source, tile).unwrap();
    for _ in 0..2 {
        proxy.cut();
        // The first to notice may be a tile or the watcher.
        let unavailable = |result| matches!(result, Err(SourceError::Unavailable { .. }));
        assert!(unavailable(ask(&scratch, &source, tile)));
        wait_for(&database, "the loss", |inventory| {
            matches!(inventory.state, DatabaseState::Lost { .. })
        });
        assert!(unavailable(ask(&scratch, &source, tile)));
        let inventory = database.inventory();
        assert!(inventory.complete && inventory.tables.len() == 1);
        proxy.open();
        wait_for(&database, "the recovery", |inventory| inventory.state == DatabaseState::Up);
        assert_eq!(ask(&scratch, &source, tile).unwrap(), before);
    }
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_query_whose_server_is_gone_does_not_go_on() {
    let Some(scratch) = scratch("a_query_whose_server_is_gone_does_not_go_on") else { return };
    let version: String = scratch.ask("SELECT current_setting('server_version_num')");
    if version.parse::<u32>().unwrap() < 140_000 {
        eprintln!("skipped: a_query_whose_server_is_gone_does_not_go_on: PostgreSQL is before 14");
        return;
    }
    slow_view(&scratch);
    let mut proxy = DatabaseProxy::start(&scratch.url(""), scratch.handle());
    let through = DatabaseOptions {
        url: proxy.url(),
        statement_timeout: Duration::from_secs(60),
        ..scratch.options()
    };
    let database = scratch.database_with(through);
    let source = Arc::new(live(&database, "slow", publication(None, false)));
    let task = start_slow_query(&scratch, &source);
    // As kill -9 does: no word to the server, and nobody to cancel.
    proxy.cut();
    wait_until("the query's end", || slow_queries(&scratch) == 0);
    let _ = scratch.handle().block_on(task);
}
