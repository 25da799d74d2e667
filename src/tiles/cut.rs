//! Cutting polygons into strips along an axis, all of them in one walk round each ring.
//!
//! What of a ring lies in a strip are chains from edge to edge. Their ends are paired along each edge, so that a polygon that falls into
//! pieces comes out as several clean rings and never as one ring with bridges. Where nodes stand on the edges already (`snap`), nothing
//! is rounded.

use super::rings::Rings;
use super::walks::Walker;
use super::world::Pt;

/// Strips side by side along an axis, of a width that is a power of two; neighbours overlap by their buffers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strips {
    /// 0 for columns, 1 for rows.
    pub axis: usize,
    /// Binary logarithm of the width.
    pub bits: u32,
    /// How far a strip reaches beyond its width on either side: at most half of it.
    pub buffer: i32,
    /// The first and the last there are: these have no outer edge.
    pub all: (i32, i32),
    /// The first and the last that are wanted.
    pub wanted: (i32, i32),
}

impl Strips {
    /// The edge towards the lesser values.
    #[inline]
    fn low(self, strip: i32) -> i32 {
        if strip <= self.all.0 { i32::MIN } else { (strip << self.bits) - self.buffer }
    }
    /// The edge towards the greater values.
    #[inline]
    fn high(self, strip: i32) -> i32 {
        if strip >= self.all.1 { i32::MAX } else { ((strip + 1) << self.bits) + self.buffer }
    }
    /// The first strip that ends beyond a value.
    #[inline]
    fn first(self, v: i32) -> i32 {
        ((v - self.buffer) >> self.bits).clamp(self.all.0, self.all.1)
    }
    /// The last strip that begins before a value.
    #[inline]
    fn last(self, v: i32) -> i32 {
        ((v + self.buffer - 1) >> self.bits).clamp(self.all.0, self.all.1)
    }
    /// The edges nearest to a value on either side: between them the same strips hold all values.
    #[inline]
    fn between(self, v: i32) -> (i32, i32) {
        let (first, last) = (self.first(v), self.last(v));
        let before = if first > self.all.0 { self.high(first - 1) } else { i32::MIN };
        let after = if last < self.all.1 { self.low(last + 1) } else { i32::MAX };
        (before.max(self.low(last)), after.min(self.high(first)))
    }
}

/// Where the edge between two points meets a line along an axis, the same whichever way it runs.
pub fn meet(a: Pt, b: Pt, axis: usize, bound: i32) -> Pt {
    let (a, b) = if a < b { (a, b) } else { (b, a) };
    let other = 1 - axis;
    let den = i64::from(b[axis]) - i64::from(a[axis]);
    let num = i64::from(bound) - i64::from(a[axis]);
    let rise = i64::from(b[other]) - i64::from(a[other]);
    let (num, den) = if den < 0 { (-num, -den) } else { (num, den) };
    let t = i128::from(rise) * i128::from(num);
    let t = (2 * t + i128::from(den)).div_euclid(2 * i128::from(den)) as i64;
    let mut p = [0; 2];
    p[axis] = bound;
    p[other] = (i64::from(a[other]) + t) as i32;
    p
}

/// What of a ring lies within a strip without a break.
#[derive(Debug, Clone, Copy)]
struct Chain {
    strip: i32,
    ring: u32,
    /// Where it comes in and goes out, and whether at the lesser edge.
    entry: (Pt, bool),
    exit: (Pt, bool),
    /// The ring's points between, counted on across its start.
    from: u32,
    to: u32,
    /// Whether it is all of the ring, without ends.
    whole: bool,
}

/// An end of a chain on an edge of the strip, by place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    low: bool,
    t: i32,
    out: bool,
    chain: u32,
}

/// What a strip holds.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// The strip.
    pub strip: i32,
    /// Whether any ring was cut.
    pub cut: bool,
    /// Whether rings may meet at points where they did not before.
    pub meets: bool,
}

/// Space that cutting uses again and again.
#[derive(Debug, Default)]
pub struct Cutter {
    axis: usize,
    chains: Vec<Chain>,
    /// Chains that have begun and not ended: of a few strips at most.
    open: Vec<u32>,
    /// Chains by their strips, and how many of them have been fetched.
    order: Vec<(i32, u32)>,
    fetched: usize,
    events: Vec<Event>,
    next: Vec<u32>,
    walked: Vec<Pt>,
    walker: Walker,
}

