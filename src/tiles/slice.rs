//! Lines and polygons of one zoom, cut into tiles and encoded.
//!
//! Each feature is drawn once from the arcs of the zoom and put right if rounding made it touch itself. Polygons are then parted among
//! columns and these among rows, lines cut in halves from the top down, so that a large one is not walked once a tile.

use super::cut::{Cutter, Strips, meet};
use super::features::{Features, LayerInfo};
use super::mvt;
use super::prints::OfZoom;
use super::rings::{Rings, bounds};
use super::snap::Noded;
use super::source::chunk::Kind;
use super::topology::Topology;
use super::walks::{Places, Walker};
use super::windows::Window;
use super::world::{Grid, Pt, hilbert};
use rayon::prelude::*;

/// A feature's geometry in one tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Piece {
    /// The tile's place along the Hilbert curve of the zoom.
    pub tile: u64,
    /// The shape's place in the input.
    pub place: u32,
    /// Number of the shape.
    pub shape: u32,
    /// Which of [`Sliced::arenas`] holds the geometry.
    pub arena: u32,
    /// Where it starts there.
    pub start: u32,
    /// How long it is.
    pub len: u32,
    /// How much of the tile it covers, for deciding what to leave out: length or square root of the area, in grid units.
    pub weight: u32,
}

/// All pieces of one zoom, by tile and then in the order of the input.
#[derive(Debug, Default)]
pub struct Sliced {
    /// The pieces.
    pub pieces: Vec<Piece>,
    /// Encoded geometries.
    pub arenas: Vec<Vec<u8>>,
    /// Shapes that are too small to be drawn at this zoom.
    pub vanished: u64,
}

impl Sliced {
    /// The encoded geometry of a piece.
    pub fn geometry(&self, piece: &Piece) -> &[u8] {
        &self.arenas[piece.arena as usize][piece.start as usize..(piece.start + piece.len) as usize]
    }
}

/// Which rings run the wrong way round: outer ones with negative area, holes with positive.
pub fn reversed_rings(features: &Features) -> Vec<bool> {
    let mut out = vec![false; features.ring_ends.len()];
    out.par_iter_mut().enumerate().with_min_len(1024).for_each(|(n, reversed)| {
        let (ring, shell) = features.ring(n);
        *reversed = (super::rings::area2(ring) > 0) != shell;
    });
    out
}

/// The grid on which lines and polygons are drawn, and how its units become those of the points.
#[derive(Debug, Clone, Copy)]
pub struct Drawing {
    /// The grid of the drawing.
    pub grid: Grid,
    /// The grid of points.
    full: Grid,
    /// Binary logarithm of the drawing's unit in that of points.
    coarse: u32,
}

impl Drawing {
    /// A drawing that does without the last bits of a tile's grid.
    pub fn new(full: Grid, coarse: u32) -> Self {
        // The buffer is never less than what was asked for.
        let buffer = (full.buffer + (1 << coarse) - 1) >> coarse;
        Self { grid: Grid { extent_bits: full.extent_bits - coarse, buffer, ..full }, full, coarse }
    }

    /// The extent at which a layer is written: that of the drawing, but where there are points that need the full one.
    pub fn extent(&self, layer: &LayerInfo) -> i32 {
        self.grid.extent() << self.written(layer)
    }

    /// Binary logarithm of the drawing's unit in that of a layer as it is written.
    fn written(&self, layer: &LayerInfo) -> u32 {
        if layer.counts[Kind::Point as usize] > 0 { self.coarse } else { 0 }
    }
}

/// A half-plane bounded by a line along an axis.
#[derive(Debug, Clone, Copy)]
struct HalfPlane {
    /// 0 for a bound on x, 1 for one on y.
    axis: usize,
    bound: i32,
    /// Whether the side of the greater values is kept.
    greater: bool,
}

struct Worker<'a> {
    window: &'a Window,
    /// Tiles that are made already.
    made: Option<&'a OfZoom>,
    coarse: u32,
    /// Binary logarithm of the drawing's unit in that of the layer as it is written.
    written: u32,
    /// The shape's place in the input.
    place: u32,
    columns: Cutter,
    rows: Cutter,
    column: Rings,
    cell: Rings,
    walker: Walker,
    /// Whether rings of the polygon meet.
    meets: bool,
    seamless: Rings,
    pool: Vec<Rings>,
    arena: Vec<u8>,
    pieces: Vec<Piece>,
    vanished: u64,
}

