//! Faults of an argument's value, in two languages.

use korean_text::Bilingual;
use projection::ProjectionError;

/// A fault of an argument's value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArgumentFault {
    /// A CRS that is not an EPSG code.
    #[error("write a code of EPSG such as EPSG:4326")]
    NoCode,
    /// A CRS that is not supported.
    #[error(transparent)]
    Crs(#[from] ProjectionError),
    /// Bounds that are not a rectangle on earth.
    #[error("write degrees as west,south,east,north: 12.5,54.5,13.25,55.0")]
    Bounds,
    /// An unknown encoding.
    #[error("write cp949, utf-8 or another name of the WHATWG Encoding Standard")]
    Encoding,
}

impl Bilingual for ArgumentFault {
    fn ko(&self) -> String {
        match self {
            Self::NoCode => "EPSG:4326과 같은 EPSG 코드를 쓰십시오".to_owned(),
            Self::Crs(error) => error.ko(),
            Self::Bounds => "서,남,동,북을 도 단위로 쓰십시오: 12.5,54.5,13.25,55.0".to_owned(),
            Self::Encoding => {
                "cp949, utf-8이나 WHATWG Encoding Standard의 다른 이름을 쓰십시오".to_owned()
            }
        }
    }

    fn en(&self) -> String {
        self.to_string()
    }
}
