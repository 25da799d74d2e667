//! Cutting at ±180° (RFC 7946, section 3.1.9), on the integer grid of the written coordinates so that no vertex moves.
//!
//! Inside the program a geometry that crosses the antimeridian runs on past ±180°; here it is cut into parts that do not.

use crate::coverage::{Fill, GRID, Node, clean};

/// 180° on the grid.
const HALF_TURN: i32 = 180_000_000;

/// A coordinate on the grid; anything absurd is held at one and a half turns.
pub(super) fn snap(c: geo::Coord<f64>) -> Node {
    let held = |v: f64, most: f64| (v.clamp(-most, most) * GRID).round() as i32;
    [held(c.x, 540.0), held(c.y, 90.0)]
}

/// A ring on the grid, closing point and repeated points left out; `None` where nothing is enclosed.
pub(super) fn snap_ring(ring: &geo::LineString<f64>) -> Option<Vec<Node>> {
    let mut points: Vec<Node> = ring.0.iter().map(|c| snap(*c)).collect();
    points.dedup();
    while points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    (points.len() >= 3 && twice_area(&points) != 0).then_some(points)
}

/// Twice the signed area of a ring in grid units, positive counter-clockwise.
pub(super) fn twice_area(ring: &[Node]) -> i128 {
    let mut sum = 0;
    for (i, a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        sum += i128::from(a[0]) * i128::from(b[1]) - i128::from(b[0]) * i128::from(a[1]);
    }
    sum
}

/// The turns of the globe that a span of longitudes touches with its inside.
fn turns(west: i32, east: i32) -> std::ops::RangeInclusive<i32> {
    let turn = |x: i32| (i64::from(x) + i64::from(HALF_TURN)).div_euclid(2 * i64::from(HALF_TURN)) as i32;
    let (first, last) = (turn(west), turn(east));
    // A span that merely ends on the antimeridian does not reach beyond it.
    let ends_there = last > first && i64::from(east) == i64::from(last) * 360_000_000 - i64::from(HALF_TURN);
    first..=if ends_there { last - 1 } else { last }
}

/// A polygon (exterior first, any orientation) as polygons within ±180°, exteriors counter-clockwise, holes clockwise.
pub(super) fn cut_polygon(rings: Vec<Vec<Node>>) -> Vec<Vec<Vec<Node>>> {
    let Some(outer) = rings.first() else { return Vec::new() };
    let (west, east) = outer.iter().fold((i32::MAX, i32::MIN), |(w, e), p| (w.min(p[0]), e.max(p[0])));
    let turns = turns(west, east);
    if turns.start() == turns.end() {
        let ring = |(i, mut ring): (usize, Vec<Node>)| {
            if (twice_area(&ring) > 0) != (i == 0) {
                ring.reverse();
            }
            back(ring, *turns.start())
        };
        return vec![rings.into_iter().enumerate().map(ring).collect()];
    }
    let mut parts = Vec::new();
    for turn in turns {
        let within: Vec<Vec<Node>> = rings.iter().map(|r| between(r, start(turn), start(turn + 1))).collect();
        for part in clean(&within, Fill::EvenOdd) {
            parts.push(part.into_iter().map(|ring| back(ring, turn)).collect());
        }
    }
    parts
}

/// The western end of a turn of the globe.
fn start(turn: i32) -> i32 {
    (i64::from(turn) * 2 * i64::from(HALF_TURN) - i64::from(HALF_TURN)) as i32
}

/// Positions of a turn brought into ±180°.
fn back(mut points: Vec<Node>, turn: i32) -> Vec<Node> {
    points.iter_mut().for_each(|p| p[0] -= turn * 2 * HALF_TURN);
    points
}

/// The part of a ring between two meridians (Sutherland and Hodgman 1974). It runs back along them, which does not change what an odd
/// number of such rings lie around.
fn between(ring: &[Node], west: i32, east: i32) -> Vec<Node> {
    let mut points = ring.to_vec();
    for (end, inward) in [(west, 1), (east, -1)] {
        let inside = |p: Node| (i64::from(p[0]) - i64::from(end)) * inward >= 0;
        let mut kept = Vec::with_capacity(points.len() + 2);
        for (i, b) in points.iter().enumerate() {
            let a = points[(i + points.len() - 1) % points.len()];
            if inside(a) != inside(*b) {
                kept.push(meeting(a, *b, end));
            }
            if inside(*b) {
                kept.push(*b);
            }
        }
        points = kept;
        points.dedup();
    }
    points
}