/// Draws and cuts the shapes of a window at one zoom, but for what only tiles that are `made` already have of them. All windows
/// together have the same pieces as one.
pub fn slice(
    features: &Features,
    t: &Topology,
    noded: &Noded,
    reversed: &[bool],
    drawing: Drawing,
    made: Option<&OfZoom>,
    window: &Window,
) -> Sliced {
    let grid = drawing.grid;
    let count = window.shapes.as_ref().map_or(features.shapes.len(), Vec::len);
    let shape_at = |k: usize| window.shapes.as_ref().map_or(k, |shapes| shapes[k] as usize);
    // Work is shared out by the number of points.
    let mut groups: Vec<std::ops::Range<usize>> = Vec::new();
    let (mut start, mut weight) = (0, 0usize);
    for k in 0..count {
        let refs = features.rings_of(shape_at(k)).map(|r| t.ring_refs(r).len());
        weight += 8 + refs.sum::<usize>();
        if weight > 1 << 14 {
            groups.push(start..k + 1);
            (start, weight) = (k + 1, 0);
        }
    }
    groups.push(start..count);
    let workers: Vec<Worker<'_>> = groups
        .into_par_iter()
        .map(|group| {
            let mut w = Worker {
                window,
                made: made.filter(|m| !m.kept.is_empty()),
                coarse: drawing.coarse,
                written: 0,
                place: 0,
                columns: Cutter::default(),
                rows: Cutter::default(),
                column: Rings::default(),
                cell: Rings::default(),
                walker: Walker::default(),
                meets: false,
                seamless: Rings::default(),
                pool: Vec::new(),
                arena: Vec::new(),
                pieces: Vec::new(),
                vanished: 0,
            };
            let mut rings = Rings::default();
            for n in group.map(shape_at) {
                let shape = features.shapes[n];
                let class = &features.classes[shape.class as usize];
                let zooms = class.zooms;
                if grid.zoom < zooms.0 || grid.zoom > zooms.1 || w.made.is_some_and(|m| !m.needed[n]) {
                    continue;
                }
                rings.clear();
                for r in features.rings_of(n) {
                    match shape.kind {
                        Kind::Point => rings.push(&[drawing.full.snap(features.ring(r).0[0])]),
                        Kind::Line => draw_line(t.ring_refs(r), noded, &mut rings),
                        Kind::Polygon => draw_ring(t.ring_refs(r), noded, reversed[r], &mut rings),
                    }
                }
                let places = noded.places.as_ref().filter(|_| !t.doubled[n]);
                w.meets = shape.kind == Kind::Polygon && w.walker.walk_at(&mut rings, places);
                if rings.is_empty() {
                    w.vanished += 1;
                    continue;
                }
                w.written = drawing.written(&features.layers[class.layer as usize]);
                let grid = if shape.kind == Kind::Point { drawing.full } else { grid };
                w.place = features.shape_places[n];
                w.distribute(&rings, shape.kind, n as u32, grid, noded, places);
            }
            w
        })
        .collect();
    let mut out = Sliced::default();
    out.pieces.reserve(workers.iter().map(|w| w.pieces.len()).sum());
    for (arena, mut w) in workers.into_iter().enumerate() {
        w.pieces.iter_mut().for_each(|p| p.arena = arena as u32);
        out.pieces.append(&mut w.pieces);
        out.arenas.push(w.arena);
        out.vanished += w.vanished;
    }
    out.pieces.par_sort_unstable();
    out
}

fn draw_line(refs: &[u32], noded: &Noded, out: &mut Rings) {
    let start = out.points.len();
    for r in refs {
        let arc = noded.arc((r >> 1) as usize);
        let mut push = |p: Pt| {
            if out.points.len() == start || out.points[out.points.len() - 1] != p {
                out.points.push(p);
            }
        };
        if r & 1 == 0 { arc.iter().for_each(|p| push(*p)) } else { arc.iter().rev().for_each(|p| push(*p)) }
    }
    if out.points.len() - start >= 2 {
        out.ends.push(out.points.len() as u32);
    } else {
        out.points.truncate(start);
    }
}

fn draw_ring(refs: &[u32], noded: &Noded, reversed: bool, out: &mut Rings) {
    let start = out.points.len();
    for r in refs {
        let arc = noded.arc((r >> 1) as usize);
        let mut push = |p: Pt| {
            let len = out.points.len();
            if len > start && out.points[len - 1] == p {
                return;
            }
            // A way there and back encloses nothing.
            if len > start + 1 && out.points[len - 2] == p {
                out.points.pop();
                return;
            }
            out.points.push(p);
        };
        if r & 1 == 0 { arc.iter().for_each(|p| push(*p)) } else { arc.iter().rev().for_each(|p| push(*p)) }
    }
    // The same across the ring's start.
    let (mut lo, mut hi) = (start, out.points.len());
    while hi - lo >= 3 {
        if out.points[lo] == out.points[hi - 1] || out.points[lo] == out.points[hi - 2] {
            hi -= 1;
        } else if out.points[lo + 1] == out.points[hi - 1] {
            lo += 1;
        } else {
            break;
        }
    }
    out.points.truncate(hi);
    out.points.drain(start..lo);
    if reversed {
        out.points[start..].reverse();
    }
    out.close();
}