/// The mark of a chain that is already part of another, or of a ring.
const TAKEN: u32 = u32::MAX;

impl Cutter {
    /// Parts some rings among strips; what each holds is then to be fetched.
    pub fn part(&mut self, rings: &Rings, strips: Strips) {
        self.axis = strips.axis;
        self.chains.clear();
        for (n, ring) in rings.iter().enumerate() {
            self.part_ring(n as u32, ring, strips);
        }
        self.order.clear();
        self.order
            .extend(self.chains.iter().enumerate().filter(|(_, c)| c.to != TAKEN).map(|(n, c)| (c.strip, n as u32)));
        self.order.sort_unstable();
        self.fetched = 0;
    }

    fn part_ring(&mut self, n: u32, ring: &[Pt], strips: Strips) {
        let Some(first) = ring.first() else { return };
        let (axis, len) = (strips.axis, ring.len());
        let start = self.chains.len();
        self.open.clear();
        let held = strips.first(first[axis]).max(strips.wanted.0)..=strips.last(first[axis]).min(strips.wanted.1);
        for strip in held {
            // Where it comes in is known at the end.
            let unknown = ([0; 2], false);
            self.open.push(self.chains.len() as u32);
            self.chains.push(Chain { strip, ring: n, entry: unknown, exit: unknown, from: 0, to: 0, whole: false });
        }
        let headless = start..self.chains.len();
        let (mut low, mut high) = strips.between(first[axis]);
        let mut at = 1;
        // Most points lie in the same strips as the one before.
        while let Some(k) = ring[at..].iter().position(|q| !(low < q[axis] && q[axis] < high)) {
            at += k;
            self.edge(n, (ring[at - 1], ring[at]), at as u32, strips);
            (low, high) = strips.between(ring[at][axis]);
            at += 1;
        }
        self.edge(n, (ring[len - 1], *first), len as u32, strips);
        for head in headless.rev() {
            let strip = self.chains[head].strip;
            let Some(k) = self.open.iter().position(|c| self.chains[*c as usize].strip == strip) else { continue };
            let tail = self.open.swap_remove(k) as usize;
            if tail == head {
                self.chains[head].whole = true;
            } else {
                // What began last goes on at the ring's start.
                let Chain { entry, from, .. } = self.chains[tail];
                let head = &mut self.chains[head];
                (head.entry, head.from, head.to) = (entry, from, head.to + len as u32);
                self.chains[tail].to = TAKEN;
            }
        }
        debug_assert!(self.open.is_empty());
    }

    /// Ends and begins chains along an edge to a point of a given number.
    fn edge(&mut self, ring: u32, (p, q): (Pt, Pt), at: u32, strips: Strips) {
        let (vp, vq) = (p[strips.axis], q[strips.axis]);
        if vp == vq {
            return;
        }
        let met = strips.first(vp.min(vq)).max(strips.wanted.0)..=strips.last(vp.max(vq)).min(strips.wanted.1);
        for strip in met {
            let (low, high) = (strips.low(strip), strips.high(strip));
            let place = |v: i32, end: Pt| {
                let (bound, at_low) = if v <= low { (low, true) } else { (high, false) };
                (if v == bound { end } else { meet(p, q, strips.axis, bound) }, at_low)
            };
            let inside = |v: i32| low < v && v < high;
            let chain = if inside(vp) {
                if inside(vq) {
                    continue;
                }
                let chains = &self.chains;
                let Some(k) = self.open.iter().position(|c| chains[*c as usize].strip == strip) else { continue };
                self.open.swap_remove(k)
            } else {
                let entry = place(vp, p);
                self.chains.push(Chain { strip, ring, entry, exit: entry, from: at, to: at, whole: false });
                self.chains.len() as u32 - 1
            };
            if inside(vq) {
                self.open.push(chain);
            } else {
                let chain = &mut self.chains[chain as usize];
                (chain.exit, chain.to) = (place(vq, q), at);
            }
        }
    }

