//! The courses of all arcs at one zoom, from drawn point to drawn point, and which of their straight pieces need a closer look.
//!
//! Most pieces have no drawn point but their own in the box of what they stand for: nothing can lie on their wrong side, and they pass
//! through no drawn point's cell. One look at that box settles both; all else is for the few others.

use super::rings::{bounds, joined};
use super::simplify::Chord;
use super::sites::{Few, SiteIndex};
use super::topology::Topology;
use super::world::{Grid, Pt};
use rayon::prelude::*;
use std::ops::Range;

/// Marks of a piece: it may pass through the cell of a drawn point,
pub const HOT: u8 = 1;
/// it reaches the edge of a tile's buffer,
pub const SEAM: u8 = 2;
/// there may be a drawn point between it and the points that it stands for,
const NEAR: u8 = 4;
/// it has been given points back: others stand in its place,
const PARTED: u8 = 8;
/// it may pass through the cell of a point given back.
pub const NEW: u8 = 16;

/// Pieces that are looked at together.
const FEW: usize = 8;

/// Of so many pieces of an arc one is measured.
const SAMPLE: usize = 8;

/// Pieces that have a box together.
const TOGETHER: usize = 32;

/// All courses of a zoom, and the points that are drawn.
pub struct Courses {
    zoom: u8,
    /// The drawn points of each arc after its first, by their numbers: each is the end of a piece.
    points: Vec<u32>,
    ends: Vec<u32>,
    /// What is known of each piece.
    marks: Vec<u8>,
    /// Drawn points: ends of arcs and what lies between them.
    sites: Vec<Pt>,
    /// Binary logarithm of the side of a cell that is a few times as long as most pieces.
    cell: u32,
    runs: Vec<Run>,
    /// The parts of pieces that were given points back.
    parts: Vec<Bent>,
}

/// Pieces that follow each other, and a box of their courses and all cells that they pass through.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// The point at which the first starts.
    start: u32,
    /// Their places.
    first: u32,
    end: u32,
    lo: Pt,
    hi: Pt,
}

impl Courses {
    /// How much larger boxes of runs are than those of pieces, as a binary logarithm.
    pub const RUN: u32 = 2;

    /// Of all arcs that are drawn and all lines.
    pub fn new(t: &Topology, drawn: &[bool], grid: Grid) -> Self {
        let zoom = grid.zoom;
        let mut points = Vec::new();
        let mut ends = Vec::with_capacity(t.len());
        let mut sites = t.nodes.clone();
        let (mut length, mut count) = (0u64, 1u64);
        for (arc, drawn) in drawn.iter().enumerate() {
            let r = t.range(arc);
            let first = points.len();
            if *drawn {
                ranked(&t.rank, r.start + 1..r.end, zoom, |i| points.push(i as u32));
                let drawn = &points[first..];
                // The end is among the nodes.
                let inner = drawn.split_last().map_or(drawn, |(_, inner)| inner);
                sites.extend(inner.iter().map(|i| t.points[*i as usize]));
                // Some tell how long most are.
                for k in (0..drawn.len()).step_by(SAMPLE) {
                    let before = k.checked_sub(1).map_or(r.start, |k| drawn[k] as usize);
                    let (p, q) = (t.points[before], t.points[drawn[k] as usize]);
                    length += u64::from((p[0].abs_diff(q[0]) | p[1].abs_diff(q[1]) | 1).ilog2());
                    count += 1;
                }
            } else if !t.of_polygon[arc] {
                ranked(&t.rank, r.start + 1..r.end, zoom, |i| points.push(i as u32));
            }
            ends.push(points.len() as u32);
        }
        for first in t.islands.iter().map(|a| *a as usize).filter(|a| drawn[*a]) {
            let r = t.range(first);
            sites.extend([t.points[r.start], t.points[r.end - 1]]);
        }
        let marks = vec![0; points.len()];
        let cell = (length / count) as u32 + 4;
        Self { zoom, points, ends, marks, sites, cell: cell.max(grid.shift()), runs: Vec::new(), parts: Vec::new() }
    }

    /// The points that are drawn, but for those given back since.
    pub fn sites(&self) -> &[Pt] {
        &self.sites
    }

    /// Binary logarithm of the side of a cell that is a few times as long as most pieces.
    pub fn cell(&self) -> u32 {
        self.cell
    }

    /// The places of an arc's pieces.
    #[inline]
    fn places(&self, arc: usize) -> Range<usize> {
        arc.checked_sub(1).map_or(0, |a| self.ends[a] as usize)..self.ends[arc] as usize
    }

