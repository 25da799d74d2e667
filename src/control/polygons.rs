//! Polygons from outside brought onto the grid and made valid: rings repaired, overlaps within a set united, longitudes unwrapped.

use crate::coverage::{Fill, GRID, Locator, Moved, Node, Ring, Segment, chord_area, clean};
use crate::geodesy::LonLat;
use geo::{Geometry, LineString, MultiPolygon};
use rayon::prelude::*;

/// Longer lines, in degrees, get points between, so that programs which draw geodesics between vertices draw the same land.
const LONGEST: f64 = 0.25;

/// A set of valid polygons on the grid, longitudes unwrapped around a meridian.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outline {
    /// Exteriors counter-clockwise, holes clockwise; corners not repeated at the end.
    pub shapes: Vec<Vec<Vec<Node>>>,
}

/// The polygons in a geometry, collections opened; lines and points are passed over.
pub fn polygons_of(geometry: &Geometry<f64>) -> MultiPolygon<f64> {
    match geometry {
        Geometry::Polygon(p) => MultiPolygon(vec![p.clone()]),
        Geometry::MultiPolygon(m) => m.clone(),
        Geometry::Rect(r) => MultiPolygon(vec![r.to_polygon()]),
        Geometry::Triangle(t) => MultiPolygon(vec![t.to_polygon()]),
        Geometry::GeometryCollection(c) => MultiPolygon(c.iter().flat_map(|g| polygons_of(g).0).collect()),
        _ => MultiPolygon(Vec::new()),
    }
}

/// The meridian in the middle of some polygons, in degrees, taken across the antimeridian where that is the shorter way.
pub fn middle_meridian(polygons: &MultiPolygon<f64>) -> f64 {
    use crate::geodesy::{BBox, LonLat};
    // The extent of each ring is enough, and rings are long.
    let mut ends = Vec::new();
    for ring in polygons.iter().map(geo::Polygon::exterior) {
        let (west, east) = ring.0.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(w, e), c| (w.min(c.x), e.max(c.x)));
        if west <= east {
            let steps = ((east - west) / 30.0).ceil().max(1.0) as usize;
            ends.extend((0..=steps).map(|i| LonLat::wrapped(west + (east - west) * i as f64 / steps as f64, 0.0)));
        }
    }
    BBox::around(ends).map_or(0.0, |b| b.centre().lon())
}

impl Outline {
    /// Polygons on the grid, around the meridian `around` in degrees; what lies in any of them is in the outline.
    ///
    /// Self-crossing rings are read by the even-odd rule, as GIS programs draw them.
    pub fn new(polygons: &MultiPolygon<f64>, around: f64) -> Self {
        let cleaned: Vec<Vec<Vec<Vec<Node>>>> = polygons
            .0
            .par_iter()
            .map(|polygon| {
                let shift = shift(polygon.exterior(), around);
                let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
                let rings: Vec<Vec<Node>> = rings.map(|r| snap(r, shift)).filter(|r| r.len() >= 3).collect();
                clean(&rings, Fill::EvenOdd)
            })
            .collect();
        let mut shapes: Vec<Vec<Vec<Node>>> = cleaned.into_iter().flatten().collect();
        if shapes.len() > 1 {
            let rings: Vec<Vec<Node>> = shapes.into_iter().flatten().collect();
            shapes = clean(&rings, Fill::Wound);
        }
        Self { shapes }
    }

    /// The edges, inside (label 1) on their left.
    pub(super) fn segments(&self) -> Vec<Segment> {
        let edges = |r: &Vec<Node>| -> Vec<Segment> {
            let corner = |i: usize| r[i % r.len()].map(f64::from);
            (0..r.len()).map(|i| Segment { a: corner(i), b: corner(i + 1), left: 1, right: 0 }).collect()
        };
        self.shapes.iter().flatten().flat_map(edges).collect()
    }

    /// The rings for an overlay, inside on their left.
    pub(super) fn rings(&self) -> Vec<Ring> {
        self.shapes.iter().flatten().map(|points| Ring { points: points.clone() }).collect()
    }

    /// Area in square metres.
    pub fn area(&self) -> f64 {
        -self
            .shapes
            .iter()
            .flatten()
            .flat_map(|r| (0..r.len()).map(move |i| chord_area(r[i], r[(i + 1) % r.len()])))
            .sum::<f64>()
    }

