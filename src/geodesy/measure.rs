//! Geodesic distance, bearing, destination, length and area on WGS 84 (Karney 2013).

use super::{Degrees, LonLat, Metres, SquareMetres};
use geographiclib_rs::{DirectGeodesic, Geodesic, InverseGeodesic, PolygonArea, Winding};
use std::sync::LazyLock;

pub(super) static WGS84: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);

/// Geodesic distance between two positions.
pub fn distance(a: LonLat, b: LonLat) -> Metres {
    Metres(WGS84.inverse(a.lat(), a.lon(), b.lat(), b.lon()))
}

/// Initial bearing of the geodesic from `from` to `to`, clockwise from true north, in `[0, 360)`.
pub fn bearing(from: LonLat, to: LonLat) -> Degrees {
    let (azimuth, _, _): (f64, f64, f64) = WGS84.inverse(from.lat(), from.lon(), to.lat(), to.lon());
    Degrees(azimuth.rem_euclid(360.0))
}

/// Both [`distance`] and [`bearing`], for the price of one.
pub fn distance_and_bearing(from: LonLat, to: LonLat) -> (Metres, Degrees) {
    let (length, azimuth, _, _): (f64, f64, f64, f64) = WGS84.inverse(from.lat(), from.lon(), to.lat(), to.lon());
    (Metres(length), Degrees(azimuth.rem_euclid(360.0)))
}

/// The position reached by following a geodesic from `from` at `bearing` for `length`.
pub fn destination(from: LonLat, bearing: Degrees, length: Metres) -> LonLat {
    let (lat, lon): (f64, f64) = WGS84.direct(from.lat(), from.lon(), bearing.0, length.0);
    LonLat::wrapped(lon, lat)
}

/// Geodesic length of a line of positions in degrees.
pub fn length(line: &geo::LineString<f64>) -> Metres {
    Metres(line.lines().map(|s| WGS84.inverse(s.start.y, s.start.x, s.end.y, s.end.x)).fold(0.0, |sum, d: f64| sum + d))
}

/// Geodesic area enclosed by a ring, never negative, whichever way it winds; the closing point may be repeated or not.
pub fn ring_area(ring: &geo::LineString<f64>) -> SquareMetres {
    let points = match ring.0.as_slice() {
        [first, .., last] if first == last => &ring.0[..ring.0.len() - 1],
        all => all,
    };
    let mut polygon = PolygonArea::new(&WGS84, Winding::CounterClockwise);
    for c in points {
        polygon.add_point(c.y, c.x);
    }
    let (_, area, _) = polygon.compute(true);
    SquareMetres(area.abs())
}

/// Geodesic area of a polygon: its exterior less its holes.
pub fn polygon_area(polygon: &geo::Polygon<f64>) -> SquareMetres {
    let holes: SquareMetres = polygon.interiors().iter().map(ring_area).sum();
    ring_area(polygon.exterior()) - holes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).expect("valid")
    }

    // Published results of GeographicLib's GeodSolve and Planimeter.
    #[test]
    fn agrees_with_geographiclib() {
        let jfk = at(-73.8, 40.6);
        let lhr = at(-0.5, 51.6);
        assert!((distance(jfk, lhr).0 - 5_551_759.400).abs() < 0.01);
        assert_eq!(distance_and_bearing(jfk, lhr), (distance(jfk, lhr), bearing(jfk, lhr)));
        assert!((bearing(jfk, lhr).0 - 51.19888).abs() < 1e-4);
        let back = destination(jfk, bearing(jfk, lhr), distance(jfk, lhr));
        assert!((back.lon() - lhr.lon()).abs() < 1e-9 && (back.lat() - lhr.lat()).abs() < 1e-9);
    }

    #[test]
    fn area_does_not_care_how_the_ring_winds() {
        let ring: geo::LineString<f64> = vec![(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)].into();
        let mut back = ring.clone();
        back.0.reverse();
        assert!((ring_area(&ring).km2() - 12_308.8).abs() < 0.1);
        assert!((ring_area(&ring).0 - ring_area(&back).0).abs() < 1e-3);
    }
}
