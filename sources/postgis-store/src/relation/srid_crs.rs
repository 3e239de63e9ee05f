//! Projections by SRID.
//!
//! A known EPSG code is read as [`projection`](projection) defines it, whatever the database
//! defines: the database's definitions of the Bessel systems of Korea lack the datum shift.
//! Other SRIDs are read from the database's `spatial_ref_sys`.

use std::collections::HashMap;
use std::sync::Arc;

use tokio_postgres::types::Type;

use crate::connection::transaction::TransactionReader;
use crate::relation::stored_text::{CatalogText, StoredEncoding};

use projection::{Projection, ProjectionError, known_crs};

/// Most CRS that are kept.
const MAX_KEPT: usize = 1024;

/// A CRS by its SRID.
#[derive(Debug)]
pub(crate) struct SridCrs {
    pub(crate) srid: u32,
    /// The definition in the database; empty for a known code.
    pub(crate) definition: String,
    /// Projection to longitude and latitude, or the reason for which there is none.
    pub(crate) projection: Result<Projection, UnusableCrs>,
}

/// Reason for which a CRS has no projection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnusableCrs {
    /// A definition that can't be read.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    /// Two definitions that can't be read.
    #[error("SRID {srid}: {source}")]
    Definitions {
        /// The SRID.
        srid: u32,
        /// Fault of the second definition.
        source: ProjectionError,
    },
    /// A row of `spatial_ref_sys` without a definition.
    #[error("SRID {0} has no definition in spatial_ref_sys")]
    Undefined(u32),
    /// No row of `spatial_ref_sys`.
    #[error("SRID {0} is not in spatial_ref_sys: add it there")]
    Missing(u32),
    /// No answer of the database.
    #[error("SRID {0} is not known")]
    Unknown(u32),
    /// One of more CRS than a scan reads.
    #[error("it is in one of more than {0} CRS")]
    TooMany(usize),
}

impl PartialEq for SridCrs {
    fn eq(&self, other: &Self) -> bool {
        self.srid == other.srid && self.definition == other.definition
    }
}

impl SridCrs {
    /// The CRS of a known code; `None` for other codes. SRID 0, which PostGIS gives to geometry
    /// without one, is taken for longitude and latitude, and every position is checked.
    pub(crate) fn known(srid: u32) -> Option<Self> {
        let code = if srid == 0 { 4326 } else { srid };
        known_crs(code)?;
        let projection = Projection::from_epsg(code).map_err(UnusableCrs::from);
        Some(Self { srid, definition: String::new(), projection })
    }

    fn defined(srid: u32, wkt: &str, proj: &str) -> Self {
        let name = format!("SRID {srid}");
        let projection = match (wkt.trim(), proj.trim()) {
            ("", "") => Err(UnusableCrs::Undefined(srid)),
            ("", proj) => Projection::from_proj_string(&name, proj).map_err(UnusableCrs::from),
            (wkt, "") => Projection::from_prj(wkt).map_err(UnusableCrs::from),
            (wkt, proj) => Projection::from_prj(wkt)
                .or_else(|_| Projection::from_proj_string(&name, proj))
                .map_err(|source| UnusableCrs::Definitions { srid, source }),
        };
        Self { srid, definition: format!("{wkt}\n{proj}"), projection }
    }

    /// A CRS without a definition.
    pub(crate) fn unusable(srid: u32, reason: UnusableCrs) -> Self {
        Self { srid, definition: String::new(), projection: Err(reason) }
    }

    fn missing(srid: u32) -> Self {
        let projection = Err(UnusableCrs::Missing(srid));
        Self { srid, definition: "missing".to_owned(), projection }
    }
}

/// CRS found so far, by SRID.
#[derive(Debug, Default)]
pub(crate) struct CrsList {
    list: HashMap<u32, Arc<SridCrs>>,
}

impl CrsList {
    pub(crate) fn get(&self, srid: u32) -> Option<Arc<SridCrs>> {
        self.list.get(&srid).cloned()
    }

    /// SRIDs that the database defines.
    pub(crate) fn defined(&self) -> Vec<u32> {
        let defined = self.list.values().filter(|crs| !crs.definition.is_empty());
        defined.map(|crs| crs.srid).collect()
    }

    /// Keeps a CRS; returns the kept one if its definition is the same.
    pub(crate) fn keep(&mut self, crs: SridCrs) -> Arc<SridCrs> {
        if let Some(kept) = self.list.get(&crs.srid)
            && **kept == crs
        {
            return Arc::clone(kept);
        }
        let crs = Arc::new(crs);
        if self.list.len() < MAX_KEPT || self.list.contains_key(&crs.srid) {
            self.list.insert(crs.srid, Arc::clone(&crs));
        }
        crs
    }
}

/// Reads one definition for each of `srids` from the database. `extension` is the quoted name
/// of the schema of PostGIS.
pub(crate) async fn read_definitions(
    reader: TransactionReader<'_>,
    extension: &str,
    encoding: StoredEncoding,
    srids: &[u32],
) -> Result<Vec<SridCrs>, tokio_postgres::Error> {
    if srids.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: Vec<i64> = srids.iter().copied().map(i64::from).collect();
    let (wkt, proj) = (encoding.bytes("srtext::text"), encoding.bytes("proj4text::text"));
    let sql = format!(
        "SELECT srid::int8, {wkt}, {proj} FROM {extension}.spatial_ref_sys \
         WHERE srid = ANY($1::int8[])"
    );
    let rows = reader.rows(&sql, &[(&numbers, Type::INT8_ARRAY)]).await?;
    let mut found: HashMap<u32, SridCrs> = HashMap::new();
    for row in rows {
        let srid = u32::try_from(row.try_get::<_, i64>(0)?).unwrap_or_default();
        let text = |at| {
            let bytes: Option<&[u8]> = row.try_get(at)?;
            let text = bytes.map(|bytes| CatalogText::read(encoding, bytes).text);
            Ok::<_, tokio_postgres::Error>(text.unwrap_or_default())
        };
        found.insert(srid, SridCrs::defined(srid, &text(1)?, &text(2)?));
    }
    Ok(srids
        .iter()
        .map(|srid| found.remove(srid).unwrap_or_else(|| SridCrs::missing(*srid)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_code_is_not_the_databases() {
        let bessel = SridCrs::known(5174).unwrap();
        assert_eq!(bessel.projection.unwrap().epsg(), Some(5174));
        assert_eq!(SridCrs::known(0).unwrap().projection.unwrap().epsg(), Some(4326));
        assert!(SridCrs::known(32690).is_none());
    }

    #[test]
    fn a_definition_is_read_from_either_notation() {
        let proj = "+proj=utm +zone=52 +datum=WGS84 +units=m";
        let mut at = [[500_000.0, 4_000_000.0]];
        SridCrs::defined(32652, "nonsense", proj).projection.unwrap().to_lon_lat(&mut at).unwrap();
        assert!((at[0][0] - 129.0).abs() < 1e-9, "{at:?}");
        let error = SridCrs::defined(9, "", "").projection.unwrap_err().to_string();
        assert!(error.contains("SRID 9"), "{error}");
    }
}
