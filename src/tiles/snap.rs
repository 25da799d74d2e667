//! The arcs of one zoom on its grid, without gaps, overlaps or crossings: snap rounding.
//!
//! Two steps, both over all borders at once, so that neighbours stay neighbours:
//! 1. *Sides are kept.* Where a drawn point lies between a border and its simplified course, the border gets more of its own
//!    points back until it passes on the right side (Saalfeld 1999).
//! 2. *Hot pixels.* A course that passes through the grid cell of a drawn point is bent through that cell's centre (Hobby 1999;
//!    Guibas and Marimont 1998), which makes rounding unable to turn anything inside out. Where a course crosses the edge of a
//!    tile's buffer it gets a point too, so that cutting at tiles rounds nothing.

use super::simplify::Chord;
use super::sites::{Few, SiteIndex};
use super::topology::Topology;
use super::world::{Grid, Pt};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// The arcs of one zoom in grid units.
#[derive(Debug, Default)]
pub struct Noded {
    points: Vec<Pt>,
    ends: Vec<u32>,
    seams: FxHashSet<Pt>,
}

impl Noded {
    /// The points of an arc; one where it has shrunk to a cell.
    #[inline]
    pub fn arc(&self, n: usize) -> &[Pt] {
        let start = if n == 0 { 0 } else { self.ends[n - 1] as usize };
        &self.points[start..self.ends[n] as usize]
    }
    /// Whether a point is there for the edge of a tile's buffer only: where the border is not cut, it runs as well without.
    pub fn is_seam(&self, p: Pt) -> bool {
        self.seams.contains(&p)
    }
}

/// How often borders are given points back before what is left is accepted; data whose areas overlap never settles.
const ROUNDS: usize = 16;

/// Draws all arcs at one zoom; points that had to be given back are marked in the topology for this and all higher zooms.
pub fn arcs(t: &mut Topology, grid: Grid) -> Noded {
    let zoom = grid.zoom;
    let drawn = drawn(t, zoom);
    let mut sites: Vec<Pt> = t.nodes.clone();
    sites.extend(t.islands.iter().filter(|a| drawn[**a as usize]).flat_map(|a| {
        let r = t.range(*a as usize);
        [t.points[r.start], t.points[r.end - 1]]
    }));
    let (mut bent, cell) = Bent::all(t, &drawn, grid, &mut sites);
    // Every later round only looks at the points that the one before gave back: all others have been weighed.
    let mut new = 0;
    for _ in 0..ROUNDS {
        if bent.is_empty() || new == sites.len() {
            break;
        }
        let index = SiteIndex::new(&sites[new..], cell + grid.shift());
        // Later the points are few, and near to few pieces.
        let few = (new > 0).then(|| Few::new(&sites[new..], cell + grid.shift()));
        new = sites.len();
        for i in Bent::give_back(&mut bent, t, &index, few.as_ref()) {
            t.rank[i as usize] = zoom;
            sites.push(t.points[i as usize]);
        }
    }
    drop(bent);
    let courses = Courses::new(t, &drawn, zoom);
    let crossings: Vec<(u32, Pt)> = (0..t.len())
        .into_par_iter()
        .with_min_len(512)
        .filter(|a| drawn[*a])
        .flat_map_iter(|arc| {
            let (mut found, mut of_chord) = (Vec::new(), Vec::new());
            let mut from = None;
            courses.chords(t, arc, |n, p, q| {
                // Ends in the same parts of the same tiles: nothing is crossed.
                let to = parts(grid, q);
                if from.replace(to) != Some(to) {
                    buffer_crossings(p, q, grid, &mut of_chord);
                    found.extend(of_chord.drain(..).map(|c| (n, c)));
                }
            });
            found
        })
        .collect();
    let mut crosses = vec![false; courses.points.len()];
    crossings.iter().for_each(|(n, _)| crosses[*n as usize] = true);
    let mut crossings: Vec<Pt> = crossings.into_iter().map(|c| c.1).collect();
    sites.iter_mut().for_each(|p| *p = grid.snap(*p));
    // A crossing is a seam only where nothing else has a point there: no drawn point, no other border.
    let mut other: Vec<Pt> = sites.iter().filter(|p| on_seam(**p, grid)).copied().collect();
    sites.extend_from_slice(&crossings);
    let index = SiteIndex::new(&sites, cell);
    drop(sites);
    let pieces: Vec<(Vec<Pt>, Vec<u32>, Vec<Pt>)> = (0..t.len())
        .into_par_iter()
        .with_min_len(512)
        .fold(
            || (Vec::new(), Vec::new(), Vec::new(), Vec::new()),
            |(mut points, mut lengths, mut other, mut hits), arc| {
                let start = points.len();
                let push = |points: &mut Vec<Pt>, p: Pt| {
                    if points.len() == start || points[points.len() - 1] != p {
                        points.push(p);
                    }
                };
                push(&mut points, grid.snap(t.points[t.range(arc).start]));
                if !t.of_polygon[arc] {
                    courses.chords(t, arc, |_, _, q| push(&mut points, grid.snap(q)));
                } else if drawn[arc] {
                    courses.chords(t, arc, |n, p, q| {
                        hits.clear();
                        if crosses[n as usize] {
                            buffer_crossings(p, q, grid, &mut hits);
                        }
                        let own = hits.len();
                        hot_pixels(p, q, grid, &index, &mut hits);
                        let (own, hit) = hits.split_at(own);
                        if !own.is_empty() && passes_close(p, q, grid, &index, own) {
                            other.extend_from_slice(own);
                        }
                        other.extend(hit.iter().filter(|h| !own.contains(h) && on_seam(**h, grid)));
                        order_along(p, q, grid, &mut hits);
                        for h in &hits {
                            push(&mut points, *h);
                        }
                        push(&mut points, grid.snap(q));
                    });
                }
                lengths.push((points.len() - start) as u32);
                (points, lengths, other, hits)
            },
        )
        .map(|(points, lengths, other, _)| (points, lengths, other))
        .collect();
    let mut noded = Noded::default();
    noded.points.reserve(pieces.iter().map(|p| p.0.len()).sum());
    noded.ends.reserve(t.len());
    for (points, lengths, hit) in pieces {
        other.extend(hit);
        noded.points.extend_from_slice(&points);
        let mut end = noded.ends.last().copied().unwrap_or(0);
        for l in lengths {
            end += l;
            noded.ends.push(end);
        }
    }
    crossings.par_sort_unstable();
    noded.seams = crossings.chunk_by(|a, b| a == b).filter(|run| run.len() == 1).map(|run| run[0]).collect();
    for p in other {
        noded.seams.remove(&p);
    }
    noded
}

