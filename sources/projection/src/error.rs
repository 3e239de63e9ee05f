//! Errors of projections, in two languages.

use korean_text::Bilingual;

use super::definition_error::DefinitionError;
use super::known;

/// Reason for which there is no projection or position.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    /// A code that is not in the list.
    #[error(
        "EPSG:{0} is not supported; convert the file to EPSG:4326, or name one of the known \
         codes: {known}", known = known::codes()
    )]
    UnknownCode(u32),
    /// A WKT that can't be read or names a projection that is not supported.
    #[error("the CRS definition can't be used: {0}; name the CRS by its EPSG code instead")]
    Definition(#[from] DefinitionError),
    /// A position that has no longitude and latitude in this CRS.
    #[error("position {index} ({x} {y}) has no place in {crs}")]
    Position {
        /// Number of the position, from 0.
        index: usize,
        /// x as given.
        x: String,
        /// y as given.
        y: String,
        /// Name of the CRS.
        crs: String,
    },
}

impl Bilingual for ProjectionError {
    fn ko(&self) -> String {
        match self {
            Self::UnknownCode(code) => format!(
                "EPSG:{code}은(는) 지원하지 않습니다. 파일을 EPSG:4326으로 변환하거나 다음 가운데 하나를 \
                 쓰십시오: {}",
                known::codes()
            ),
            Self::Definition(_) => {
                "좌표계의 정의를 읽을 수 없거나 지원하지 않습니다. EPSG 코드로 지정하십시오"
                    .to_owned()
            }
            Self::Position { index, x, y, crs } => {
                format!("{}번째 좌표({x} {y})는 {crs}에 없는 곳입니다", index + 1)
            }
        }
    }

    fn en(&self) -> String {
        self.to_string()
    }
}
