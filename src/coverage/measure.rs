//! The area under a straight line of longitude and latitude, and the length between its ends, on the WGS 84 ellipsoid.

use super::{GRID, Node};
use crate::geodesy::{LonLat, distance};

const A: f64 = 6_378_137.0;
const B: f64 = 6_356_752.314_245_179;
const E2: f64 = 0.006_694_379_990_141_317;

/// Area in square metres between the equator and latitude `phi`, a radian of longitude wide (Snyder 1987, equation 3-12).
fn strip(phi: f64) -> f64 {
    let e = E2.sqrt();
    let s = phi.sin();
    B * B / 2.0 * (s / (1.0 - E2 * s * s) + (e * s).atanh() / e)
}

/// Area in square metres between the equator and the line that is straight in longitude and latitude from `a` to `b`: positive where it
/// runs east in the northern hemisphere. Summed around a ring it is the ring's area, negative counter-clockwise.
pub fn chord_area(a: Node, b: Node) -> f64 {
    let radians = |v: f64| (v / GRID).to_radians();
    let (y0, y1) = (f64::from(a[1]), f64::from(b[1]));
    let width = radians(f64::from(b[0]) - f64::from(a[0]));
    if width == 0.0 {
        return 0.0;
    }
    // Gauss-Legendre with three points is exact to 1e-12 over a degree of latitude; longer lines are taken in parts.
    let parts = ((y1 - y0).abs() / (2.0 * GRID)).ceil().max(1.0);
    let mut sum = 0.0;
    for i in 0..parts as usize {
        let middle = y0 + (y1 - y0) * (i as f64 + 0.5) / parts;
        let half = (y1 - y0) / parts / 2.0;
        let offset = half * 0.6f64.sqrt();
        sum += 8.0 * strip(radians(middle)) + 5.0 * (strip(radians(middle - offset)) + strip(radians(middle + offset)));
    }
    sum / 18.0 * width / parts
}

/// Geodesic distance in metres between two nodes.
///
/// Borders are mostly of pieces a few kilometres long, for which Bowring's series (1981) is exact to the micrometre and ten times quicker
/// than the general solution; longer ones take the latter.
pub fn chord_length(a: Node, b: Node) -> f64 {
    // About 0.3 degrees: thirty kilometres.
    const SHORT: i32 = 300_000;
    let steep = a[1].unsigned_abs().max(b[1].unsigned_abs()) > 85_000_000;
    if steep || a[0].abs_diff(b[0]) > SHORT as u32 || a[1].abs_diff(b[1]) > SHORT as u32 {
        let at = |n: Node| LonLat::wrapped(f64::from(n[0]) / GRID, f64::from(n[1]) / GRID);
        return distance(at(a), at(b)).0;
    }
    let radians = |v: i32| (f64::from(v) / GRID).to_radians();
    let (phi, north, east) = (radians(a[1]), radians(b[1] - a[1]), radians(b[0] - a[0]));
    let second = E2 / (1.0 - E2);
    let (sin, cos) = phi.sin_cos();
    let cos2 = cos * cos;
    let p = (1.0 + second * cos2 * cos2).sqrt();
    let q = (1.0 + second * cos2).sqrt();
    let w = p * east / 2.0;
    let d = north / (2.0 * q) * (1.0 + 3.0 * second / (4.0 * q * q) * north * (2.0 * phi + 2.0 / 3.0 * north).sin());
    let (sin_d, cos_d) = d.sin_cos();
    let (sin_w, cos_w) = w.sin_cos();
    let e = sin_d * cos_w;
    let f = sin_w * (q * cos * cos_d - sin * sin_d) / p;
    let sigma = 2.0 * e.hypot(f).asin();
    A * (1.0 + second).sqrt() * sigma / (q * q)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_lines_are_as_long_as_the_general_solution_says() {
        let mut state = 1u64;
        let mut below = |n: i64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) as i64 % n) as i32
        };
        for _ in 0..2000 {
            let a = [below(360_000_000) - 180_000_000, below(168_000_000) - 84_000_000];
            let b = [a[0] + below(600_000) - 300_000, a[1] + below(600_000) - 300_000];
            let at = |n: Node| LonLat::wrapped(f64::from(n[0]) / GRID, f64::from(n[1]) / GRID);
            let (quick, exact) = (chord_length(a, b), distance(at(a), at(b)).0);
            assert!((quick - exact).abs() < 1e-4, "{a:?} {b:?} {quick} {exact}");
        }
    }

    #[test]
    fn a_degree_square_agrees_with_the_closed_formula() {
        // Between two parallels the area is known exactly, and the sides along them are straight lines here.
        let ring =
            [[36_000_000, 35_000_000], [37_000_000, 35_000_000], [37_000_000, 36_000_000], [36_000_000, 36_000_000]];
        let area: f64 = -(0..4).map(|i| chord_area(ring[i], ring[(i + 1) % 4])).sum::<f64>();
        let exact = (strip(36f64.to_radians()) - strip(35f64.to_radians())) * 1f64.to_radians();
        assert!((area - exact).abs() < 1.0, "{area} {exact}");
    }

    #[test]
    fn small_polygons_agree_with_the_geodesic_area() {
        let ring = [[36_000_000, 35_000_000], [36_010_000, 35_003_000], [36_004_000, 35_011_000]];
        let area: f64 = -(0..3).map(|i| chord_area(ring[i], ring[(i + 1) % 3])).sum::<f64>();
        let line = ring.map(|[x, y]| (f64::from(x) / GRID, f64::from(y) / GRID)).to_vec().into();
        let geodesic = crate::geodesy::ring_area(&line).0;
        // The two kinds of line part by centimetres over a kilometre.
        assert!((area / geodesic - 1.0).abs() < 3e-5, "{area} {geodesic}");
    }

    #[test]
    fn the_whole_earth_has_its_area() {
        let hemisphere = chord_area([-180_000_000, 90_000_000], [180_000_000, 90_000_000]);
        assert!((2.0 * hemisphere / 5.100_656_217_24e14 - 1.0).abs() < 1e-9, "{hemisphere}");
    }
}
