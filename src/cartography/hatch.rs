//! Hatching with real lines, fixed to the map: parallel lines through a polygon, at the same places whatever its neighbours are.

use super::outline::Vertex;
use crate::cartography::display::{Outline, Point};

/// Which way lines run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slope {
    /// From bottom left to top right.
    Up,
    /// From top left to bottom right.
    Down,
}

/// Distance between lines along an axis, where they are `gap` apart measured across: gap·√2.
pub fn period(gap: i32) -> i64 {
    (f64::from(gap) * std::f64::consts::SQRT_2).round().max(1.0) as i64
}

/// The lines of a hatching inside some rings (even-odd), `gap` apart measured across them, all in 1/64 px. Lines run through
/// multiples of the gap from `origin`, so neighbours' lines meet.
pub fn lines(rings: &[Vec<Vertex>], gap: i32, slope: Slope, origin: Vertex) -> Outline {
    let mut outline = Outline::new();
    // Along u = x ± y lines of 45° are level.
    let step = period(gap);
    let sign: i64 = if slope == Slope::Up { 1 } else { -1 };
    let turn = |v: &Vertex| {
        let (x, y) = (i64::from(v[0] - origin[0]), i64::from(v[1] - origin[1]));
        (x + sign * y, x - sign * y)
    };
    let turned: Vec<Vec<(i64, i64)>> = rings.iter().map(|r| r.iter().map(turn).collect()).collect();
    let mut crossings: std::collections::BTreeMap<i64, Vec<i64>> = std::collections::BTreeMap::new();
    for ring in &turned {
        for i in 0..ring.len() {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            let (a, b) = if a.0 <= b.0 { (a, b) } else { (b, a) };
            let mut k = a.0.div_euclid(step) + i64::from(a.0.rem_euclid(step) != 0);
            while k * step < b.0 {
                let u = k * step;
                let v = a.1 + ((b.1 - a.1) as i128 * (u - a.0) as i128 / (b.0 - a.0) as i128) as i64;
                crossings.entry(k).or_default().push(v);
                k += 1;
            }
        }
    }
    for (k, mut vs) in crossings {
        vs.sort_unstable();
        let u = k * step;
        for pair in vs.chunks_exact(2) {
            if pair[1] - pair[0] < 96 {
                continue;
            }
            let point = |v: i64| {
                let (x, y) = ((u + v) / 2, sign * (u - v) / 2);
                Point::new(x as i32 + origin[0], y as i32 + origin[1])
            };
            outline.line(&[point(pair[0]), point(pair[1])]);
        }
    }
    outline
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: i32, y: i32, side: i32) -> Vec<Vertex> {
        vec![[x, y], [x + side, y], [x + side, y + side], [x, y + side]]
    }

    #[test]
    fn lines_stay_inside_and_keep_their_gap() {
        for slope in [Slope::Up, Slope::Down] {
            let outline = lines(&[square(0, 0, 6400)], 384, slope, [17, 5]);
            assert!(outline.points().len() > 30);
            for p in outline.points() {
                assert!((-2..=6402).contains(&p.x) && (-2..=6402).contains(&p.y), "{p:?}");
            }
            // The middle line is the diagonal or close to it: total length is area over gap.
            let length: f64 = outline
                .points()
                .chunks_exact(2)
                .map(|w| f64::from(w[1].x - w[0].x).hypot(f64::from(w[1].y - w[0].y)))
                .sum();
            assert!((length / (6400.0 * 6400.0 / 384.0) - 1.0).abs() < 0.03, "{length}");
        }
    }

    #[test]
    fn holes_are_left_out_and_neighbours_continue() {
        let whole = lines(&[square(0, 0, 6400)], 384, Slope::Up, [0, 0]);
        let holed = lines(&[square(0, 0, 6400), square(1600, 1600, 3200)], 384, Slope::Up, [0, 0]);
        assert!(holed.points().len() > whole.points().len());
        let left = lines(&[vec![[0, 0], [3200, 0], [3200, 6400], [0, 6400]]], 384, Slope::Up, [0, 0]);
        let on_line = |p: &Point| (p.x + p.y).rem_euclid(543) <= 2 || (p.x + p.y).rem_euclid(543) >= 541;
        assert!(left.points().iter().all(on_line) && whole.points().iter().all(on_line));
    }
}