    /// All arcs in groups of about as much work.
    pub fn groups(&self, t: &Topology) -> Vec<Range<usize>> {
        let mut groups = Vec::new();
        let (mut start, mut next) = (0, 0);
        for arc in 0..t.len() {
            let work = self.ends[arc] as usize + arc;
            if work >= next {
                if arc > start {
                    groups.push(start..arc);
                }
                (start, next) = (arc, work + (1 << 12));
            }
        }
        groups.push(start..t.len());
        groups
    }

    /// Marks the pieces of polygons that need a closer look.
    pub fn look(&mut self, t: &Topology, drawn: &[bool], grid: Grid, index: &SiteIndex) {
        let mut marks = std::mem::take(&mut self.marks);
        let mut rest = &mut marks[..];
        let mut work: Vec<(Range<usize>, &mut [u8])> = Vec::new();
        for group in self.groups(t) {
            let pieces = self.places(group.start).start..group.end.checked_sub(1).map_or(0, |a| self.ends[a] as usize);
            let (mine, others) = rest.split_at_mut(pieces.len());
            work.push((group, mine));
            rest = others;
        }
        let runs: Vec<Vec<Run>> = work
            .into_par_iter()
            .map(|(arcs, marks)| {
                let base = self.places(arcs.start).start;
                let arcs = arcs.filter(|a| drawn[*a]);
                self.look_at(t, arcs, grid, index, (marks, base))
            })
            .collect();
        self.runs = runs.concat();
        self.marks = marks;
    }

    /// Marks the pieces of some arcs, a few at a time.
    fn look_at(
        &self,
        t: &Topology,
        arcs: impl Iterator<Item = usize>,
        grid: Grid,
        index: &SiteIndex,
        (marks, base): (&mut [u8], usize),
    ) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for arc in arcs {
            let mut a = t.range(arc).start;
            let places = self.places(arc);
            for first in places.clone().step_by(TOGETHER) {
                let end = (first + TOGETHER).min(places.end);
                let mut run =
                    Run { start: a as u32, first: first as u32, end: end as u32, lo: [i32::MAX; 2], hi: [i32::MIN; 2] };
                for first in (first..end).step_by(FEW) {
                    let few = &self.points[first..(first + FEW).min(end)];
                    let mut starts = [0; FEW];
                    let mut courses = [(t.points[a], t.points[a]); FEW];
                    for (k, b) in few.iter().map(|b| *b as usize).enumerate() {
                        starts[k] = a;
                        courses[k] = cells_of(bounds(&t.points[a..=b]), grid);
                        a = b;
                    }
                    let all = courses[1..few.len()].iter().fold(courses[0], |all, c| joined(all, *c));
                    (run.lo, run.hi) = joined((run.lo, run.hi), all);
                    let may_reach = reaches_seam(all, grid);
                    let mut counts = [0; FEW];
                    index.count_some(&courses[..few.len()], &mut counts[..few.len()]);
                    for (k, b) in few.iter().map(|b| *b as usize).enumerate() {
                        let a = starts[k];
                        let lone = counts[k] <= ends(t.points[a], t.points[b]);
                        if may_reach | !lone {
                            marks[first + k - base] = marked(t, a, b, grid, index, lone);
                        }
                    }
                }
                runs.push(run);
            }
        }
        runs
    }

    /// Points to be given back: a piece with a drawn point on the wrong side is split at its farthest point until there is none. The
    /// pieces that are split make way for their parts. `few` where not all drawn points are looked at, but only some new ones.
    pub fn give_back(&mut self, t: &Topology, index: &SiteIndex, few: Option<&Few>) -> Vec<u32> {
        let mut all = Vec::new();
        for part in std::mem::take(&mut self.parts) {
            let back = if few.is_none_or(|f| f.may_lie_in(part.lo, part.hi)) {
                part.split(t, index, &mut Vec::new(), &mut Vec::new())
            } else {
                Vec::new()
            };
            self.parts.extend(part.parts(t, &back));
            all.extend(back);
        }
        let found: Vec<(u32, Bent, Vec<u32>)> = self
            .runs
            .par_iter()
            .with_min_len(256)
            .fold(
                || (Vec::new(), Vec::new(), Vec::new()),
                |(mut found, mut near, mut stack), run| {
                    if few.is_some_and(|f| !f.may_lie_in(run.lo, run.hi)) {
                        return (found, near, stack);
                    }
                    let mut a = run.start;
                    for n in run.first..run.end {
                        let b = self.points[n as usize];
                        let marks = self.marks[n as usize];
                        if if few.is_none() { marks & NEAR != 0 } else { b - a > 1 && marks & PARTED == 0 } {
                            let bent = Bent::new(t, a, b);
                            let back = bent.split(t, index, &mut near, &mut stack);
                            if !back.is_empty() {
                                found.push((n, bent, back));
                            }
                        }
                        a = b;
                    }
                    (found, near, stack)
                },
            )
            .flat_map_iter(|(found, ..)| found)
            .collect();
        for (n, bent, back) in found {
            self.marks[n as usize] |= PARTED;
            self.parts.extend(bent.parts(t, &back));
            all.extend(back);
        }
        all
    }

    /// Marks what may pass through the cells of points given back.
    pub fn look_again(&mut self, added: &Few) {
        for run in self.runs.iter().filter(|run| added.may_lie_in(run.lo, run.hi)) {
            self.marks[run.first as usize..run.end as usize].iter_mut().for_each(|m| *m |= NEW);
        }
    }

    /// The ends of all pieces that reach the edge of a tile's buffer.
    pub fn at_seams(&self, t: &Topology) -> Vec<(Pt, Pt)> {
        let mut found = Vec::new();
        for run in &self.runs {
            let mut a = run.start;
            for n in run.first..run.end {
                let b = self.points[n as usize];
                let marks = self.marks[n as usize];
                if marks & (SEAM | PARTED) != 0 {
                    self.each_part(t, marks, (a, b), &mut |_, p, q| found.push((p, q)));
                }
                a = b;
            }
        }
        found
    }

    /// Calls `f` with marks and ends of every straight piece of an arc.
    #[inline]
    pub fn chords(&self, t: &Topology, arc: usize, mut f: impl FnMut(u8, Pt, Pt)) {
        let mut a = t.range(arc).start as u32;
        let mut p = t.points[a as usize];
        for n in self.places(arc) {
            let b = self.points[n];
            let q = t.points[b as usize];
            let marks = self.marks[n];
            if marks & PARTED == 0 {
                f(marks, p, q);
            } else {
                self.each_part(t, marks, (a, b), &mut f);
            }
            (a, p) = (b, q);
        }
    }

    fn each_part(&self, t: &Topology, marks: u8, (a, b): (u32, u32), f: &mut impl FnMut(u8, Pt, Pt)) {
        let mut p = t.points[a as usize];
        if marks & PARTED == 0 {
            f(marks, p, t.points[b as usize]);
            return;
        }
        for i in (a as usize + 1..=b as usize).filter(|i| t.rank[*i] <= self.zoom) {
            f(HOT | NEW | SEAM, p, t.points[i]);
            p = t.points[i];
        }
    }
}

