//! Polygons that come in crossing themselves are put right once, before anything else looks at them.

use super::features::{Features, Mended};
use super::overlay::Mender;
use super::rings::{Rings, area2, bounds, cross, is_within, shells_with_holes};
use super::sorted::Sorted;
use super::source::chunk::Kind;
use super::world::Pt;
use rayon::prelude::*;

/// Puts right the polygons whose rings cross themselves or one another or do not go together; the shapes that have such, by their
/// numbers in order.
pub fn mended(features: &Features) -> Vec<(usize, Mended)> {
    (0..features.shapes.len())
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
                let shells = || features.rings_of(n).map(|r| features.ring(r).1).collect::<Vec<bool>>();
                let nested = if rings.len() > 1 { nested(rings, &shells()) } else { Vec::new() };
                if pairs.is_empty() && nested.is_empty() {
                    return None;
                }
                let mended = mend(rings, &shells(), pairs, nested, mender);
                // Of what encloses nothing nothing would be left.
                (!mended.rings.is_empty() || mended.touched.contains(&false)).then_some((n, mended))
            },
        )
        .flatten()
        .collect()
}

/// Polygon by polygon: what its outer ring encloses without what its holes do. Then those that cross one another together.
fn mend(
    rings: &mut Rings,
    shells: &[bool],
    pairs: Vec<(u32, u32)>,
    nested: Vec<(u32, u32)>,
    mender: &mut Mender,
) -> Mended {
    let mut met = mender.cut(rings, pairs);
    met.extend(nested);
    let (polygon_of, starts) = polygons(shells);
    let mut mended = vec![false; starts.len() - 1];
    let mut broken: Vec<u32> = Vec::new();
    for (i, j) in met {
        let (k, l) = (polygon_of[i as usize], polygon_of[j as usize]);
        mended[k as usize] = true;
        mended[l as usize] = true;
        if k != l {
            broken.extend([k, l]);
        }
    }
    let of = |k: usize| starts[k]..starts[k + 1];
    let some = |which: &[bool]| {
        let mut some = Rings::default();
        (0..which.len()).filter(|k| which[*k]).flat_map(of).for_each(|n| some.push(rings.ring(n)));
        some
    };
    let mut places = mender.places(&some(&mended));
    let mut whole = Rings::default();
    let mut owner: Vec<u32> = Vec::new();
    for k in (0..mended.len()).filter(|k| mended[*k]) {
        let mut polygon = Rings::default();
        of(k).for_each(|n| polygon.push(rings.ring(n)));
        mender.take_away_holes(&mut polygon, &places);
        polygon.iter().for_each(|ring| whole.push(ring));
        owner.resize(whole.len(), k as u32);
    }
    // What was mended may now enclose others, mended or not.
    let mut others: Vec<(Pt, u32)> = whole.iter().zip(&owner).map(|(ring, k)| (ring[0], *k)).collect();
    others.extend((0..rings.len()).map(|n| (rings.ring(n)[0], polygon_of[n])).filter(|(_, k)| !mended[*k as usize]));
    others.sort_unstable_by_key(|(p, k)| (p[1], p[0], *k));
    for (shell, k) in whole.iter().zip(&owner).filter(|(ring, _)| area2(ring) > 0) {
        let (lo, hi) = bounds(shell);
        let from = others.partition_point(|o| o.0[1] < lo[1]);
        let to = others.partition_point(|o| o.0[1] <= hi[1]);
        let boxed = |(p, other): &&(Pt, u32)| other != k && lo[0] <= p[0] && p[0] <= hi[0];
        let others: Vec<(Pt, u32)> = others[from..to].iter().filter(boxed).copied().collect();
        for (other, _) in others.iter().zip(located(&others, shell)).filter(|(_, place)| *place >= 0) {
            broken.extend([*k, other.1]);
        }
    }
    broken.sort_unstable();
    broken.dedup();
    if !broken.is_empty() {
        let mut more = vec![false; mended.len()];
        for k in broken.iter().map(|k| *k as usize).filter(|k| !mended[*k]) {
            more[k] = true;
            of(k).for_each(|n| whole.push(rings.ring(n)));
            owner.resize(whole.len(), k as u32);
        }
        if more.contains(&true) {
            mended.iter_mut().zip(more).for_each(|(m, more)| *m |= more);
            places = mender.places(&some(&mended));
        }
        let mut which = (0..whole.len() as u32).filter(|n| broken.binary_search(&owner[*n as usize]).is_ok()).collect();
        mender.join_some(&mut whole, &mut which, &places);
    }
    mender.walk_at(&mut whole, &places);
    Mended {
        touched: polygon_of.iter().map(|k| mended[*k as usize]).collect(),
        rings: shells_with_holes(&whole)
            .into_iter()
            .map(|n| (whole.ring(n).to_vec(), area2(whole.ring(n)) > 0))
            .collect(),
    }
}

