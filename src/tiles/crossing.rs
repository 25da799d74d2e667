//! Which rings cross, overlap or touch themselves or one another other than at common points: what no polygon's rings may do.
//!
//! Edges are taken in short runs; a sweep over the runs' boxes finds those that may meet, and only the edges within the box that both
//! share are compared. All arithmetic is exact.

use super::rings::{Rings, bounds, cross};
use super::world::Pt;

/// Edges of a run. Few enough to compare all with all, many enough for the sweep to be short.
const RUN: usize = 8;

/// A few edges in a row of one ring.
#[derive(Debug, Clone, Copy)]
struct Run {
    lo: Pt,
    hi: Pt,
    start: u32,
    end: u32,
    ring: u32,
}

impl Run {
    fn meets(&self, other: &Self) -> bool {
        (0..2).all(|k| self.lo[k] <= other.hi[k] && other.lo[k] <= self.hi[k])
    }
}

/// Whether rings cross or touch themselves or one another away from their points' own meeting places.
#[cfg(test)]
pub fn crosses_itself(rings: &Rings) -> bool {
    !Crossings::default().rings(rings).is_empty()
}

/// Space that looking for crossings uses again and again.
#[derive(Debug, Default)]
pub struct Crossings {
    edges: Vec<(Pt, Pt)>,
    runs: Vec<Run>,
    active: Vec<u32>,
    found: Vec<u32>,
}

impl Crossings {
    /// All pairs of edges that cross or touch away from common ends, by their numbers: edges are counted ring by ring, each by the
    /// point it starts from.
    pub fn pairs(&mut self, rings: &Rings) -> Vec<(u32, u32)> {
        self.prepare(rings);
        let mut pairs = Vec::new();
        for n in 0..self.runs.len() {
            let run = self.runs[n];
            for j in run.start..run.end {
                pairs.extend((run.start..j).filter(|i| self.bad(*i, j)).map(|i| (i, j)));
            }
            self.forget(n);
            for k in &self.active {
                let other = self.runs[*k as usize];
                if run.meets(&other) {
                    for i in run.start..run.end {
                        pairs.extend((other.start..other.end).filter(|j| self.bad(i, *j)).map(|j| (i, j)));
                    }
                }
            }
            self.active.push(n as u32);
        }
        pairs
    }

    /// As [`Crossings::pairs`], those of a few edges only, given by their numbers in order.
    pub fn of(&self, rings: &Rings, few: &[u32]) -> Vec<(u32, u32)> {
        let mut edges = Vec::with_capacity(few.len());
        let mut pairs = Vec::new();
        let each = |f: &mut dyn FnMut(u32, (Pt, Pt))| {
            let mut n = 0;
            for ring in rings.iter() {
                for (p, q) in ring.iter().zip(ring[1..].iter().chain(&ring[..1])) {
                    f(n, (*p, *q));
                    n += 1;
                }
            }
        };
        each(&mut |n, e| {
            if few.binary_search(&n).is_ok() {
                edges.push((n, e));
            }
        });
        each(&mut |n, e| {
            for (k, f) in &edges {
                // Of two of the few, one finds the other.
                if boxes_meet(e, *f) && (n < *k || n > *k && few.binary_search(&n).is_err()) && meet_badly(e, *f) {
                    pairs.push((n, *k));
                }
            }
        });
        pairs
    }

    fn bad(&self, i: u32, j: u32) -> bool {
        let (e, f) = (self.edges[i as usize], self.edges[j as usize]);
        boxes_meet(e, f) && meet_badly(e, f)
    }

    /// Forgets the runs that end before one begins; now and then is enough.
    fn forget(&mut self, n: usize) {
        if n.is_multiple_of(32) {
            let (runs, from) = (&self.runs, self.runs[n].lo[0]);
            self.active.retain(|k| runs[*k as usize].hi[0] >= from);
        }
    }

    /// The rings that cross or touch themselves or others away from their points' own meeting places, in order: those that come in
    /// broken.
    pub fn rings(&mut self, rings: &Rings) -> &[u32] {
        self.prepare(rings);
        for n in 0..self.runs.len() {
            let run = self.runs[n];
            let own = &self.edges[run.start as usize..run.end as usize];
            if (1..own.len()).any(|k| own[..k].iter().any(|e| boxes_meet(*e, own[k]) && meet_badly(*e, own[k]))) {
                self.found.push(run.ring);
            }
            self.forget(n);
            for k in &self.active {
                let other = self.runs[*k as usize];
                if run.meets(&other) && self.runs_meet(&run, &other) {
                    self.found.extend([run.ring, other.ring]);
                }
            }
            self.active.push(n as u32);
        }
        self.found.sort_unstable();
        self.found.dedup();
        &self.found
    }