impl Worker<'_> {
    fn distribute(
        &mut self,
        rings: &Rings,
        kind: Kind,
        shape: u32,
        grid: Grid,
        noded: &Noded,
        places: Option<&Places>,
    ) {
        let (lo, hi) = rings.bounds();
        let x = grid.span(lo[0], hi[0]);
        let y = grid.span(lo[1], hi[1]);
        if !self.window.meets(x, y) {
            return;
        }
        if kind != Kind::Polygon || x.0 == x.1 && y.0 == y.1 {
            self.split(rings, kind, shape, grid, noded, x, y, 0);
            return;
        }
        let (wanted_x, wanted_y) = self.window.part(x, y);
        let last = grid.tiles() - 1;
        let strips = |axis: usize, wanted: (i32, i32)| Strips {
            axis,
            bits: grid.extent_bits,
            buffer: grid.buffer,
            all: (0, last),
            wanted,
        };
        let (mut column, mut cell) = (std::mem::take(&mut self.column), std::mem::take(&mut self.cell));
        self.columns.part(rings, strips(0, wanted_x));
        while let Some(in_column) = self.columns.fetch(rings, &mut column) {
            self.rows.part(&column, strips(1, wanted_y));
            while let Some(in_row) = self.rows.fetch(&column, &mut cell) {
                // Cutting may join rings that meet at a point.
                if in_row.cut && in_column.meets {
                    self.walker.walk(&mut cell);
                } else if (in_column.cut || in_row.cut) && !in_row.meets && self.meets {
                    self.walker.walk_at(&mut cell, places);
                }
                if !cell.is_empty() {
                    self.emit(&cell, kind, shape, grid, noded, in_column.strip, in_row.strip);
                }
            }
        }
        (self.column, self.cell) = (column, cell);
    }

    #[expect(clippy::too_many_arguments, reason = "a recursion over plain values")]
    fn split(
        &mut self,
        rings: &Rings,
        kind: Kind,
        shape: u32,
        grid: Grid,
        noded: &Noded,
        x: (i32, i32),
        y: (i32, i32),
        depth: usize,
    ) {
        if x.0 == x.1 && y.0 == y.1 {
            self.emit(rings, kind, shape, grid, noded, x.0, y.0);
            return;
        }
        let axis = usize::from(y.1 - y.0 > x.1 - x.0);
        let (from, to) = if axis == 0 { x } else { y };
        let middle = from + (to - from) / 2;
        let mut half = match self.pool.get_mut(depth) {
            Some(r) => std::mem::take(r),
            None => {
                self.pool.push(Rings::default());
                Rings::default()
            }
        };
        for (greater, range) in [(false, (from, middle)), (true, (middle + 1, to))] {
            let (rx, ry) = if axis == 0 { (range, y) } else { (x, range) };
            if !self.window.meets(rx, ry) {
                continue;
            }
            let bound = if greater {
                (middle + 1) * grid.extent() - grid.buffer
            } else {
                (middle + 1) * grid.extent() + grid.buffer
            };
            let side = HalfPlane { axis, bound, greater };
            match kind {
                Kind::Point => cut_points(rings, side, &mut half),
                _ => cut_lines(rings, side, &mut half),
            }
            if half.is_empty() {
                continue;
            }
            let (lo, hi) = bounds(&half.points);
            let (sx, sy) = (grid.span(lo[0], hi[0]), grid.span(lo[1], hi[1]));
            let hold = |s: (i32, i32), r: (i32, i32)| (s.0.max(r.0), s.1.min(r.1));
            let (nx, ny) = if axis == 0 { (hold(sx, range), hold(sy, y)) } else { (hold(sx, x), hold(sy, range)) };
            if nx.0 <= nx.1 && ny.0 <= ny.1 && self.window.meets(nx, ny) {
                self.split(&half, kind, shape, grid, noded, nx, ny, depth + 1);
            }
        }
        self.pool[depth] = half;
    }

    #[expect(clippy::too_many_arguments, reason = "plain values")]
    fn emit(&mut self, rings: &Rings, kind: Kind, shape: u32, grid: Grid, noded: &Noded, x: i32, y: i32) {
        let tile = hilbert(grid.zoom, x as u32, y as u32);
        if self.made.is_some_and(|m| m.kept.contains(&tile)) {
            return;
        }
        let origin = [x << grid.extent_bits, y << grid.extent_bits];
        let start = self.arena.len();
        let mut rings = rings;
        if kind == Kind::Polygon && without_seams(rings, grid, origin, noded, &mut self.seamless) {
            rings = &self.seamless;
            if rings.is_empty() {
                return;
            }
        }
        match kind {
            Kind::Polygon => mvt::encode_polygons(rings, origin, self.written, &mut self.arena),
            Kind::Line => mvt::encode_lines(rings, origin, self.written, &mut self.arena),
            Kind::Point => mvt::encode_points(&rings.points, origin, &mut self.arena),
        }
        let (lo, hi) = rings.bounds();
        let (w, h) = ((hi[0] - lo[0]) as u32, (hi[1] - lo[1]) as u32);
        self.pieces.push(Piece {
            tile,
            place: self.place,
            shape,
            arena: 0,
            start: start as u32,
            len: (self.arena.len() - start) as u32,
            weight: w.max(h) << if kind == Kind::Point { 0 } else { self.coarse },
        });
    }
}

