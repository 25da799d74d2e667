//! Cutting polygons at a line along an axis.
//!
//! The crossings are paired along the line, so that a polygon that falls into pieces comes out as several clean rings and never as one
//! ring with bridges. Where nodes stand on the line already (`snap`), nothing is rounded.

use super::rings::Rings;
use super::walks::Walker;
use super::world::Pt;

/// Space that cutting uses again and again.
#[derive(Debug, Default)]
pub struct Cutter {
    events: Vec<Event>,
    /// Where each chain ends in `inside`.
    chains: Vec<u32>,
    next: Vec<u32>,
    inside: Vec<Pt>,
    walker: Walker,
    /// Whether rings that came out of a cut may meet at points; set by cuts, cleared by whom it concerns.
    pub meets: bool,
}

/// A chain's beginning or end on the line.
#[derive(Debug, Clone, Copy)]
struct Event {
    t: i32,
    chain: u32,
    end: bool,
}

/// A half-plane bounded by a line along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HalfPlane {
    /// 0 for a bound on x, 1 for one on y.
    pub axis: usize,
    /// The bound.
    pub bound: i32,
    /// Whether the side of the greater values is kept.
    pub greater: bool,
}

impl HalfPlane {
    #[inline]
    fn value(self, p: Pt) -> i64 {
        let v = i64::from(p[self.axis]) - i64::from(self.bound);
        if self.greater { v } else { -v }
    }
    /// Where an edge with ends on both sides meets the line, the same whichever way it runs.
    #[inline]
    pub fn meet(self, a: Pt, b: Pt) -> Pt {
        let (a, b) = if a < b { (a, b) } else { (b, a) };
        let other = 1 - self.axis;
        let den = i64::from(b[self.axis]) - i64::from(a[self.axis]);
        let num = i64::from(self.bound) - i64::from(a[self.axis]);
        let rise = i64::from(b[other]) - i64::from(a[other]);
        let (num, den) = if den < 0 { (-num, -den) } else { (num, den) };
        let t = i128::from(rise) * i128::from(num);
        let t = (2 * t + i128::from(den)).div_euclid(2 * i128::from(den)) as i64;
        let mut p = [0; 2];
        p[self.axis] = self.bound;
        p[other] = (i64::from(a[other]) + t) as i32;
        p
    }
}

impl Cutter {
    /// The part of some rings in a half-plane, into `out`.
    pub fn cut(&mut self, rings: &Rings, side: HalfPlane, out: &mut Rings) {
        out.clear();
        self.events.clear();
        self.chains.clear();
        self.inside.clear();
        for ring in rings.iter() {
            let (mut lo, mut hi) = (i32::MAX, i32::MIN);
            for p in ring {
                lo = lo.min(p[side.axis]);
                hi = hi.max(p[side.axis]);
            }
            let (near, far) =
                if side.greater { (lo > side.bound, hi > side.bound) } else { (hi < side.bound, lo < side.bound) };
            if near {
                out.push(ring);
            } else if far {
                self.cut_ring(ring, side);
            }
        }
        if self.events.is_empty() {
            return;
        }
        self.events.sort_unstable_by_key(|e| (e.t, e.end, e.chain));
        let ties = self.events.windows(2).any(|w| w[0].t == w[1].t);
        if ties || !self.pair() {
            self.walk(side, out);
            return;
        }
        for first in 0..self.chains.len() {
            if self.next[first] == TAKEN {
                continue;
            }
            let mut chain = first;
            while self.next[chain] != TAKEN {
                out.points.extend_from_slice(chain_of(&self.inside, &self.chains, chain));
                chain = std::mem::replace(&mut self.next[chain], TAKEN) as usize;
            }
            out.close();
        }
    }

    /// Joins the end of each chain to the beginning of the next along the line; false where they do not take turns.
    fn pair(&mut self) -> bool {
        self.next.clear();
        self.next.resize(self.chains.len(), TAKEN);
        for pair in self.events.chunks_exact(2) {
            match (pair[0].end, pair[1].end) {
                (true, false) => self.next[pair[0].chain as usize] = pair[1].chain,
                (false, true) => self.next[pair[1].chain as usize] = pair[0].chain,
                _ => return false,
            }
        }
        true
    }

    /// Where several chains begin or end at one place: the line gets as many edges as it needs for every place to be left as often as
    /// it is reached, and the whole is walked anew.
    fn walk(&mut self, side: HalfPlane, out: &mut Rings) {
        self.meets = true;
        self.walker.begin();
        out.iter().for_each(|ring| self.walker.ring(ring));
        out.clear();
        for n in 0..self.chains.len() {
            self.walker.chain(chain_of(&self.inside, &self.chains, n));
        }
        let mut flow = 0i32;
        let mut last = 0;
        for run in self.events.chunk_by(|a, b| a.t == b.t) {
            let t = run[0].t;
            let at = |t: i32| if side.axis == 0 { [side.bound, t] } else { [t, side.bound] };
            for _ in 0..flow.abs() {
                self.walker.chain(&if flow > 0 { [at(last), at(t)] } else { [at(t), at(last)] });
            }
            flow += run.iter().map(|e| if e.end { 1 } else { -1 }).sum::<i32>();
            last = t;
        }
        if self.walker.meets() {
            self.walker.string(out);
        }
    }

