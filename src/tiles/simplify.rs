//! The zoom from which each point of an arc is drawn, found once for all zooms.
//!
//! Douglas and Peucker (1973) over the whole arc, each split's distance held below that of the split above it, so that the points
//! of a lower zoom are always among those of a higher one.

use super::topology::Topology;
use super::world::{Pt, WORLD_BITS};
use fearless_simd::{Level, Simd, dispatch, f64x4, prelude::*};
use rayon::prelude::*;

/// From which distance a point is drawn at each zoom.
#[derive(Debug, Clone)]
pub struct Levels {
    /// Squared tolerance in world units by zoom.
    squared: Vec<f64>,
}

impl Levels {
    /// `tolerance` grid units at every zoom below the last, half a grid unit there.
    pub fn new(max_zoom: u8, extent_bits: u32, tolerance: f64) -> Self {
        let squared = (0..=max_zoom)
            .map(|z| {
                let unit = f64::from(1u32 << (WORLD_BITS - u32::from(z) - extent_bits));
                let t = if z == max_zoom { tolerance.min(0.5) } else { tolerance } * unit;
                t * t
            })
            .collect();
        Self { squared }
    }
    /// The first zoom whose tolerance a squared distance exceeds; the one after the last for none.
    fn zoom(&self, squared: f64) -> u8 {
        // Tolerances fall: counted, as a search would stop anywhere.
        self.squared.iter().map(|t| u8::from(squared <= *t)).sum()
    }
    /// The deepest zoom there is a tolerance for.
    pub fn last_zoom(&self) -> u8 {
        self.squared.len() as u8 - 1
    }
    fn finest(&self) -> f64 {
        self.squared.last().copied().unwrap_or(0.0)
    }
}

/// Longer arcs are cut into runs of this length first, so that no shape of them costs more than linear time in the long run.
const RUN: usize = 1 << 14;

/// Fills in [`Topology::rank`].
pub fn rank(t: &mut Topology, levels: &Levels) {
    let mut rank = vec![u8::MAX; t.points.len()];
    // Some arcs at a time: there may be as many as points.
    const SOME: usize = 256;
    let mut groups: Vec<(usize, &mut [u8])> = Vec::with_capacity(t.len().div_ceil(SOME));
    let mut rest = &mut rank[..];
    for first in (0..t.len()).step_by(SOME) {
        let range = t.range(first).start..t.range((first + SOME).min(t.len()) - 1).end;
        let (mine, others) = rest.split_at_mut(range.len());
        groups.push((first, mine));
        rest = others;
    }
    groups.into_par_iter().for_each_init(Ranker::default, |ranker, (first, rank)| {
        let from = t.range(first).start;
        let arcs = (first..(first + SOME).min(t.len())).map(|arc| t.range(arc));
        dispatch!(Level::new(), simd => {
            for range in arcs {
                ranker.arc(simd, &t.points[range.clone()], &mut rank[range.start - from..range.end - from], levels);
            }
        });
    });
    t.rank = rank;
}

/// Space that ranking uses again and again.
#[derive(Debug, Default)]
struct Ranker {
    /// The points of an arc, and some more of no meaning.
    x: Vec<f64>,
    y: Vec<f64>,
    stack: Vec<(usize, usize, f64)>,
}

/// How many points are weighed at a time.
const LANES: usize = 4;

impl Ranker {
    #[inline(always)]
    fn arc<S: Simd>(&mut self, simd: S, points: &[Pt], rank: &mut [u8], levels: &Levels) {
        let last = points.len() - 1;
        rank[0] = 0;
        rank[last] = 0;
        if last < 2 {
            return;
        }
        self.take(points);
        let mut from = 0;
        while from < last {
            let to = if last - from > RUN * 3 / 2 { from + RUN } else { last };
            rank[to] = 0;
            if to - from > 1 {
                self.stack.push((from, to, f64::INFINITY));
            }
            from = to;
        }
        while let Some((a, b, above)) = self.stack.pop() {
            let base = Chord::new(points[a], points[b]);
            let (worst, at) = if b - a == 2 {
                (base.squared_distance(points[a + 1]), a + 1)
            } else {
                self.farthest(simd, a, b, base)
            };
            let d = worst.min(above);
            if d <= levels.finest() {
                continue;
            }
            rank[at] = levels.zoom(d);
            if at - a > 1 {
                self.stack.push((a, at, d));
            }
            if b - at > 1 {
                self.stack.push((at, b, d));
            }
        }
    }

    fn take(&mut self, points: &[Pt]) {
        for (all, k) in [(&mut self.x, 0), (&mut self.y, 1)] {
            all.clear();
            all.extend(points.iter().map(|p| f64::from(p[k])).chain([0.0; LANES]));
        }
    }

