//! Cells: which land goes with which place.
//!
//! Thiessen cells are built in an azimuthal equidistant projection centred on the area, where planar nearness is geodesic nearness to
//! within a metre or two (in longitude and latitude 11 % of Syria would go to the wrong town), clipped to the boundary and kept as a
//! [`Coverage`]. Hexagons and given units are in [`super::units`].

use super::polygons::Outline;
use super::{ControlError, voronoi::Voronoi};
use crate::coverage::{Coverage, Edge, GRID, Locator, Moved, NONE, Ring, Start, overlay};
use crate::diag::{Note, Warned};
use crate::geodesy::projection::Projection;
use crate::geodesy::{LonLat, Metres, destination};
use ecow::EcoString;
use rustc_hash::FxHashMap;

/// A face of the coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Face {
    /// The unit it belongs to.
    pub unit: u32,
    /// It lies beyond the reach of every place.
    pub beyond: bool,
    /// The override zone it lies in.
    pub zone: Option<u32>,
}

/// How land was divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Division {
    /// To the nearest place.
    Thiessen,
    /// Into H3 hexagons of a resolution.
    Hexagons(u8),
    /// Into polygons that were given.
    Areas,
}

/// An area divided among places.
#[derive(Debug, Clone, PartialEq)]
pub struct Cells {
    /// The graph of faces.
    pub coverage: Coverage,
    /// What every face is.
    pub faces: Vec<Face>,
    /// The seeds (by index) that speak for every unit; for Thiessen cells the unit's own first.
    pub units: Vec<Vec<u32>>,
    /// How it was divided.
    pub division: Division,
    /// How it was made, in a phrase.
    pub method: EcoString,
    /// Area of the boundary in square metres.
    pub area: f64,
}

/// Beyond this distance from the middle the plane of the cells no longer keeps nearness to a thousandth.
const FAR: f64 = 2_000_000.0;

/// Thiessen cells of `seeds` within `boundary`; a seed at the very position of an earlier one shares its cell.
///
/// # Errors
/// No seeds, no area, or an area that cannot be projected.
pub fn tessellate(boundary: &Outline, seeds: &[LonLat]) -> Result<Warned<Cells>, ControlError> {
    let mut notes = Vec::new();
    let projection = plane(boundary)?;
    let voronoi = Voronoi::new(seeds, &projection)?;
    for (same, first) in &voronoi.repeated {
        let at = seeds[*same as usize];
        notes.push(Note::info(format!(
            "two places at {}, {} (latitude, longitude): number {same} shares the cell of number {first}",
            at.lat(),
            at.lon()
        )));
    }
    if voronoi.farthest(boundary)? > FAR {
        notes.push(Note::warning(
            "the area reaches more than 2,000 km from its middle: cells near its ends may favour the wrong place by a few per mille",
        ));
    }
    let segments = voronoi.segments(boundary)?;
    let inside = |face: u32, label: u32| if label == 1 { face } else { NONE };
    let (nodes, edges) = overlay(&segments, &boundary.rings(), |ring| voronoi.start(ring), inside);
    let mut units: Vec<Vec<u32>> = (0..seeds.len() as u32).map(|i| vec![i]).collect();
    for (same, first) in voronoi.repeated {
        units[first as usize].push(same);
    }
    let coverage = Coverage::new(nodes, edges, seeds.len());
    coverage.prepare();
    let faces = (0..seeds.len() as u32).map(|unit| Face { unit, beyond: false, zone: None }).collect();
    let method = "Thiessen cells of places in an azimuthal equidistant projection".into();
    let area = boundary.area();
    Ok(Warned::new(Cells { coverage, faces, units, division: Division::Thiessen, method, area }, notes))
}

/// The azimuthal equidistant plane in the middle of an area.
pub(super) fn plane(boundary: &Outline) -> Result<Projection, ControlError> {
    let [west, south, east, north] = boundary.bounds().ok_or(ControlError::NoArea)?;
    let middle = |a: i32, b: i32| (f64::from(a) + f64::from(b)) / 2.0 / GRID;
    Ok(Projection::azimuthal_equidistant(LonLat::wrapped(middle(west, east), middle(south, north)))?)
}

impl Cells {
    /// Faces of a single unit, `boundary` whole.
    pub(super) fn undivided(boundary: &Outline) -> Self {
        let rings = boundary.rings();
        let (nodes, edges) =
            overlay(&[], &rings, |_| Start { corner: 0, face: 0 }, |_, label| if label == 1 { 0 } else { NONE });
        Self {
            coverage: Coverage::new(nodes, edges, 1),
            faces: vec![Face { unit: 0, beyond: false, zone: None }],
            units: vec![Vec::new()],
            division: Division::Areas,
            method: EcoString::new(),
            area: boundary.area(),
        }
    }