/// The polygon of each ring, and the first ring of each polygon; last, how many rings there are.
fn polygons(shells: &[bool]) -> (Vec<u32>, Vec<usize>) {
    let mut polygon_of: Vec<u32> = Vec::with_capacity(shells.len());
    let mut starts: Vec<usize> = Vec::new();
    for (n, shell) in shells.iter().enumerate() {
        if *shell || n == 0 {
            starts.push(n);
        }
        polygon_of.push(starts.len() as u32 - 1);
    }
    starts.push(shells.len());
    (polygon_of, starts)
}

/// Pairs of rings that do not cross and yet do not go together: an outer ring that lies within another polygon, a hole that lies outside
/// its polygon or within another of its holes.
fn nested(rings: &Rings, shells: &[bool]) -> Vec<(u32, u32)> {
    let (polygon_of, starts) = polygons(shells);
    let is_shell = |n: usize| starts[polygon_of[n] as usize] == n;
    let boxes: Vec<(Pt, Pt)> = rings.iter().map(bounds).collect();
    let boxed = |inner: usize, outer: usize| {
        let ((a, b), (lo, hi)) = (boxes[inner], boxes[outer]);
        (0..2).all(|k| lo[k] <= a[k] && b[k] <= hi[k])
    };
    let is_within = |inner: usize, outer: usize| boxed(inner, outer) && is_within(rings.ring(inner), rings.ring(outer));
    let mut firsts: Vec<(Pt, usize)> = rings.iter().enumerate().map(|(n, ring)| (ring[0], n)).collect();
    firsts.sort_unstable_by_key(|(p, n)| (p[1], *n));
    let mut found = Vec::new();
    for n in 0..rings.len() {
        let holes = if is_shell(n) { n + 1..starts[polygon_of[n] as usize + 1] } else { 0..0 };
        let from = firsts.partition_point(|f| f.0[1] < boxes[n].0[1]);
        let to = firsts.partition_point(|f| f.0[1] <= boxes[n].1[1]);
        // Outer rings and its own holes with an outer ring, holes of one polygon with each other.
        let rivals = |other: usize| {
            let alike = is_shell(other) == is_shell(n) && (is_shell(n) || polygon_of[other] == polygon_of[n]);
            other != n && (alike || holes.contains(&other)) && boxed(other, n)
        };
        let others: Vec<(Pt, usize)> = firsts[from..to].iter().filter(|f| rivals(f.1)).copied().collect();
        let places = located(&others, rings.ring(n));
        let mut own = 0;
        for ((_, other), place) in others.iter().zip(places) {
            // A point on the ring tells nothing.
            if place < 0 || place == 0 && !is_within(*other, n) {
                continue;
            }
            if holes.contains(other) {
                own += 1;
            } else if !holes.clone().any(|hole| is_within(*other, hole)) {
                found.push((n as u32, *other as u32));
            }
        }
        if own < holes.len() {
            found.extend(holes.clone().filter(|hole| !is_within(*hole, n)).map(|hole| (n as u32, hole as u32)));
        }
    }
    found
}

