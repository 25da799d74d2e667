//! The arcs of one zoom on its grid, without gaps, overlaps or crossings: snap rounding.
//!
//! Two steps, both over all borders at once, so that neighbours stay neighbours:
//! 1. *Sides are kept.* Where a drawn point lies between a border and its simplified course, the border gets more of its own
//!    points back until it passes on the right side (Saalfeld 1999).
//! 2. *Hot pixels.* A course that passes through the grid cell of a drawn point is bent through that cell's centre (Hobby 1999;
//!    Guibas and Marimont 1998), which makes rounding unable to turn anything inside out. Where a course crosses the edge of a
//!    tile's buffer it gets a point too, so that cutting at tiles rounds nothing.

use super::courses::{Courses, HOT, NEW, SEAM};
use super::sites::{Few, SiteIndex};
use super::topology::Topology;
use super::walks::Places;
use super::world::{Grid, Pt};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// The arcs of one zoom in grid units.
#[derive(Debug, Default)]
pub struct Noded {
    points: Vec<Pt>,
    ends: Vec<u32>,
    seams: FxHashSet<Pt>,
    /// Where courses of polygons may meet: all places that have a point of more than one piece, but for the points that follow each other
    /// on an arc. `None` where that are too many to tell.
    pub places: Option<Places>,
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

/// The arcs of a group.
#[derive(Debug, Default)]
struct Pieces {
    points: Vec<Pt>,
    lengths: Vec<u32>,
    /// What lies on seams and is no seam's own.
    other: Vec<Pt>,
    /// Ends of arcs, cells of other points that they were bent through, and those that may hold more than one point.
    met: Vec<Pt>,
}

/// How often borders are given points back before what is left is accepted; data whose areas overlap never settles.
const ROUNDS: usize = 16;

/// Draws all arcs at one zoom; points that had to be given back are marked in the topology for this and all higher zooms.
pub fn arcs(t: &mut Topology, grid: Grid) -> Noded {
    let drawn = drawn(t, grid.zoom);
    let mut courses = Courses::new(t, &drawn, grid);
    let cell = courses.cell();
    let index = SiteIndex::new(courses.sites(), cell);
    courses.look(t, &drawn, grid, &index);
    // Every later round only looks at the points that the one before gave back: all others have been weighed.
    let mut added: Vec<Pt> = Vec::new();
    let mut back = courses.give_back(t, &index, None);
    for round in 1..=ROUNDS {
        let start = added.len();
        for i in back {
            t.rank[i as usize] = grid.zoom;
            added.push(t.points[i as usize]);
        }
        let new = &added[start..];
        if new.is_empty() || round == ROUNDS {
            break;
        }
        back = courses.give_back(t, &SiteIndex::new(new, cell), Some(&Few::new(new, cell + Courses::RUN)));
    }
    courses.look_again(&Few::new(&added, cell + Courses::RUN));
    let mut crossings: Vec<Pt> = courses
        .at_seams(t)
        .into_par_iter()
        .with_min_len(256)
        .fold(Vec::new, |mut found, (p, q)| {
            buffer_crossings(p, q, grid, &mut found);
            found
        })
        .flatten_iter()
        .collect();
    // A crossing is a seam only where nothing else has a point there: no drawn point, no other border.
    let mut other: Vec<Pt> =
        courses.sites().iter().chain(&added).map(|p| grid.snap(*p)).filter(|p| on_seam(*p, grid)).collect();
    added.extend(crossings.iter().map(|c| c.map(|v| v << grid.shift())));
    let mut met: Vec<Pt> = added.iter().map(|p| grid.snap(*p)).collect();
    let sites = [index, SiteIndex::new(&added, cell)];
    let pieces: Vec<Pieces> = courses
        .groups(t)
        .into_par_iter()
        .map_init(<(Vec<Pt>, Vec<Pt>)>::default, |(near, hits), group| {
            let mut pieces = Pieces::default();
            let Pieces { points, lengths, other, met } = &mut pieces;
            for arc in group {
                let start = points.len();
                let push = |points: &mut Vec<Pt>, p: Pt| {
                    if points.len() == start || points[points.len() - 1] != p {
                        points.push(p);
                    }
                };
                push(points, grid.snap(t.points[t.range(arc).start]));
                courses.chords(t, arc, |flags, p, q| {
                    let (g, h) = (points[points.len() - 1], grid.snap(q));
                    // What shares a cell with an end of a piece lies in the piece's box, into which there was a look unless it is that small.
                    if flags & HOT != 0 || g[0].abs_diff(h[0]) + g[1].abs_diff(h[1]) <= 1 {
                        met.extend([g, h]);
                    }
                    if flags & (HOT | NEW | SEAM) != 0 {
                        hits.clear();
                        if flags & SEAM != 0 {
                            buffer_crossings(p, q, grid, hits);
                        }
                        let own = hits.len();
                        if flags & HOT != 0 {
                            hot_pixels(p, q, grid, &sites[0], near, hits);
                        }
                        if flags & (NEW | SEAM) != 0 {
                            hot_pixels(p, q, grid, &sites[1], near, hits);
                        }
                        let (own, hit) = hits.split_at(own);
                        if !own.is_empty() && passes_close(p, q, grid, &sites, near, own) {
                            other.extend_from_slice(own);
                        }
                        other.extend(hit.iter().filter(|h| !own.contains(h) && on_seam(**h, grid)));
                        order_along(p, q, grid, hits);
                        met.extend_from_slice(hits);
                        for h in hits.iter() {
                            push(points, *h);
                        }
                    }
                    push(points, h);
                });
                lengths.push((points.len() - start) as u32);
                met.extend([points[start], points[points.len() - 1]]);
            }
            pieces.points.shrink_to_fit();
            pieces.met.shrink_to_fit();
            pieces
        })
        .collect();
    drop((sites, courses, added));
    let mut noded = Noded::default();
    noded.points.reserve(pieces.iter().map(|p| p.points.len()).sum());
    noded.ends.reserve(t.len());
    // Where most places are such, nothing is gained by knowing them.
    let few = 2 * pieces.iter().map(|p| p.met.len()).sum::<usize>() < pieces.iter().map(|p| p.points.len()).sum();
    for part in pieces {
        other.extend(part.other);
        if few {
            met.extend(part.met);
        }
        noded.points.extend_from_slice(&part.points);
        let mut end = noded.ends.last().copied().unwrap_or(0);
        for l in part.lengths {
            end += l;
            noded.ends.push(end);
        }
    }
    noded.places = few.then(|| Places::new(&met));
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
                let mut at = [0; 2];
                at[axis] = line;
                at[other] = grid.snap1(super::cut::meet(p, q, axis, line << s)[other]);
                out.push(at);
            }
        }
    }
}

