//! Which rings cross, overlap or touch themselves or one another other than at common points: what no polygon's rings may do.
//!
//! Edges are taken in short runs, and neighbouring runs together in boxes of boxes: what follows each other along a ring lies together
//! on the map. Only where boxes meet is there a look inside, and of two runs only the edges within the box that both share are
//! compared. A stretch of a ring that never turns back, all its edges within half a turn, cannot meet itself, and is not looked into.
//! All arithmetic is exact.

use super::rings::{Rings, bounds, cross};
use super::spill::curve_key;
use super::world::Pt;

/// Edges of a run. Few enough to compare all with all, many enough for the sweep to be short.
const RUN: usize = 6;

/// Boxes in a box.
const FAN: usize = 4;

/// A box: smallest and largest corner.
type Box2 = (Pt, Pt);

#[inline]
fn meet(a: &Box2, b: &Box2) -> bool {
    (a.0[0] <= b.1[0]) & (b.0[0] <= a.1[0]) & (a.0[1] <= b.1[1]) & (b.0[1] <= a.1[1])
}

/// Whether rings cross or touch themselves or one another away from their points' own meeting places.
#[cfg(test)]
pub fn crosses_itself(rings: &Rings) -> bool {
    !Crossings::default().pairs(rings).is_empty()
}

/// Edges that follow each other, numbered by the points they start from.
#[derive(Debug, Clone, Copy)]
struct Run {
    from: u32,
    to: u32,
    /// The point at which the last one ends: the ring's first at its end.
    end: u32,
}

impl Run {
    #[inline]
    fn edge(self, points: &[Pt], n: u32) -> (Pt, Pt) {
        let next = if n + 1 == self.to { self.end } else { n + 1 };
        (points[n as usize], points[next as usize])
    }
}

/// Space that looking for crossings uses again and again.
#[derive(Debug, Default)]
pub struct Crossings {
    /// The edges of one ring.
    runs: Vec<Run>,
    /// The boxes of the runs, then those of [`FAN`] boxes each, up to one.
    levels: Vec<Vec<Box2>>,
    /// The directions of the edges in each box, and whether all of them follow each other.
    turns: Vec<Vec<Turns>>,
    /// Pairs of boxes of a level that are to be looked into.
    open: Vec<(u8, u32, u32)>,
}

impl Crossings {
    /// All pairs of edges that cross or touch away from common ends, by their numbers: edges are counted ring by ring, each by the
    /// point it starts from.
    pub fn pairs(&mut self, rings: &Rings) -> Vec<(u32, u32)> {
        self.prepare(rings);
        let mut pairs = Vec::new();
        if self.runs.is_empty() {
            return pairs;
        }
        self.open.clear();
        let top = self.levels.len() - 1;
        if !self.turns[top][0].is_straight() {
            self.open.push((top as u8, 0, 0));
        }
        while let Some((level, i, j)) = self.open.pop() {
            if level == 0 {
                self.compare(&rings.points, i as usize, j as usize, &mut pairs);
                continue;
            }
            let (below, turns) = (&self.levels[level as usize - 1], &self.turns[level as usize - 1]);
            let inside = |n: u32| n as usize * FAN..((n as usize + 1) * FAN).min(below.len());
            for a in inside(i) {
                let (first, all) = if i == j { (a, inside(j)) } else { (0, inside(j)) };
                for b in all.filter(|b| *b >= first) {
                    let apart = match b - a {
                        0 => turns[a].is_straight(),
                        1 if turns[a].then(turns[b]).is_straight() => true,
                        _ => !meet(&below[a], &below[b]),
                    };
                    if !apart {
                        self.open.push((level - 1, a as u32, b as u32));
                    }
                }
            }
        }
        pairs
    }

    /// The edges of one run or of two that meet badly.
    fn compare(&self, points: &[Pt], i: usize, j: usize, pairs: &mut Vec<(u32, u32)>) {
        let (one, other) = (self.runs[i], self.runs[j]);
        let bad = |a: u32, b: u32| {
            let (e, f) = (one.edge(points, a), other.edge(points, b));
            boxes_meet(e, f) && meet_badly(e, f)
        };
        if i == j {
            for b in one.from..one.to {
                pairs.extend((one.from..b).filter(|a| bad(*a, b)).map(|a| (a, b)));
            }
            return;
        }
        // Only what reaches into the box that both share can.
        let (a, b) = (self.levels[0][i], self.levels[0][j]);
        let shared = ([a.0[0].max(b.0[0]), a.0[1].max(b.0[1])], [a.1[0].min(b.1[0]), a.1[1].min(b.1[1])]);
        let within = |run: Run| {
            let (mut some, mut count) = ([0; RUN], 0);
            for n in run.from..run.to {
                some[count] = n;
                let (p, q) = run.edge(points, n);
                let edge = ([p[0].min(q[0]), p[1].min(q[1])], [p[0].max(q[0]), p[1].max(q[1])]);
                count += usize::from(meet(&edge, &shared));
            }
            (some, count)
        };
        let ((a, n), (b, m)) = (within(one), within(other));
        for a in &a[..n] {
            pairs.extend(b[..m].iter().filter(|b| bad(*a, **b)).map(|b| (*a, *b)));
        }
    }