/// Whether a grid point lies where the buffer of some tile ends.
pub fn on_seam(p: Pt, grid: Grid) -> bool {
    p.iter().any(|v| {
        let local = v & (grid.extent() - 1);
        local == grid.buffer || local == grid.extent() - grid.buffer
    })
}

/// Which arcs of polygons are drawn: all but those of islands that have shrunk to a line.
fn drawn(t: &Topology, zoom: u8) -> Vec<bool> {
    let mut drawn = t.of_polygon.clone();
    for first in t.islands.iter().map(|a| *a as usize) {
        let (from, to) = (t.range(first).start, t.range(first + 1).end);
        if !(from..to).any(|i| {
            t.rank[i] <= zoom && ![from, t.range(first).end - 1, t.range(first + 1).start, to - 1].contains(&i)
        }) {
            drawn[first] = false;
            drawn[first + 1] = false;
        }
    }
    drawn
}

/// The drawn points of all arcs of a zoom after their first, by their numbers.
struct Courses {
    points: Vec<u32>,
    ends: Vec<u32>,
}

impl Courses {
    /// Of all arcs that are drawn and all lines.
    fn new(t: &Topology, drawn: &[bool], zoom: u8) -> Self {
        let mut courses = Self { points: Vec::new(), ends: Vec::with_capacity(t.len()) };
        for (arc, drawn) in drawn.iter().enumerate() {
            if *drawn || !t.of_polygon[arc] {
                let r = t.range(arc);
                courses.points.extend((r.start + 1..r.end).filter(|i| t.rank[*i] <= zoom).map(|i| i as u32));
            }
            courses.ends.push(courses.points.len() as u32);
        }
        courses
    }

    /// Calls `f` with number and ends of every straight piece of an arc.
    #[inline]
    fn chords(&self, t: &Topology, arc: usize, mut f: impl FnMut(u32, Pt, Pt)) {
        let start = arc.checked_sub(1).map_or(0, |a| self.ends[a]);
        let mut p = t.points[t.range(arc).start];
        for n in start..self.ends[arc] {
            let q = t.points[self.points[n as usize] as usize];
            f(n, p, q);
            p = q;
        }
    }
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
    fn new(t: &Topology, a: usize, b: usize) -> Self {
        let (lo, hi) = super::rings::bounds(&t.points[a..=b]);
        Self { a: a as u32, b: b as u32, lo, hi }
    }

