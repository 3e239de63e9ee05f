//! Type modifier of PostGIS: the declared content of a geometry column.

use data_model::feature::GeometryKind;

/// A type modifier of PostGIS: SRID, kind and dimensions in the bits of one number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TypeModifier(pub(crate) i32);

impl TypeModifier {
    /// The SRID; `None` where it is 0 or not declared.
    pub(crate) fn srid(self) -> Option<u32> {
        if self.0 < 0 {
            return None;
        }
        let srid = ((self.0 & 0x0fff_ff00) - (self.0 & 0x1000_0000)) >> 8;
        u32::try_from(srid).ok().filter(|&srid| srid > 0)
    }

    /// Code of the geometry type; 0 if any type is allowed.
    fn code(self) -> i32 {
        if self.0 < 0 { 0 } else { (self.0 & 0xfc) >> 2 }
    }

    /// Kind of geometry that the column may hold.
    pub(crate) fn kind(self) -> GeometryKind {
        match self.code() {
            1 | 4 => GeometryKind::Point,
            2 | 5 | 8 | 9 | 11 => GeometryKind::Line,
            3 | 6 | 10 | 12..=15 => GeometryKind::Polygon,
            _ => GeometryKind::Mixed,
        }
    }

    /// Whether the column may hold arcs.
    pub(crate) fn may_hold_arcs(self) -> bool {
        matches!(self.code(), 0 | 7..=12)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    // As `SELECT postgis_typmod_in(ARRAY['Point','5186'])` and so on give them.
    #[rstest]
    #[case(1_327_620, Some(5186), GeometryKind::Point, false)]
    #[case(-1, None, GeometryKind::Mixed, true)]
    #[case(24, None, GeometryKind::Polygon, false)]
    #[case(1_107_500, Some(4326), GeometryKind::Line, true)]
    fn modifiers_say_srid_and_kind(
        #[case] modifier: i32,
        #[case] srid: Option<u32>,
        #[case] kind: GeometryKind,
        #[case] arcs: bool,
    ) {
        let modifier = TypeModifier(modifier);
        assert_eq!(
            (modifier.srid(), modifier.kind(), modifier.may_hold_arcs()),
            (srid, kind, arcs)
        );
    }
}
