//! The nearest populated places to a position, by true great-circle distance: a balanced k-d tree over unit vectors, so that
//! poles and antimeridian need no care.

use super::{Gazetteer, PlaceIx};
use crate::geodesy::{LonLat, Metres};
use crate::model::PlaceKind;

/// Mean radius of the Earth, metres (IUGG).
const EARTH: f64 = 6_371_008.8;
/// Points in a leaf.
const LEAF: usize = 8;

type Vector = [f64; 3];

fn unit(p: LonLat) -> Vector {
    let (sin_lat, cos_lat) = p.lat().to_radians().sin_cos();
    let (sin_lon, cos_lon) = p.lon().to_radians().sin_cos();
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

fn chord2(a: &Vector, b: &Vector) -> f64 {
    let d = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    d[0] * d[0] + d[1] * d[1] + d[2] * d[2]
}

/// Great-circle distance from the square of the chord between unit vectors.
fn arc(chord2: f64) -> Metres {
    Metres(2.0 * EARTH * (chord2.sqrt() / 2.0).min(1.0).asin())
}

/// A static index of positions on the sphere.
#[derive(Debug)]
pub struct SphereIndex {
    points: Vec<(Vector, u32)>,
}

impl SphereIndex {
    /// The index of some numbered positions.
    pub fn new(positions: impl IntoIterator<Item = (LonLat, u32)>) -> Self {
        let mut points: Vec<(Vector, u32)> = positions.into_iter().map(|(p, n)| (unit(p), n)).collect();
        split(&mut points);
        Self { points }
    }

    /// The `n` nearest, nearest first; of equally near ones the lower number first.
    pub fn nearest(&self, at: LonLat, n: usize) -> Vec<(u32, Metres)> {
        let mut best = Best { want: n, found: Vec::with_capacity(n + 1) };
        if n > 0 {
            visit(&self.points, &unit(at), &mut best, Apart::default());
        }
        best.found.into_iter().map(|(d, ix)| (ix, arc(d))).collect()
    }

    /// The nearest one; faster than asking for a list of one.
    pub fn nearest_one(&self, at: LonLat) -> Option<(u32, Metres)> {
        let mut best = One { d: f64::INFINITY, number: u32::MAX, at: 0 };
        visit_one(&self.points, 0, &unit(at), &mut best, Apart::default());
        best.d.is_finite().then(|| (best.number, arc(best.d)))
    }

    /// The nearest one of each of many positions. They are answered neighbour by neighbour, so that the points compared are those
    /// compared just before and each answer bounds the next search.
    pub fn nearest_each(&self, positions: &[LonLat]) -> Vec<Option<(u32, Metres)>> {
        let mut out = vec![None; positions.len()];
        if self.points.is_empty() {
            return out;
        }
        let mut order: Vec<(u32, u32)> = positions.iter().map(|p| quadrant(*p)).zip(0..).collect();
        order.sort_unstable();
        let mut best = One { d: f64::INFINITY, number: u32::MAX, at: 0 };
        for (_, n) in order {
            let at = unit(positions[n as usize]);
            let (v, number) = &self.points[best.at];
            best = One { d: chord2(v, &at), number: number >> 2, at: best.at };
            visit_one(&self.points, 0, &at, &mut best, Apart::default());
            out[n as usize] = Some((best.number, arc(best.d)));
        }
        out
    }
}

/// Axis along which a set of points is widest.
fn widest(points: &[(Vector, u32)]) -> usize {
    let mut low = [f64::INFINITY; 3];
    let mut high = [f64::NEG_INFINITY; 3];
    for (v, _) in points {
        for axis in 0..3 {
            low[axis] = low[axis].min(v[axis]);
            high[axis] = high[axis].max(v[axis]);
        }
    }
    (0..3).max_by(|a, b| (high[*a] - low[*a]).total_cmp(&(high[*b] - low[*b]))).unwrap_or(0)
}

/// Orders points so that the middle one of every range splits it. The axis is kept in the two low bits of the middle point's number,
/// which is shifted to make room.
fn split(points: &mut [(Vector, u32)]) {
    for p in points.iter_mut() {
        p.1 <<= 2;
    }
    recurse(points);
    fn recurse(points: &mut [(Vector, u32)]) {
        if points.len() <= LEAF {
            return;
        }
        let axis = widest(points);
        let middle = points.len() / 2;
        points.select_nth_unstable_by(middle, |a, b| a.0[axis].total_cmp(&b.0[axis]).then(a.1.cmp(&b.1)));
        points[middle].1 |= axis as u32;
        let (left, right) = points.split_at_mut(middle);
        rayon::join(|| recurse(left), || recurse(&mut right[1..]));
    }
}

struct Best {
    want: usize,
    found: Vec<(f64, u32)>,
}

impl Best {
    fn offer(&mut self, d: f64, ix: u32) {
        if self.found.len() == self.want && !(d, ix).lt(&self.found[self.want - 1]) {
            return;
        }
        let at = self.found.partition_point(|f| *f < (d, ix));
        self.found.insert(at, (d, ix));
        self.found.truncate(self.want);
    }
    fn limit(&self) -> f64 {
        if self.found.len() < self.want { f64::INFINITY } else { self.found[self.want - 1].0 }
    }
}

/// How far a position is from the box of the points looked at, axis by axis, and the square of the whole (Arya and Mount 1993).
#[derive(Debug, Clone, Copy, Default)]
struct Apart {
    by: Vector,
    square: f64,
}

impl Apart {
    /// From the box beyond a plane that is `off` away along an axis.
    fn beyond(mut self, axis: usize, off: f64) -> Self {
        self.square += off * off - self.by[axis] * self.by[axis];
        self.by[axis] = off;
        self
    }

    /// Whether something in the box may be as near as this; what rounding may have added is allowed for.
    fn may_hold(&self, limit: f64) -> bool {
        self.square <= limit * (1.0 + 1e-12) + 1e-24
    }
}

fn visit(points: &[(Vector, u32)], at: &Vector, best: &mut Best, apart: Apart) {
    if points.len() <= LEAF {
        for (v, ix) in points {
            best.offer(chord2(v, at), ix >> 2);
        }
        return;
    }
    let middle = points.len() / 2;
    let (v, ix) = &points[middle];
    let axis = (ix & 3) as usize;
    best.offer(chord2(v, at), ix >> 2);
    let off = at[axis] - v[axis];
    let (near, far) =
        if off < 0.0 { (&points[..middle], &points[middle + 1..]) } else { (&points[middle + 1..], &points[..middle]) };
    visit(near, at, best, apart);
    let beyond = apart.beyond(axis, off);
    if beyond.may_hold(best.limit()) {
        visit(far, at, best, beyond);
    }
}

/// The nearest point so far, and where it stands among the points.
struct One {
    d: f64,
    number: u32,
    at: usize,
}

impl One {
    fn offer(&mut self, d: f64, number: u32, at: usize) {
        if d < self.d || d == self.d && number < self.number {
            *self = Self { d, number, at };
        }
    }
}

fn visit_one(points: &[(Vector, u32)], start: usize, at: &Vector, best: &mut One, apart: Apart) {
    if points.len() <= LEAF {
        for (i, (v, ix)) in points.iter().enumerate() {
            best.offer(chord2(v, at), ix >> 2, start + i);
        }
        return;
    }
    let middle = points.len() / 2;
    let (v, ix) = &points[middle];
    let axis = (ix & 3) as usize;
    let off = at[axis] - v[axis];
    let (left, right) = ((&points[..middle], start), (&points[middle + 1..], start + middle + 1));
    let (near, far) = if off < 0.0 { (left, right) } else { (right, left) };
    visit_one(near.0, near.1, at, best, apart);
    // Across the plane, the splitting point included, nothing is nearer than the box there.
    let beyond = apart.beyond(axis, off);
    if beyond.may_hold(best.d) {
        best.offer(chord2(v, at), ix >> 2, start + middle);
        visit_one(far.0, far.1, at, best, beyond);
    }
}

/// A position's cell of some ten kilometres, numbered so that neighbours mostly have near numbers (Morton's order).
fn quadrant(p: LonLat) -> u32 {
    let spread = |v: f64| {
        let mut v = v as u32 & 0xffff;
        for (shift, mask) in [(8, 0x00ff_00ff), (4, 0x0f0f_0f0f), (2, 0x3333_3333), (1, 0x5555_5555)] {
            v = (v | v << shift) & mask;
        }
        v
    };
    spread((p.lon() + 180.0) * (4095.0 / 360.0)) | spread((p.lat() + 90.0) * (4095.0 / 360.0)) << 1
}

impl Gazetteer {
    /// The index of populated places, built at first use (some tens of milliseconds).
    pub fn sphere(&self) -> &SphereIndex {
        self.sphere.get_or_init(|| {
            SphereIndex::new(
                self.iter().filter(|r| r.kind() == PlaceKind::City && !r.is_abandoned()).map(|r| (r.at(), r.ix().0)),
            )
        })
    }

    /// The `n` populated places nearest to a position, with their great-circle distance, nearest first.
    ///
    /// ```
    /// use mapdesk::{gazetteer::Gazetteer, geodesy::LonLat};
    /// let gazetteer = Gazetteer::embedded();
    /// let (ix, away) = gazetteer.nearest(LonLat::new(36.75, 35.13)?, 1)[0];
    /// assert_eq!(gazetteer.get(ix).name(), "Hama");
    /// assert!(away.km() < 1.0);
    /// # Ok::<(), mapdesk::geodesy::GeodesyError>(())
    /// ```
    pub fn nearest(&self, at: LonLat, n: usize) -> Vec<(PlaceIx, Metres)> {
        self.sphere().nearest(at, n).into_iter().map(|(ix, d)| (PlaceIx(ix), d)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn nearest_is_what_brute_force_finds(
            points in proptest::collection::vec((-180.0..180.0f64, -90.0..90.0f64), 1..200),
            at in (-180.0..180.0f64, -90.0..90.0f64),
        ) {
            let at = LonLat::wrapped(at.0, at.1);
            let points: Vec<LonLat> = points.into_iter().map(|(x, y)| LonLat::wrapped(x, y)).collect();
            let index = SphereIndex::new(points.iter().copied().zip(0..));
            let mut all: Vec<(f64, u32)> = points.iter().map(|p| chord2(&unit(*p), &unit(at))).zip(0..).collect();
            all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let found: Vec<u32> = index.nearest(at, 5).into_iter().map(|(ix, _)| ix).collect();
            let wanted: Vec<u32> = all.iter().take(5).map(|(_, ix)| *ix).collect();
            proptest::prop_assert_eq!(found, wanted);
            let each: Vec<Option<u32>> = index.nearest_each(&points).into_iter().map(|f| f.map(|(ix, _)| ix)).collect();
            let one: Vec<Option<u32>> = points.iter().map(|p| index.nearest_one(*p).map(|(ix, _)| ix)).collect();
            proptest::prop_assert_eq!(each, one);
            proptest::prop_assert_eq!(index.nearest_one(at).map(|(ix, _)| ix), all.first().map(|(_, ix)| *ix));
        }
    }

    #[test]
    fn across_the_antimeridian_and_at_the_pole() {
        let at = |x, y| LonLat::new(x, y).expect("valid");
        let index = SphereIndex::new([(at(179.9, 0.0), 0), (at(-170.0, 0.0), 1), (at(90.0, 89.0), 2)]);
        assert_eq!(index.nearest_one(at(-179.9, 0.0)).map(|(ix, _)| ix), Some(0));
        assert_eq!(index.nearest_one(at(-90.0, 89.9)).map(|(ix, _)| ix), Some(2));
    }
}
