//! Errors of tile sources.

use data_model::LayerId;

/// Error of a source, by what the caller does next.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SourceError {
    /// The store can't be read now. Try later: `503`.
    #[error("layer {layer} is unavailable: {reason}")]
    Unavailable {
        /// The layer.
        layer: LayerId,
        /// Reason, without addresses or credentials.
        reason: String,
    },
    /// More work is queued than will be taken on. Try later: `503`.
    #[error("too many tiles are being made at once")]
    Overloaded,
    /// The deadline passed before the tile was made: `504`.
    #[error("layer {layer}: the tile took longer than allowed")]
    DeadlineExceeded {
        /// The layer.
        layer: LayerId,
    },
    /// The layer can't apply this selection: `400`.
    #[error("layer {layer} does not support {part}=")]
    UnsupportedSelection {
        /// The layer.
        layer: LayerId,
        /// The query parameter at fault.
        part: &'static str,
    },
    /// The layer has no slice of the requested time: `400`.
    #[error("layer {layer} has no time {requested:?}; it has {available}")]
    NoSuchTime {
        /// The layer.
        layer: LayerId,
        /// The time as the client sent it, shortened.
        requested: String,
        /// Form of the layer's times, with an example.
        format: String,
        /// First and last time of the layer.
        available: String,
    },
    /// The tile holds more of the layer than allowed, as long as the content version stays:
    /// `500`. A tile of a deeper zoom may succeed.
    #[error("layer {layer}: {reason}")]
    TooLarge {
        /// The layer.
        layer: LayerId,
        /// Limit that is exceeded, and what its operator can do.
        reason: String,
    },
    /// The tile can't be encoded within its limits: `500`.
    #[error("layer {layer}: {reason}")]
    Internal {
        /// The layer.
        layer: LayerId,
        /// Cause of the failure.
        reason: String,
    },
}
