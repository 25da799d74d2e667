//! Which country and division a position lies in.
//!
//! The arcs of coasts, borders and division lines part the plane into faces and know the division on either side, so the edge next to
//! a position tells where it lies. A single question looks east along the parallel, reading only the chunks that may matter. For
//! millions, [`Locator`] sorts all edges into cells of a quarter of a degree, each with the division of its middle: in most cells
//! nothing is left to compute.

use super::read::{Chunk, UNIT, flag};
use super::{Basemap, Feature, Scale};
use crate::geodesy::{BBox, LonLat, Metres, distance};
use rayon::prelude::*;

const CELL: i32 = 25_000;
const COLUMNS: usize = 1440;
const ROWS: usize = 720;
const SCALE: Scale = Scale::M10;

/// Where a position lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// On land: the number of its division, see [`Basemap::division_by_number`].
    Land(u16),
    /// At sea, the Caspian included.
    Sea,
}

impl Spot {
    fn new(division: u16) -> Self {
        if division == 0 { Self::Sea } else { Self::Land(division) }
    }
}

#[derive(Debug, Clone, Copy)]
struct Edge {
    a: (i32, i32),
    b: (i32, i32),
    left: u16,
    right: u16,
}

/// All edges by cell; answers millions of positions a second.
#[derive(Debug)]
pub struct Locator {
    /// Start of each cell in `edges`, and the end of the last.
    starts: Vec<u32>,
    edges: Vec<Edge>,
    /// Division of the middle of each cell.
    middles: Vec<u16>,
}

fn column(x: i32) -> usize {
    ((x + 18_000_000) / CELL).clamp(0, COLUMNS as i32 - 1) as usize
}

fn row(y: i32) -> usize {
    ((y + 9_000_000) / CELL).clamp(0, ROWS as i32 - 1) as usize
}

/// The middle of a cell, off any vertex by less than a unit.
fn middle(column: usize, row: usize) -> (f64, f64) {
    let at = |n: usize, offset: f64| f64::from(n as i32 * CELL + CELL / 2) + offset;
    (at(column, 0.293) - 18_000_000.0, at(row, 0.433) - 9_000_000.0)
}

impl Edge {
    /// Where the edge crosses a parallel, and the division to the west of it and to the east.
    fn crossing(&self, y: f64) -> Option<(f64, u16, u16)> {
        let ((ax, ay), (bx, by)) = (self.ends().0, self.ends().1);
        if (ay > y) == (by > y) {
            return None;
        }
        let x = ax + (bx - ax) * (y - ay) / (by - ay);
        Some(if by > ay { (x, self.left, self.right) } else { (x, self.right, self.left) })
    }

    fn ends(&self) -> ((f64, f64), (f64, f64)) {
        ((f64::from(self.a.0), f64::from(self.a.1)), (f64::from(self.b.0), f64::from(self.b.1)))
    }

    fn rows(&self) -> std::ops::RangeInclusive<usize> {
        row(self.a.1.min(self.b.1))..=row(self.a.1.max(self.b.1))
    }

    /// Columns that the edge touches within a row, one unit wider than exact.
    fn columns(&self, r: usize) -> std::ops::RangeInclusive<usize> {
        let ((ax, ay), (bx, by)) = self.ends();
        let (south, north) =
            (f64::from(r as i32 * CELL - 9_000_000) - 1.0, f64::from((r as i32 + 1) * CELL - 9_000_000) + 1.0);
        let at = |y: f64| ax + (bx - ax) * ((y - ay) / (by - ay)).clamp(0.0, 1.0);
        let (p, q) = if ay == by { (ax, bx) } else { (at(south), at(north)) };
        column(p.min(q) as i32 - 1)..=column(p.max(q) as i32 + 1)
    }
}

