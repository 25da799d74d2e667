//! The Voronoi diagram of seeds in a plane, as labelled lines in longitude and latitude.
//!
//! Spade gives the Delaunay triangulation (every degenerate case: two seeds, all in a row, on a lattice); the lines between cells are
//! cut to a box around the area and bent back onto the Earth with enough points that none is off by more than a metre.

use super::ControlError;
use super::polygons::Outline;
use crate::coverage::{GRID, Ring, Segment, Start};
use crate::geodesy::LonLat;
use crate::geodesy::projection::Projection;
use geo::Coord;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use spade::{DelaunayTriangulation, HasPosition, Point2, Triangulation};

/// How far, in metres, a line may run beside its true course.
const TOLERANCE: f64 = 1.0;

struct Site {
    at: Point2<f64>,
    seed: u32,
}

impl HasPosition for Site {
    type Scalar = f64;
    fn position(&self) -> Point2<f64> {
        self.at
    }
}

/// Seeds triangulated in a plane.
pub(super) struct Voronoi<'a> {
    projection: &'a Projection,
    triangulation: DelaunayTriangulation<Site>,
    /// Seeds at the position of an earlier one: (this, that).
    pub(super) repeated: Vec<(u32, u32)>,
}

/// An end of a line between two cells.
enum End {
    /// A corner where three cells meet, within the box.
    Corner(Coord<f64>),
    /// The edge of the box, far from anything.
    Cut(Coord<f64>),
}

impl<'a> Voronoi<'a> {
    pub(super) fn new(seeds: &[LonLat], projection: &'a Projection) -> Result<Self, ControlError> {
        let planar: Vec<Coord<f64>> =
            seeds.par_iter().map(|s| projection.forward(s.coord())).collect::<Result<_, _>>()?;
        let mut first: FxHashMap<[i64; 2], u32> = FxHashMap::default();
        let mut repeated = Vec::new();
        let mut sites = Vec::with_capacity(seeds.len());
        for (i, seed) in seeds.iter().enumerate() {
            let key = [(seed.lon() * GRID).round() as i64, (seed.lat() * GRID).round() as i64];
            let i = i as u32;
            match first.get(&key) {
                Some(earlier) => repeated.push((i, *earlier)),
                None => {
                    first.insert(key, i);
                    // A tenth of a millimetre: below it the triangulation's arithmetic has nothing to work with.
                    let round = |v: f64| (v * 1e4).round() / 1e4 + 0.0;
                    let p = planar[i as usize];
                    sites.push(Site { at: Point2::new(round(p.x), round(p.y)), seed: i });
                }
            }
        }
        if sites.is_empty() {
            return Err(ControlError::NoPlaces);
        }
        let triangulation =
            DelaunayTriangulation::bulk_load(sites).map_err(|e| ControlError::Triangulation(e.to_string()))?;
        Ok(Self { projection, triangulation, repeated })
    }

    /// The distance in metres from the middle of the plane to the farthest corner of an area.
    pub(super) fn farthest(&self, boundary: &Outline) -> Result<f64, ControlError> {
        let Some([west, south, east, north]) = boundary.bounds() else { return Ok(0.0) };
        let mut far = 0.0f64;
        for x in [west, east] {
            for y in [south, north] {
                let p = self.projection.forward(degrees([f64::from(x), f64::from(y)]))?;
                far = far.max(p.x.hypot(p.y));
            }
        }
        Ok(far)
    }

    /// A corner of a ring that lies well inside a cell, and that cell.
    pub(super) fn start(&self, ring: &Ring) -> Start {
        let step = ring.points.len().div_ceil(64);
        let mut best = (f64::NEG_INFINITY, Start { corner: 0, face: 0 });
        for corner in (0..ring.points.len()).step_by(step) {
            let Ok(p) = self.projection.forward(degrees(ring.points[corner].map(f64::from))) else { continue };
            let at = Point2::new(p.x, p.y);
            let Some(nearest) = self.triangulation.nearest_neighbor(at) else { continue };
            let away = |q: Point2<f64>| (q.x - at.x).hypot(q.y - at.y);
            let own = away(nearest.position());
            let margin = nearest.out_edges().map(|e| away(e.to().position()) - own).fold(f64::INFINITY, f64::min);
            if margin > best.0 {
                best = (margin, Start { corner, face: nearest.data().seed });
            }
        }
        best.1
    }

    /// The lines between cells near an area, each with the seeds on its two sides.
    pub(super) fn segments(&self, boundary: &Outline) -> Result<Vec<Segment>, ControlError> {
        let frame = self.frame(boundary)?;
        let meridian = boundary.bounds().map_or(0.0, |b| (f64::from(b[0]) + f64::from(b[2])) / 2.0);
        let lines: Vec<(Coord<f64>, Coord<f64>, u32, u32)> =
            self.triangulation.undirected_edges().filter_map(|e| between(e.as_directed(), &frame)).collect();
        let bent: Vec<Result<Vec<Segment>, ControlError>> =
            lines.par_iter().map(|(a, b, left, right)| self.bend(*a, *b, *left, *right, meridian)).collect();
        let mut segments = Vec::with_capacity(bent.len() * 2);
        for line in bent {
            segments.extend(line?);
        }
        Ok(segments)
    }

