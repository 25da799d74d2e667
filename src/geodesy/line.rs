//! A geodesic drawn as a line of positions.

use super::{LonLat, Metres, bearing, destination, distance};

/// Positions along the geodesic from `a` to `b`, both included, no further apart than `step`.
///
/// Longitudes run on past ±180° where the geodesic crosses the antimeridian, so that the line is unbroken; the writers cut it.
pub fn geodesic_line(a: LonLat, b: LonLat, step: Metres) -> geo::LineString<f64> {
    let total = distance(a, b);
    let pieces = (total.0 / step.0.max(1.0)).ceil().clamp(1.0, 4096.0) as usize;
    let heading = bearing(a, b);
    let mut coords = vec![a.coord()];
    let mut previous = a.lon();
    for i in 1..=pieces {
        let p = if i == pieces { b } else { destination(a, heading, Metres(total.0 * i as f64 / pieces as f64)) };
        let x = previous + (p.lon() - previous + 540.0).rem_euclid(360.0) - 180.0;
        // The end point is kept to the bit unless the line wrapped.
        let x = if (x - p.lon()).abs() < 1e-9 { p.lon() } else { x };
        previous = x;
        coords.push(geo::Coord { x, y: p.lat() });
    }
    geo::LineString(coords)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crosses_the_antimeridian_unbroken() {
        let suva = LonLat::new(178.44, -18.14).expect("valid");
        let apia = LonLat::new(-171.77, -13.83).expect("valid");
        let line = geodesic_line(suva, apia, Metres::from_km(50.0));
        assert!(line.0.windows(2).all(|w| (w[1].x - w[0].x).abs() < 1.0));
        assert!((line.0.last().expect("points").x - 188.23).abs() < 1e-6);
    }
}
