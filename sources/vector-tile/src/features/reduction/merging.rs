//! Small lines and polygons of a category and a cell as one feature.
//!
//! Polygons become a square as large as all of them, about their common centre and inside the
//! cell. Lines become a line of several parts, whose vertices lie on whole pixels, each stretch
//! once.

use std::collections::BTreeSet;

use super::cells::{cell, row_centre, world_units};
use super::ground::{GroundScale, ring_area};
use super::groups::{GroupForm, RowGroup};
use super::own_shape::{OwnShape, OwnSize};
use crate::features::row_geometries::PartShapes;
use crate::features::{FeatureTable, RowGeometries};
use data_model::Zoom;
use data_model::feature::ShapeKind;
use data_model::tile::WorldPoint;
use data_model::tiling::Merging;

/// The rows: small ones by cell and category, others alone.
pub(super) fn groups(table: &FeatureTable, rule: &Merging, zoom: Zoom) -> Vec<RowGroup> {
    let RowGeometries::Parts(shapes) = table.shapes() else {
        return (0..table.shapes().rows() as u32).map(alone).collect();
    };
    let side = world_units(rule.below_px, zoom);
    let category = rule.by.as_ref().and_then(|by| {
        let column = table.columns().iter().position(|column| &column.name == by)?;
        Some(table.column_values(column))
    });
    let (mut small, mut groups) = (Vec::new(), Vec::new());
    for row in 0..shapes.kinds.len() {
        let rect = shapes.rect(row);
        let length = (rect.max.x - rect.min.x).max(rect.max.y - rect.min.y);
        if shapes.kind(row) == ShapeKind::Point || u64::from(length) >= side {
            groups.push(alone(row as u32));
            continue;
        }
        let category = category.map_or(0, |values| values[row]);
        let cell = cell(row_centre(table, row as u32), side);
        small.push((cell, category, shapes.kind(row) as u8, row as u32));
    }
    small.sort_unstable();
    let pixel = world_units(1, zoom);
    for rows in small.chunk_by(|a, b| (a.0, a.1, a.2) == (b.0, b.1, b.2)) {
        let (cell, _, kind, _) = rows[0];
        let rows: Vec<u32> = rows.iter().map(|&(.., row)| row).collect();
        let shape = match rows[..] {
            [_] => None,
            _ if kind == ShapeKind::Line as u8 => lines(shapes, &rows, pixel),
            _ => Some(square(shapes, &rows, cell, side)),
        };
        match shape {
            Some(shape) => groups.push(RowGroup { rows, form: GroupForm::Merged(shape) }),
            None => groups.extend(rows.into_iter().map(alone)),
        }
    }
    groups
}

fn alone(row: u32) -> RowGroup {
    RowGroup { rows: vec![row], form: GroupForm::Row(row) }
}

/// A square of the polygons' area, inside its cell.
fn square(shapes: &PartShapes, rows: &[u32], cell: u64, side: u64) -> OwnShape {
    let (mut area, mut metres, mut moment) = (0.0, 0.0, [0.0, 0.0]);
    for &row in rows {
        let rect = shapes.rect(row as usize);
        let middle = super::cells::centre(rect);
        let own: f64 = shapes.parts(row as usize).map(|part| ring_area(part.points)).sum();
        // A polygon without area still has a place.
        let weight = own.abs().max(1.0);
        area += weight;
        metres += own.abs() * GroundScale::at(middle.y).area();
        moment[0] += weight * f64::from(middle.x);
        moment[1] += weight * f64::from(middle.y);
    }
    let width = area.sqrt().min(side as f64).max(1.0);
    let [x, y] = [(0, cell & u64::from(u32::MAX)), (1, cell >> 32)].map(|(axis, number)| {
        let (low, high) = ((number * side) as f64, ((number + 1) * side) as f64 - width);
        (moment[axis] / area - width / 2.0).clamp(low, high.max(low))
    });
    let at =
        |dx: f64, dy: f64| WorldPoint { x: (x + dx).round() as u32, y: (y + dy).round() as u32 };
    OwnShape {
        kind: ShapeKind::Polygon,
        parts: vec![vec![at(0.0, 0.0), at(width, 0.0), at(width, width), at(0.0, width)]],
        size: OwnSize::SquareMetres(metres),
    }
}

/// The lines on whole pixels; `None` if all of them are shorter than one.
fn lines(shapes: &PartShapes, rows: &[u32], pixel: u64) -> Option<OwnShape> {
    let snap = |point: WorldPoint| {
        let [x, y] = [point.x, point.y].map(|at| {
            let middle = u64::from(at) / pixel * pixel + pixel / 2;
            middle.min(u64::from(u32::MAX)) as u32
        });
        WorldPoint { x, y }
    };
    let (mut parts, mut metres) = (Vec::new(), 0.0);
    let mut drawn: BTreeSet<[WorldPoint; 2]> = BTreeSet::new();
    for part in rows.iter().flat_map(|&row| shapes.parts(row as usize)) {
        metres += GroundScale::length(part.points);
        let mut line: Vec<WorldPoint> = Vec::new();
        for stretch in part.points.windows(2) {
            let [from, to] = [snap(stretch[0]), snap(stretch[1])];
            if from == to {
                continue;
            }
            if drawn.insert([from.min(to), from.max(to)]) {
                if line.is_empty() {
                    line.push(from);
                }
                line.push(to);
            } else if !line.is_empty() {
                parts.push(std::mem::take(&mut line));
            }
        }
        if !line.is_empty() {
            parts.push(line);
        }
    }
    let size = OwnSize::Metres(metres);
    (!parts.is_empty()).then_some(OwnShape { kind: ShapeKind::Line, parts, size })
}