/// Where points, from north to south, lie in a ring, as [`super::rings::locate`] has it.
fn located<T>(points: &[(Pt, T)], ring: &[Pt]) -> Vec<i32> {
    let mut places = vec![-1; points.len()];
    let rows = Sorted::new(points.iter().map(|p| p.0[1]).collect());
    let mut a = ring[ring.len() - 1];
    for &b in ring {
        let (top, bottom) = (a[1].min(b[1]), a[1].max(b[1]));
        for (k, (p, _)) in points.iter().enumerate().skip(rows.before(top)).take_while(|(_, (p, _))| p[1] <= bottom) {
            let side = cross(a, b, *p);
            if side == 0 && a[0].min(b[0]) <= p[0] && p[0] <= a[0].max(b[0]) {
                places[k] = 0;
            } else if (a[1] > p[1]) != (b[1] > p[1]) && (side > 0) == (b[1] > a[1]) {
                places[k] = -places[k];
            }
        }
        a = b;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::crossing::Crossings;
    use crate::tiles::rings::locate;
    use crate::tiles::source::features_of;
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

    proptest! {
        /// Whatever parts and holes come in, together they are a valid polygon, and a valid one is left alone.
        #[test]
        fn any_parts_and_holes_become_valid(
            parts in proptest::collection::vec(
                proptest::collection::vec(proptest::collection::vec((0i32..40, 0i32..40), 3..6), 1..4),
                1..5,
            ),
        ) {
            let (mut rings, mut shells) = (Rings::default(), Vec::new());
            for (n, points) in parts.iter().flat_map(|part| part.iter().enumerate()) {
                let mut ring: Vec<Pt> = points.iter().map(|(x, y)| [*x * 1000, *y * 1000]).collect();
                ring.dedup();
                if ring.len() < 3 || ring.first() == ring.last() || area2(&ring) == 0 {
                    return Ok(());
                }
                if (area2(&ring) > 0) != (n == 0) {
                    ring.reverse();
                }
                rings.push(&ring);
                shells.push(n == 0);
            }
            let mut mender = Mender::default();
            let pairs = mender.crossings.pairs(&rings);
            let within = nested(&rings, &shells);
            if pairs.is_empty() && within.is_empty() {
                return Ok(());
            }
            let before = rings.clone();
            let mended = mend(&mut rings, &shells, pairs, within, &mut mender);
            let (mut now, mut outer) = (Rings::default(), Vec::new());
            for n in (0..before.len()).filter(|n| !mended.touched[*n]) {
                now.push(before.ring(n));
                outer.push(shells[n]);
            }
            for (ring, shell) in &mended.rings {
                now.push(ring);
                outer.push(*shell);
            }
            prop_assert!(Crossings::default().pairs(&now).is_empty());
            prop_assert_eq!(nested(&now, &outer), []);
        }
    }

    #[test]
    fn crossing_polygons_are_put_right_and_the_others_are_as_they_were() {
        let text = r#"{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]]]}
{"type":"Polygon","coordinates":[[[10,10],[14,14],[14,10],[10,14],[10,10]]]}
{"type":"LineString","coordinates":[[0,0],[4,4],[4,0],[0,4]]}
{"type":"Polygon","coordinates":[[[20,0],[30,0],[30,10],[20,10],[20,0]],[[25,5],[35,5],[35,8],[25,8],[25,5]]]}
"#;
        let mut features = features_of(text);
        let before = (features.ring(0).0.to_vec(), features.ring(2).0.to_vec());
        let mended = mended(&features);
        assert_eq!(mended.iter().map(|m| m.0).collect::<Vec<_>>(), [1, 3]);
        features.seal(&mended).expect("features in memory");
        let shape = |place: u32| features.shape_places.iter().position(|p| *p == place).expect("a shape of the input");
        let rings =
            |place: u32| features.rings_of(shape(place)).map(|r| features.ring(r).0.to_vec()).collect::<Vec<_>>();
        assert_eq!(rings(0), [before.0]);
        assert_eq!(rings(1).len(), 2);
        assert_eq!(rings(2), [before.1]);
        assert_eq!(rings(3).len(), 1);
        for n in [1, 3] {
            let mut all = Rings::default();
            rings(n).iter().for_each(|r| all.push(r));
            assert!(Crossings::default().pairs(&all).is_empty());
        }
        assert!(super::mended(&features).is_empty());
    }

    #[test]
    fn what_lies_within_another_part_is_joined() {
        // A square in a square, one in its hole, a hole in a hole, and a square in the larger one's hole that touches it.
        let text = r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[20,0],[20,20],[0,20],[0,0]]],[[[5,5],[9,5],[9,9],[5,9],[5,5]]]]}
{"type":"MultiPolygon","coordinates":[[[[0,0],[20,0],[20,20],[0,20],[0,0]],[[4,4],[4,16],[16,16],[16,4],[4,4]]],[[[5,5],[9,5],[9,9],[5,9],[5,5]]]]}
{"type":"Polygon","coordinates":[[[0,0],[20,0],[20,20],[0,20],[0,0]],[[4,4],[4,16],[16,16],[16,4],[4,4]],[[6,6],[6,8],[8,8],[8,6],[6,6]]]}
{"type":"MultiPolygon","coordinates":[[[[0,0],[20,0],[20,20],[0,20],[0,0]],[[4,4],[4,16],[16,16],[16,4],[4,4]]],[[[4,4],[9,5],[9,9],[5,9],[4,4]]]]}
"#;
        let mut features = features_of(text);
        let mended = mended(&features);
        assert_eq!(mended.iter().map(|m| m.0).collect::<Vec<_>>(), [0, 2]);
        features.seal(&mended).expect("features in memory");
        let count = |place: u32| {
            let shape = features.shape_places.iter().position(|p| *p == place).expect("a shape of the input");
            features.rings_of(shape).len()
        };
        assert_eq!([0, 1, 2, 3].map(count), [1, 3, 2, 3]);
    }
}