    /// As [`Crossings::pairs`], those of a few edges only, given by their numbers in order.
    pub fn of(&self, rings: &Rings, few: &[u32]) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        let edge = |n: u32| {
            let ring = rings.ends.partition_point(|e| *e <= n);
            let start = if ring == 0 { 0 } else { rings.ends[ring - 1] };
            let next = if n + 1 == rings.ends[ring] { start } else { n + 1 };
            (rings.points[n as usize], rings.points[next as usize])
        };
        let edges: Vec<(u32, (Pt, Pt), Box2)> = few
            .iter()
            .map(|n| {
                let (p, q) = edge(*n);
                (*n, (p, q), bounds(&[p, q]))
            })
            .collect();
        let mut near: Vec<usize> = Vec::new();
        let mut first = 0;
        for ring in rings.iter() {
            let all = bounds(ring);
            if edges.iter().any(|f| meet(&all, &f.2)) {
                for start in (0..ring.len()).step_by(RUN) {
                    let end = (start + RUN).min(ring.len());
                    let run = run_box(ring, start, end);
                    near.clear();
                    near.extend((0..edges.len()).filter(|k| meet(&run, &edges[*k].2)));
                    if near.is_empty() {
                        continue;
                    }
                    for i in start..end {
                        let (n, e) = (first + i as u32, (ring[i], ring[(i + 1) % ring.len()]));
                        for (k, f, _) in near.iter().map(|k| &edges[*k]) {
                            // Of two of the few, one finds the other.
                            let once = n < *k || n > *k && few.binary_search(&n).is_err();
                            if boxes_meet(e, *f) && once && meet_badly(e, *f) {
                                pairs.push((n, *k));
                            }
                        }
                    }
                }
            }
            first += ring.len() as u32;
        }
        pairs
    }

    fn prepare(&mut self, rings: &Rings) {
        self.runs.clear();
        self.levels.iter_mut().for_each(Vec::clear);
        self.turns.iter_mut().for_each(Vec::clear);
        if self.levels.is_empty() {
            self.levels.push(Vec::new());
            self.turns.push(Vec::new());
        }
        // Rings by their places: those of an archipelago come in any order.
        let mut order: Vec<(u64, u32)> = Vec::with_capacity(rings.len());
        order.extend((0..rings.len()).filter_map(|n| Some((curve_key(*rings.ring(n).first()?), n as u32))));
        order.sort_unstable();
        for (_, n) in order {
            let ring = rings.ring(n as usize);
            let first = rings.ends[n as usize] - ring.len() as u32;
            for start in (0..ring.len()).step_by(RUN) {
                let end = (start + RUN).min(ring.len());
                self.levels[0].push(run_box(ring, start, end));
                let next = end % ring.len();
                self.runs.push(Run { from: first + start as u32, to: first + end as u32, end: first + next as u32 });
                let within = ring[start..end].windows(2).fold(0, |all, e| all | octant(e[0], e[1]));
                let octants = within | octant(ring[end - 1], ring[next]);
                self.turns[0].push(Turns { octants, first: start == 0, last: end == ring.len() });
            }
        }
        let mut level = 0;
        while self.levels[level].len() > 1 {
            let above: Vec<Box2> = self.levels[level]
                .chunks(FAN)
                .map(|boxes| {
                    boxes[1..].iter().fold(boxes[0], |(lo, hi), b| {
                        ([lo[0].min(b.0[0]), lo[1].min(b.0[1])], [hi[0].max(b.1[0]), hi[1].max(b.1[1])])
                    })
                })
                .collect();
            let turns =
                self.turns[level].chunks(FAN).map(|t| t[1..].iter().fold(t[0], |all, t| all.then(*t))).collect();
            level += 1;
            if self.levels.len() == level {
                self.levels.push(above);
                self.turns.push(turns);
            } else {
                self.levels[level] = above;
                self.turns[level] = turns;
            }
        }
        self.levels.truncate(level + 1);
        self.turns.truncate(level + 1);
    }
}

