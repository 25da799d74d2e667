//! The arcs of one zoom on its grid, without gaps, overlaps or crossings: snap rounding.
//!
//! Two steps, both over all borders at once, so that neighbours stay neighbours:
//! 1. *Sides are kept.* Where a drawn point lies between a border and its simplified course, the border gets more of its own
//!    points back until it passes on the right side (Saalfeld 1999).
//! 2. *Hot pixels.* A course that passes through the grid cell of a drawn point is bent through that cell's centre (Hobby 1999;
//!    Guibas and Marimont 1998), which makes rounding unable to turn anything inside out. Where a course crosses the edge of a
//!    tile's buffer it gets a point too, so that cutting at tiles rounds nothing.

use super::simplify::Chord;
use super::topology::Topology;
use super::world::{Grid, Pt};
use rayon::prelude::*;

/// The arcs of one zoom in grid units.
#[derive(Debug, Default)]
pub struct Noded {
    points: Vec<Pt>,
    ends: Vec<u32>,
}

impl Noded {
    /// The points of an arc; one where it has shrunk to a cell.
    #[inline]
    pub fn arc(&self, n: usize) -> &[Pt] {
        let start = if n == 0 { 0 } else { self.ends[n - 1] as usize };
        &self.points[start..self.ends[n] as usize]
    }
}

/// How often borders are given points back before what is left is accepted; data whose areas overlap never settles.
const ROUNDS: usize = 16;

/// Draws all arcs at one zoom; points that had to be given back are marked in the topology for this and all higher zooms.
pub fn arcs(t: &mut Topology, grid: Grid, tolerance: f64) -> Noded {
    let zoom = grid.zoom;
    let mut sites: Vec<Pt> = t.nodes.clone();
    for arc in (0..t.len()).filter(|a| t.of_polygon[*a]) {
        let r = t.range(arc);
        for i in r.start + 1..r.end - 1 {
            if t.rank[i] <= zoom {
                sites.push(t.points[i]);
            }
        }
    }
    let simplified = sites.len() < t.points.len();
    let index = SiteIndex::new(&sites, grid);
    let kept = sites.len();
    let reach = tolerance.ceil() as i32 + 1;
    if simplified {
        // Every later round only looks at the points that the one before gave back: all others have been weighed.
        let mut new = sites.len();
        let mut back = conflicts(t, &index, grid, reach);
        for _ in 1..ROUNDS {
            if back.is_empty() {
                break;
            }
            for i in back {
                t.rank[i as usize] = zoom;
                sites.push(t.points[i as usize]);
            }
            back = conflicts(t, &SiteIndex::new(&sites[new..], grid), grid, reach);
            new = sites.len();
        }
        for i in back {
            t.rank[i as usize] = zoom;
            sites.push(t.points[i as usize]);
        }
    }
    let crossings: Vec<Pt> = (0..t.len())
        .into_par_iter()
        .with_min_len(512)
        .filter(|a| t.of_polygon[*a])
        .flat_map_iter(|arc| {
            let mut found = Vec::new();
            chords(t, arc, zoom, |a, b| buffer_crossings(t.points[a], t.points[b], grid, &mut found));
            found
        })
        .collect();
    let s = grid.shift();
    sites.extend(crossings.iter().map(|p| [p[0] << s, p[1] << s]));
    let index = if sites.len() > kept { SiteIndex::new(&sites, grid) } else { index };
    let pieces: Vec<(Vec<Pt>, Vec<u32>)> = (0..t.len())
        .into_par_iter()
        .with_min_len(512)
        .fold(
            || (Vec::new(), Vec::new(), Vec::new(), Vec::new()),
            |(mut points, mut lengths, mut hits, mut near), arc| {
                let start = points.len();
                let push = |points: &mut Vec<Pt>, p: Pt| {
                    if points.len() == start || points[points.len() - 1] != p {
                        points.push(p);
                    }
                };
                push(&mut points, grid.snap(t.points[t.range(arc).start]));
                chords(t, arc, zoom, |a, b| {
                    let (p, q) = (t.points[a], t.points[b]);
                    if t.of_polygon[arc] {
                        hits.clear();
                        buffer_crossings(p, q, grid, &mut hits);
                        index.near(p, q, 1, &mut near);
                        hot_pixels(p, q, grid, &near, &mut hits);
                        order_along(p, q, grid, &mut hits);
                        for h in &hits {
                            push(&mut points, *h);
                        }
                    }
                    push(&mut points, grid.snap(q));
                });
                lengths.push((points.len() - start) as u32);
                (points, lengths, hits, near)
            },
        )
        .map(|(points, lengths, _, _)| (points, lengths))
        .collect();
    let mut noded = Noded::default();
    noded.points.reserve(pieces.iter().map(|p| p.0.len()).sum());
    noded.ends.reserve(t.len());
    for (points, lengths) in pieces {
        noded.points.extend_from_slice(&points);
        let mut end = noded.ends.last().copied().unwrap_or(0);
        for l in lengths {
            end += l;
            noded.ends.push(end);
        }
    }
    noded
}

/// Calls `f` for every straight piece of an arc at a zoom, with the numbers of its two points.
#[inline]
fn chords(t: &Topology, arc: usize, zoom: u8, mut f: impl FnMut(usize, usize)) {
    let r = t.range(arc);
    let mut a = r.start;
    for b in r.start + 1..r.end {
        if t.rank[b] <= zoom {
            f(a, b);
            a = b;
        }
    }
}

