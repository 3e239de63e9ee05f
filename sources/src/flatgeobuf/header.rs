//! The header: columns, geometry type, CRS, counts.

use flatgeobuf::{ColumnType as StoredType, GeometryType, Header};

use crate::feature::{Column, ColumnType, GeometryKind, Schema};

/// What of a header the reader goes by.
pub(super) struct FileHeader {
    pub(super) schema: Schema,
    /// The stored type of each column, which says how long a value is.
    pub(super) stored: Vec<StoredType>,
    pub(super) geometry: GeometryType,
    /// The EPSG code; 0 where the file names none.
    pub(super) epsg: u32,
    pub(super) features: u64,
    pub(super) node_size: u16,
}

impl FileHeader {
    /// What features are declared to be, in the words of a layer.
    pub(super) fn kind(&self) -> GeometryKind {
        match self.geometry {
            GeometryType::Point | GeometryType::MultiPoint => GeometryKind::Point,
            GeometryType::LineString | GeometryType::MultiLineString => GeometryKind::Line,
            GeometryType::Polygon | GeometryType::MultiPolygon | GeometryType::Triangle => {
                GeometryKind::Polygon
            }
            _ => GeometryKind::Mixed,
        }
    }
}

/// Most columns that a file may declare: property records number them in 16 bits.
const MAX_COLUMNS: usize = 1 << 16;

/// Reads a verified header.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(header: Header<'_>) -> Result<FileHeader, String> {
    let mut columns = Vec::new();
    let mut stored = Vec::new();
    for column in header.columns().iter().flatten() {
        let kind = column_type(column.type_()).ok_or_else(|| {
            format!("column {:?} has the unknown type {}", column.name(), column.type_().0)
        })?;
        if columns.iter().any(|known: &Column| known.name == column.name()) {
            return Err(format!("column {:?} is declared twice", column.name()));
        }
        columns.push(Column {
            name: column.name().to_owned(),
            kind,
            title: text(column.title()),
            description: text(column.description()),
        });
        stored.push(column.type_());
        if columns.len() > MAX_COLUMNS {
            return Err(format!("more than {MAX_COLUMNS} columns"));
        }
    }
    let epsg = match header.crs() {
        None => 0,
        Some(crs) => {
            let org = crs.org().unwrap_or("EPSG");
            if crs.code() != 0 && !org.eq_ignore_ascii_case("EPSG") {
                return Err(format!("the CRS {org}:{} is not from EPSG", crs.code()));
            }
            u32::try_from(crs.code()).map_err(|_| format!("EPSG:{} is no CRS", crs.code()))?
        }
    };
    Ok(FileHeader {
        schema: Schema {
            columns,
            feature_count: (header.features_count() > 0).then(|| header.features_count()),
            title: text(header.title()).or_else(|| text(header.name())),
            description: text(header.description()),
        },
        stored,
        geometry: header.geometry_type(),
        epsg,
        features: header.features_count(),
        node_size: header.index_node_size(),
    })
}

fn text(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

fn column_type(stored: StoredType) -> Option<ColumnType> {
    Some(match stored {
        StoredType::Bool => ColumnType::Bool,
        StoredType::Byte | StoredType::Short | StoredType::Int | StoredType::Long => {
            ColumnType::Int
        }
        StoredType::UByte | StoredType::UShort | StoredType::UInt | StoredType::ULong => {
            ColumnType::UInt
        }
        StoredType::Float => ColumnType::Float,
        StoredType::Double => ColumnType::Double,
        StoredType::String => ColumnType::Text,
        StoredType::Json => ColumnType::Json,
        StoredType::DateTime => ColumnType::DateTime,
        StoredType::Binary => ColumnType::Binary,
        _ => return None,
    })
}
