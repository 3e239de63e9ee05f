//! Scan of a whole table, row by row, as one `COPY`.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_core::Stream;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, CopyOutStream, Statement};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::connection::server_error::{describe, is_broken};
use crate::connection::transaction::{StatementLimits, TransactionReader, prepare_copy};
use crate::database::PostgisDatabase;
use crate::relation::geometry_table::GeometryTable;
use crate::relation::srid_crs::{SridCrs, UnusableCrs, read_definitions};
use crate::relation::stored_text::StoredEncoding;
use crate::relation::values_table::ValuesTable;
use crate::rows::copy::{CopyError, CopyReader};
use crate::rows::row_reader::{MisplacedRow, RowError, RowRead, RowReader, UnreadTexts};
use crate::scan::scan_query::ScanQuery;
use data_model::feature::FeatureVisitor;
use data_model::{ContentDigest, StoreError, StoreLocation, VisitError};

/// Most SRIDs that one scan looks up; rows of others have no place on earth.
const MAX_CRS: usize = 64;

/// Summary of a completed scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanSummary {
    /// Rows of the table.
    pub rows: u64,
    /// Features passed on, one for each row.
    pub features: u64,
    /// Digest of columns and rows, independent of the rows' order if the table has an
    /// [`id_column`](GeometryTable::id_column): for feature ids taken from there.
    pub digest: ContentDigest,
    /// Digest of columns and rows in the order in which they were passed on: for feature ids
    /// that are row numbers.
    pub ordered_digest: ContentDigest,
    /// Rows whose position has no place on earth, passed on without geometry.
    pub misplaced: u64,
    /// The first misplaced row.
    pub first_misplaced: Option<MisplacedRow>,
    /// Values that are no text, passed on as null.
    pub unread: UnreadTexts,
}

impl PostgisDatabase {
    /// Reads every row of `table`, in the order of storage, and passes each to `visitor`.
    ///
    /// Blocks, and must not be called from an async worker. Holds one row at a time, at most
    /// 256 MiB. Uses a connection of its own, in a read-only transaction. The rows are one
    /// snapshot: they hold every commit that is counted in `table.change_token`, and perhaps later
    /// ones.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] if trying again may help, and [`StoreError::Table`] if the
    /// table has to change first, as one that is not read within the `scan_timeout`; features
    /// seen before it are not to be used.
    pub fn scan(
        &self,
        table: &GeometryTable,
        visitor: &mut dyn FeatureVisitor,
    ) -> Result<ScanSummary, StoreError> {
        self.scan_query(&ScanQuery::of(table), visitor)
    }

    /// Reads every row of a table without geometry, and passes each to `visitor` with an empty
    /// one. The digest of the summary is independent of the rows' order.
    ///
    /// Blocks, with the guarantees of [`scan`](Self::scan).
    ///
    /// # Errors
    /// As [`scan`](Self::scan).
    pub fn scan_values(
        &self,
        table: &ValuesTable,
        visitor: &mut dyn FeatureVisitor,
    ) -> Result<ScanSummary, StoreError> {
        self.scan_query(&ScanQuery::of_values(table), visitor)
    }

    fn scan_query(
        &self,
        query: &ScanQuery<'_>,
        visitor: &mut dyn FeatureVisitor,
    ) -> Result<ScanSummary, StoreError> {
        self.runtime().block_on(self.scan_rows(query, visitor)).map_err(|fault| {
            let name = query.name.clone();
            match fault {
                ScanFault::Connection(reason) => StoreError::Unreachable { table: name, reason },
                ScanFault::Table { place, reason } => {
                    StoreError::Table { table: name, place, reason }
                }
                ScanFault::Refused { place, error } => {
                    StoreError::Refused { store: StoreLocation::Table(name), place, error }
                }
            }
        })
    }

