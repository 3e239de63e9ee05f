//! A schema in the database of `$TEST_DATABASE_URL`, accessed by PostgreSQL's client.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test binary uses a part")]

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// A schema, dropped with everything in it at the end.
pub struct Scratch {
    pub url: String,
    pub schema: String,
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

impl Scratch {
    /// A name for the test's schema, which is not made yet; `None`, after printing so, where
    /// there is no database.
    pub fn named(test: &str) -> Option<Self> {
        let Ok(url) = std::env::var("TEST_DATABASE_URL") else {
            skipped(test, "TEST_DATABASE_URL is not set (scripts/postgis start DIR)");
            return None;
        };
        if let Err(error) = Command::new("psql").arg("--version").output() {
            skipped(test, &format!("psql: {error}"));
            return None;
        }
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let schema = format!("b_{}_{number}_{}", std::process::id(), &test[..test.len().min(30)]);
        Some(Self { url, schema })
    }

    /// Runs a query in the schema; returns the output of psql.
    pub fn sql(&self, sql: &str) -> String {
        let output = Command::new("psql")
            .args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", &self.url])
            .args(["-c", "SET client_min_messages = warning", "-c"])
            .arg(format!("SET search_path = \"{}\", public", self.schema))
            .args(["-c", sql])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    pub fn password(&self) -> &str {
        self.url.split([':', '@']).nth(2).unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.sql(&format!("DROP SCHEMA IF EXISTS \"{}\" CASCADE", self.schema));
    }
}

#[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
fn skipped(test: &str, reason: &str) {
    eprintln!("skipped: {test}: {reason}");
}