    /// All such pieces of a zoom; the drawn points between the ends of arcs are added to `sites`. Also the binary logarithm of the
    /// units of a cell that is a few times as long as most pieces, so that each looks into few cells.
    fn all(t: &Topology, drawn: &[bool], grid: Grid, sites: &mut Vec<Pt>) -> (Vec<Self>, u32) {
        let mut bent = Vec::new();
        let (mut length, mut count) = (0u64, 1u64);
        for arc in (0..t.len()).filter(|a| drawn[*a]) {
            let r = t.range(arc);
            let mut a = r.start;
            for b in r.start + 1..r.end {
                if t.rank[b] > grid.zoom {
                    continue;
                }
                let (p, q) = (t.points[a], t.points[b]);
                length += u64::from((p[0].abs_diff(q[0]).max(p[1].abs_diff(q[1])) >> grid.shift()).max(1).ilog2());
                count += 1;
                if b - a > 1 {
                    bent.push(Self::new(t, a, b));
                }
                if b + 1 < r.end {
                    sites.push(q);
                }
                a = b;
            }
        }
        (bent, (length / count) as u32 + 2)
    }

    /// Points to be given back: a piece with a drawn point on the wrong side is split at its farthest point until there is none. The
    /// pieces that are split make way for their parts.
    fn give_back(bent: &mut Vec<Self>, t: &Topology, index: &SiteIndex, few: Option<&Few>) -> Vec<u32> {
        let found: Vec<(u32, Vec<u32>)> = bent
            .par_iter()
            .enumerate()
            .with_min_len(256)
            .fold(
                || (Vec::new(), Vec::new(), Vec::new()),
                |(mut found, mut near, mut stack), (n, piece)| {
                    if few.is_some_and(|f| !f.may_lie_in(piece.lo, piece.hi)) {
                        return (found, near, stack);
                    }
                    let mut back = Vec::new();
                    piece.split(t, index, &mut near, &mut stack, &mut back);
                    if !back.is_empty() {
                        back.sort_unstable();
                        found.push((n as u32, back));
                    }
                    (found, near, stack)
                },
            )
            .flat_map_iter(|(found, ..)| found)
            .collect();
        let mut all = Vec::new();
        for (n, back) in found {
            let Self { a, b, .. } = bent[n as usize];
            let mut from = a;
            let mut parts = back.iter().copied().chain([b]).filter_map(|to| {
                let start = std::mem::replace(&mut from, to);
                (to - start > 1).then(|| Self::new(t, start as usize, to as usize))
            });
            // What is left of it may be nothing: then it is a piece that no point can lie beside.
            bent[n as usize] = parts.next().unwrap_or(Self { a, b: a, lo: [i32::MAX; 2], hi: [i32::MIN; 2] });
            bent.extend(parts);
            all.extend(back);
        }
        bent.retain(|piece| piece.a < piece.b);
        all
    }