    async fn scan_rows(
        &self,
        query: &ScanQuery<'_>,
        visitor: &mut dyn FeatureVisitor,
    ) -> Result<ScanSummary, ScanFault> {
        let client =
            self.connect().await.map_err(|error| ScanFault::Connection(error.to_string()))?;
        let mut scan = ScanProgress::new(query);
        let limit = TimeLimit { begun: Instant::now(), most: self.options().scan_timeout };
        let (statement, stream) = start(&client, &query.sql, self.scan_limits(), &limit).await?;
        let mut stream = pin!(stream);
        visitor.begin(&query.schema);
        // Longer than the server allows itself: it may have vanished.
        let patience = self.options().scan_timeout + Duration::from_secs(30);
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            let next = poll_fn(|context| stream.as_mut().poll_next(context));
            let Ok(chunk) = tokio::time::timeout_at(deadline, next).await else {
                return Err(ScanFault::Connection("the server stopped sending rows".to_owned()));
            };
            let Some(chunk) = chunk else { break };
            scan.copy.push(
                &chunk.map_err(|error| limit.fault(&error, &format!("after row {}", scan.rows)))?,
            );
            while let Some(srid) = scan.rows(visitor)? {
                let crs = if scan.reader.crs_count() < MAX_CRS {
                    self.crs(srid, query.extension(), query.encoding).await?
                } else {
                    Arc::new(SridCrs::unusable(srid, UnusableCrs::TooMany(MAX_CRS)))
                };
                scan.reader.add_crs(crs);
            }
        }
        // A pooler gives the connection to others: without the statement, at rest.
        drop(statement);
        client
            .batch_execute("COMMIT")
            .await
            .map_err(|error| ScanFault::of(&error, "at its end"))?;
        scan.finish(query.unordered)
    }

    fn scan_limits(&self) -> StatementLimits {
        let options = self.options();
        self.inner().limits(options.scan_timeout, options.lock_timeout)
    }

    /// The CRS of an SRID found in a row.
    async fn crs(
        &self,
        srid: u32,
        extension: &str,
        encoding: StoredEncoding,
    ) -> Result<Arc<SridCrs>, ScanFault> {
        if let Some(known) = self.crs_list().lock().get(srid) {
            return Ok(known);
        }
        let crs = match SridCrs::known(srid) {
            Some(known) => known,
            None => {
                // The connection of the scan is busy sending rows.
                let client = self
                    .connect()
                    .await
                    .map_err(|error| ScanFault::Connection(error.to_string()))?;
                let definitions = {
                    let reader = TransactionReader { client: &client, limits: self.scan_limits() };
                    read_definitions(reader, extension, encoding, &[srid]).await
                };
                let definitions =
                    definitions.map_err(|error| ScanFault::of(&error, "spatial_ref_sys"))?;
                let nothing = || SridCrs::unusable(srid, UnusableCrs::Unknown(srid));
                definitions.into_iter().next().unwrap_or_else(nothing)
            }
        };
        Ok(self.crs_list().lock().keep(crs))
    }
}

async fn start(
    client: &Client,
    query: &str,
    limits: StatementLimits,
    limit: &TimeLimit,
) -> Result<(Statement, CopyOutStream), ScanFault> {
    // Rows come in the order of storage: no scan joins one under way, none is
    // divided among processes.
    // A client that vanished without a word is noticed by the server in a minute.
    let settings = format!(
        "{}; SET LOCAL synchronize_seqscans = off; SET LOCAL max_parallel_workers_per_gather = 0; \
         SET LOCAL tcp_keepalives_idle = 30; SET LOCAL tcp_keepalives_interval = 10; \
         SET LOCAL tcp_keepalives_count = 3",
        limits.begin(),
    );
    let begin = client.batch_execute(&settings).await;
    begin.map_err(|error| ScanFault::of(&error, "before its first row"))?;
    let sql = format!("COPY ({query}) TO STDOUT (FORMAT binary)");
    let failed = |error: tokio_postgres::Error| limit.fault(&error, "before its first row");
    let statement = prepare_copy(client, &sql).await.map_err(failed)?;
    let rows = client.copy_out(&statement).await.map_err(failed)?;
    Ok((statement, rows))
}

/// Time limit of the rows.
struct TimeLimit {
    begun: Instant,
    most: Duration,
}

impl TimeLimit {
    /// The error that ended the rows. A timeout at the limit would come each time; an operator
    /// who ended the query before that may have wanted something else to pass.
    fn fault(&self, error: &tokio_postgres::Error, place: &str) -> ScanFault {
        if error.code() != Some(&SqlState::QUERY_CANCELED) || self.begun.elapsed() < self.most {
            return ScanFault::of(error, place);
        }
        let reason = format!(
            "reading it takes longer than {} s: of a view make a materialized view; have a large \
             table asked for the rows of each tile, with less --table-memory",
            self.most.as_secs_f32()
        );
        ScanFault::Table { place: place.to_owned(), reason }
    }
}

/// Reason for which a scan ended.
enum ScanFault {
    /// Trying again may help.
    Connection(String),
    /// The table has to change first.
    Table { place: String, reason: String },
    /// The visitor refused a row.
    Refused { place: String, error: VisitError },
}

impl ScanFault {
    /// The fault of a server's error at a place.
    fn of(error: &tokio_postgres::Error, place: &str) -> Self {
        let passing = [
            &SqlState::QUERY_CANCELED,
            &SqlState::LOCK_NOT_AVAILABLE,
            &SqlState::T_R_SERIALIZATION_FAILURE,
            &SqlState::T_R_DEADLOCK_DETECTED,
        ];
        let passes = error.code().is_some_and(|code| {
            passing.contains(&code)
                || code.code().starts_with("53")
                || code.code().starts_with("58")
        });
        if is_broken(error) || passes {
            return Self::Connection(describe(error));
        }
        Self::Table { place: place.to_owned(), reason: describe(error) }
    }
}

