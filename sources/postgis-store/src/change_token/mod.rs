//! Detection of changes in a table's rows, without reading them.
//!
//! PostgreSQL counts for each table the rows that were ever inserted, updated and deleted. A
//! table's change token is a digest of these numbers and of the number of its file (which
//! `TRUNCATE` and `REFRESH MATERIALIZED VIEW` replace), for the table and for all relations that
//! it reads: partitions, heirs, the relations of a view, and those of the policies of row level
//! security.
//! The digest also covers the table as discovered, the text of the views and policies, owners
//! and privileges, since rows come and go by these too.
//!
//! Three times distinguish one counting from the next: start of the server, reset of the
//! statistics of the database, and reset of those of the whole server. Only the last changes at
//! a crash: if one process of the server is killed all counts begin at 0 again, though the
//! server has not started anew and nobody has reset anything.
//!
//! Relations whose changes can't be counted have a token that changes every five minutes:
//! foreign tables, views and policies that ask for the time or call functions of their own, all
//! tables of a standby server or of a server with `track_counts = off`.
//!
//! # Order of reading
//!
//! A session adds to these numbers *after* it has committed: when it next waits for a command
//! and a second has passed since it last did, else within ten seconds, or when it ends. So a
//! client that reads a token and then rows sees every commit that is counted in the token, and
//! perhaps later ones. Rows filed under a token are hence never older than the commit that made
//! it; a later commit that they already show makes a new token, under which they are read again.
//! So the token has to be read before the rows that are filed under it.
//!
//! | module | content |
//! |---|---|
//! | `token` | the digest |
//! | `relation_statistics` | the query for the numbers that it covers |

pub(crate) mod relation_statistics;
mod token;

pub use token::TableChangeToken;
