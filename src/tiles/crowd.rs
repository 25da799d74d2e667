//! What a crowded tile does with the features it has no room for, other than leaving them out: clusters of points, joined areas.

use super::lint::geometry;
use super::mvt;
use super::overlay::Mender;
use super::rings::Rings;
use super::source::chunk::Kind;
use super::world::{Pt, hilbert};
use rustc_hash::FxHashMap;

/// How many points a point stands for, and their middle.
pub type Cluster = (u32, Pt);

/// Gives every point that goes to the nearer of its two neighbours along the curve that stay; `points` are number, place and
/// whether it stays.
pub fn clusters(points: &[(u32, Pt, bool)]) -> FxHashMap<u32, Cluster> {
    let heads: Vec<usize> = (0..points.len()).filter(|n| points[*n].2).collect();
    let mut out = FxHashMap::default();
    if heads.is_empty() {
        return out;
    }
    let mut sums: Vec<([i64; 2], u32)> =
        heads.iter().map(|h| ([i64::from(points[*h].1[0]), i64::from(points[*h].1[1])], 1)).collect();
    let mut after = 0;
    for (n, (_, p, stays)) in points.iter().enumerate() {
        if *stays {
            after += 1;
            continue;
        }
        let home = nearer(after, heads.len(), |k| distance(*p, points[heads[k]].1));
        let sum = &mut sums[home];
        sum.0 = [sum.0[0] + i64::from(p[0]), sum.0[1] + i64::from(p[1])];
        sum.1 += 1;
        debug_assert!(heads.get(after).is_none_or(|h| *h > n));
    }
    for (h, (sum, count)) in heads.iter().zip(sums) {
        if count > 1 {
            let mean = |k: usize| (sum[k] as f64 / f64::from(count)).round() as i32;
            out.insert(points[*h].0, (count, [mean(0), mean(1)]));
        }
    }
    out
}

/// The one before or after a gap in a row that is nearer.
fn nearer(after: usize, len: usize, distance: impl Fn(usize) -> i64) -> usize {
    match after {
        0 => 0,
        n if n == len => len - 1,
        n if distance(n - 1) <= distance(n) => n - 1,
        n => n,
    }
}

fn distance(a: Pt, b: Pt) -> i64 {
    let d = |k: usize| (i64::from(a[k]) - i64::from(b[k])).pow(2);
    d(0) + d(1)
}

/// One feature of a tile, for joining: its kind and group (layer), its encoded geometry, whether it stays.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// What it is.
    pub kind: Kind,
    /// Only parts of one group are joined.
    pub group: u16,
    /// The geometry as the tile has it.
    pub geometry: &'a [u8],
    /// Whether it stays.
    pub stays: bool,
}

/// New geometries of those features that take others in, by their number in `parts`. Polygons that touch become one.
pub fn coalesce(parts: &[Part<'_>], mender: &mut Mender) -> FxHashMap<u32, Vec<u8>> {
    let mut found = Vec::new();
    // By group and kind along a curve through their middles: neighbours in the row are neighbours on the map.
    let mut row: Vec<(u16, Kind, u64, u32, Pt, Rings)> = Vec::with_capacity(parts.len());
    for (n, p) in parts.iter().enumerate() {
        let Some(paths) = geometry::decode(p.geometry, p.kind as u64 + 1, &mut found) else { continue };
        let (lo, hi) = paths.bounds();
        let middle = [lo[0] + (hi[0] - lo[0]) / 2, lo[1] + (hi[1] - lo[1]) / 2];
        let place = |v: i32| (v + (1 << 14)).clamp(0, (1 << 15) - 1) as u32;
        row.push((p.group, p.kind, hilbert(15, place(middle[0]), place(middle[1])), n as u32, middle, paths));
    }
    row.sort_unstable_by_key(|r| (r.0, r.1, r.2, r.3));
    let mut out = FxHashMap::default();
    for run in row.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let stay: Vec<usize> = (0..run.len()).filter(|n| parts[run[*n].3 as usize].stays).collect();
        if stay.is_empty() {
            continue;
        }
        let mut joined: FxHashMap<usize, Rings> = FxHashMap::default();
        let mut after = 0;
        for r in run {
            if parts[r.3 as usize].stays {
                after += 1;
                continue;
            }
            let home = stay[nearer(after, stay.len(), |k| distance(r.4, run[stay[k]].4))];
            let rings = joined.entry(home).or_insert_with(|| run[home].5.clone());
            r.5.iter().for_each(|path| rings.push(path));
        }
        for (home, mut rings) in joined {
            let mut bytes = Vec::new();
            match run[home].1 {
                Kind::Polygon => {
                    mender.put_right(&mut rings);
                    mvt::encode_polygons(&rings, [0; 2], 0, &mut bytes);
                }
                Kind::Line => mvt::encode_lines(&rings, [0; 2], 0, &mut bytes),
                Kind::Point => mvt::encode_points(&rings.points, [0; 2], &mut bytes),
            }
            if !rings.is_empty() {
                out.insert(run[home].3, bytes);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::rings::area2;

    #[test]
    fn every_point_is_counted_once() {
        let points: Vec<(u32, Pt, bool)> = (0..100).map(|n| (n, [n as i32 * 10, 0], n % 9 == 3)).collect();
        let found = clusters(&points);
        assert_eq!(found.values().map(|c| c.0).sum::<u32>(), 100);
        assert_eq!(found[&12], (9, [120, 0]));
        assert!(clusters(&[(0, [0, 0], false)]).is_empty());
    }

    #[test]
    fn joined_squares_become_one_area() {
        let square = |x: i32| {
            let mut rings = Rings::default();
            rings.push(&[[x, 0], [x + 10, 0], [x + 10, 10], [x, 10]]);
            let mut out = Vec::new();
            mvt::encode_polygons(&rings, [0; 2], 0, &mut out);
            out
        };
        let squares: Vec<Vec<u8>> = (0..6).map(|n| square(n * 10)).collect();
        let parts: Vec<Part<'_>> = squares
            .iter()
            .enumerate()
            .map(|(n, g)| Part { kind: Kind::Polygon, group: 0, geometry: g, stays: n == 2 })
            .collect();
        let found = coalesce(&parts, &mut Mender::default());
        let rings = geometry::decode(&found[&2], 3, &mut Vec::new()).expect("a polygon");
        assert_eq!((rings.len(), area2(rings.ring(0))), (1, 2 * 60 * 10));
    }
}
