//! A box of longitudes and latitudes that may cross the antimeridian.

use super::{GeodesyError, LonLat};
use std::str::FromStr;

/// West, south, east, north in degrees; `west > east` means the box crosses the antimeridian (RFC 7946, section 5.2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BBox {
    /// Western edge, in `[-180, 180]`.
    pub west: f64,
    /// Southern edge.
    pub south: f64,
    /// Eastern edge, in `[-180, 180]`.
    pub east: f64,
    /// Northern edge.
    pub north: f64,
}

impl BBox {
    /// A box from its edges in degrees.
    ///
    /// # Errors
    /// Refuses edges off the Earth and a south edge above the north one.
    pub fn new(west: f64, south: f64, east: f64, north: f64) -> Result<Self, GeodesyError> {
        LonLat::new(west, south)?;
        LonLat::new(east, north)?;
        if south > north {
            return Err(GeodesyError::Syntax(format!("{west},{south},{east},{north}")));
        }
        Ok(Self { west, south, east, north })
    }

    /// The smallest box around some positions, across the antimeridian where that is the narrower one; `None` without positions.
    pub fn around(positions: impl IntoIterator<Item = LonLat>) -> Option<Self> {
        let points: Vec<LonLat> = positions.into_iter().collect();
        let south = points.iter().map(|p| p.lat()).reduce(f64::min)?;
        let north = points.iter().map(|p| p.lat()).reduce(f64::max)?;
        let mut lons: Vec<f64> = points.iter().map(|p| p.lon()).collect();
        lons.sort_by(f64::total_cmp);
        // The widest gap between neighbours on the circle of longitudes is the outside of the box.
        let (mut gap, mut at) = (lons[0] + 360.0 - lons[lons.len() - 1], 0);
        for i in 1..lons.len() {
            if lons[i] - lons[i - 1] > gap {
                (gap, at) = (lons[i] - lons[i - 1], i);
            }
        }
        Some(Self { west: lons[at], south, east: lons[(at + lons.len() - 1) % lons.len()], north })
    }

    /// Whether a position lies in the box or on its edge.
    pub fn contains(&self, p: LonLat) -> bool {
        let lon_in = if self.west <= self.east {
            (self.west..=self.east).contains(&p.lon())
        } else {
            p.lon() >= self.west || p.lon() <= self.east
        };
        lon_in && (self.south..=self.north).contains(&p.lat())
    }

    /// Width in degrees of longitude, never negative.
    pub fn width(&self) -> f64 {
        (self.east - self.west).rem_euclid(360.0).max(if self.east - self.west >= 360.0 { 360.0 } else { 0.0 })
    }

    /// The middle of the box in degrees.
    pub fn centre(&self) -> LonLat {
        LonLat::wrapped(self.west + self.width() / 2.0, (self.south + self.north) / 2.0)
    }
}

/// Parses `W,S,E,N`.
impl FromStr for BBox {
    type Err = GeodesyError;
    fn from_str(text: &str) -> Result<Self, GeodesyError> {
        let syntax = || GeodesyError::Syntax(text.to_owned());
        let edges: Vec<f64> =
            text.split(',').map(|t| t.trim().parse()).collect::<Result<_, _>>().map_err(|_| syntax())?;
        match edges[..] {
            [west, south, east, north] => Self::new(west, south, east, north),
            _ => Err(syntax()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn around_takes_the_short_way() {
        let fiji = [(178.4, -18.1), (-179.9, -16.8), (179.4, -16.4)].map(|(x, y)| LonLat::new(x, y).expect("valid"));
        let b = BBox::around(fiji).expect("points");
        assert_eq!((b.west, b.east), (178.4, -179.9));
        assert!(b.contains(LonLat::new(180.0, -17.0).expect("valid")));
        assert!(!b.contains(LonLat::new(0.0, -17.0).expect("valid")));
        assert!((b.width() - 1.7).abs() < 1e-9);
    }
}