/// Points to be given back: a simplified piece with a drawn point on the wrong side is split at its farthest point until there is none.
fn conflicts(t: &Topology, index: &SiteIndex, grid: Grid, reach: i32) -> Vec<u32> {
    (0..t.len())
        .into_par_iter()
        .with_min_len(256)
        .filter(|a| t.of_polygon[*a])
        .flat_map_iter(|arc| {
            let mut back = Vec::new();
            let (mut near, mut stack) = (Vec::new(), Vec::new());
            chords(t, arc, grid.zoom, |a, b| {
                if b - a < 2 {
                    return;
                }
                let (p, q) = (t.points[a], t.points[b]);
                index.near(p, q, reach, &mut near);
                near.retain(|s| *s != p && *s != q);
                if near.is_empty() {
                    return;
                }
                // What lies between is no farther from the straight line than the points that were left out.
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
            });
            back
        })
        .collect()
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

/// Adds the cells among `near` that a piece passes through, except those of its ends.
fn hot_pixels(p: Pt, q: Pt, grid: Grid, near: &[Pt], out: &mut Vec<Pt>) {
    let s = grid.shift();
    let (g, h) = (grid.snap(p), grid.snap(q));
    let d = [i64::from(q[0]) - i64::from(p[0]), i64::from(q[1]) - i64::from(p[1])];
    let (lo, hi) = ([p[0].min(q[0]), p[1].min(q[1])], [p[0].max(q[0]), p[1].max(q[1])]);
    // Cells are half-open squares; in quarter units they become closed ones, [4c - 4r, 4c + 4r - 2], centred at 4c - 1.
    let r4 = if s == 0 { 0 } else { (1i64 << (s + 1)) - 1 };
    let off = i64::from(s != 0);
    let limit = r4 * (d[0].abs() + d[1].abs());
    for &site in near {
        let c = grid.snap(site);
        if c == g || c == h {
            continue;
        }
        let centre = [((i64::from(c[0])) << (s + 2)) - off, (i64::from(c[1]) << (s + 2)) - off];
        let meets = |k: usize| 4 * i64::from(lo[k]) <= centre[k] + r4 && 4 * i64::from(hi[k]) >= centre[k] - r4;
        if !meets(0) || !meets(1) {
            continue;
        }
        let (x, y) = (centre[0] - 4 * i64::from(p[0]), centre[1] - 4 * i64::from(p[1]));
        if (d[0] * y - d[1] * x).abs() <= limit {
            out.push(c);
        }
    }
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

/// Drawn points, by cells of a coarse raster.
struct SiteIndex {
    origin: Pt,
    cell: u32,
    width: usize,
    height: usize,
    starts: Vec<u32>,
    sites: Vec<Pt>,
    grid: Grid,
}

impl SiteIndex {
    fn new(sites: &[Pt], grid: Grid) -> Self {
        let (lo, hi) = super::rings::bounds(sites);
        if sites.is_empty() {
            return Self { origin: [0; 2], cell: 0, width: 0, height: 0, starts: vec![0], sites: Vec::new(), grid };
        }
        let (lo, hi) = (grid.snap(lo), grid.snap(hi));
        let budget = (sites.len() * 8).clamp(1024, 1 << 23);
        let mut cell = 1;
        let size = |cell: u32, k: usize| ((hi[k] - lo[k]) >> cell) as usize + 1;
        while size(cell, 0) * size(cell, 1) > budget {
            cell += 1;
        }
        let (width, height) = (size(cell, 0), size(cell, 1));
        let of = |p: Pt| {
            let g = grid.snap(p);
            ((g[1] - lo[1]) >> cell) as usize * width + ((g[0] - lo[0]) >> cell) as usize
        };
        let mut starts = vec![0u32; width * height + 1];
        for p in sites {
            starts[of(*p) + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut sorted = vec![[0; 2]; sites.len()];
        let mut fill = starts.clone();
        for p in sites {
            let at = &mut fill[of(*p)];
            sorted[*at as usize] = *p;
            *at += 1;
        }
        Self { origin: lo, cell, width, height, starts, sites: sorted, grid }
    }

    /// The points whose cells lie within `reach` grid units of a piece, and some others.
    fn near(&self, p: Pt, q: Pt, reach: i32, out: &mut Vec<Pt>) {
        out.clear();
        if self.width == 0 {
            return;
        }
        let (g, h) = (self.grid.snap(p), self.grid.snap(q));
        let (g, h) = if g[1] <= h[1] { (g, h) } else { (h, g) };
        let rows = |y: i32| ((y - self.origin[1]) >> self.cell).clamp(0, self.height as i32 - 1) as usize;
        let columns = |x: i32| ((x - self.origin[0]) >> self.cell).clamp(0, self.width as i32 - 1) as usize;
        let (first, last) = (rows(g[1] - reach), rows(h[1] + reach));
        let (west, east) = (g[0].min(h[0]) - reach, g[0].max(h[0]) + reach);
        let slope =
            if last > first + 1 { (f64::from(h[0]) - f64::from(g[0])) / f64::from((h[1] - g[1]).max(1)) } else { 0.0 };
        for row in first..=last {
            let (mut lo, mut hi) = (west, east);
            if last > first + 1 && h[1] > g[1] {
                // The stretch of the piece that this row of cells can see.
                let top = self.origin[1] + ((row as i32) << self.cell) - reach;
                let bottom = top + (1 << self.cell) + 2 * reach;
                let at = |y: i32| f64::from(g[0]) + slope * f64::from(y.clamp(g[1], h[1]) - g[1]);
                let (a, b) = (at(top), at(bottom));
                lo = lo.max(a.min(b).floor() as i32 - reach);
                hi = hi.min(a.max(b).ceil() as i32 + reach);
            }
            let base = row * self.width;
            let (from, to) = (self.starts[base + columns(lo)], self.starts[base + columns(hi) + 1]);
            out.extend_from_slice(&self.sites[from as usize..to as usize]);
        }
    }
}
