//! Connections with a server: their URL, TLS, transactions and errors.
//!
//! | module | content |
//! |---|---|
//! | `options` | the URL and limits of a database |
//! | `connection_string`, `url_parameters` | libpq's parameters, and the rest for the library |
//! | [`connection_fault`] | faults of a connection string, in two languages |
//! | `connector` | makes connections |
//! | `tls` | TLS modes and trusted certificates |
//! | `transaction` | read-only transactions, safe behind a pooler |
//! | `server_error` | errors of the server, in words for people |

pub mod connection_fault;
mod connection_string;
pub(crate) mod connector;
pub(crate) mod options;
pub(crate) mod server_error;
pub(crate) mod tls;
pub(crate) mod transaction;
pub(crate) mod url_parameters;
