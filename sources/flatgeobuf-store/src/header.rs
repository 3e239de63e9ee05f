//! The header: columns, geometry type, CRS, counts.

use flatgeobuf::{ColumnType as StoredType, Crs, GeometryType, Header};

use data_model::feature::{Column, ColumnType, FeatureSchema, GeometryKind};
use projection::{Projection, ProjectionError};

/// The reason for which a header can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum HeaderFault {
    /// A number that can't be a code of EPSG.
    #[error("EPSG:{code} is no CRS")]
    NoCode {
        /// The number.
        code: i32,
    },
    /// A code of another register, without a definition.
    #[error("the CRS {org}:{code} is not from EPSG")]
    OtherRegister {
        /// The register.
        org: String,
        /// The code.
        code: i32,
    },
    /// A column of a type that FlatGeobuf does not have.
    #[error("column {column:?} has the unknown type {stored}")]
    ColumnType {
        /// The column's name.
        column: String,
        /// The number of its type.
        stored: u8,
    },
    /// A column that is declared twice.
    #[error("column {column:?} is declared twice")]
    ColumnTwice {
        /// The column's name.
        column: String,
    },
    /// More columns than property records can number.
    #[error("more than {MAX_COLUMNS} columns")]
    TooManyColumns,
}

/// Fields of a header that the reader uses.
pub(super) struct FileHeader {
    pub(super) schema: FeatureSchema,
    /// Stored type of each column, which gives the length of a value.
    pub(super) stored: Vec<StoredType>,
    pub(super) geometry: GeometryType,
    pub(super) crs: FileCrs,
    pub(super) features: u64,
    pub(super) node_size: u16,
}

/// The CRS that a file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FileCrs {
    /// No CRS: positions are taken for longitude and latitude, and checked.
    Unnamed,
    /// EPSG code, and the definition if the header has one too.
    Epsg(u32, Option<String>),
    /// Longitude and latitude under OGC's name (CRS84), with or without heights.
    LonLat,
    /// Definition without a code.
    Wkt(String),
}

impl FileCrs {
    /// Description of the CRS for people.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Unnamed => "the header names no CRS".to_owned(),
            Self::Epsg(code, _) => format!("the header says EPSG:{code}"),
            Self::LonLat => "the header says OGC:CRS84".to_owned(),
            Self::Wkt(_) => "the header defines a CRS without a code".to_owned(),
        }
    }

    /// Projection to longitude and latitude; `None` if positions are only to be checked.
    ///
    /// # Errors
    /// [`ProjectionError`] for an unknown CRS without a usable definition.
    pub(super) fn projection(&self) -> Result<Option<Projection>, ProjectionError> {
        match self {
            Self::Unnamed => Ok(None),
            Self::LonLat => Projection::from_epsg(4326).map(Some),
            Self::Wkt(wkt) => Projection::from_prj(wkt).map(Some),
            Self::Epsg(code, wkt) => Projection::from_epsg(*code).map(Some).or_else(|unknown| {
                let defined = wkt.as_deref().and_then(|wkt| Projection::from_prj(wkt).ok());
                defined.map(Some).ok_or(unknown)
            }),
        }
    }
}

/// CRS of a header. A code takes precedence over a definition, as in other readers.
fn file_crs(crs: &Crs<'_>) -> Result<FileCrs, HeaderFault> {
    let org = crs.org().unwrap_or_default().trim();
    let wkt = text(crs.wkt());
    let of_epsg = org.is_empty() || org.eq_ignore_ascii_case("EPSG");
    if crs.code() != 0 && of_epsg {
        let code = crs.code();
        return u32::try_from(code)
            .map(|code| FileCrs::Epsg(code, wkt))
            .map_err(|_| HeaderFault::NoCode { code });
    }
    // OGC's name of longitude and latitude, in this order; h is for heights.
    let named = [crs.code_string(), crs.name()];
    let is_crs84 = |name: &str| {
        let name = name.to_ascii_uppercase();
        name.ends_with("CRS84") || name.ends_with("CRS84H")
    };
    if !of_epsg && (named.into_iter().flatten().any(is_crs84) || crs.code() == 84) {
        return Ok(FileCrs::LonLat);
    }
    match wkt {
        Some(wkt) => Ok(FileCrs::Wkt(wkt)),
        None if crs.code() != 0 => {
            Err(HeaderFault::OtherRegister { org: org.to_owned(), code: crs.code() })
        }
        None => Ok(FileCrs::Unnamed),
    }
}

