//! Cutting at ±180° (RFC 7946, section 3.1.9), on the integer grid of the written coordinates so that no vertex moves.
//!
//! Inside the program a geometry that crosses the antimeridian runs on past ±180°; here it is cut into parts that do not.

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{IntOverlayOptions, Overlay};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::i_float::int::point::IntPoint;

/// Millionths of a degree: the grid of written coordinates.
pub(super) const GRID: f64 = 1e6;
const HALF_TURN: i32 = 180_000_000;

/// A coordinate on the grid; anything absurd is held at one and a half turns.
pub(super) fn snap(c: geo::Coord<f64>) -> IntPoint {
    let held = |v: f64, most: f64| (v.clamp(-most, most) * GRID).round() as i32;
    IntPoint { x: held(c.x, 540.0), y: held(c.y, 90.0) }
}

/// A ring on the grid, closing point and repeated points left out; `None` where nothing is enclosed.
pub(super) fn snap_ring(ring: &geo::LineString<f64>) -> Option<Vec<IntPoint>> {
    let mut points: Vec<IntPoint> = ring.0.iter().map(|c| snap(*c)).collect();
    points.dedup();
    while points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    (points.len() >= 3 && twice_area(&points) != 0).then_some(points)
}

/// Twice the signed area of a ring in grid units, positive counter-clockwise.
pub(super) fn twice_area(ring: &[IntPoint]) -> i128 {
    let mut sum = 0;
    for (i, a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        sum += i128::from(a.x) * i128::from(b.y) - i128::from(b.x) * i128::from(a.y);
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
pub(super) fn cut_polygon(rings: Vec<Vec<IntPoint>>) -> Vec<Vec<Vec<IntPoint>>> {
    let Some(outer) = rings.first() else { return Vec::new() };
    let (west, east) = outer.iter().fold((i32::MAX, i32::MIN), |(w, e), p| (w.min(p.x), e.max(p.x)));
    let turns = turns(west, east);
    if turns.start() == turns.end() {
        let shift = turns.start() * 2 * HALF_TURN;
        return vec![
            rings
                .into_iter()
                .enumerate()
                .map(|(i, mut ring)| {
                    ring.iter_mut().for_each(|p| p.x -= shift);
                    if (twice_area(&ring) > 0) != (i == 0) {
                        ring.reverse();
                    }
                    ring
                })
                .collect(),
        ];
    }
    let mut parts = Vec::new();
    for turn in turns {
        let west = (i64::from(turn) * 360_000_000 - i64::from(HALF_TURN)) as i32;
        let east = (i64::from(turn) * 360_000_000 + i64::from(HALF_TURN)) as i32;
        let (south, north) = (-HALF_TURN, HALF_TURN);
        let window = vec![
            IntPoint { x: west, y: south },
            IntPoint { x: east, y: south },
            IntPoint { x: east, y: north },
            IntPoint { x: west, y: north },
        ];
        let options = IntOverlayOptions::keep_all_points();
        let mut overlay = Overlay::with_contours_custom(&rings, &[window], options, Default::default());
        for shape in overlay.overlay(OverlayRule::Intersect, FillRule::EvenOdd) {
            parts.extend(cut_polygon(shape));
        }
    }
    parts
}

/// A line as lines within ±180°.
pub(super) fn cut_line(line: &[IntPoint]) -> Vec<Vec<IntPoint>> {
    let mut parts: Vec<(i32, Vec<IntPoint>)> = Vec::new();
    let push = |parts: &mut Vec<(i32, Vec<IntPoint>)>, turn: i32, p: IntPoint| match parts.last_mut() {
        Some((last, points)) if *last == turn => {
            if points.last() != Some(&p) {
                points.push(p);
            }
        }
        _ => parts.push((turn, vec![p])),
    };
    for pair in line.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let turns = turns(a.x.min(b.x), a.x.max(b.x));
        let mut order: Vec<i32> = turns.collect();
        if a.x > b.x {
            order.reverse();
        }
        let mut at = a;
        for (i, turn) in order.iter().enumerate() {
            push(&mut parts, *turn, at);
            at = match order.get(i + 1) {
                None => b,
                Some(next) => {
                    let x = (i64::from(turn.max(next).to_owned()) * 360_000_000 - i64::from(HALF_TURN)) as i32;
                    let t = f64::from(x - a.x) / f64::from(b.x - a.x);
                    IntPoint { x, y: (f64::from(a.y) + t * f64::from(b.y - a.y)).round() as i32 }
                }
            };
            push(&mut parts, *turn, at);
        }
    }
    parts
        .into_iter()
        .filter(|(_, points)| points.len() > 1)
        .map(|(turn, points)| points.into_iter().map(|p| IntPoint { x: p.x - turn * 2 * HALF_TURN, y: p.y }).collect())
        .collect()
}

/// A point brought into ±180°.
pub(super) fn wrap(p: IntPoint) -> IntPoint {
    if (-HALF_TURN..=HALF_TURN).contains(&p.x) {
        return p;
    }
    IntPoint { x: (i64::from(p.x) + i64::from(HALF_TURN)).rem_euclid(360_000_000) as i32 - HALF_TURN, y: p.y }
}
