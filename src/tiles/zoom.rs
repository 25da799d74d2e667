//! The last zoom, guessed from the data: deep enough to tell neighbours apart, no deeper.

use super::features::Features;
use super::source::chunk::Kind;
use super::world::{Pt, WORLD, WORLD_BITS};

/// How far apart typical neighbours shall be at the last zoom, in grid units of 4096 a tile: an eighth of a millimetre or so.
const APART: f64 = 16.0;
/// Deeper tiles than these only repeat what overzooming draws as well.
const DEEPEST: u8 = 14;

/// A zoom at which the lower quartile of the distances between neighbouring points is [`APART`] units of a 4096 tile.
pub fn guess(features: &Features, extent_bits: u32) -> u8 {
    let mut distances: Vec<f64> = Vec::new();
    let mut between = |a: Pt, b: Pt| {
        let d = f64::from(a[0] - b[0]).hypot(f64::from(a[1] - b[1]));
        if d > 0.0 {
            distances.push(d);
        }
    };
    // Points stand along the Hilbert curve: the next one is a near one.
    let mut cursor = features.cursor();
    let step = (features.point_count() / 50_000).max(1);
    for i in (1..features.point_count()).step_by(step) {
        let before = cursor.get(i - 1).0;
        between(before, cursor.get(i).0);
    }
    let step = (features.shape_points.len() / 100_000).max(1);
    for n in 0..features.shapes.len() {
        if features.shapes[n].kind == Kind::Point {
            continue;
        }
        for r in features.rings_of(n) {
            let ring = features.ring(r).0;
            ring.windows(2).step_by(step).for_each(|w| between(w[0], w[1]));
        }
    }
    let bound = DEEPEST.min((WORLD_BITS - extent_bits) as u8);
    let wanted = if distances.is_empty() {
        // One place: a zoom that shows a town.
        return bound.min(10);
    } else {
        let n = distances.len() / 4;
        let (_, d, _) = distances.select_nth_unstable_by(n, f64::total_cmp);
        (f64::from(WORLD) / *d * APART / 4096.0).log2().ceil()
    };
    (wanted.max(0.0) as u8).min(bound)
}
