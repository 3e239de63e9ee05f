//! Counts of all tiles of a zoom: they add up to the features of the layer.

use std::collections::BTreeSet;

use super::decode::{DecodedFeature, DecodedValue};
use super::{layers, made_or_none, request};
use data_model::tile::{TileGrid, WorldPoint};
use data_model::time_label::RequestedTime;
use data_model::{Extent, TileCoord, Zoom};
use tile_source::{Selection, TileRequest, TileSource};

/// Tiles of a zoom that a source's features may lie in.
fn tiles(source: &dyn TileSource, zoom: Zoom) -> impl Iterator<Item = TileCoord> + use<> {
    let bounds = source.description().bounds.map(<[f64; 4]>::from);
    let [west, south, east, north] = bounds.expect("the bounds of a source with features");
    let last = (1u32 << zoom.get()) - 1;
    let at = |lon, lat| TileCoord::covering(zoom, WorldPoint::from_lon_lat(lon, lat));
    let (first, end) = (at(west, north), at(east, south));
    let columns = first.x().saturating_sub(1)..=(end.x() + 1).min(last);
    let rows = first.y().saturating_sub(1)..=(end.y() + 1).min(last);
    columns.flat_map(move |x| {
        rows.clone().map(move |y| TileCoord::new(zoom.get(), x, y).expect("a tile of the zoom"))
    })
}

/// Whether a tile is the one that counts a point: that in which it lies from 0 to below the
/// extent. Past the world's south-eastern edge there is no other tile.
fn counts(tile: TileCoord, extent: u64, [x, y]: [i64; 2]) -> bool {
    let last = (1u32 << tile.zoom().get()) - 1;
    let within = |at: i64, number: u32| {
        at >= 0 && (at < extent as i64 || (number == last && at == extent as i64))
    };
    within(x, tile.x()) && within(y, tile.y())
}

/// Features of all tiles of a zoom, each once: points from the tile that counts them, others by
/// their id.
pub async fn features_of_zoom(
    source: &dyn TileSource,
    zoom: Zoom,
    time: Option<&str>,
) -> Vec<DecodedFeature> {
    let (mut found, mut ids) = (Vec::new(), BTreeSet::new());
    let name = source.description().id.as_str().to_owned();
    for tile in tiles(source, zoom) {
        let time = time.and_then(RequestedTime::parse);
        let selection = Selection { time, ..Selection::default() };
        let request = TileRequest { selection, ..request(tile) };
        let Some(fragment) = made_or_none(source, &request).await else { continue };
        let decoded = layers(&fragment).into_iter().find(|layer| layer.name == name);
        let Some(layer) = decoded else { continue };
        let in_tile: Vec<u64> = layer.features.iter().filter_map(|feature| feature.id).collect();
        let once: BTreeSet<u64> = in_tile.iter().copied().collect();
        assert_eq!(once.len(), in_tile.len(), "an id stands twice in {tile}");
        found.extend(layer.features.into_iter().filter(|feature| match feature.kind {
            1 => counts(tile, layer.extent, feature.parts[0][0]),
            _ => feature.id.is_none_or(|id| ids.insert(id)),
        }));
    }
    found
}

/// The number of features that one stands for.
#[must_use]
pub fn stands_for(feature: &DecodedFeature) -> u64 {
    let count = ["point_count", "merged_count"].iter().find_map(|name| feature.tags.get(*name));
    match count {
        None => 1,
        Some(DecodedValue::Int(count)) => u64::try_from(*count).expect("a count"),
        Some(other) => panic!("a count is {other:?}"),
    }
}

/// Checks that the counts of all tiles of each zoom are that of the source's features.
///
/// # Panics
/// Panics at the first zoom where they are not.
pub async fn check_counts(source: &dyn TileSource, zooms: std::ops::RangeInclusive<u8>) {
    let all = source.description().feature_count.expect("a source with a known count");
    for zoom in zooms {
        let zoom = Zoom::new(zoom).expect("a zoom");
        let features = features_of_zoom(source, zoom, None).await;
        let counted: u64 = features.iter().map(stands_for).sum();
        assert_eq!(counted, all, "the counts of zoom {zoom}");
    }
}

/// The tile of a zoom that counts a position, at the default extent.
#[must_use]
pub fn counting_tile(zoom: Zoom, point: WorldPoint) -> TileCoord {
    let tile = TileCoord::covering(zoom, point);
    let units = i64::from(Extent::DEFAULT.units());
    let (x, y) = TileGrid::new(tile, Extent::DEFAULT).to_tile(point);
    let (dx, dy) = (u32::from(x == units), u32::from(y == units));
    TileCoord::new(zoom.get(), tile.x() + dx, tile.y() + dy).unwrap_or(tile)
}
