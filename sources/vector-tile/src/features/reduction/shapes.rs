//! Geometry of the rows of a reduced table.

use super::groups::{GroupForm, RowGroup};
use crate::features::row_geometries::PartShapes;
use crate::features::{FeatureTable, RowGeometries, TableError};
use data_model::feature::ShapeKind;
use data_model::tile::{WorldPoint, WorldRect};

/// Collects the geometry of groups.
pub(super) struct GroupShapes<'t> {
    base: &'t RowGeometries,
    points: Vec<WorldPoint>,
    parts: PartShapes,
    is_full: bool,
}

impl<'t> GroupShapes<'t> {
    pub(super) fn new(table: &'t FeatureTable) -> Self {
        Self {
            base: table.shapes(),
            points: Vec::new(),
            parts: PartShapes::default(),
            is_full: false,
        }
    }

    pub(super) fn add(&mut self, group: &RowGroup) {
        let base = self.base;
        match (base, &group.form) {
            (RowGeometries::Points(points), GroupForm::Row(row)) => {
                self.points.push(points[*row as usize]);
            }
            (RowGeometries::Points(_), GroupForm::Cluster(point)) => self.points.push(*point),
            // Points have no small lines or polygons.
            (RowGeometries::Points(_), GroupForm::Merged(_)) => {}
            (RowGeometries::Parts(shapes), GroupForm::Row(row)) => self.copy(shapes, *row as usize),
            (RowGeometries::Parts(shapes), GroupForm::Cluster(point)) => {
                let parts = std::slice::from_ref(point);
                self.push(ShapeKind::Point, [parts].into_iter(), has_importance(shapes));
            }
            (RowGeometries::Parts(shapes), GroupForm::Merged(own)) => {
                let parts = own.parts.iter().map(Vec::as_slice);
                self.push(own.kind, parts, has_importance(shapes));
            }
        }
    }

    fn copy(&mut self, shapes: &PartShapes, row: usize) {
        for part in shapes.parts(row) {
            self.parts.coordinates.extend_from_slice(part.points);
            self.parts.importance.extend_from_slice(part.importance);
            self.is_full |= !self.parts.end_part(part.exterior);
        }
        self.parts.end_row(shapes.kind(row), *shapes.rect(row));
    }

    fn push<'p>(
        &mut self,
        kind: ShapeKind,
        parts: impl Iterator<Item = &'p [WorldPoint]>,
        has_importance: bool,
    ) {
        let mut rect = WorldRect::EMPTY;
        for part in parts {
            part.iter().for_each(|&point| rect.extend(point));
            self.parts.coordinates.extend_from_slice(part);
            if has_importance {
                // Shapes made for one zoom keep every vertex.
                self.parts.importance.resize(self.parts.coordinates.len(), 0);
            }
            self.is_full |= !self.parts.end_part(kind == ShapeKind::Polygon);
        }
        self.parts.end_row(kind, rect);
    }

    pub(super) fn finish(self) -> Result<RowGeometries, TableError> {
        if self.is_full {
            return Err(TableError::TooLarge("more than 2^31 - 1 vertices"));
        }
        Ok(match self.base {
            RowGeometries::Points(_) => RowGeometries::Points(self.points),
            RowGeometries::Parts(_) => RowGeometries::Parts(self.parts),
        })
    }
}

const fn has_importance(shapes: &PartShapes) -> bool {
    !shapes.importance.is_empty()
}