/// Where the edges of a stretch point to.
#[derive(Debug, Clone, Copy)]
struct Turns {
    /// One bit for each eighth of a turn; all of them where edges do not follow each other.
    octants: u8,
    /// Whether the stretch starts with a ring's first edge.
    first: bool,
    /// Whether it ends with a ring's last edge.
    last: bool,
}

impl Turns {
    /// This stretch and the one after it.
    fn then(self, next: Self) -> Self {
        let octants = if self.last || next.first { u8::MAX } else { self.octants | next.octants };
        Self { octants, first: self.first, last: next.last }
    }

    /// Whether all edges lie within half a turn: along it every point comes before those that follow.
    fn is_straight(self) -> bool {
        STRAIGHT[self.octants as usize]
    }
}

/// Which sets of eighths lie within half a turn.
const STRAIGHT: [bool; 256] = {
    let mut table = [false; 256];
    let mut n = 0;
    while n < 8 {
        let half = 0x0fu8.rotate_left(n);
        let mut set = 0;
        while set < 256 {
            table[set] |= set as u8 & !half == 0;
            set += 1;
        }
        n += 1;
    }
    table
};

/// The eighth of a turn that an edge points to, as a bit; each eighth holds the first of its two limits. All bits for an edge of no
/// length.
#[inline]
fn octant(p: Pt, q: Pt) -> u8 {
    let (x, y) = (i64::from(q[0]) - i64::from(p[0]), i64::from(q[1]) - i64::from(p[1]));
    let (dx, dy) = (x.abs(), y.abs());
    // Edges turn any way: looked up, as branches could not be foretold.
    let signs = [x > 0, x < 0, y > 0, y < 0, dy >= dx, dx >= dy];
    OCTANTS[signs.iter().enumerate().fold(0, |n, (k, sign)| n | usize::from(*sign) << k)]
}

const OCTANTS: [u8; 64] = {
    let mut table = [u8::MAX; 64];
    let mut n = 0;
    while n < 64 {
        let (steep, flat) = (n >> 4 & 1, n >> 5 & 1);
        // Quarter by quarter: [0°, 90°), [90°, 180°), …
        table[n] = match (n & 1 != 0, n & 4 != 0, n & 2 != 0, n & 8 != 0) {
            (true, _, _, false) => 1 << steep,
            (false, true, _, _) => 1 << (2 + flat),
            (_, false, true, _) => 1 << (4 + steep),
            (_, _, false, true) => 1 << (6 + flat),
            _ => u8::MAX,
        };
        n += 1;
    }
    table
};

/// The box of some edges of a ring, from the numbers of their first points.
#[inline]
fn run_box(ring: &[Pt], start: usize, end: usize) -> Box2 {
    let (lo, hi) = bounds(&ring[start..end]);
    let last = ring[end % ring.len()];
    ([lo[0].min(last[0]), lo[1].min(last[1])], [hi[0].max(last[0]), hi[1].max(last[1])])
}

#[inline]
fn boxes_meet(e: (Pt, Pt), f: (Pt, Pt)) -> bool {
    let along = |k: usize| (e.0[k].min(e.1[k]) <= f.0[k].max(f.1[k])) & (f.0[k].min(f.1[k]) <= e.0[k].max(e.1[k]));
    along(0) & along(1)
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
            let edges: Vec<(Pt, Pt)> =
                rings.iter().flat_map(|r| (0..r.len()).map(|i| (r[i], r[(i + 1) % r.len()]))).collect();
            let mut expected: Vec<(u32, u32)> = Vec::new();
            for i in 0..edges.len() {
                // What lies in one line does not meet where the boxes do not.
                let bad = |j: &usize| boxes_meet(edges[i], edges[*j]) && meet_badly(edges[i], edges[*j]);
                expected.extend((0..i).filter(bad).map(|j| (j as u32, i as u32)));
            }
            expected.sort_unstable();
            let mut crossings = Crossings::default();
            for _ in 0..2 {
                let mut found: Vec<(u32, u32)> =
                    crossings.pairs(&rings).into_iter().map(|(i, j)| (i.min(j), i.max(j))).collect();
                found.sort_unstable();
                prop_assert_eq!(&found, &expected);
            }
        }
    }
}
