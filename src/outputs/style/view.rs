//! What the page shows first: a box, its zoom and centre.

use super::ground::surroundings;
use crate::geodesy::BBox;
use crate::model::Map;

/// Pixels of the page below its title.
const PAGE: [f64; 2] = [1000.0, 580.0];
/// Pixels of the world at zoom 0.
const WORLD: f64 = 512.0;

/// Centre and zoom at which a map's layers fill the page.
pub fn opening(map: &Map) -> Option<([f64; 2], f64)> {
    // The surroundings are the view and 0.8 of it on either side.
    let around = surroundings(map)?;
    let wide = around.width() / 2.6 / 360.0 * WORLD / PAGE[0];
    let high = (mercator(around.north) - mercator(around.south)) / 2.6 * WORLD / PAGE[1];
    let zoom = -(wide.max(high).max(1e-6)).log2();
    let centre = around.centre();
    let round = |v: f64, to: f64| (v * to).round() / to;
    Some(([round(centre.lon(), 1e4), round(centre.lat(), 1e4)], round(zoom.clamp(0.0, 16.0), 100.0)))
}

/// The box that is then seen, and the pixels of a degree of longitude; `None` where it crosses the antimeridian or goes round.
pub fn seen(map: &Map) -> Option<(BBox, f64)> {
    let ([lon, lat], zoom) = opening(map)?;
    let world = WORLD * zoom.exp2();
    let half = PAGE[0] / 2.0 / world * 360.0;
    let (north, south) = (mercator(lat) + PAGE[1] / 2.0 / world, mercator(lat) - PAGE[1] / 2.0 / world);
    let b = BBox { west: lon - half, south: latitude(south), east: lon + half, north: latitude(north) };
    (b.west >= -180.0 && b.east <= 180.0).then_some((b, world / 360.0))
}

/// Rounds of the world north of the equator in the Mercator projection.
fn mercator(lat: f64) -> f64 {
    (lat.clamp(-85.0, 85.0).to_radians() / 2.0 + std::f64::consts::FRAC_PI_4).tan().ln() / std::f64::consts::TAU
}

fn latitude(rounds: f64) -> f64 {
    (2.0 * (rounds * std::f64::consts::TAU).exp().atan() - std::f64::consts::FRAC_PI_2).to_degrees().clamp(-85.0, 85.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_is_the_view() {
        let map = Map {
            view: crate::model::View { bbox: Some("36,34,40,36".parse().expect("a box")), ..Default::default() },
            ..Map::default()
        };
        let (b, degree) = seen(&map).expect("seen");
        assert!((b.width() * degree - PAGE[0]).abs() < 1e-6, "{b:?}");
        assert!(b.west <= 36.01 && b.east >= 39.99 && b.south <= 34.01 && b.north >= 35.99, "{b:?}");
        for lat in [-60.0, 0.0, 35.0, 80.0] {
            assert!((latitude(mercator(lat)) - lat).abs() < 1e-9);
        }
    }
}
