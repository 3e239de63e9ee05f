//! Table to write, by its names in SQL.

use tokio_postgres::Client;

use korean_text::Sentence;

use super::error::PostgisError;
use super::names::{MAX_LENGTH, RECORD_TABLE};
use super::request::WriteRequest;
use super::server_fault::ServerFault;
use super::step::WriteStep;
use crate::relation::sql_name::quoted;

/// Destination of a table, by its names in SQL.
#[derive(Debug, Clone)]
pub(super) struct TargetTable {
    pub(super) schema: String,
    pub(super) table: String,
    /// `"schema"."table"`.
    pub(super) sql: String,
    /// `schema.table`, for people.
    pub(super) shown: String,
}

impl TargetTable {
    pub(super) fn of(request: &WriteRequest<'_>) -> Result<Self, PostgisError> {
        let (schema, table) = (request.schema, request.id.as_str());
        let target = Self {
            schema: schema.to_owned(),
            table: table.to_owned(),
            sql: format!("{}.{}", quoted(schema), quoted(table)),
            shown: format!("{schema}.{table}"),
        };
        if schema.is_empty() || schema.len() > MAX_LENGTH || schema.contains('\0') {
            return Err(target.refused(
                format!("스키마의 이름은 1~{MAX_LENGTH}바이트입니다"),
                format!("a schema's name has 1 to {MAX_LENGTH} bytes"),
            ));
        }
        if schema.starts_with("pg_") || schema == "information_schema" {
            return Err(target.refused(
                "PostgreSQL이 쓰는 스키마입니다. 다른 스키마를 지정하십시오",
                "that schema is PostgreSQL's own; name another",
            ));
        }
        if table.len() > MAX_LENGTH {
            return Err(target.refused(
                format!("테이블의 이름은 {MAX_LENGTH}바이트까지입니다. 다른 id를 쓰십시오"),
                format!("a table's name has at most {MAX_LENGTH} bytes; use another id"),
            ));
        }
        if table == RECORD_TABLE {
            return Err(target.refused(
                "이 프로그램이 쓰는 테이블입니다. 다른 id를 쓰십시오",
                "that table is this program's own; use another id",
            ));
        }
        Ok(target)
    }

    pub(super) fn refused(&self, ko: impl Into<String>, en: impl Into<String>) -> PostgisError {
        PostgisError::Refused { table: self.shown.clone(), reason: Sentence::new(ko, en) }
    }

    /// Error of writing for an error of the database in a step.
    pub(super) fn failed(
        &self,
        client: &Client,
        step: WriteStep,
        error: tokio_postgres::Error,
    ) -> PostgisError {
        let table = self.shown.clone();
        // 57P01 to 57P03: the server ends the session.
        let ended = error.code().is_some_and(|code| code.code().starts_with("57P"));
        let is_lost = ended || error.is_closed() || client.is_closed();
        let reason = ServerFault::Server(error);
        if is_lost {
            return PostgisError::Lost { table, reason };
        }
        PostgisError::Step { table, step, reason }
    }
}
