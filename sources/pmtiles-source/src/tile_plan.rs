//! Selects the parts of a stored tile to send, or cuts them from an ancestor.

use std::time::Instant;

use super::archive::PmtilesArchive;
use super::file::FileSection;
use super::overzoom::{CutError, OverzoomCut, ancestor};
use data_model::StoreError;
use data_model::{Extent, LayerId, TileCoord, Zoom};
use tile_source::SourceError;
use tile_source::workers::WorkerState;
use vector_tile::Fragment;
use vector_tile::mvt::read::{RawLayer, ReadError, layers};
use vector_tile::mvt::{copy, rename, restrict};

/// Layers and attributes to send, and parameters of tiles past the last zoom.
#[derive(Debug)]
pub(super) struct TilePlan {
    pub(super) id: LayerId,
    /// The one layer to send; `None` for all.
    pub(super) inner: Option<String>,
    pub(super) columns: Option<Vec<String>>,
    /// Zooms at which the archive has the layer's tiles.
    pub(super) stored: (Zoom, Zoom),
    pub(super) extent: Extent,
    pub(super) buffer: u16,
}

impl TilePlan {
    /// The stored tile that `tile` is made from; `None` below the first zoom.
    pub(super) fn origin(&self, tile: TileCoord) -> Option<TileCoord> {
        let (first, last) = self.stored;
        (tile.zoom() >= first).then(|| ancestor(tile, last.min(tile.zoom()))).flatten()
    }

    /// Inflates a stored tile and makes a fragment of its selected parts. Blocks.
    pub(super) fn fragment(
        &self,
        archive: &PmtilesArchive,
        section: FileSection,
        (origin, tile): (TileCoord, TileCoord),
        deadline: Instant,
        state: &mut WorkerState,
    ) -> Result<Option<Fragment>, SourceError> {
        let unavailable = |error: StoreError| SourceError::Unavailable {
            layer: self.id.clone(),
            reason: error.to_string(),
        };
        let inflated = archive.inflated(section).map_err(unavailable)?;
        let made = if origin == tile {
            self.pick(&inflated).map_err(CutError::from)
        } else {
            let Self { extent, buffer, .. } = *self;
            let cut = OverzoomCut { ancestor: origin, tile, extent, buffer, deadline };
            self.cut(&inflated, &cut, state)
        };
        let sent = made.map_err(|error| match error {
            CutError::Deadline => SourceError::DeadlineExceeded { layer: self.id.clone() },
            error => unavailable(archive.corrupt_tile(section, error)),
        })?;
        if sent.is_empty() {
            return Ok(None);
        }
        state.deflater.fragment(&sent).map(Some).map_err(|error| SourceError::Internal {
            layer: self.id.clone(),
            reason: error.to_string(),
        })
    }

    /// The selected parts of a stored tile; empty if there are none.
    fn pick(&self, tile: &[u8]) -> Result<Vec<u8>, ReadError> {
        let mut sent = Vec::new();
        for layer in layers(tile)? {
            match (&self.inner, &self.columns) {
                (None, _) if layer.has_features()? => copy(layer, &mut sent),
                (Some(inner), _) if inner != layer.name => {}
                (Some(_), None) if layer.has_features()? => {
                    rename(layer, self.id.as_str(), &mut sent)?;
                }
                (Some(_), Some(columns)) if layer.has_features()? => {
                    restrict(layer, self.id.as_str(), columns, &mut sent)?;
                }
                _ => {}
            }
        }
        Ok(sent)
    }

    /// The selected parts of a tile past the archive's last zoom; empty if there are
    /// none.
    fn cut(
        &self,
        ancestor: &[u8],
        cut: &OverzoomCut,
        state: &mut WorkerState,
    ) -> Result<Vec<u8>, CutError> {
        let mut sent = Vec::new();
        let sent_as = |layer: &RawLayer<'_>| match &self.inner {
            None => Some(layer.name.to_owned()),
            Some(inner) => (inner == layer.name).then(|| self.id.as_str().to_owned()),
        };
        for layer in layers(ancestor)? {
            if let Some(name) = sent_as(&layer) {
                let columns = self.columns.as_deref();
                cut.layer(layer, &name, columns, &mut state.scratch, &mut sent)?;
            }
        }
        Ok(sent)
    }
}
