//! Parsing of `tiling`: the reduction of a layer's tiles at low zooms.

use super::entry::TomlTable;
use data_model::Zoom;
use data_model::tiling::{Merging, PointClustering, RankColumn, Reduction, Thinning, Tiling};

/// Keys of the rules, of which a layer has one at most.
const RULES: [&str; 3] = ["cluster", "thin", "merge"];
/// Side of a cell and radius of a cluster where none is declared, in pixels.
const DEFAULT_PIXELS: u16 = 40;
/// Width below which features are merged where none is declared, in pixels.
const DEFAULT_MERGED_PIXELS: u16 = 4;

/// Parses the table `tiling` of a layer or a public form; `None` if there is none.
pub(super) fn read(entry: &mut TomlTable<'_>) -> Option<Tiling> {
    let mut table = entry.table("tiling")?;
    let given: Vec<_> = RULES.into_iter().filter(|name| table.has(name)).collect();
    if given.len() > 1 {
        let problem = format!("{} exclude each other", given.join(" and "));
        let place = table.place().clone();
        let remedy = "keep one: each replaces all features of the layer";
        table.faults().add(&place, problem, remedy);
    }
    let cluster = table.table("cluster").and_then(cluster);
    let thin = table.table("thin").and_then(thin);
    let merge = table.table("merge").and_then(merge);
    let attributes = table.pairs::<Zoom>("attributes").into_iter().collect();
    table.finish();
    Some(Tiling { reduction: cluster.or(thin).or(merge), attributes })
}

fn cluster(mut table: TomlTable<'_>) -> Option<Reduction> {
    let below_zoom = below_zoom(&mut table);
    let radius_px = pixels(&mut table, "radius_px", DEFAULT_PIXELS);
    let sums = table.list("sums").unwrap_or_default();
    table.finish();
    Some(Reduction::Cluster(PointClustering { below_zoom: below_zoom?, radius_px, sums }))
}

fn thin(mut table: TomlTable<'_>) -> Option<Reduction> {
    let below_zoom = below_zoom(&mut table);
    let rank = table.take::<String>("rank").map(|text| match text.strip_prefix('-') {
        Some(column) => RankColumn { column: column.to_owned(), descending: true },
        None => RankColumn { column: text, descending: false },
    });
    let spacing_px = pixels(&mut table, "spacing_px", DEFAULT_PIXELS);
    table.finish();
    Some(Reduction::Thin(Thinning { below_zoom: below_zoom?, rank, spacing_px }))
}

fn merge(mut table: TomlTable<'_>) -> Option<Reduction> {
    let below_zoom = below_zoom(&mut table);
    let by = table.take("by");
    let below_px = pixels(&mut table, "below_px", DEFAULT_MERGED_PIXELS);
    table.finish();
    Some(Reduction::Merge(Merging { below_zoom: below_zoom?, by, below_px }))
}

fn below_zoom(table: &mut TomlTable<'_>) -> Option<Zoom> {
    table.need("below_zoom", "name the first zoom with all features, such as 14")
}

/// A length in pixels: 1 to 512, the edge of a tile.
fn pixels(table: &mut TomlTable<'_>, name: &'static str, default: u16) -> u16 {
    let Some(pixels) = table.take::<u16>(name) else { return default };
    if (1..=512).contains(&pixels) {
        return pixels;
    }
    table.fault(name, format!("{pixels} pixels"), "write 1 to 512: a tile is 512 pixels wide");
    default
}