    /// Cuts every face along an outline and says what its parts become; `None` takes the part out.
    #[must_use]
    pub fn split(
        &self,
        outline: &Outline,
        inside: impl Fn(Face) -> Option<Face>,
        outside: impl Fn(Face) -> Option<Face>,
    ) -> Self {
        let segments = self.coverage.segments();
        let locator = Locator::new(&segments, Moved::Point, NONE);
        let start = |ring: &Ring| Start { corner: 0, face: locator.locate(ring.points[0].map(f64::from)) };
        let n = self.faces.len() as u32;
        // Faces are numbered by what they become, so that parts which become the same are one face again.
        let mut numbers: FxHashMap<Face, u32> = FxHashMap::default();
        let mut faces: Vec<Face> = Vec::new();
        let mut table = vec![NONE; 2 * n as usize];
        for label in [0, 1] {
            for face in 0..n {
                let old = self.faces[face as usize];
                let new = if label == 1 { inside(old) } else { outside(old) };
                if let Some(new) = new {
                    table[(label * n + face) as usize] = *numbers.entry(new).or_insert_with(|| {
                        faces.push(new);
                        faces.len() as u32 - 1
                    });
                }
            }
        }
        let combine = |face: u32, label: u32| if face == NONE { NONE } else { table[(label * n + face) as usize] };
        let (nodes, edges) = overlay(&segments, &outline.rings(), start, combine);
        let coverage = Coverage::new(nodes, edges, faces.len());
        let mut cells = Self { coverage, faces, ..self.clone() };
        cells.compact();
        cells
    }

    /// Drops faces without area, but for the first of every unit.
    fn compact(&mut self) {
        let mut order: Vec<u32> = (0..self.faces.len() as u32)
            .filter(|f| {
                let face = self.faces[*f as usize];
                self.coverage.areas[*f as usize] > 0.0 || (!face.beyond && face.zone.is_none())
            })
            .collect();
        order.sort_by_key(|f| self.faces[*f as usize]);
        let mut renumber = vec![NONE; self.faces.len()];
        for (new, old) in order.iter().enumerate() {
            renumber[*old as usize] = new as u32;
        }
        let number = |face: u32| if face == NONE { NONE } else { renumber[face as usize] };
        let edges: Vec<Edge> =
            self.coverage.edges.iter().map(|e| Edge { left: number(e.left), right: number(e.right), ..*e }).collect();
        self.faces = order.iter().map(|f| self.faces[*f as usize]).collect();
        self.coverage.areas = order.iter().map(|f| self.coverage.areas[*f as usize]).collect();
        self.coverage.edges = edges;
    }

    /// Land farther than `reach` from every seed becomes a class of its own: faces marked `beyond`.
    #[must_use]
    pub fn within_reach(&self, seeds: &[LonLat], reach: Metres, around: f64) -> Self {
        let circles = geo::MultiPolygon(seeds.iter().map(|s| circle(*s, reach)).collect());
        let near = Outline::new(&circles, around);
        let mut cells = self.split(&near, Some, |face| Some(Face { beyond: true, ..face }));
        cells.method.push_str(&format!("; land over {} km from any place apart", (reach.km() * 10.0).round() / 10.0));
        cells
    }

    /// Polygons that trump cells: land in the outline of number `zone` belongs to that zone.
    #[must_use]
    pub fn with_zone(&self, outline: &Outline, zone: u32) -> Self {
        self.split(outline, |face| Some(Face { zone: Some(zone), ..face }), Some)
    }

    /// The cells without what lies in an outline, for instance lakes.
    #[must_use]
    pub fn without(&self, outline: &Outline) -> Self {
        let mut cells = self.split(outline, |_| None, Some);
        cells.area = cells.coverage.areas.iter().sum();
        cells
    }
}

/// A geodesic circle as a polygon of the circle's area; longitudes may run past ±180°.
fn circle(centre: LonLat, radius: Metres) -> geo::Polygon<f64> {
    const CORNERS: usize = 120;
    let angle = std::f64::consts::TAU / CORNERS as f64;
    let reach = Metres(radius.0 * (angle / angle.sin()).sqrt());
    let ring = (0..CORNERS)
        .map(|i| {
            let p = destination(centre, crate::geodesy::Degrees(360.0 - 360.0 * i as f64 / CORNERS as f64), reach);
            let lon = centre.lon() + (p.lon() - centre.lon() + 540.0).rem_euclid(360.0) - 180.0;
            geo::Coord { x: lon, y: p.lat() }
        })
        .collect();
    geo::Polygon::new(ring, Vec::new())
}

#[cfg(test)]
#[path = "cells_tests.rs"]
pub(crate) mod tests;