    /// The indices of positions that lie inside.
    pub fn containing(&self, positions: impl Iterator<Item = LonLat>) -> Vec<u32> {
        let Some([west, _, east, _]) = self.bounds() else { return Vec::new() };
        let middle = (f64::from(west) + f64::from(east)) / 2.0;
        let segments = self.segments();
        let locator = Locator::new(&segments, Moved::Line, 0);
        positions
            .enumerate()
            .filter(|(_, p)| {
                let x = p.lon() * GRID;
                let turns = ((middle - x) / (360.0 * GRID)).round();
                locator.locate([x + turns * 360.0 * GRID, p.lat() * GRID]) == 1
            })
            .map(|(i, _)| i as u32)
            .collect()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.shapes.is_empty()
    }

    /// West, south, east and north ends, in millionths of a degree.
    pub fn bounds(&self) -> Option<[i32; 4]> {
        let mut points = self.shapes.iter().flatten().flatten();
        let first = points.next()?;
        Some(points.fold([first[0], first[1], first[0], first[1]], |b, p| {
            [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])]
        }))
    }

    /// In degrees; longitudes may run past ±180°.
    pub fn polygons(&self) -> MultiPolygon<f64> {
        let line = |ring: &Vec<Node>| -> LineString<f64> {
            let at = |n: &Node| geo::Coord { x: f64::from(n[0]) / GRID, y: f64::from(n[1]) / GRID };
            LineString(ring.iter().chain(ring.first()).map(at).collect())
        };
        MultiPolygon(
            self.shapes.iter().map(|s| geo::Polygon::new(line(&s[0]), s[1..].iter().map(line).collect())).collect(),
        )
    }
}

/// The whole turns, in degrees, that bring a ring nearest to a meridian.
fn shift(ring: &LineString<f64>, around: f64) -> f64 {
    let (west, east) = ring.0.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(w, e), c| (w.min(c.x), e.max(c.x)));
    if west > east { 0.0 } else { ((around - f64::midpoint(west, east)) / 360.0).round() * 360.0 }
}

fn snap(ring: &LineString<f64>, shift: f64) -> Vec<Node> {
    let on = |v: f64, most: f64| (v.clamp(-most, most) * GRID).round() as i32;
    let at = |x: f64, y: f64| [on(x + shift, 540.0), on(y, 90.0)];
    let mut points: Vec<Node> = Vec::with_capacity(ring.0.len());
    for (i, c) in ring.0.iter().enumerate() {
        points.push(at(c.x, c.y));
        if let Some(next) = ring.0.get(i + 1) {
            let steps = ((next.x - c.x).abs().max((next.y - c.y).abs()) / LONGEST).ceil().clamp(1.0, 4000.0) as usize;
            for k in 1..steps {
                let t = k as f64 / steps as f64;
                points.push(at(c.x + t * (next.x - c.x), c.y + t * (next.y - c.y)));
            }
        }
    }
    points.dedup();
    while points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn a_bow_tie_is_two_triangles_and_overlaps_unite() {
        let bow = polygon![(x: 0.0, y: 0.0), (x: 2.0, y: 2.0), (x: 2.0, y: 0.0), (x: 0.0, y: 2.0)];
        assert_eq!(Outline::new(&bow.into(), 0.0).shapes.len(), 2);
        let squares = MultiPolygon(vec![
            polygon![(x: 0.0, y: 0.0), (x: 2.0, y: 0.0), (x: 2.0, y: 2.0), (x: 0.0, y: 2.0)],
            polygon![(x: 1.0, y: 1.0), (x: 3.0, y: 1.0), (x: 3.0, y: 3.0), (x: 1.0, y: 3.0)],
        ]);
        let outline = Outline::new(&squares, 0.0);
        assert_eq!(outline.shapes.len(), 1);
        assert!(outline.area() > 0.0);
    }

    #[test]
    fn parts_cut_at_the_antimeridian_grow_together() {
        let fiji = MultiPolygon(vec![
            polygon![(x: 177.0, y: -18.0), (x: 180.0, y: -18.0), (x: 180.0, y: -16.0), (x: 177.0, y: -16.0)],
            polygon![(x: -180.0, y: -18.0), (x: -178.0, y: -18.0), (x: -178.0, y: -16.0), (x: -180.0, y: -16.0)],
        ]);
        let around = middle_meridian(&fiji);
        assert!((around - 179.5).abs() < 1e-9, "{around}");
        let outline = Outline::new(&fiji, around);
        assert_eq!(outline.shapes.len(), 1);
        assert_eq!(outline.bounds(), Some([177_000_000, -18_000_000, 182_000_000, -16_000_000]));
    }
}