/// Adds the cells of drawn points that a piece passes through, except those of its ends.
fn hot_pixels(p: Pt, q: Pt, grid: Grid, index: &SiteIndex, near: &mut Vec<Pt>, out: &mut Vec<Pt>) {
    let s = grid.shift();
    let (g, h) = (grid.snap(p), grid.snap(q));
    let d = [i64::from(q[0]) - i64::from(p[0]), i64::from(q[1]) - i64::from(p[1])];
    // Cells are half-open squares; in quarter units they become closed ones, [4c - 4r, 4c + 4r - 2], centred at 4c - 1.
    let r4 = if s == 0 { 0 } else { (1i64 << (s + 1)) - 1 };
    let off = i64::from(s != 0);
    let limit = r4 * (d[0].abs() + d[1].abs());
    let (lo, hi) = ([g[0].min(h[0]), g[1].min(h[1])], [g[0].max(h[0]), g[1].max(h[1])]);
    near.clear();
    index.along(p, q, 1 << s, grid.unsnapped(lo, hi), near);
    for site in near.iter() {
        let c = grid.snap(*site);
        let centre = [((i64::from(c[0])) << (s + 2)) - off, (i64::from(c[1]) << (s + 2)) - off];
        let (x, y) = (centre[0] - 4 * i64::from(p[0]), centre[1] - 4 * i64::from(p[1]));
        if (d[0] * y - d[1] * x).abs() <= limit && c != g && c != h {
            out.push(c);
        }
    }
}

/// Whether a piece passes drawn points other than its own so close that it may touch them where it runs without its seams.
fn passes_close(p: Pt, q: Pt, grid: Grid, sites: &[SiteIndex], near: &mut Vec<Pt>, own: &[Pt]) -> bool {
    const CLOSE: i32 = 2;
    let s = grid.shift();
    let (g, h) = (grid.snap(p), grid.snap(q));
    let d = [f64::from(q[0]) - f64::from(p[0]), f64::from(q[1]) - f64::from(p[1])];
    let limit = f64::from(CLOSE) * f64::from(1u32 << s) * d[0].hypot(d[1]);
    let (lo, hi) = ([g[0].min(h[0]) - CLOSE, g[1].min(h[1]) - CLOSE], [g[0].max(h[0]) + CLOSE, g[1].max(h[1]) + CLOSE]);
    near.clear();
    for index in sites {
        index.along(p, q, (CLOSE + 1) << s, grid.unsnapped(lo, hi), near);
    }
    near.iter().any(|site| {
        let c = grid.snap(*site);
        let at = |k: usize| f64::from(c[k]) * f64::from(1u32 << s) - f64::from(p[k]);
        c != g && c != h && (d[0] * at(1) - d[1] * at(0)).abs() <= limit && !own.contains(&c)
    })
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