/// Where a line meets a meridian that lies between its ends; the same whichever way it runs.
fn meeting(a: Node, b: Node, meridian: i32) -> Node {
    let (a, b) = if a < b { (a, b) } else { (b, a) };
    let t = (f64::from(meridian) - f64::from(a[0])) / (f64::from(b[0]) - f64::from(a[0]));
    [meridian, (f64::from(a[1]) + t * (f64::from(b[1]) - f64::from(a[1]))).round() as i32]
}

/// A line as lines within ±180°.
pub(super) fn cut_line(line: &[Node]) -> Vec<Vec<Node>> {
    let mut parts: Vec<(i32, Vec<Node>)> = Vec::new();
    let push = |parts: &mut Vec<(i32, Vec<Node>)>, turn: i32, p: Node| match parts.last_mut() {
        Some((last, points)) if *last == turn => {
            if points.last() != Some(&p) {
                points.push(p);
            }
        }
        _ => parts.push((turn, vec![p])),
    };
    for pair in line.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let turns = turns(a[0].min(b[0]), a[0].max(b[0]));
        let mut order: Vec<i32> = turns.collect();
        if a[0] > b[0] {
            order.reverse();
        }
        let mut at = a;
        for (i, turn) in order.iter().enumerate() {
            push(&mut parts, *turn, at);
            at = match order.get(i + 1) {
                None => b,
                Some(next) => meeting(a, b, start(*turn.max(next))),
            };
            push(&mut parts, *turn, at);
        }
    }
    parts.into_iter().filter(|(_, points)| points.len() > 1).map(|(turn, points)| back(points, turn)).collect()
}

/// A point brought into ±180°.
pub(super) fn wrap(p: Node) -> Node {
    if (-HALF_TURN..=HALF_TURN).contains(&p[0]) {
        return p;
    }
    [(i64::from(p[0]) + i64::from(HALF_TURN)).rem_euclid(360_000_000) as i32 - HALF_TURN, p[1]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn twice(parts: &[Vec<Vec<Node>>]) -> i128 {
        parts.iter().flatten().map(|ring| twice_area(ring)).sum()
    }

    #[test]
    fn what_runs_along_the_antimeridian_stays_whole() {
        // A step whose riser lies on the antimeridian, and a comb that touches it with a tooth.
        let step = vec![
            [179_000_000, 0],
            [180_000_000, 0],
            [180_000_000, 1_000_000],
            [181_000_000, 1_000_000],
            [181_000_000, 2_000_000],
            [179_000_000, 2_000_000],
        ];
        let parts = cut_polygon(vec![step.clone()]);
        assert_eq!(parts.len(), 2, "{parts:?}");
        assert_eq!(twice(&parts), twice_area(&step));
        let tooth = vec![[179_000_000, 0], [180_000_000, 1_000_000], [179_000_000, 2_000_000]];
        assert_eq!(cut_polygon(vec![tooth.clone()]), [[tooth]]);
    }

    proptest! {
        #[test]
        fn parts_make_up_the_whole(ring in proptest::collection::vec((1_000i32..2_600, -900i32..900), 3..40)) {
            let ring: Vec<Node> = ring.into_iter().map(|(x, y)| [x * 100_000, y * 100_000]).collect();
            let whole = twice(&clean(std::slice::from_ref(&ring), Fill::EvenOdd));
            let parts = cut_polygon(vec![ring]);
            prop_assert!(parts.iter().flatten().flatten().all(|p| (-HALF_TURN..=HALF_TURN).contains(&p[0])));
            if parts.len() > 1 {
                // Where lines meet is rounded to the grid: no more than a cell along every line.
                let off = (twice(&parts) - whole).abs();
                prop_assert!(off <= 40 * 40 * 360_000_000, "{off} of {whole}");
                prop_assert!(parts.iter().all(|p| twice_area(&p[0]) > 0 && p[1..].iter().all(|hole| twice_area(hole) < 0)));
            }
        }
    }
}
