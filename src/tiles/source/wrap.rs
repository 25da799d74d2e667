//! Geometry that runs beyond ±180° is cut at the antimeridian and brought back (RFC 7946, section 3.1.9).

use super::chunk::{Chunk, Kind, SHELL};
use crate::tiles::cut::{Cutter, Strips, meet};
use crate::tiles::rings::{Rings, area2, shells_with_holes, turn};
use crate::tiles::world::{Pt, WORLD, WORLD_BITS};

/// Cuts what stands in a chunk from a ring on, the geometry of its last feature.
pub fn last_feature(chunk: &mut Chunk, kind: Kind, rings_from: usize) {
    let ends: Vec<u32> = chunk.ring_ends.drain(rings_from..).collect();
    let from = rings_from.checked_sub(1).map_or(0, |r| (chunk.ring_ends[r] & !SHELL) as usize);
    let points: Vec<Pt> = chunk.points.drain(from..).collect();
    let mut parts: Vec<(&[Pt], bool)> = Vec::with_capacity(ends.len());
    let mut start = from;
    for end in ends {
        let stop = (end & !SHELL) as usize;
        parts.push((&points[start - from..stop - from], end & SHELL != 0));
        start = stop;
    }
    match kind {
        Kind::Point => {
            for (part, _) in parts {
                let x = part[0][0];
                // 180° itself stays where it is.
                let x = if (0..=WORLD).contains(&x) { x } else { x.rem_euclid(WORLD) };
                chunk.points.push([x, part[0][1]]);
                chunk.end_ring(true);
            }
        }
        Kind::Line => parts.iter().for_each(|(part, _)| line(chunk, part)),
        Kind::Polygon => {
            let mut polygon = Rings::default();
            for (n, (ring, shell)) in parts.iter().enumerate() {
                if *shell && n > 0 {
                    polygon_parts(chunk, &polygon);
                    polygon.clear();
                }
                let positive = area2(ring) > 0;
                if positive == *shell {
                    polygon.push(ring);
                } else {
                    polygon.push(&ring.iter().rev().copied().collect::<Vec<_>>());
                }
            }
            polygon_parts(chunk, &polygon);
        }
    }
}

/// The copies of the world that a range of x meets.
fn copies(lo: i32, hi: i32) -> std::ops::RangeInclusive<i32> {
    lo.div_euclid(WORLD)..=(hi - 1).max(lo).div_euclid(WORLD)
}

fn line(chunk: &mut Chunk, part: &[Pt]) {
    let from = chunk.points.len();
    let mut copy = 0;
    for (i, &p) in part.iter().enumerate() {
        let Some(&q) = part.get(i + 1) else { break };
        let (west, east) = if p[0] <= q[0] { (p, q) } else { (q, p) };
        let range = copies(west[0], east[0]);
        let order: Vec<i32> = if p[0] <= q[0] { range.collect() } else { range.rev().collect() };
        for c in order {
            let (left, right) = (i64::from(c) * i64::from(WORLD), i64::from(c + 1) * i64::from(WORLD));
            let hold = |v: Pt| {
                let bound = if i64::from(v[0]) < left { left } else { right };
                if (left..=right).contains(&i64::from(v[0])) { v } else { meet(p, q, 0, bound as i32) }
            };
            let (a, b) = (hold(p), hold(q));
            let home = |v: Pt| [(i64::from(v[0]) - left) as i32, v[1]];
            let open = chunk.points.len() > chunk.ring_ends.last().map_or(from, |e| (e & !SHELL) as usize).max(from);
            if !open || c != copy {
                if open {
                    let start = chunk.ring_ends.last().map_or(from, |e| (e & !SHELL) as usize).max(from);
                    chunk.close_line(start);
                }
                chunk.points.push(home(a));
                copy = c;
            }
            chunk.points.push(home(b));
        }
    }
    let start = chunk.ring_ends.last().map_or(from, |e| (e & !SHELL) as usize).max(from);
    chunk.close_line(start);
}

fn polygon_parts(chunk: &mut Chunk, polygon: &Rings) {
    if polygon.is_empty() {
        return;
    }
    let (lo, hi) = polygon.bounds();
    let all = copies(lo[0], hi[0]).into_inner();
    let mut cutter = Cutter::default();
    cutter.part(polygon, Strips { axis: 0, bits: WORLD_BITS, buffer: 0, all, wanted: all });
    let mut rings = Rings::default();
    while let Some(part) = cutter.fetch(polygon, &mut rings) {
        for n in shells_with_holes(&rings) {
            let ring = rings.ring(n);
            chunk.points.extend(ring.iter().map(|p| [p[0] - part.strip * WORLD, p[1]]));
            chunk.end_ring(turn(ring) > 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tiles::source::chunk::{Chunk, Kind, SHELL};
    use crate::tiles::source::geojson::read_text;
    use crate::tiles::world::WORLD;

    fn read(geometry: &str) -> Chunk {
        let mut chunk = Chunk::default();
        read_text(geometry.as_bytes(), 1, "t", &mut chunk);
        assert!(chunk.notes.is_empty(), "{:?}", chunk.notes);
        chunk
    }

    #[test]
    fn a_box_across_the_antimeridian_becomes_two() {
        let c = read(r#"{"type":"Polygon","coordinates":[[[170,10],[190,10],[190,20],[170,20],[170,10]]]}"#);
        assert_eq!(c.features.len(), 1);
        assert_eq!(c.ring_ends.len(), 2);
        assert!(c.ring_ends.iter().all(|e| e & SHELL != 0));
        assert!(c.points.iter().all(|p| (0..=WORLD).contains(&p[0])));
        assert_eq!(c.points.iter().filter(|p| p[0] == 0).count(), 2);
        assert_eq!(c.points.iter().filter(|p| p[0] == WORLD).count(), 2);
    }

    #[test]
    fn a_line_goes_on_on_the_other_side() {
        for text in ["[[170,0],[190,10],[195,0]]", "[[-165,0],[-170,10],[-190,0]]"] {
            let c = read(&format!(r#"{{"type":"LineString","coordinates":{text}}}"#));
            assert_eq!(c.ring_ends.len(), 2, "{text}");
            assert!(c.points.iter().all(|p| (0..=WORLD).contains(&p[0])));
        }
    }

    #[test]
    fn points_wrap() {
        let c = read(r#"{"type":"MultiPoint","coordinates":[[190,0],[-190,0],[180,0],[-180,0]]}"#);
        assert_eq!(c.features[0].kind, Kind::Point);
        let x: Vec<i32> = c.points.iter().map(|p| p[0]).collect();
        assert_eq!(x[2], WORLD);
        assert_eq!(x[3], 0);
        assert!((x[0] - WORLD / 36).abs() <= 1 && (x[1] - (WORLD - WORLD / 36)).abs() <= 1);
    }
}
