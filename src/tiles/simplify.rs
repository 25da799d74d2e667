//! The zoom from which each point of an arc is drawn, found once for all zooms.
//!
//! Douglas and Peucker (1973) over the whole arc, each split's distance held below that of the split above it, so that the points
//! of a lower zoom are always among those of a higher one.

use super::topology::Topology;
use super::world::{Pt, WORLD_BITS};
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
    /// The first zoom whose tolerance a squared distance exceeds; 255 for none.
    fn zoom(&self, squared: f64) -> u8 {
        self.squared.iter().position(|t| squared > *t).map_or(u8::MAX, |z| z as u8)
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
    groups.into_par_iter().for_each_init(Vec::new, |stack, (first, rank)| {
        let from = t.range(first).start;
        for range in (first..(first + SOME).min(t.len())).map(|arc| t.range(arc)) {
            rank_arc(&t.points[range.clone()], &mut rank[range.start - from..range.end - from], levels, stack);
        }
    });
    t.rank = rank;
}

fn rank_arc(points: &[Pt], rank: &mut [u8], levels: &Levels, stack: &mut Vec<(usize, usize, f64)>) {
    let last = points.len() - 1;
    rank[0] = 0;
    rank[last] = 0;
    let mut from = 0;
    while from < last {
        let to = if last - from > RUN * 3 / 2 { from + RUN } else { last };
        rank[to] = 0;
        stack.push((from, to, f64::INFINITY));
        from = to;
    }
    while let Some((a, b, above)) = stack.pop() {
        if b - a < 2 {
            continue;
        }
        let (mut worst, mut at) = (-1.0, a);
        let (p, q) = (points[a], points[b]);
        let base = Chord::new(p, q);
        for (i, v) in points[a + 1..b].iter().enumerate() {
            let d = base.squared_distance(*v);
            if d > worst {
                (worst, at) = (d, a + 1 + i);
            }
        }
        let d = worst.min(above);
        if d <= levels.finest() {
            continue;
        }
        rank[at] = levels.zoom(d);
        stack.push((a, at, d));
        stack.push((at, b, d));
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
            rank_arc(&points, &mut rank, &levels, &mut Vec::new());
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
    }
}
