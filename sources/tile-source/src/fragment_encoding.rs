//! Encodes and deflates a layer's part of one tile.

use std::time::Instant;

use crate::SourceError;
use crate::workers::WorkerState;
use data_model::{LayerId, TileCoord};
use vector_tile::features::FeatureTable;
use vector_tile::fragment::Fragment;
use vector_tile::mvt::{EncodeError, LayerView, encode_layer_with_hints};

/// Reason for which a tile can't be encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EncodeFault {
    /// The deadline passed.
    Deadline,
    /// Any other reason.
    Reason(String),
}

impl EncodeFault {
    /// The fault as an error of the layer's source.
    pub fn of_layer(self, layer: &LayerId) -> SourceError {
        let layer = layer.clone();
        match self {
            Self::Deadline => SourceError::DeadlineExceeded { layer },
            Self::Reason(reason) => SourceError::Internal { layer, reason },
        }
    }
}

/// Encodes and deflates a layer's part of one tile, with its label points; `None` if no feature
/// meets the tile.
pub fn encode_fragment(
    table: &FeatureTable,
    view: &LayerView,
    labels: Option<(&FeatureTable, &LayerView)>,
    tile: TileCoord,
    deadline: Instant,
    state: &mut WorkerState,
) -> Result<Option<Fragment>, EncodeFault> {
    let late = |EncodeError::Deadline| EncodeFault::Deadline;
    let scratch = &mut state.scratch;
    let encoded = encode_layer_with_hints(table, view, tile, deadline, scratch).map_err(late)?;
    if encoded.bytes.is_empty() {
        return Ok(None);
    }
    let fragment = match labels {
        None => state.deflater.fragment_with_hints(encoded.bytes, encoded.hints),
        Some((points, view)) => {
            // The scratch is used again: a copy of the first layer.
            let (mut bytes, mut hints) = (encoded.bytes.to_vec(), encoded.hints.clone());
            let labels = encode_layer_with_hints(points, view, tile, deadline, scratch);
            let labels = labels.map_err(late)?;
            hints.append(bytes.len(), labels.hints);
            bytes.extend_from_slice(labels.bytes);
            state.deflater.fragment_with_hints(&bytes, &hints)
        }
    };
    fragment.map(Some).map_err(|error| EncodeFault::Reason(error.to_string()))
}