/// Calls `f` with the numbers of the points of a range that are drawn at a zoom.
#[inline]
fn ranked(rank: &[u8], range: Range<usize>, zoom: u8, mut f: impl FnMut(usize)) {
    const TOPS: u64 = u64::from_ne_bytes([0x80; 8]);
    // Ranks are zooms or 255: with this added to what is below its top bit, a byte has that bit where it exceeds the zoom.
    let more = u64::from_ne_bytes([0x7f - zoom; 8]);
    let words = rank[range.clone()].chunks_exact(8);
    let mut at = range.start;
    let last = words.remainder();
    for word in words {
        let word = u64::from_le_bytes(word.try_into().expect("eight bytes"));
        let mut drawn = !((word & !TOPS) + more) & TOPS;
        while drawn != 0 {
            f(at + (drawn.trailing_zeros() / 8) as usize);
            drawn &= drawn - 1;
        }
        at += 8;
    }
    for (k, _) in last.iter().enumerate().filter(|(_, r)| **r <= zoom) {
        f(at + k);
    }
}

/// The box of all positions in the grid's cells that a box meets.
#[inline]
fn cells_of((lo, hi): (Pt, Pt), grid: Grid) -> (Pt, Pt) {
    grid.unsnapped(grid.snap(lo), grid.snap(hi))
}

/// Whether a box meets the edge of a tile's buffer, but for its outermost cells.
#[inline]
fn reaches_seam((lo, hi): (Pt, Pt), grid: Grid) -> bool {
    let (lo, hi) = (grid.snap(lo), grid.snap(hi));
    (0..2).any(|k| {
        let tile = |v: i32| v >> grid.extent_bits;
        let beside = |by: i32| tile(lo[k] - 1 + by) != tile(hi[k] + by);
        beside(-grid.buffer) | beside(grid.buffer)
    })
}