impl Locator {
    fn build(map: &Basemap) -> Self {
        let scale = SCALE.index();
        let arcs: Vec<_> = (0..map.file.arc_count(scale))
            .filter_map(|n| map.file.arc(scale, n))
            .filter(|a| a.flags & (flag::COAST | flag::BORDER | flag::DIVISION | flag::SEAM) != 0 && a.left != a.right)
            .collect();
        let groups: Vec<Vec<Edge>> = arcs
            .par_chunks(256)
            .map(|some| {
                let mut edges = Vec::new();
                for arc in some {
                    let mut last = None;
                    map.arc_in_full(SCALE, arc, |x, y| {
                        if let Some(a) = last {
                            edges.push(Edge { a, b: (x, y), left: arc.left, right: arc.right });
                        }
                        last = Some((x, y));
                    });
                }
                edges
            })
            .collect();
        let all = || groups.iter().flatten();
        let mut starts = vec![0u32; COLUMNS * ROWS + 1];
        for e in all() {
            for r in e.rows() {
                for c in e.columns(r) {
                    starts[r * COLUMNS + c + 1] += 1;
                }
            }
        }
        for n in 1..starts.len() {
            starts[n] += starts[n - 1];
        }
        let mut next = starts.clone();
        let filler = Edge { a: (0, 0), b: (0, 0), left: 0, right: 0 };
        let mut edges = vec![filler; starts[COLUMNS * ROWS] as usize];
        for e in all() {
            for r in e.rows() {
                for c in e.columns(r) {
                    let at = &mut next[r * COLUMNS + c];
                    edges[*at as usize] = *e;
                    *at += 1;
                }
            }
        }
        let mut locator = Self { starts, edges, middles: Vec::new() };
        // Along each row from west to east: the last edge crossed before a middle tells its division.
        locator.middles = (0..ROWS)
            .into_par_iter()
            .flat_map_iter(|r| {
                let mut here = 0u16;
                let mut from = f64::NEG_INFINITY;
                let mut line = Vec::with_capacity(COLUMNS);
                for c in 0..COLUMNS {
                    let (x, y) = middle(c, r);
                    let nearby = [c.saturating_sub(1), c];
                    let crossed = nearby
                        .iter()
                        .flat_map(|&n| locator.cell(n, r))
                        .filter_map(|e| e.crossing(y))
                        .filter(|(at, _, _)| *at > from && *at <= x)
                        .max_by(|p, q| p.0.total_cmp(&q.0));
                    if let Some((_, _, east)) = crossed {
                        here = east;
                    }
                    line.push(here);
                    from = x;
                }
                line
            })
            .collect();
        locator
    }

    fn cell(&self, c: usize, r: usize) -> &[Edge] {
        let n = r * COLUMNS + c;
        &self.edges[self.starts[n] as usize..self.starts[n + 1] as usize]
    }

    /// Where a position lies.
    pub fn at(&self, p: LonLat) -> Spot {
        let (x, y) = (p.lon() * UNIT, p.lat() * UNIT);
        let (c, r) = (column(x.floor() as i32), row(y.floor() as i32));
        let mut best = (f64::INFINITY, self.middles[r * COLUMNS + c]);
        let (mx, my) = middle(c, r);
        let (dx, dy) = (mx - x, my - y);
        for e in self.cell(c, r) {
            let ((ax, ay), (bx, by)) = e.ends();
            // Both ends on the same side of the line to the middle: no crossing.
            if (dx * (ay - y) - dy * (ax - x) > 0.0) == (dx * (by - y) - dy * (bx - x) > 0.0) {
                continue;
            }
            let (ex, ey) = (bx - ax, by - ay);
            let across = dx * ey - dy * ex;
            let side = (ax - x) * ey - (ay - y) * ex;
            let t = side / across;
            if (0.0..=1.0).contains(&t) && t < best.0 {
                // `side` is positive where the position lies to the left of the edge.
                best = (t, if side > 0.0 { e.left } else { e.right });
            }
        }
        Spot::new(best.1)
    }
}

impl Basemap {
    /// The index for many positions, built at the first call in some tens of milliseconds.
    pub fn locator(&self) -> &Locator {
        self.locator.get_or_init(|| Locator::build(self))
    }