    /// The next strip that holds anything of the rings that were parted, and what it holds.
    pub fn fetch(&mut self, rings: &Rings, out: &mut Rings) -> Option<Part> {
        let rest = &self.order[self.fetched..];
        let strip = rest.first()?.0;
        let count = rest.partition_point(|c| c.0 == strip);
        let group = self.fetched..self.fetched + count;
        self.fetched = group.end;
        out.clear();
        self.events.clear();
        for (k, (_, n)) in self.order[group.clone()].iter().enumerate() {
            let c = &self.chains[*n as usize];
            if c.whole {
                out.push(rings.ring(c.ring as usize));
                continue;
            }
            for (end, out) in [(c.entry, false), (c.exit, true)] {
                self.events.push(Event { low: end.1, t: end.0[1 - self.axis], out, chain: k as u32 });
            }
        }
        let mut part = Part { strip, cut: !self.events.is_empty(), meets: false };
        if part.cut {
            self.events.sort_unstable();
            let ties = self.events.windows(2).any(|w| (w[0].low, w[0].t) == (w[1].low, w[1].t));
            if ties || !self.pair(count) {
                part.meets = true;
                self.walk(rings, group, out);
            } else {
                self.join(rings, group, out);
            }
        }
        Some(part)
    }

    /// Finds for the end of each of some chains the beginning of the next along the edge; false where they do not take turns.
    fn pair(&mut self, count: usize) -> bool {
        self.next.clear();
        self.next.resize(count, TAKEN);
        for edge in self.events.chunk_by(|a, b| a.low == b.low) {
            for pair in edge.chunks(2) {
                match pair {
                    [a, b] if a.out && !b.out => self.next[a.chain as usize] = b.chain,
                    [a, b] if !a.out && b.out => self.next[b.chain as usize] = a.chain,
                    _ => return false,
                }
            }
        }
        true
    }

    /// Joins chains to rings in the order that was found.
    fn join(&mut self, rings: &Rings, group: std::ops::Range<usize>, out: &mut Rings) {
        for first in 0..group.len() {
            if self.next[first] == TAKEN {
                continue;
            }
            let mut k = first;
            while self.next[k] != TAKEN {
                let c = &self.chains[self.order[group.start + k].1 as usize];
                c.draw(rings.ring(c.ring as usize), &mut out.points);
                k = std::mem::replace(&mut self.next[k], TAKEN) as usize;
            }
            // It encloses something: all ends are apart, and between them it runs inside the strip.
            out.ends.push(out.points.len() as u32);
        }
    }

    /// Where several chains begin or end at one place: the edges of the strip get as many edges as they need for every place to be left
    /// as often as it is reached, and the whole is walked anew.
    fn walk(&mut self, rings: &Rings, group: std::ops::Range<usize>, out: &mut Rings) {
        self.walker.begin();
        out.iter().for_each(|ring| self.walker.ring(ring));
        out.clear();
        for c in self.order[group.clone()].iter().map(|o| &self.chains[o.1 as usize]).filter(|c| !c.whole) {
            self.walked.clear();
            c.draw(rings.ring(c.ring as usize), &mut self.walked);
            self.walker.chain(&self.walked);
        }
        let place = |e: &Event| {
            let c = &self.chains[self.order[group.start + e.chain as usize].1 as usize];
            if e.out { c.exit.0 } else { c.entry.0 }
        };
        for edge in self.events.chunk_by(|a, b| a.low == b.low) {
            let mut flow = 0i32;
            let mut last = place(&edge[0]);
            for run in edge.chunk_by(|a, b| a.t == b.t) {
                let here = place(&run[0]);
                for _ in 0..flow.abs() {
                    self.walker.chain(&if flow > 0 { [last, here] } else { [here, last] });
                }
                flow += run.iter().map(|e| if e.out { 1 } else { -1 }).sum::<i32>();
                last = here;
            }
        }
        if self.walker.meets() {
            self.walker.string(out);
        }
    }
}

impl Chain {
    /// Appends its points, ends included.
    fn draw(&self, ring: &[Pt], out: &mut Vec<Pt>) {
        let (from, to, len) = (self.from as usize, self.to as usize, ring.len());
        out.push(self.entry.0);
        out.extend_from_slice(&ring[from.min(len)..to.min(len)]);
        if to > len {
            out.extend_from_slice(&ring[from.max(len) - len..to - len]);
        }
        out.push(self.exit.0);
    }
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

    fn parted(rings: &Rings, strips: Strips) -> Vec<(i32, Rings)> {
        let mut cutter = Cutter::default();
        cutter.part(rings, strips);
        let (mut all, mut out) = (Vec::new(), Rings::default());
        while let Some(part) = cutter.fetch(rings, &mut out) {
            all.push((part.strip, out.clone()));
        }
        all
    }

