//! Map projections: from positions to planar metres and back, through `proj4rs`.
//!
//! Used for cells (azimuthal equidistant), stills (local conformal conic) and reprojected input. Not used for any reported
//! distance or area: those are geodesic.

use super::LonLat;
use proj4rs::Proj;
use proj4rs::transform::transform;

/// Why a projection could not be made or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectionError {
    /// The definition is not one the library knows.
    #[error("projection \"{definition}\" is not supported")]
    Definition {
        /// The PROJ string asked for.
        definition: String,
        /// What the library said.
        #[source]
        source: proj4rs::errors::Error,
    },
    /// The position cannot be shown in this projection.
    #[error("a position cannot be projected")]
    Position(#[source] proj4rs::errors::Error),
}

/// A projection on WGS 84 with planar coordinates in metres.
#[derive(Debug, Clone)]
pub struct Projection {
    planar: Proj,
    geographic: Proj,
    definition: String,
}

impl Projection {
    /// A projection from a PROJ string (`+proj=lcc …`).
    ///
    /// # Errors
    /// A definition that the library does not support.
    pub fn from_definition(definition: &str) -> Result<Self, ProjectionError> {
        let make = |text: &str| {
            Proj::from_proj_string(text)
                .map_err(|source| ProjectionError::Definition { definition: text.to_owned(), source })
        };
        Ok(Self {
            planar: make(definition)?,
            geographic: make("+proj=longlat +datum=WGS84 +no_defs")?,
            definition: definition.to_owned(),
        })
    }

    /// Azimuthal equidistant centred on a position: true distances from the centre.
    pub fn azimuthal_equidistant(centre: LonLat) -> Result<Self, ProjectionError> {
        Self::centred("aeqd", centre)
    }

    /// Lambert azimuthal equal-area centred on a position: true areas.
    pub fn azimuthal_equal_area(centre: LonLat) -> Result<Self, ProjectionError> {
        Self::centred("laea", centre)
    }

    /// Lambert conformal conic with two standard parallels, in degrees, and a central position.
    pub fn conformal_conic(centre: LonLat, south: f64, north: f64) -> Result<Self, ProjectionError> {
        Self::from_definition(&format!(
            "+proj=lcc +lat_1={south} +lat_2={north} +lat_0={} +lon_0={} +datum=WGS84 +units=m +no_defs",
            centre.lat(),
            centre.lon()
        ))
    }

    /// Transverse Mercator on a central meridian.
    pub fn transverse_mercator(centre: LonLat) -> Result<Self, ProjectionError> {
        Self::from_definition(&format!(
            "+proj=tmerc +lat_0={} +lon_0={} +k=1 +datum=WGS84 +units=m +no_defs",
            centre.lat(),
            centre.lon()
        ))
    }

    fn centred(name: &str, centre: LonLat) -> Result<Self, ProjectionError> {
        Self::from_definition(&format!(
            "+proj={name} +lat_0={} +lon_0={} +datum=WGS84 +units=m +no_defs",
            centre.lat(),
            centre.lon()
        ))
    }

    /// The PROJ string.
    pub fn definition(&self) -> &str {
        &self.definition
    }

    /// Planar metres of a position in degrees (x = longitude; values past ±180° are the same meridian).
    ///
    /// # Errors
    /// Positions the projection cannot show.
    pub fn forward(&self, degrees: geo::Coord<f64>) -> Result<geo::Coord<f64>, ProjectionError> {
        let mut point = (degrees.x.to_radians(), degrees.y.to_radians(), 0.0);
        transform(&self.geographic, &self.planar, &mut point).map_err(ProjectionError::Position)?;
        Ok(geo::Coord { x: point.0, y: point.1 })
    }

    /// The position in degrees of planar metres, or of degrees where the definition is longitude and latitude on another datum.
    ///
    /// # Errors
    /// Points outside the projection's range.
    pub fn inverse(&self, metres: geo::Coord<f64>) -> Result<geo::Coord<f64>, ProjectionError> {
        let mut point = (metres.x, metres.y, 0.0);
        if self.planar.is_latlong() {
            point = (point.0.to_radians(), point.1.to_radians(), 0.0);
        }
        transform(&self.planar, &self.geographic, &mut point).map_err(ProjectionError::Position)?;
        Ok(geo::Coord { x: point.0.to_degrees(), y: point.1.to_degrees() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geodesy::distance;

    #[test]
    fn azimuthal_distances_from_the_centre_are_true() {
        let centre = LonLat::new(38.5, 35.0).expect("valid");
        let projection = Projection::azimuthal_equidistant(centre).expect("known");
        for (lon, lat) in [(36.3, 33.5), (42.3, 37.3), (35.6, 35.9)] {
            let p = LonLat::new(lon, lat).expect("valid");
            let m = projection.forward(p.coord()).expect("near");
            assert!((m.x.hypot(m.y) - distance(centre, p).0).abs() < 0.5, "{lon} {lat}");
            let back = projection.inverse(m).expect("near");
            assert!((back.x - lon).abs() < 1e-8 && (back.y - lat).abs() < 1e-8);
        }
    }

    #[test]
    fn conic_and_transverse_come_back() {
        let centre = LonLat::new(38.0, 35.0).expect("valid");
        for projection in [
            Projection::conformal_conic(centre, 33.0, 37.0).expect("known"),
            Projection::transverse_mercator(centre).expect("known"),
            Projection::azimuthal_equal_area(centre).expect("known"),
        ] {
            let m = projection.forward(geo::Coord { x: 36.75, y: 35.13 }).expect("near");
            let back = projection.inverse(m).expect("near");
            assert!((back.x - 36.75).abs() < 1e-7 && (back.y - 35.13).abs() < 1e-7, "{}", projection.definition());
        }
    }
}
