//! Rings walked anew where they meet: an area that only hangs together by points becomes as many polygons.
//!
//! An overlay may hand back a hole that touches its outer ring in two points: then the inside is in two parts, which no single
//! polygon may be (OGC 06-103r4, section 6.1.11). Walking the same edges with the sharpest turn inwards wherever several meet goes
//! round each part by itself; what such a walk passes twice is then cut off as a hole that touches in one point.

use super::rings::Rings;
use super::world::Pt;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

/// Walks the edges of rings that meet in points, but neither cross nor share edges, anew. Others stay as they are.
pub fn walk_anew(rings: &mut Rings) {
    let mut points = rings.points.clone();
    points.sort_unstable();
    if points.windows(2).all(|w| w[0] != w[1]) {
        return;
    }
    let mut edges: Vec<(Pt, Pt)> = Vec::with_capacity(rings.points.len());
    for ring in rings.iter() {
        edges.extend(ring.iter().zip(ring.iter().cycle().skip(1)).map(|(a, b)| (*a, *b)));
    }
    edges.sort_unstable();
    let mut used = vec![false; edges.len()];
    let mut out = Rings::default();
    let mut walk = Vec::new();
    for first in 0..edges.len() {
        if used[first] {
            continue;
        }
        walk.clear();
        let mut at = first;
        loop {
            if used[at] {
                // Two ways in and one out: not what an overlay gives, so better left as it was.
                return;
            }
            used[at] = true;
            let (a, b) = edges[at];
            walk.push(a);
            let from = edges.partition_point(|e| e.0 < b);
            let ways = (from..edges.len()).take_while(|e| edges[*e].0 == b);
            let Some(next) = ways.min_by(|s, t| inwards(b, a, edges[*s].1, edges[*t].1)) else { return };
            if next == first {
                break;
            }
            at = next;
        }
        cut_loops(&walk, &mut out);
    }
    *rings = out;
}

/// Which of two ways on from `at` is met first when turning from the way back, `from`, through the inside.
fn inwards(at: Pt, from: Pt, one: Pt, other: Pt) -> Ordering {
    let to = |p: Pt| [i64::from(p[0]) - i64::from(at[0]), i64::from(p[1]) - i64::from(at[1])];
    let cross = |u: [i64; 2], v: [i64; 2]| i128::from(u[0]) * i128::from(v[1]) - i128::from(u[1]) * i128::from(v[0]);
    let dot = |u: [i64; 2], v: [i64; 2]| i128::from(u[0]) * i128::from(v[0]) + i128::from(u[1]) * i128::from(v[1]);
    let back = to(from);
    // The first half turn, straight on, the second half turn, and last of all the way back itself.
    let sector = |v: [i64; 2]| match cross(back, v) {
        c if c < 0 => 0,
        0 if dot(back, v) < 0 => 1,
        0 => 3,
        _ => 2,
    };
    let (u, v) = (to(one), to(other));
    sector(u).cmp(&sector(v)).then_with(|| cross(u, v).cmp(&0))
}

/// Cuts a walk at every point it passes again: each loop is a ring.
fn cut_loops(walk: &[Pt], out: &mut Rings) {
    let mut place: FxHashMap<Pt, usize> = FxHashMap::default();
    let mut open: Vec<Pt> = Vec::with_capacity(walk.len());
    for p in walk {
        if let Some(&before) = place.get(p) {
            out.points.extend_from_slice(&open[before..]);
            out.close();
            for gone in open.drain(before + 1..) {
                place.remove(&gone);
            }
        } else {
            place.insert(*p, open.len());
            open.push(*p);
        }
    }
    out.points.extend_from_slice(&open);
    out.close();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::rings::area2;

    fn walked(list: &[&[Pt]]) -> Vec<i128> {
        let mut rings = Rings::default();
        list.iter().for_each(|r| rings.push(r));
        walk_anew(&mut rings);
        let mut areas: Vec<i128> = rings.iter().map(area2).collect();
        areas.sort_unstable();
        areas
    }

    const SQUARE: [Pt; 6] = [[0, 0], [4, 0], [8, 0], [8, 8], [4, 8], [0, 8]];

    #[test]
    fn a_hole_that_parts_the_inside_makes_two_polygons() {
        // The hole touches the square above and below.
        assert_eq!(walked(&[&SQUARE, &[[4, 0], [2, 4], [4, 8], [6, 4]]]), [48, 48]);
    }

    #[test]
    fn a_hole_that_touches_once_stays_a_hole() {
        assert_eq!(walked(&[&SQUARE, &[[4, 0], [3, 4], [5, 4]]]), [-8, 128]);
    }

    #[test]
    fn squares_that_meet_at_a_corner_stay_two() {
        let other: [Pt; 4] = [[8, 8], [9, 8], [9, 9], [8, 9]];
        assert_eq!(walked(&[&SQUARE, &other]), [2, 128]);
        // And one ring through both, as it may come in.
        let eight: [Pt; 10] = [[0, 0], [4, 0], [8, 0], [8, 8], [9, 8], [9, 9], [8, 9], [8, 8], [4, 8], [0, 8]];
        assert_eq!(walked(&[&eight]), [2, 128]);
    }

    #[test]
    fn holes_in_a_chain_from_wall_to_wall_part_the_inside() {
        let one: &[Pt] = &[[4, 0], [3, 2], [4, 4], [5, 2]];
        let two: &[Pt] = &[[4, 4], [3, 6], [4, 8], [5, 6]];
        assert_eq!(walked(&[&SQUARE, one, two]), [56, 56]);
    }
}
