//! Polygons that come in crossing themselves are put right once, before anything else looks at them.

use super::features::Features;
use super::rings::{Cutter, Rings, area2, crossing_rings, shells_with_holes};
use super::source::chunk::{Kind, SHELL};
use rayon::prelude::*;

/// Puts right the polygons whose rings cross themselves or one another; returns how many there were.
pub fn crossing(features: &mut Features) -> u64 {
    let found: Vec<(usize, Rings)> = (0..features.shapes.len())
        .into_par_iter()
        .with_min_len(64)
        .filter(|n| features.shapes[*n].kind == Kind::Polygon)
        .map_init(Rings::default, |rings, n| {
            rings.clear();
            let range = features.rings_of(n);
            range.clone().for_each(|r| rings.push(features.ring(r).0));
            let crossing = crossing_rings(rings);
            if crossing.is_empty() {
                return None;
            }
            // Polygon by polygon: what its outer ring encloses without what its holes do; then all of them together.
            let mut whole = Rings::default();
            let mut polygon = Rings::default();
            let mut cutter = Cutter::default();
            let mut broken = false;
            for (k, ring) in rings.iter().enumerate() {
                let shell = features.ring(range.start + k).1;
                if shell {
                    finish(&mut polygon, broken, &mut cutter, &mut whole);
                    broken = false;
                }
                broken |= crossing.binary_search(&(k as u32)).is_ok();
                if (area2(ring) > 0) == shell {
                    polygon.push(ring);
                } else {
                    polygon.push(&ring.iter().rev().copied().collect::<Vec<_>>());
                }
            }
            finish(&mut polygon, broken, &mut cutter, &mut whole);
            cutter.put_right(&mut whole);
            (!whole.is_empty()).then_some((n, whole))
        })
        .flatten()
        .collect();
    if found.is_empty() {
        return 0;
    }
    let count = found.len() as u64;
    let mut mended = found.into_iter().peekable();
    let mut points = Vec::with_capacity(features.shape_points.len());
    let mut ends = Vec::with_capacity(features.ring_ends.len());
    let mut rings_ends = Vec::with_capacity(features.shapes.len());
    for n in 0..features.shapes.len() {
        match mended.next_if(|m| m.0 == n) {
            Some((_, rings)) => {
                for r in shells_with_holes(&rings) {
                    let ring = rings.ring(r);
                    points.extend_from_slice(ring);
                    ends.push(points.len() as u32 | if area2(ring) > 0 { SHELL } else { 0 });
                }
            }
            None => {
                for r in features.rings_of(n) {
                    let (ring, shell) = features.ring(r);
                    points.extend_from_slice(ring);
                    ends.push(points.len() as u32 | if shell { SHELL } else { 0 });
                }
            }
        }
        rings_ends.push(ends.len() as u32);
    }
    for (shape, end) in features.shapes.iter_mut().zip(rings_ends) {
        shape.rings_end = end;
    }
    features.shape_points = points;
    features.ring_ends = ends;
    count
}

/// Adds a polygon to the whole, put right where its rings cross.
fn finish(polygon: &mut Rings, broken: bool, cutter: &mut Cutter, whole: &mut Rings) {
    if broken && polygon.len() > 1 {
        cutter.take_away_holes(polygon);
    }
    polygon.iter().for_each(|ring| whole.push(ring));
    polygon.clear();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::Selection;
    use crate::tiles::source::chunk::Chunk;
    use crate::tiles::source::geojson::read_lines;

    #[test]
    fn crossing_polygons_are_put_right_and_the_others_are_as_they_were() {
        let text = r#"{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]]]}
{"type":"Polygon","coordinates":[[[10,10],[14,14],[14,10],[10,14],[10,10]]]}
{"type":"LineString","coordinates":[[0,0],[4,4],[4,0],[0,4]]}
{"type":"Polygon","coordinates":[[[20,0],[30,0],[30,10],[20,10],[20,0]],[[25,5],[35,5],[35,8],[25,8],[25,5]]]}
"#;
        let mut chunk = Chunk::default();
        read_lines(text.as_bytes(), 1, "t", &mut chunk);
        let mut features = Features::default();
        let layer = features.layer("t");
        features.add(&chunk, layer, &Selection::default());
        let before = (features.ring(0).0.to_vec(), features.ring(2).0.to_vec());
        assert_eq!(crossing(&mut features), 2);
        assert_eq!((features.ring(0).0.to_vec(), features.rings_of(1)), (before.0, 1..3));
        assert_eq!(features.ring(3).0, before.1);
        for n in [1, 3] {
            let mut rings = Rings::default();
            features.rings_of(n).for_each(|r| rings.push(features.ring(r).0));
            assert!(crossing_rings(&rings).is_empty());
        }
        assert_eq!(features.rings_of(3).len(), 1);
        assert_eq!(crossing(&mut features), 0);
    }
}