    /// The point between two that is farthest from the piece between them, the first of several, and its squared distance.
    #[inline(always)]
    fn farthest<S: Simd>(&self, simd: S, a: usize, b: usize, base: Chord) -> (f64, usize) {
        let splat = |v: f64| f64x4::splat(simd, v);
        let (px, py) = (splat(f64::from(base.p[0])), splat(f64::from(base.p[1])));
        let (dx, dy, inverse) = (splat(base.d.0), splat(base.d.1), splat(base.inverse));
        let (none, one, end) = (splat(0.0), splat(1.0), splat(b as f64));
        let mut number = f64x4::from_slice(simd, &[0.0, 1.0, 2.0, 3.0]) + splat((a + 1) as f64);
        let (mut worst, mut at) = (splat(-1.0), number);
        for i in (a + 1..b).step_by(LANES) {
            let x = f64x4::from_slice(simd, &self.x[i..i + LANES]) - px;
            let y = f64x4::from_slice(simd, &self.y[i..i + LANES]) - py;
            let t = ((x * dx + y * dy) * inverse).max(none).min(one);
            let (x, y) = (x - t * dx, y - t * dy);
            let d = x * x + y * y;
            let farther = d.simd_gt(worst) & number.simd_lt(end);
            worst = farther.select(d, worst);
            at = farther.select(number, at);
            number += splat(LANES as f64);
        }
        let mut best = (worst[0], at[0]);
        for k in 1..LANES {
            if worst[k] > best.0 || worst[k] == best.0 && at[k] < best.1 {
                best = (worst[k], at[k]);
            }
        }
        (best.0, best.1 as usize)
    }
}

/// A straight piece, ready for many distances.
#[derive(Debug, Clone, Copy)]
pub struct Chord {
    p: Pt,
    d: (f64, f64),
    inverse: f64,
}

impl Chord {
    /// The piece between two points.
    #[inline]
    pub fn new(p: Pt, q: Pt) -> Self {
        let d = (f64::from(q[0]) - f64::from(p[0]), f64::from(q[1]) - f64::from(p[1]));
        let l = d.0 * d.0 + d.1 * d.1;
        Self { p, d, inverse: if l > 0.0 { 1.0 / l } else { 0.0 } }
    }
    /// Squared distance of a point to the piece.
    #[inline]
    pub fn squared_distance(&self, v: Pt) -> f64 {
        let (x, y) = (f64::from(v[0]) - f64::from(self.p[0]), f64::from(v[1]) - f64::from(self.p[1]));
        let t = ((x * self.d.0 + y * self.d.1) * self.inverse).clamp(0.0, 1.0);
        let (x, y) = (x - t * self.d.0, y - t * self.d.1);
        x * x + y * y
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_left_out_lies_near_what_is_drawn(seed in proptest::collection::vec((0i32..40_000_000, 0i32..40_000_000), 2..80)) {
            let points: Vec<Pt> = seed.iter().map(|(x, y)| [*x, *y]).collect();
            let mut rank = vec![255; points.len()];
            let levels = Levels::new(8, 12, 3.0);
            dispatch!(Level::new(), simd => Ranker::default().arc(simd, &points, &mut rank, &levels));
            for z in 0..=8u8 {
                let tolerance = levels.squared[z as usize];
                let kept: Vec<usize> = (0..points.len()).filter(|i| rank[*i] <= z).collect();
                for w in kept.windows(2) {
                    let c = Chord::new(points[w[0]], points[w[1]]);
                    // A distance held down by the one above it may exceed the tolerance only together with that one, so the
                    // split above would have been drawn.
                    for p in &points[w[0] + 1..w[1]] {
                        prop_assert!(c.squared_distance(*p) <= tolerance * 1.000_001);
                    }
                }
            }
        }

        /// Several points weighed at a time are weighed as one by one.
        #[test]
        fn the_farthest_point_is_the_first_of_those(seed in proptest::collection::vec((0i32..40, 0i32..40), 3..40)) {
            let points: Vec<Pt> = seed.iter().map(|(x, y)| [*x, *y]).collect();
            let (a, b) = (0, points.len() - 1);
            let base = Chord::new(points[a], points[b]);
            let mut expected = (-1.0, a);
            for (i, p) in points.iter().enumerate().take(b).skip(1) {
                let d = base.squared_distance(*p);
                if d > expected.0 {
                    expected = (d, i);
                }
            }
            let mut ranker = Ranker::default();
            ranker.take(&points);
            prop_assert_eq!(dispatch!(Level::new(), simd => ranker.farthest(simd, a, b, base)), expected);
        }
    }
}