/// How many points the ends of a piece are.
#[inline]
fn ends(p: Pt, q: Pt) -> u32 {
    1 + u32::from(p != q)
}

/// The marks of a piece; a lone one has no drawn points but its ends in the cells of what it stands for.
fn marked(t: &Topology, a: usize, b: usize, grid: Grid, index: &SiteIndex, lone: bool) -> u8 {
    let (p, q) = (t.points[a], t.points[b]);
    let own = cells_of(bounds(&[p, q]), grid);
    // Between neighbouring cells there is none to pass through.
    let (g, h) = (grid.snap(p), grid.snap(q));
    let apart = g[0].abs_diff(h[0]) + g[1].abs_diff(h[1]) > 1;
    let mut marks = if apart && reaches_seam(own, grid) { SEAM } else { 0 };
    if lone {
        return marks;
    }
    if apart && (b - a == 1 || index.count_in(&[own])[0] > ends(p, q)) {
        marks |= HOT;
    }
    if b - a > 1 {
        let (lo, hi) = bounds(&t.points[a..=b]);
        let (lo, hi) = (lo.map(|v| v + 1), hi.map(|v| v - 1));
        let boxed = |p: Pt| (0..2).all(|k| lo[k] <= p[k] && p[k] <= hi[k]);
        if index.count_in(&[(lo, hi)])[0] > u32::from(boxed(p)) + u32::from(p != q && boxed(q)) {
            marks |= NEAR;
        }
    }
    marks
}

/// A straight piece that stands for several: the numbers of its ends and the box of its course.
#[derive(Debug, Clone, Copy)]
struct Bent {
    a: u32,
    b: u32,
    lo: Pt,
    hi: Pt,
}

impl Bent {
    fn new(t: &Topology, a: u32, b: u32) -> Self {
        let (lo, hi) = bounds(&t.points[a as usize..=b as usize]);
        Self { a, b, lo, hi }
    }

    /// What is left of it with some of its points drawn.
    fn parts<'a>(self, t: &'a Topology, back: &'a [u32]) -> impl Iterator<Item = Self> + 'a {
        let mut from = self.a;
        back.iter().copied().chain([self.b]).filter_map(move |to| {
            let start = std::mem::replace(&mut from, to);
            (to - start > 1).then(|| Self::new(t, start, to))
        })
    }

    /// The points to be given back, in order.
    fn split(self, t: &Topology, index: &SiteIndex, near: &mut Vec<Pt>, stack: &mut Vec<(usize, usize)>) -> Vec<u32> {
        let mut back = Vec::new();
        let (a, b) = (self.a as usize, self.b as usize);
        let (p, q) = (t.points[a], t.points[b]);
        // What lies between a course and the straight line is within the course's box.
        let (lo, hi) = (self.lo, self.hi);
        near.clear();
        let (lo, hi) = (lo.map(|v| v + 1), hi.map(|v| v - 1));
        index.within(lo, hi, near);
        near.retain(|s| *s != p && *s != q);
        if near.is_empty() {
            return back;
        }
        // And no farther from the straight line than the points that were left out.
        let c = Chord::new(p, q);
        let far = t.points[a + 1..b].iter().map(|v| c.squared_distance(*v)).fold(0.0, f64::max);
        near.retain(|s| c.squared_distance(*s) <= far);
        if near.is_empty() {
            return back;
        }
        stack.push((a, b));
        while let Some((a, b)) = stack.pop() {
            let (p, q) = (t.points[a], t.points[b]);
            if b - a < 2 || !near.iter().any(|s| *s != p && *s != q && between(*s, &t.points[a..=b])) {
                continue;
            }
            let c = Chord::new(p, q);
            let (mut best, mut at) = (-1.0, a);
            for (i, v) in t.points[a + 1..b].iter().enumerate() {
                let d = c.squared_distance(*v);
                if d > best {
                    (best, at) = (d, a + 1 + i);
                }
            }
            back.push(at as u32);
            stack.push((a, at));
            stack.push((at, b));
        }
        back.sort_unstable();
        back
    }
}

/// Whether a point lies within what a course and the straight line between its ends enclose.
fn between(p: Pt, course: &[Pt]) -> bool {
    let mut inside = false;
    let mut a = course[course.len() - 1];
    for &b in course {
        if (a[1] > p[1]) != (b[1] > p[1]) {
            let side = super::rings::cross(a, b, p);
            if side == 0 {
                return false;
            }
            inside ^= (side > 0) == (b[1] > a[1]);
        }
        a = b;
    }
    inside
}
