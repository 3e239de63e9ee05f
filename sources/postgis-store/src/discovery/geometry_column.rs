//! Geometry columns, from the catalogs.

use super::type_modifier::TypeModifier;
use crate::relation::geometry_table::{GeometryTable, SpatialType};
use crate::relation::relation::Relation;
use crate::relation::relation_kind::TableKind;
use crate::relation::stored_text::{CatalogText, StoredEncoding};

/// A geometry column as `geometries` finds it.
pub(super) struct GeometryColumn {
    pub(super) oid: u32,
    pub(super) schema: String,
    pub(super) name: CatalogText,
    column: CatalogText,
    pub(super) comment: Option<CatalogText>,
    key: Option<String>,
    /// Whether SQL can name the relation.
    pub(super) is_nameable: bool,
    relation_kind: String,
    geography: bool,
    modifier: TypeModifier,
    has_index: bool,
    position: usize,
}

impl GeometryColumn {
    pub(super) fn read(
        row: &tokio_postgres::Row,
        schemas: &[String],
        encoding: StoredEncoding,
    ) -> Result<Self, tokio_postgres::Error> {
        let text = |at| {
            let bytes: Option<&[u8]> = row.try_get(at)?;
            Ok::<_, tokio_postgres::Error>(bytes.map(|bytes| CatalogText::read(encoding, bytes)))
        };
        let named = |at| {
            let bytes: &[u8] = row.try_get(at)?;
            Ok::<_, tokio_postgres::Error>(CatalogText::read(encoding, bytes))
        };
        let number = usize::try_from(row.try_get::<_, i32>(1)?).unwrap_or_default();
        let (schema, name) = (named(2)?, named(3)?);
        Ok(Self {
            oid: u32::try_from(row.try_get::<_, i64>(0)?).unwrap_or_default(),
            is_nameable: schema.is_writable && name.is_writable,
            schema: schemas.get(number).cloned().unwrap_or(schema.text),
            name,
            relation_kind: row.try_get(4)?,
            column: named(5)?,
            geography: row.try_get::<_, &str>(6)? == "geography",
            modifier: TypeModifier(row.try_get(7)?),
            comment: text(9)?,
            has_index: row.try_get(10)?,
            key: text(11)?.map(|key| key.text),
            position: usize::try_from(row.try_get::<_, i64>(12)?).unwrap_or_default(),
        })
    }

    pub(super) fn table(self, extension: &str) -> GeometryTable {
        let kind = TableKind::of(&self.relation_kind);
        let (schema, name) = (self.schema, self.name.text);
        let relation = Relation::discovered(schema, name, self.oid, kind, self.comment);
        let spatial_type =
            if self.geography { SpatialType::Geography } else { SpatialType::Geometry };
        let srid = self.modifier.srid();
        GeometryTable {
            relation,
            geometry_column: self.column.text,
            geometry_position: self.position,
            id_column: self.key,
            ids_are_exact: None,
            geometry: self.modifier.kind(),
            spatial_type,
            srid: if self.geography { Some(srid.unwrap_or(4326)) } else { srid },
            estimated_bounds: None,
            has_spatial_index: self.has_index,
            crs: None,
            may_hold_arcs: !self.geography && self.modifier.may_hold_arcs(),
            extension: extension.to_owned(),
        }
    }
}