/// Leaves out, into `out`, the points that borders only have because another tile's buffer ends there; false where there is none.
fn without_seams(rings: &Rings, grid: Grid, origin: Pt, noded: &Noded, out: &mut Rings) -> bool {
    let (near, far) = (grid.buffer, grid.extent() - grid.buffer);
    let seam = |p: &Pt| {
        let (x, y) = (p[0] - origin[0], p[1] - origin[1]);
        // What lies on the edge of this tile's own buffer is a corner of the piece.
        let inside = |v: i32| -near < v && v < grid.extent() + near;
        (x == near || x == far || y == near || y == far) && near > 0 && inside(x) && inside(y) && noded.is_seam(*p)
    };
    if !rings.points.iter().any(seam) {
        return false;
    }
    out.clear();
    for ring in rings.iter() {
        out.points.extend(ring.iter().filter(|p| !seam(p)));
        out.close();
    }
    true
}

fn cut_points(points: &Rings, side: HalfPlane, out: &mut Rings) {
    out.clear();
    for p in &points.points {
        if if side.greater { p[side.axis] >= side.bound } else { p[side.axis] <= side.bound } {
            out.push(&[*p]);
        }
    }
}

/// The parts of some lines in a half-plane.
fn cut_lines(lines: &Rings, side: HalfPlane, out: &mut Rings) {
    out.clear();
    let value = |p: Pt| {
        let v = i64::from(p[side.axis]) - i64::from(side.bound);
        if side.greater { v } else { -v }
    };
    for line in lines.iter() {
        let mut start = out.points.len();
        let finish = |out: &mut Rings, start: &mut usize| {
            if out.points.len() - *start >= 2 {
                out.ends.push(out.points.len() as u32);
            } else {
                out.points.truncate(*start);
            }
            *start = out.points.len();
        };
        let (mut p, mut vp) = (line[0], value(line[0]));
        if vp >= 0 {
            out.points.push(p);
        }
        for &q in &line[1..] {
            let vq = value(q);
            if vp < 0 && vq > 0 {
                out.points.push(meet(p, q, side.axis, side.bound));
            }
            if vq >= 0 {
                if out.points.len() == start || out.points[out.points.len() - 1] != q {
                    out.points.push(q);
                }
            } else if vp > 0 {
                let m = meet(p, q, side.axis, side.bound);
                if out.points[out.points.len() - 1] != m {
                    out.points.push(m);
                }
                finish(out, &mut start);
            } else {
                finish(out, &mut start);
            }
            (p, vp) = (q, vq);
        }
        finish(out, &mut start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cut_line_stays_within_and_loses_nothing(seed in proptest::collection::vec((-1000i32..1000, -1000i32..1000), 2..30), bound in -500i32..500) {
            let mut lines = Rings::default();
            let mut points: Vec<Pt> = seed.iter().map(|(x, y)| [*x, *y]).collect();
            points.dedup();
            prop_assume!(points.len() > 1);
            lines.push(&points);
            let length = |r: &Rings| -> f64 {
                r.iter().map(|l| l.windows(2).map(|w| f64::from(w[1][0] - w[0][0]).hypot(f64::from(w[1][1] - w[0][1]))).sum::<f64>()).sum()
            };
            let (mut a, mut b) = (Rings::default(), Rings::default());
            cut_lines(&lines, HalfPlane { axis: 0, bound, greater: true }, &mut a);
            cut_lines(&lines, HalfPlane { axis: 0, bound, greater: false }, &mut b);
            prop_assert!(a.points.iter().all(|p| p[0] >= bound) && b.points.iter().all(|p| p[0] <= bound));
            // A stretch along the line itself belongs to both sides.
            let along: f64 = points.windows(2).filter(|w| w[0][0] == bound && w[1][0] == bound).map(|w| f64::from((w[1][1] - w[0][1]).abs())).sum();
            prop_assert!((length(&a) + length(&b) - along - length(&lines)).abs() <= seed.len() as f64);
            for r in [&a, &b] {
                prop_assert!(r.iter().all(|l| l.len() >= 2 && l.windows(2).all(|w| w[0] != w[1])));
            }
        }
    }
}
