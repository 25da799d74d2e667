//! Polygons that come in crossing themselves are put right once, before anything else looks at them.

use super::features::Features;
use super::overlay::Mender;
use super::rings::{Rings, area2, bounds, cross, shells_with_holes};
use super::source::chunk::{Kind, SHELL};
use super::world::Pt;
use rayon::prelude::*;

/// Puts right the polygons whose rings cross themselves or one another; returns how many there were.
pub fn crossing(features: &mut Features) -> u64 {
    let found: Vec<(usize, Rings)> = (0..features.shapes.len())
        .into_par_iter()
        .with_min_len(64)
        .filter(|n| features.shapes[*n].kind == Kind::Polygon)
        .map_init(
            || (Rings::default(), Mender::default()),
            |(rings, mender), n| {
                rings.clear();
                for r in features.rings_of(n) {
                    let (ring, shell) = features.ring(r);
                    rings.push(ring);
                    if (area2(ring) > 0) != shell {
                        let start = rings.points.len() - ring.len();
                        rings.points[start..].reverse();
                    }
                }
                let pairs = mender.crossings.pairs(rings);
                if pairs.is_empty() {
                    return None;
                }
                let shells: Vec<bool> = features.rings_of(n).map(|r| features.ring(r).1).collect();
                let whole = mend(rings, &shells, pairs, mender);
                (!whole.is_empty()).then_some((n, whole))
            },
        )
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

/// Polygon by polygon: what its outer ring encloses without what its holes do. Then those that cross one another together.
fn mend(rings: &mut Rings, shells: &[bool], pairs: Vec<(u32, u32)>, mender: &mut Mender) -> Rings {
    let met = mender.cut(rings, pairs);
    let places = mender.places(rings);
    // The polygon of each ring.
    let mut polygon_of: Vec<u32> = Vec::with_capacity(rings.len());
    let mut count = 0;
    for (n, shell) in shells.iter().enumerate() {
        count += u32::from(*shell || n == 0);
        polygon_of.push(count - 1);
    }
    let mut mended = vec![false; count as usize];
    let mut broken: Vec<u32> = Vec::new();
    for (i, j) in met {
        let (k, l) = (polygon_of[i as usize], polygon_of[j as usize]);
        mended[k as usize] = true;
        mended[l as usize] = true;
        if k != l {
            broken.extend([k, l]);
        }
    }
    let mut whole = Rings::default();
    let mut owner: Vec<u32> = Vec::new();
    let mut start = 0;
    for k in 0..count {
        let end = start + polygon_of[start..].iter().take_while(|p| **p == k).count();
        if mended[k as usize] {
            let mut polygon = Rings::default();
            (start..end).for_each(|n| polygon.push(rings.ring(n)));
            mender.take_away_holes(&mut polygon, &places);
            polygon.iter().for_each(|ring| whole.push(ring));
        } else {
            (start..end).for_each(|n| whole.push(rings.ring(n)));
        }
        owner.resize(whole.len(), k);
        start = end;
    }
    // What was mended may now enclose others.
    let boxes: Vec<(Pt, Pt)> = whole.iter().map(bounds).collect();
    for shell in (0..whole.len()).filter(|n| mended[owner[*n] as usize] && area2(whole.ring(*n)) > 0) {
        let (lo, hi) = boxes[shell];
        let boxed = |n: &usize| (0..2).all(|k| lo[k] <= boxes[*n].0[k] && hi[k] >= boxes[*n].1[k]);
        let mut others: Vec<(Pt, usize)> = (0..whole.len())
            .filter(|n| owner[*n] != owner[shell])
            .filter(boxed)
            .map(|n| (whole.ring(n)[0], n))
            .collect();
        others.sort_unstable_by_key(|o| (o.0[1], o.1));
        for (other, _) in others.iter().zip(located(&others, whole.ring(shell))).filter(|(_, place)| *place >= 0) {
            broken.extend([owner[shell], owner[other.1]]);
        }
    }
    broken.sort_unstable();
    broken.dedup();
    if !broken.is_empty() {
        let mut which = (0..whole.len() as u32).filter(|n| broken.binary_search(&owner[*n as usize]).is_ok()).collect();
        mender.join_some(&mut whole, &mut which, &places);
    }
    mender.walk_at(&mut whole, &places);
    whole
}

/// Where points, from north to south, lie in a ring, as [`super::rings::locate`] has it.
fn located(points: &[(Pt, usize)], ring: &[Pt]) -> Vec<i32> {
    let mut places = vec![-1; points.len()];
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return places };
    let (north, south) = (first.0[1], last.0[1]);
    let mut a = ring[ring.len() - 1];
    for &b in ring {
        let (top, bottom) = (a[1].min(b[1]), a[1].max(b[1]));
        if bottom >= north && top <= south {
            let from = points.partition_point(|p| p.0[1] < top);
            for (k, (p, _)) in points.iter().enumerate().skip(from).take_while(|(_, p)| p.0[1] <= bottom) {
                let side = cross(a, b, *p);
                if side == 0 && a[0].min(b[0]) <= p[0] && p[0] <= a[0].max(b[0]) {
                    places[k] = 0;
                } else if (a[1] > p[1]) != (b[1] > p[1]) && (side > 0) == (b[1] > a[1]) {
                    places[k] = -places[k];
                }
            }
        }
        a = b;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::Selection;
    use crate::tiles::crossing::Crossings;
    use crate::tiles::rings::locate;
    use crate::tiles::source::chunk::Chunk;
    use crate::tiles::source::geojson::read_lines;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn many_points_are_located_as_one(
            ring in proptest::collection::vec((0i32..20, 0i32..20), 3..12),
            points in proptest::collection::vec((0i32..20, 0i32..20), 1..30),
        ) {
            let ring: Vec<Pt> = ring.iter().map(|(x, y)| [*x, *y]).collect();
            let mut points: Vec<(Pt, usize)> = points.iter().enumerate().map(|(n, (x, y))| ([*x, *y], n)).collect();
            points.sort_unstable_by_key(|p| p.0[1]);
            let one: Vec<i32> = points.iter().map(|p| locate(p.0, &ring)).collect();
            prop_assert_eq!(located(&points, &ring), one);
        }
    }

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
            assert!(Crossings::default().pairs(&rings).is_empty());
        }
        assert_eq!(features.rings_of(3).len(), 1);
        assert_eq!(crossing(&mut features), 0);
    }
}