impl From<CopyError> for ScanFault {
    fn from(error: CopyError) -> Self {
        Self::Table { place: error.location.to_string(), reason: error.fault.to_string() }
    }
}

/// State of a scan.
struct ScanProgress {
    copy: CopyReader,
    reader: RowReader,
    rows: u64,
    features: u64,
    /// Sum of the digests of the rows, independent of their order.
    sum: u128,
    ordered: Xxh3,
    misplaced: u64,
    first_misplaced: Option<MisplacedRow>,
    /// A row whose CRS has to be read first.
    waiting: Option<Vec<u8>>,
}

impl ScanProgress {
    fn new(query: &ScanQuery<'_>) -> Self {
        let reader = query.reader();
        let mut ordered = Xxh3::new();
        for column in query.columns {
            let text =
                format!("{:?} {:?} {:?}\n", column.column.name, column.column.kind, column.wire);
            ordered.update(text.as_bytes());
        }
        Self {
            copy: CopyReader::new(reader.fields()),
            reader,
            rows: 0,
            features: 0,
            sum: ordered.digest128(),
            ordered,
            misplaced: 0,
            first_misplaced: None,
            waiting: None,
        }
    }

    /// Passes on the rows received so far. Returns an SRID whose CRS is needed before the next
    /// row.
    fn rows(&mut self, visitor: &mut dyn FeatureVisitor) -> Result<Option<u32>, ScanFault> {
        if let Some(bytes) = self.waiting.take() {
            let mut fields = Vec::new();
            let row = crate::rows::copy::CopyRow::parse(&bytes, self.reader.fields(), &mut fields);
            let row = row.map_err(|fault| at_row(self.rows, "", fault.to_string()))?;
            let read = self.reader.read(self.rows, row, visitor);
            if let Some(srid) = self.count(read, &bytes)? {
                return Ok(Some(srid));
            }
        }
        loop {
            let Some(row) = self.copy.next_row()? else { return Ok(None) };
            let read = self.reader.read(self.rows, row, visitor);
            // Digested as it came, before a borrow of it is given up.
            let digest = xxh3_128(row.bytes());
            if let Ok(RowRead::NeedsCrs(srid)) = read {
                self.waiting = Some(row.bytes().to_vec());
                return Ok(Some(srid));
            }
            self.count_digest(read, digest)?;
        }
    }

    fn count(
        &mut self,
        read: Result<RowRead, RowError>,
        bytes: &[u8],
    ) -> Result<Option<u32>, ScanFault> {
        if let Ok(RowRead::NeedsCrs(srid)) = read {
            self.waiting = Some(bytes.to_vec());
            return Ok(Some(srid));
        }
        self.count_digest(read, xxh3_128(bytes)).map(|()| None)
    }

    fn count_digest(
        &mut self,
        read: Result<RowRead, RowError>,
        digest: u128,
    ) -> Result<(), ScanFault> {
        match read.map_err(|error| unread_row(self.rows, error))? {
            RowRead::Feature => self.features += 1,
            RowRead::Misplaced(misplaced) => {
                self.features += 1;
                self.misplaced += 1;
                self.first_misplaced.get_or_insert(misplaced);
            }
            RowRead::NeedsCrs(_) => return Ok(()),
        }
        self.sum = self.sum.wrapping_add(digest);
        self.ordered.update(&digest.to_le_bytes());
        self.rows += 1;
        Ok(())
    }

    fn finish(mut self, unordered: bool) -> Result<ScanSummary, ScanFault> {
        self.copy.finish()?;
        // The meaning of a row's bytes depends on the CRS.
        let mut crs: Vec<_> = self.reader.definitions().collect();
        crs.sort_unstable();
        let mut hash = Xxh3::new();
        hash.update(&self.sum.to_le_bytes());
        for (srid, definition) in crs {
            hash.update(&srid.to_le_bytes());
            hash.update(definition.as_bytes());
            self.ordered.update(&srid.to_le_bytes());
            self.ordered.update(definition.as_bytes());
        }
        let ordered_digest = ContentDigest::new(self.ordered.digest128());
        Ok(ScanSummary {
            rows: self.rows,
            features: self.features,
            digest: if unordered { ContentDigest::new(hash.digest128()) } else { ordered_digest },
            ordered_digest,
            misplaced: self.misplaced,
            first_misplaced: self.first_misplaced,
            unread: self.reader.unread,
        })
    }
}

/// The fault of a row that was not read or not taken.
fn unread_row(row: u64, error: RowError) -> ScanFault {
    match error {
        RowError::Refused(error) => ScanFault::Refused { place: format!("row {row}"), error },
        error => at_row(row, &error.part(), error.reason()),
    }
}

fn at_row(row: u64, place: &str, reason: String) -> ScanFault {
    let place = if place.is_empty() { format!("row {row}") } else { format!("row {row}, {place}") };
    ScanFault::Table { place, reason }
}