    /// Breaks a ring into its chains inside the half-plane, at every point on the line.
    fn cut_ring(&mut self, ring: &[Pt], side: HalfPlane) {
        let other = 1 - side.axis;
        // Start at a point that is not inside: no chain runs across the start.
        let Some(start) = ring.iter().position(|p| side.value(*p) <= 0) else { return };
        let mut open = false;
        let mut p = ring[start];
        let mut vp = side.value(p);
        for &q in ring[start + 1..].iter().chain(&ring[..=start]) {
            let vq = side.value(q);
            if vp > 0 || vq > 0 {
                if !open {
                    let entry = if vp < 0 { side.meet(p, q) } else { p };
                    self.events.push(Event { t: entry[other], chain: self.chains.len() as u32, end: false });
                    self.inside.push(entry);
                    open = true;
                }
                if vq > 0 {
                    self.inside.push(q);
                } else {
                    let exit = if vq < 0 { side.meet(p, q) } else { q };
                    self.inside.push(exit);
                    self.events.push(Event { t: exit[other], chain: self.chains.len() as u32, end: true });
                    self.chains.push(self.inside.len() as u32);
                    open = false;
                }
            }
            (p, vp) = (q, vq);
        }
        debug_assert!(!open);
    }
}

/// The mark of a chain that is already part of a ring.
const TAKEN: u32 = u32::MAX;

fn chain_of<'a>(inside: &'a [Pt], ends: &[u32], n: usize) -> &'a [Pt] {
    let start = if n == 0 { 0 } else { ends[n - 1] as usize };
    &inside[start..ends[n] as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::crossing::crosses_itself;
    use crate::tiles::rings::area2;
    use proptest::prelude::*;

    fn rings(list: &[&[Pt]]) -> Rings {
        let mut r = Rings::default();
        list.iter().for_each(|ring| r.push(ring));
        r
    }

    #[test]
    fn a_comb_falls_into_clean_pieces() {
        let comb: &[Pt] =
            &[[0, 0], [10, 0], [10, 10], [8, 10], [8, 2], [6, 2], [6, 10], [4, 10], [4, 2], [2, 2], [2, 10], [0, 10]];
        let mut out = Rings::default();
        let mut cutter = Cutter::default();
        cutter.cut(&rings(&[comb]), HalfPlane { axis: 1, bound: 5, greater: true }, &mut out);
        assert_eq!(out.len(), 3);
        assert_eq!(out.iter().map(area2).sum::<i128>(), 2 * 3 * 10);
        cutter.cut(&rings(&[comb]), HalfPlane { axis: 1, bound: 2, greater: true }, &mut out);
        assert_eq!(out.iter().map(area2).sum::<i128>(), 2 * 3 * 16);
    }

    #[test]
    fn a_hole_on_the_line_becomes_a_notch() {
        let shell: &[Pt] = &[[0, 0], [10, 0], [10, 10], [0, 10]];
        let hole: &[Pt] = &[[5, 3], [5, 6], [8, 6], [8, 3]];
        let mut out = Rings::default();
        Cutter::default().cut(&rings(&[shell, hole]), HalfPlane { axis: 0, bound: 5, greater: true }, &mut out);
        assert_eq!(out.len(), 1);
        assert_eq!(area2(out.ring(0)), 2 * (50 - 9));
        assert!(!crosses_itself(&out));
    }

    fn star(seed: &[(i32, i32)]) -> Vec<Pt> {
        // A star-shaped ring around the origin is simple whatever the radii.
        let n = seed.len() as f64;
        let mut ring: Vec<Pt> = seed
            .iter()
            .enumerate()
            .map(|(i, (r, _))| {
                let a = i as f64 / n * std::f64::consts::TAU;
                [(a.cos() * f64::from(*r)) as i32, (a.sin() * f64::from(*r)) as i32]
            })
            .collect();
        ring.dedup();
        ring
    }

    proptest! {
        #[test]
        fn two_halves_make_the_whole(seed in proptest::collection::vec((2000i32..100_000, 0i32..1), 5..60), bound in -50_000i32..50_000, axis in 0usize..2) {
            let whole = rings(&[&star(&seed)]);
            prop_assume!(area2(whole.ring(0)) > 0);
            let (mut a, mut b) = (Rings::default(), Rings::default());
            let mut cutter = Cutter::default();
            cutter.cut(&whole, HalfPlane { axis, bound, greater: true }, &mut a);
            cutter.cut(&whole, HalfPlane { axis, bound, greater: false }, &mut b);
            let sum: i128 = a.iter().chain(b.iter()).map(area2).sum();
            // Rounding a crossing moves an edge by at most half a unit.
            let slack = 100_000i128 * (seed.len() as i128);
            prop_assert!((sum - area2(whole.ring(0))).abs() <= slack);
            for p in &a.points {
                prop_assert!(p[axis] >= bound);
            }
            for p in &b.points {
                prop_assert!(p[axis] <= bound);
            }
        }
    }
}
