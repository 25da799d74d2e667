//! Polygons that come in crossing themselves are put right once, before anything else looks at them.

use super::features::{Features, Mended};
use super::overlay::Mender;
use super::rings::{Rings, area2, bounds, cross, shells_with_holes};
use super::sorted::Sorted;
use super::source::chunk::Kind;
use super::world::Pt;
use rayon::prelude::*;

/// Puts right the polygons whose rings cross themselves or one another; the shapes that have such, by their numbers in order.
pub fn crossing(features: &Features) -> Vec<(usize, Mended)> {
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
                if pairs.is_empty() {
                    return None;
                }
                let shells: Vec<bool> = features.rings_of(n).map(|r| features.ring(r).1).collect();
                let mended = mend(rings, &shells, pairs, mender);
                // Of what encloses nothing nothing would be left.
                (!mended.rings.is_empty() || mended.touched.contains(&false)).then_some((n, mended))
            },
        )
        .flatten()
        .collect()
}

/// Polygon by polygon: what its outer ring encloses without what its holes do. Then those that cross one another together.
fn mend(rings: &mut Rings, shells: &[bool], pairs: Vec<(u32, u32)>, mender: &mut Mender) -> Mended {
    let met = mender.cut(rings, pairs);
    // The polygon of each ring, and the first ring of each polygon.
    let mut polygon_of: Vec<u32> = Vec::with_capacity(rings.len());
    let mut starts: Vec<usize> = Vec::new();
    for (n, shell) in shells.iter().enumerate() {
        if *shell || n == 0 {
            starts.push(n);
        }
        polygon_of.push(starts.len() as u32 - 1);
    }
    starts.push(rings.len());
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
        let mended = crossing(&features);
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
        assert!(crossing(&features).is_empty());
    }
}
