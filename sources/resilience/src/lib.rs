//! Recovery from failures: of writers that are killed, and of services that are lost.
//!
//! | module | content |
//! |---|---|
//! | `atomic_file` | a file that replaces another whole or not at all |
//! | `leftovers` | removal of temporary files that a killed process left behind |
//! | `backoff` | delays between attempts, doubled after each failure |
//! | `log_once` | de-duplication of log messages |

#![forbid(unsafe_code)]

mod atomic_file;
mod backoff;
mod leftovers;
mod log_once;

pub use atomic_file::{AtomicFile, CompleteFile, ReplaceError, TemporaryFile};
pub use backoff::{Backoff, BackoffPolicy};
pub use leftovers::{LeftoverKind, LeftoverPattern, sweep_leftovers};
pub use log_once::LogOnce;