    /// Where a position lies, at 1:10 million.
    pub fn locate(&self, p: LonLat) -> Spot {
        if let Some(locator) = self.locator.get() {
            return locator.at(p);
        }
        let scale = SCALE.index();
        let (x, y) = (p.lon() * UNIT, p.lat() * UNIT);
        let meets = |chunk: &Chunk| {
            let b = chunk.bounds;
            f64::from(b.south) <= y && y <= f64::from(b.north) && f64::from(b.east) >= x
        };
        let mut ahead = Vec::new();
        for n in 0..self.file.arc_count(scale) {
            let Some(arc) = self.file.arc(scale, n) else { break };
            if arc.left != arc.right {
                let found = self.file.chunks(scale, &arc).filter(|(chunk, _)| meets(chunk));
                ahead.extend(found.map(|(chunk, count)| (chunk, count, arc)));
            }
        }
        ahead.sort_unstable_by_key(|(chunk, _, _)| chunk.bounds.west);
        let mut best = (f64::INFINITY, 0u16);
        for (chunk, count, arc) in ahead {
            if f64::from(chunk.bounds.west) > best.0 {
                break;
            }
            let mut a = chunk.start;
            self.file.steps(scale, &chunk, count, |bx, by| {
                let edge = Edge { a, b: (bx, by), left: arc.left, right: arc.right };
                if let Some((at, west, _)) = edge.crossing(y)
                    && at >= x
                    && at < best.0
                {
                    best = (at, west);
                }
                a = (bx, by);
            });
        }
        Spot::new(best.1)
    }

    /// The division that a position lies in; `None` at sea.
    pub fn division_at(&self, p: LonLat) -> Option<Feature<'_>> {
        match self.locate(p) {
            Spot::Land(number) => self.division_by_number(number),
            Spot::Sea => None,
        }
    }

    /// The country that a position lies in, as administered de facto; `None` at sea.
    pub fn country_at(&self, p: LonLat) -> Option<Feature<'_>> {
        self.country_by_number(self.division_at(p)?.country_number(), SCALE)
    }

    /// Whether a position lies in no country.
    pub fn is_sea(&self, p: LonLat) -> bool {
        self.locate(p) == Spot::Sea
    }

    /// The lake that a position lies in, at 1:10 million.
    pub fn lake_at(&self, p: LonLat) -> Option<Feature<'_>> {
        use geo::Contains;
        let bbox = BBox { west: p.lon(), south: p.lat(), east: p.lon(), north: p.lat() };
        let view = self.query(bbox, SCALE, &[super::LayerId::Lakes]);
        view.iter().find(|(n, _)| view.polygons(*n).contains(&geo::Point::from(p))).map(|(_, lake)| *lake)
    }

    /// The division nearest to a position at sea, within a distance, and how far it is: a harbour town lies in the water where the
    /// coast is drawn coarsely. On land, the division there at distance 0.
    pub fn nearest_division(&self, p: LonLat, within: Metres) -> Option<(Feature<'_>, Metres)> {
        if let Some(d) = self.division_at(p) {
            return Some((d, Metres(0.0)));
        }
        let (x, y) = (p.lon() * UNIT, p.lat() * UNIT);
        let shrink = p.lat().to_radians().cos().max(0.01);
        let reach = within.0 / 110_500.0 * UNIT;
        let (reach_x, scale) = (reach / shrink, SCALE.index());
        let mut best: Option<(f64, f64, f64, u16)> = None;
        for n in 0..self.file.arc_count(scale) {
            let Some(arc) = self.file.arc(scale, n) else { break };
            if arc.flags & flag::COAST == 0 || arc.left == arc.right {
                continue;
            }
            for (chunk, count) in self.file.chunks(scale, &arc) {
                let b = chunk.bounds;
                if f64::from(b.west) - reach_x > x
                    || f64::from(b.east) + reach_x < x
                    || f64::from(b.south) - reach > y
                    || f64::from(b.north) + reach < y
                {
                    continue;
                }
                let mut a = chunk.start;
                self.file.steps(scale, &chunk, count, |bx, by| {
                    let ((ax, ay), (ex, ey)) =
                        ((f64::from(a.0), f64::from(a.1)), (f64::from(bx - a.0), f64::from(by - a.1)));
                    let (px, py) = ((x - ax) * shrink, y - ay);
                    let length = (ex * shrink).powi(2) + ey * ey;
                    let u = if length > 0.0 { ((px * ex * shrink + py * ey) / length).clamp(0.0, 1.0) } else { 0.0 };
                    let away = (px - u * ex * shrink).hypot(py - u * ey);
                    if best.is_none_or(|b| away < b.0) {
                        best = Some((away, ax + u * ex, ay + u * ey, arc.left.max(arc.right)));
                    }
                    a = (bx, by);
                });
            }
        }
        let (_, nx, ny, division) = best?;
        let away = distance(p, LonLat::wrapped(nx / UNIT, ny / UNIT));
        (away.0 <= within.0).then(|| self.division_by_number(division)).flatten().map(|d| (d, away))
    }
}