    fn prepare(&mut self, rings: &Rings) {
        self.edges.clear();
        self.runs.clear();
        self.active.clear();
        self.found.clear();
        for (n, ring) in rings.iter().enumerate() {
            let first = self.edges.len();
            self.edges.extend(ring.windows(2).map(|w| (w[0], w[1])));
            if let (Some(a), Some(b)) = (ring.last(), ring.first()) {
                self.edges.push((*a, *b));
            }
            for start in (first..self.edges.len()).step_by(RUN) {
                let end = (start + RUN).min(self.edges.len());
                let (mut lo, mut hi) = bounds(&ring[start - first..end - first]);
                let last = self.edges[end - 1].1;
                lo = [lo[0].min(last[0]), lo[1].min(last[1])];
                hi = [hi[0].max(last[0]), hi[1].max(last[1])];
                self.runs.push(Run { lo, hi, start: start as u32, end: end as u32, ring: n as u32 });
            }
        }
        self.runs.sort_unstable_by_key(|r| (r.lo[0], r.start));
    }

    /// Whether two runs meet badly.
    fn runs_meet(&self, one: &Run, other: &Run) -> bool {
        // Only what reaches into the box that both share can.
        let lo = [one.lo[0].max(other.lo[0]), one.lo[1].max(other.lo[1])];
        let hi = [one.hi[0].min(other.hi[0]), one.hi[1].min(other.hi[1])];
        let within = |e: &&(Pt, Pt)| {
            e.0[0].min(e.1[0]) <= hi[0]
                && e.0[0].max(e.1[0]) >= lo[0]
                && e.0[1].min(e.1[1]) <= hi[1]
                && e.0[1].max(e.1[1]) >= lo[1]
        };
        let theirs = &self.edges[other.start as usize..other.end as usize];
        self.edges[one.start as usize..one.end as usize]
            .iter()
            .filter(within)
            .any(|e| theirs.iter().filter(within).any(|f| boxes_meet(*e, *f) && meet_badly(*e, *f)))
    }
}

#[inline]
fn boxes_meet(e: (Pt, Pt), f: (Pt, Pt)) -> bool {
    (0..2).all(|k| e.0[k].min(e.1[k]) <= f.0[k].max(f.1[k]) && f.0[k].min(f.1[k]) <= e.0[k].max(e.1[k]))
}

/// Whether two edges cross, overlap, or touch other than at a common end.
fn meet_badly((a, b): (Pt, Pt), (c, d): (Pt, Pt)) -> bool {
    let shared = usize::from(a == c) + usize::from(a == d) + usize::from(b == c) + usize::from(b == d);
    if shared >= 2 {
        return true;
    }
    if shared == 1 {
        // Neighbours: only folding back upon each other is a fault.
        let (o, p, q) =
            if a == c || a == d { (a, b, if a == c { d } else { c }) } else { (b, a, if b == c { d } else { c }) };
        return cross(o, p, q) == 0 && dot(o, p, q) > 0;
    }
    cross(a, b, c).signum() * cross(a, b, d).signum() <= 0 && cross(c, d, a).signum() * cross(c, d, b).signum() <= 0
}

fn dot(o: Pt, p: Pt, q: Pt) -> i128 {
    let d = |u: Pt| (i128::from(u[0]) - i128::from(o[0]), i128::from(u[1]) - i128::from(o[1]));
    let (a, b) = (d(p), d(q));
    a.0 * b.0 + a.1 * b.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// As comparing every edge with every other.
        #[test]
        fn no_pair_is_missed(seed in proptest::collection::vec(proptest::collection::vec((0i32..60, 0i32..60), 3..40), 1..4)) {
            let mut rings = Rings::default();
            for points in &seed {
                let mut ring: Vec<Pt> = points.iter().map(|(x, y)| [*x, *y]).collect();
                ring.dedup();
                prop_assume!(ring.len() > 2 && ring.first() != ring.last());
                rings.push(&ring);
            }
            let edges: Vec<(u32, (Pt, Pt))> = rings
                .iter()
                .enumerate()
                .flat_map(|(n, r)| (0..r.len()).map(move |i| (n as u32, (r[i], r[(i + 1) % r.len()]))))
                .collect();
            let mut expected: Vec<u32> = Vec::new();
            for i in 0..edges.len() {
                for j in 0..i {
                    if meet_badly(edges[i].1, edges[j].1) {
                        expected.extend([edges[i].0, edges[j].0]);
                    }
                }
            }
            expected.sort_unstable();
            expected.dedup();
            prop_assert_eq!(Crossings::default().rings(&rings).to_vec(), expected);
        }
    }
}