impl FileHeader {
    /// Geometry kind that the header declares.
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
/// [`HeaderFault`].
pub(super) fn read(header: Header<'_>) -> Result<FileHeader, HeaderFault> {
    let mut columns = Vec::new();
    let mut stored = Vec::new();
    for column in header.columns().iter().flatten() {
        let kind = column_type(column.type_()).ok_or_else(|| HeaderFault::ColumnType {
            column: column.name().to_owned(),
            stored: column.type_().0,
        })?;
        if columns.iter().any(|known: &Column| known.name == column.name()) {
            return Err(HeaderFault::ColumnTwice { column: column.name().to_owned() });
        }
        columns.push(Column {
            name: column.name().to_owned(),
            kind,
            title: text(column.title()),
            description: text(column.description()),
        });
        stored.push(column.type_());
        if columns.len() > MAX_COLUMNS {
            return Err(HeaderFault::TooManyColumns);
        }
    }
    let crs = match header.crs() {
        None => FileCrs::Unnamed,
        Some(crs) => file_crs(&crs)?,
    };
    Ok(FileHeader {
        schema: FeatureSchema {
            columns,
            feature_count: (header.features_count() > 0).then(|| header.features_count()),
            title: text(header.title()).or_else(|| text(header.name())),
            description: text(header.description()),
        },
        stored,
        geometry: header.geometry_type(),
        crs,
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

#[cfg(test)]
mod tests {
    use super::*;
    use flatbuffers::FlatBufferBuilder;
    use flatgeobuf::CrsArgs;
    use rstest::rstest;

    const WGS_84: &str = "GEOGCRS[\"WGS 84\",DATUM[\"World Geodetic System 1984\",\
        ELLIPSOID[\"WGS 84\",6378137,298.257223563]],CS[ellipsoidal,2],\
        AXIS[\"longitude\",east],AXIS[\"latitude\",north],\
        ANGLEUNIT[\"degree\",0.0174532925199433]]";

    fn crs_of(org: &str, code: i32, code_string: &str, wkt: &str) -> Result<FileCrs, HeaderFault> {
        let mut builder = FlatBufferBuilder::new();
        let mut text = |text: &str| (!text.is_empty()).then(|| builder.create_string(text));
        let [org, code_string, wkt] = [org, code_string, wkt].map(&mut text);
        let args = CrsArgs { org, code, code_string, wkt, ..CrsArgs::default() };
        let crs = Crs::create(&mut builder, &args);
        builder.finish(crs, None);
        file_crs(&flatbuffers::root::<Crs<'_>>(builder.finished_data()).unwrap())
    }

    #[rstest]
    #[case::heights("EPSG", 4979, "", "")]
    #[case::korea_2000_with_heights("EPSG", 4927, "", "")]
    #[case::no_org("", 4326, "", "")]
    #[case::crs84("OGC", 0, "CRS84", "")]
    #[case::crs84_with_heights("OGC", 0, "CRS84h", "")]
    #[case::crs84_by_number("OGC", 84, "", "")]
    #[case::definition("", 0, "", WGS_84)]
    #[case::definition_of_another_register("IAU", 399, "", WGS_84)]
    #[case::unknown_code_with_a_definition("EPSG", 7912, "", WGS_84)]
    fn longitude_and_latitude_by_other_names_are_read(
        #[case] org: &str,
        #[case] code: i32,
        #[case] code_string: &str,
        #[case] wkt: &str,
    ) {
        let projection = crs_of(org, code, code_string, wkt).unwrap().projection().unwrap();
        let mut positions = [[127.04, 37.55]];
        projection.unwrap().to_lon_lat(&mut positions).unwrap();
        assert_eq!(positions, [[127.04, 37.55]]);
    }

    #[test]
    fn what_is_no_known_crs_is_named() {
        assert!(crs_of("ESRI", 102_080, "", "").unwrap_err().to_string().contains("ESRI:102080"));
        let error = crs_of("EPSG", 32690, "", "").unwrap().projection().unwrap_err();
        assert!(error.to_string().contains("32690"), "{error}");
        assert_eq!(crs_of("", 0, "", ""), Ok(FileCrs::Unnamed));
    }
}