    fn split(
        &self,
        t: &Topology,
        index: &SiteIndex,
        near: &mut Vec<Pt>,
        stack: &mut Vec<(usize, usize)>,
        back: &mut Vec<u32>,
    ) {
        let (a, b) = (self.a as usize, self.b as usize);
        let (p, q) = (t.points[a], t.points[b]);
        // What lies between a course and the straight line is within the course's box.
        let (lo, hi) = (self.lo, self.hi);
        near.clear();
        index.within(lo, hi, |s| {
            let boxed = (lo[0] < s[0]) & (s[0] < hi[0]) & (lo[1] < s[1]) & (s[1] < hi[1]);
            if boxed & (s != p) & (s != q) {
                near.push(s);
            }
        });
        if near.is_empty() {
            return;
        }
        // And no farther from the straight line than the points that were left out.
        let c = Chord::new(p, q);
        let far = t.points[a + 1..b].iter().map(|v| c.squared_distance(*v)).fold(0.0, f64::max);
        near.retain(|s| c.squared_distance(*s) <= far);
        if near.is_empty() {
            return;
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

/// Between which edges of tile buffers a point lies.
#[inline]
fn parts(grid: Grid, p: Pt) -> [i32; 4] {
    let g = grid.snap(p);
    let tile = |v: i32| v >> grid.extent_bits;
    [tile(g[0] - grid.buffer), tile(g[0] + grid.buffer), tile(g[1] - grid.buffer), tile(g[1] + grid.buffer)]
}

/// Grid points at which a piece crosses the edges of tile buffers.
fn buffer_crossings(p: Pt, q: Pt, grid: Grid, out: &mut Vec<Pt>) {
    let (g, h) = (grid.snap(p), grid.snap(q));
    let s = grid.shift();
    for axis in 0..2 {
        let (lo, hi) = (g[axis].min(h[axis]), g[axis].max(h[axis]));
        let e = grid.extent();
        let tile = |v: i32| v >> grid.extent_bits;
        if tile(lo + grid.buffer) == tile(hi + grid.buffer) && tile(lo - grid.buffer) == tile(hi - grid.buffer) {
            continue;
        }
        let other = 1 - axis;
        let first = (lo - grid.buffer).div_euclid(e).max(1);
        let last = (hi + grid.buffer).div_euclid(e).min(grid.tiles() - 1);
        for k in first..=last {
            for line in [k * e - grid.buffer, k * e + grid.buffer] {
                if line <= lo || line >= hi {
                    continue;
                }
                let side = super::cut::HalfPlane { axis, bound: line << s, greater: true };
                let mut at = [0; 2];
                at[axis] = line;
                at[other] = grid.snap1(side.meet(p, q)[other]);
                out.push(at);
            }
        }
    }
}

/// Adds the cells of drawn points that a piece passes through, except those of its ends.
fn hot_pixels(p: Pt, q: Pt, grid: Grid, index: &SiteIndex, out: &mut Vec<Pt>) {
    let s = grid.shift();
    let (g, h) = (grid.snap(p), grid.snap(q));
    if g[0].abs_diff(h[0]) <= 1 && g[1].abs_diff(h[1]) <= 1 && (g[0] == h[0] || g[1] == h[1]) {
        return;
    }
    let (lo, hi) = ([g[0].min(h[0]), g[1].min(h[1])], [g[0].max(h[0]), g[1].max(h[1])]);
    let d = [i64::from(q[0]) - i64::from(p[0]), i64::from(q[1]) - i64::from(p[1])];
    // Cells are half-open squares; in quarter units they become closed ones, [4c - 4r, 4c + 4r - 2], centred at 4c - 1.
    let r4 = if s == 0 { 0 } else { (1i64 << (s + 1)) - 1 };
    let off = i64::from(s != 0);
    let limit = r4 * (d[0].abs() + d[1].abs());
    let boxed = |c: Pt| (lo[0] <= c[0]) & (c[0] <= hi[0]) & (lo[1] <= c[1]) & (c[1] <= hi[1]) & (c != g) & (c != h);
    // Mostly there is none, which is found without a branch a point.
    let mut any = false;
    index.along(g, h, 0, |c| any |= boxed(c));
    if !any {
        return;
    }
    index.along(g, h, 0, |c| {
        if !boxed(c) {
            return;
        }
        let centre = [((i64::from(c[0])) << (s + 2)) - off, (i64::from(c[1]) << (s + 2)) - off];
        let (x, y) = (centre[0] - 4 * i64::from(p[0]), centre[1] - 4 * i64::from(p[1]));
        if (d[0] * y - d[1] * x).abs() <= limit {
            out.push(c);
        }
    });
}

/// Whether a piece passes drawn points other than its own so close that it may touch them where it runs without its seams.
fn passes_close(p: Pt, q: Pt, grid: Grid, index: &SiteIndex, own: &[Pt]) -> bool {
    const CLOSE: i32 = 2;
    let s = grid.shift();
    let (g, h) = (grid.snap(p), grid.snap(q));
    let d = [f64::from(q[0]) - f64::from(p[0]), f64::from(q[1]) - f64::from(p[1])];
    let limit = f64::from(CLOSE) * f64::from(1u32 << s) * d[0].hypot(d[1]);
    let (lo, hi) = ([g[0].min(h[0]) - CLOSE, g[1].min(h[1]) - CLOSE], [g[0].max(h[0]) + CLOSE, g[1].max(h[1]) + CLOSE]);
    let mut close = false;
    index.along(g, h, CLOSE, |c| {
        let boxed = (lo[0] <= c[0]) & (c[0] <= hi[0]) & (lo[1] <= c[1]) & (c[1] <= hi[1]);
        if close || !boxed || c == g || c == h || own.contains(&c) {
            return;
        }
        let at = |k: usize| f64::from(c[k]) * f64::from(1u32 << s) - f64::from(p[k]);
        close = (d[0] * at(1) - d[1] * at(0)).abs() <= limit;
    });
    close
}

/// Sorts cells in the order in which a piece passes them, each once.
fn order_along(p: Pt, q: Pt, grid: Grid, hits: &mut Vec<Pt>) {
    if hits.len() > 1 {
        let s = grid.shift();
        let d = [i64::from(q[0]) - i64::from(p[0]), i64::from(q[1]) - i64::from(p[1])];
        let key = |c: &Pt| {
            let x = (i64::from(c[0]) << s) - i64::from(p[0]);
            let y = (i64::from(c[1]) << s) - i64::from(p[1]);
            (d[0] * x + d[1] * y, *c)
        };
        hits.sort_unstable_by_key(key);
        hits.dedup();
    }
}
