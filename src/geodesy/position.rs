//! `LonLat`, the one way a position is held: longitude first, degrees, WGS 84.

use std::fmt;
use std::str::FromStr;

/// What makes a position impossible.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GeodesyError {
    /// Latitude outside −90..90, or not a number.
    #[error("latitude {0} is not between -90 and 90")]
    Latitude(f64),
    /// Longitude outside −180..180, or not a number.
    #[error("longitude {0} is not between -180 and 180")]
    Longitude(f64),
    /// Text that is not `LAT,LON`.
    #[error("\"{0}\" is not a position written LAT,LON in decimal degrees")]
    Syntax(String),
}

/// A position in degrees on WGS 84; longitude in `[-180, 180]`, latitude in `[-90, 90]`.
#[derive(Clone, Copy, PartialEq)]
pub struct LonLat {
    lon: f64,
    lat: f64,
}

impl LonLat {
    /// A position from longitude and latitude in degrees.
    ///
    /// # Errors
    /// Refuses values out of range and NaN.
    pub fn new(lon: f64, lat: f64) -> Result<Self, GeodesyError> {
        if !(-90.0..=90.0).contains(&lat) {
            return Err(GeodesyError::Latitude(lat));
        }
        if !(-180.0..=180.0).contains(&lon) {
            return Err(GeodesyError::Longitude(lon));
        }
        Ok(Self { lon, lat })
    }

    /// A position whose longitude is first brought into `[-180, 180]` and latitude held within the poles; NaN becomes 0.
    pub fn wrapped(lon: f64, lat: f64) -> Self {
        let lon = if lon.is_finite() { lon } else { 0.0 };
        let lat = if lat.is_finite() { lat } else { 0.0 };
        let lon = if (-180.0..=180.0).contains(&lon) { lon } else { (lon + 180.0).rem_euclid(360.0) - 180.0 };
        Self { lon, lat: lat.clamp(-90.0, 90.0) }
    }

    /// Longitude in degrees, east positive.
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// Latitude in degrees, north positive.
    pub fn lat(self) -> f64 {
        self.lat
    }

    /// The position as a planar coordinate, x = longitude, y = latitude.
    pub fn coord(self) -> geo::Coord<f64> {
        geo::Coord { x: self.lon, y: self.lat }
    }
}

impl From<LonLat> for geo::Point<f64> {
    fn from(p: LonLat) -> Self {
        geo::Point::new(p.lon, p.lat)
    }
}

impl fmt::Debug for LonLat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LonLat({}, {})", self.lon, self.lat)
    }
}

/// Parses `LAT,LON`, the order in which people copy positions from map sites.
impl FromStr for LonLat {
    type Err = GeodesyError;
    fn from_str(text: &str) -> Result<Self, GeodesyError> {
        let syntax = || GeodesyError::Syntax(text.to_owned());
        let (lat, lon) = text.split_once(',').ok_or_else(syntax)?;
        let lat = lat.trim().parse().map_err(|_| syntax())?;
        let lon = lon.trim().parse().map_err(|_| syntax())?;
        Self::new(lon, lat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_not_on_the_earth() {
        assert_eq!(LonLat::new(0.0, 91.0), Err(GeodesyError::Latitude(91.0)));
        assert_eq!(LonLat::new(181.0, 0.0), Err(GeodesyError::Longitude(181.0)));
        assert!(LonLat::new(f64::NAN, 0.0).is_err());
    }

    #[test]
    fn reads_lat_lon_as_people_type_it() {
        let p: LonLat = "35.13, 36.75".parse().expect("valid");
        assert_eq!((p.lon(), p.lat()), (36.75, 35.13));
        assert!("north".parse::<LonLat>().is_err());
    }

    #[test]
    fn wraps_beyond_the_antimeridian() {
        assert_eq!(LonLat::wrapped(190.0, 0.0).lon(), -170.0);
        assert_eq!(LonLat::wrapped(180.0, 0.0).lon(), 180.0);
    }
}
