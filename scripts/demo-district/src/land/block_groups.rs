//! Groups of neighbouring blocks, for estates and zones.

use std::collections::BTreeMap;

use crate::geometry::plane::{self, PlanePoint};
use crate::geometry::tiling::union_rings;
use crate::land::streets::CityBlock;

type SideKey = ((u64, u64), (u64, u64));

fn side_key(a: PlanePoint, b: PlanePoint) -> SideKey {
    let (a, b) = ((a[0].to_bits(), a[1].to_bits()), (b[0].to_bits(), b[1].to_bits()));
    (a.min(b), a.max(b))
}

/// Groups of up to `size` blocks of one dong that share sides.
///
/// `eligible` are positions in `blocks`; each group begins at the first block that is still free.
#[must_use]
pub(crate) fn grow_block_groups(
    blocks: &[CityBlock],
    eligible: &[usize],
    mut size: impl FnMut() -> usize,
) -> Vec<Vec<usize>> {
    let mut beside: BTreeMap<SideKey, Vec<usize>> = BTreeMap::new();
    for &b in eligible {
        for (p, q) in plane::ring_sides(&blocks[b].corners) {
            beside.entry(side_key(p, q)).or_default().push(b);
        }
    }
    let mut free = vec![false; blocks.len()];
    eligible.iter().for_each(|b| free[*b] = true);
    let mut groups = Vec::new();
    for &start in eligible {
        if !std::mem::take(&mut free[start]) {
            continue;
        }
        let wanted = size();
        let mut group = vec![start];
        let mut next = 0;
        while next < group.len() && group.len() < wanted {
            for (p, q) in plane::ring_sides(&blocks[group[next]].corners) {
                for &b in beside.get(&side_key(p, q)).into_iter().flatten() {
                    if group.len() < wanted
                        && blocks[b].dong == blocks[start].dong
                        && std::mem::take(&mut free[b])
                    {
                        group.push(b);
                    }
                }
            }
            next += 1;
        }
        groups.push(group);
    }
    groups
}

/// Border of a group: outer ring first.
#[must_use]
pub(crate) fn group_border(blocks: &[CityBlock], group: &[usize]) -> Vec<Vec<PlanePoint>> {
    union_rings(group.iter().map(|b| &blocks[*b].corners[..]))
}