    /// A box in the plane around the area, with room for lines that bulge.
    fn frame(&self, boundary: &Outline) -> Result<geo::Rect<f64>, ControlError> {
        let mut low = Coord { x: f64::INFINITY, y: f64::INFINITY };
        let mut high = Coord { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY };
        for ring in boundary.shapes.iter().map(|s| &s[0]) {
            for (i, a) in ring.iter().enumerate() {
                let b = ring[(i + 1) % ring.len()];
                let (a, b) = (a.map(f64::from), b.map(f64::from));
                // Straight lines of longitude and latitude bulge in the plane: look every degree.
                let steps = ((b[0] - a[0]).abs().max((b[1] - a[1]).abs()) / GRID).ceil().max(1.0);
                for k in 0..steps as usize {
                    let t = k as f64 / steps;
                    let p = self.projection.forward(degrees([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]))?;
                    low = Coord { x: low.x.min(p.x), y: low.y.min(p.y) };
                    high = Coord { x: high.x.max(p.x), y: high.y.max(p.y) };
                }
            }
        }
        if low.x > high.x {
            return Err(ControlError::NoArea);
        }
        let room = 2_000.0 + 0.01 * (high.x - low.x).hypot(high.y - low.y);
        Ok(geo::Rect::new(low - Coord { x: room, y: room }, high + Coord { x: room, y: room }))
    }

    /// A line of the plane as segments of longitude and latitude.
    fn bend(
        &self,
        a: Coord<f64>,
        b: Coord<f64>,
        left: u32,
        right: u32,
        meridian: f64,
    ) -> Result<Vec<Segment>, ControlError> {
        let back = |p: Coord<f64>| -> Result<[f64; 2], ControlError> {
            let d = self.projection.inverse(p)?;
            let x = d.x * GRID;
            Ok([x + ((meridian - x) / (360.0 * GRID)).round() * 360.0 * GRID, d.y * GRID])
        };
        let (start, end) = (back(a)?, back(b)?);
        let middle = back(Coord { x: f64::midpoint(a.x, b.x), y: f64::midpoint(a.y, b.y) })?;
        // Metres by which the straight line misses the middle; a line half as long misses by a quarter.
        let dy = (f64::midpoint(start[1], end[1]) - middle[1]) * 0.111_32;
        let dx = (f64::midpoint(start[0], end[0]) - middle[0]) * 0.111_32 * (middle[1] / GRID).to_radians().cos();
        let pieces = (dx.hypot(dy) / TOLERANCE).sqrt().ceil().clamp(1.0, 1000.0) as usize;
        let mut out = Vec::with_capacity(pieces);
        let mut at = start;
        for i in 1..=pieces {
            let t = i as f64 / pieces as f64;
            let next = if i == pieces {
                end
            } else if 2 * i == pieces {
                middle
            } else {
                back(Coord { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) })?
            };
            out.push(Segment { a: at, b: next, left, right });
            at = next;
        }
        Ok(out)
    }
}

fn degrees(p: [f64; 2]) -> Coord<f64> {
    Coord { x: p[0] / GRID, y: p[1] / GRID }
}

type Directed<'a> = spade::handles::DirectedEdgeHandle<'a, Site, (), (), ()>;

/// The line between the cells of an edge's two seeds, within the frame: the seed it comes from on its left.
fn between(edge: Directed, frame: &geo::Rect<f64>) -> Option<(Coord<f64>, Coord<f64>, u32, u32)> {
    let (i, j) = (edge.from(), edge.to());
    let (p, q) = (i.position(), j.position());
    let middle = Coord { x: f64::midpoint(p.x, q.x), y: f64::midpoint(p.y, q.y) };
    let length = (q.x - p.x).hypot(q.y - p.y);
    // The line runs along the bisector, to the left of the edge.
    let along = Coord { x: -(q.y - p.y) / length, y: (q.x - p.x) / length };
    let corner = |face: Option<Coord<f64>>, open: f64| match face {
        None => (open, None),
        Some(c) => {
            let inside =
                (frame.min().x..=frame.max().x).contains(&c.x) && (frame.min().y..=frame.max().y).contains(&c.y);
            ((c.x - middle.x) * along.x + (c.y - middle.y) * along.y, inside.then_some(c))
        }
    };
    let centre = |e: Directed| {
        e.face()
            .as_inner()
            .map(|f| f.circumcenter())
            .map(|c| Coord { x: c.x, y: c.y })
            .filter(|c| c.x.is_finite() && c.y.is_finite())
    };
    let (from, first) = corner(centre(edge.rev()), f64::NEG_INFINITY);
    let (to, last) = corner(centre(edge), f64::INFINITY);
    let (mut low, mut high) = (from, to);
    for (at, step, min, max) in
        [(middle.x, along.x, frame.min().x, frame.max().x), (middle.y, along.y, frame.min().y, frame.max().y)]
    {
        if step == 0.0 {
            if at < min || at > max {
                return None;
            }
        } else {
            let (a, b) = ((min - at) / step, (max - at) / step);
            low = low.max(a.min(b));
            high = high.min(a.max(b));
        }
    }
    let on = |s: f64| Coord { x: middle.x + s * along.x, y: middle.y + s * along.y };
    let (a, b) =
        (first.map_or_else(|| End::Cut(on(low)), End::Corner), last.map_or_else(|| End::Cut(on(high)), End::Corner));
    match (&a, &b) {
        // A line with a corner in the frame is kept however short: its neighbours meet it there.
        (End::Cut(_), End::Cut(_)) if low >= high => return None,
        _ => {}
    }
    let point = |e: End| match e {
        End::Corner(c) | End::Cut(c) => c,
    };
    Some((point(a), point(b), i.data().seed, j.data().seed))
}