    #[test]
    fn a_comb_falls_into_clean_pieces() {
        let comb: &[Pt] =
            &[[0, 0], [10, 0], [10, 10], [8, 10], [8, 2], [6, 2], [6, 10], [4, 10], [4, 2], [2, 2], [2, 10], [0, 10]];
        // Rows of eight, each with one more on either side, so that neighbours meet at 7 and 9.
        let rows = parted(&rings(&[comb]), Strips { axis: 1, bits: 3, buffer: 1, all: (0, 1), wanted: (0, 1) });
        assert_eq!(rows.iter().map(|r| (r.0, r.1.len())).collect::<Vec<_>>(), [(0, 1), (1, 3)]);
        assert_eq!(
            rows.iter().map(|r| r.1.iter().map(area2).sum::<i128>()).collect::<Vec<_>>(),
            [2 * (20 + 3 * 14), 2 * 3 * 6]
        );
    }

    #[test]
    fn a_hole_on_the_line_becomes_a_notch() {
        let shell: &[Pt] = &[[0, 0], [10, 0], [10, 10], [0, 10]];
        let hole: &[Pt] = &[[5, 3], [5, 6], [8, 6], [8, 3]];
        let columns = Strips { axis: 0, bits: 2, buffer: 1, all: (0, 1), wanted: (0, 1) };
        let columns = parted(&rings(&[shell, hole]), columns);
        assert_eq!(columns.len(), 2);
        let (left, right) = (&columns[0].1, &columns[1].1);
        // The hole's side lies on the left column's edge, at 5; the right one starts at 3.
        assert_eq!((left.len(), area2(left.ring(0))), (1, 2 * 50));
        assert_eq!((right.len(), right.iter().map(area2).sum::<i128>()), (2, 2 * (70 - 9)));
        let strips = Strips { axis: 0, bits: 1, buffer: 1, all: (0, 9), wanted: (3, 3) };
        let one = parted(&rings(&[shell, hole]), strips);
        assert_eq!((one.len(), one[0].1.len(), area2(one[0].1.ring(0))), (1, 1, 2 * (4 * 10 - 3 * 3)));
        assert!(!crosses_itself(&one[0].1));
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
        /// Strips without a buffer hold all there is once, each within its edges.
        #[test]
        fn strips_make_the_whole(
            seed in proptest::collection::vec((2000i32..100_000, 0i32..1), 5..60),
            bits in 12u32..17,
            axis in 0usize..2,
        ) {
            let whole = rings(&[&star(&seed)]);
            prop_assume!(area2(whole.ring(0)) > 0);
            let all = (-1 << (17 - bits), (1 << (17 - bits)) - 1);
            let strips = Strips { axis, bits, buffer: 0, all, wanted: all };
            let parts = parted(&whole, strips);
            let sum: i128 = parts.iter().flat_map(|(_, r)| r.iter()).map(area2).sum();
            // Rounding a crossing moves an edge by at most half a unit.
            let slack = 100_000i128 * (seed.len() as i128 + 4 * parts.len() as i128);
            prop_assert!((sum - area2(whole.ring(0))).abs() <= slack);
            for (strip, rings) in &parts {
                let edges = strip << bits..=(strip + 1) << bits;
                prop_assert!(rings.points.iter().all(|p| edges.contains(&p[axis])));
            }
        }
        /// What a strip holds does not depend on which others are wanted, nor on where a ring starts; with a buffer it holds more.
        #[test]
        fn a_strip_holds_the_same_alone(
            seed in proptest::collection::vec((2000i32..100_000, 0i32..1), 5..60),
            buffer in 0i32..2048,
            turn in 0usize..60,
        ) {
            let mut ring = star(&seed);
            prop_assume!(area2(&ring) > 0);
            let strips = Strips { axis: 0, bits: 12, buffer, all: (-32, 31), wanted: (-32, 31) };
            let parts = parted(&rings(&[&ring]), strips);
            let turn = turn % ring.len();
            ring.rotate_left(turn);
            let areas = |rings: &Rings| rings.iter().map(area2).sum::<i128>();
            for (strip, all) in &parts {
                let alone = parted(&rings(&[&ring]), Strips { wanted: (*strip, *strip), ..strips });
                prop_assert_eq!(alone.len(), 1);
                prop_assert_eq!((alone[0].0, alone[0].1.len(), areas(&alone[0].1)), (*strip, all.len(), areas(all)));
            }
        }
    }
}
