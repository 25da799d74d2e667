//! From degrees to the panel: seams cut, edges bent, clipped, in CSS pixels.
//!
//! Rings may lie on either side of the antimeridian or run past it; each copy (±360°) that meets the frame is taken. Edges long
//! enough to curve in the projection are divided first.

use super::clip::{self, Pt, Window};
use super::frame::Frame;
use super::outline::Vertex;
use super::planar::Family;
use crate::cartography::display::{Outline, Point, units};

/// How far past the panel geometry is kept, CSS pixels: strokes and joins at the edge stay whole.
pub const BLEED: f64 = 8.0;

/// How far a filled ring runs past the antimeridian, degrees, so that its two halves overlap without a gap.
const OVERLAP: f64 = 0.02;

/// A projector of one frame.
#[derive(Debug)]
pub struct Projector<'a> {
    frame: &'a Frame,
    keep: Window,
    /// Longest edge in degrees that is drawn straight.
    edge: f64,
}

impl<'a> Projector<'a> {
    /// A projector onto the panel of a frame.
    pub fn new(frame: &'a Frame) -> Self {
        let span = frame.degrees.width().min(frame.degrees.height() * 2.0);
        Self { frame, keep: frame.panel.grown(BLEED), edge: (span / 40.0).clamp(0.05, 2.0) }
    }

    fn shifts(&self, around: &Window) -> impl Iterator<Item = f64> + use<> {
        let (reach, around) = (self.frame.degrees, *around);
        [-360.0, 0.0, 360.0]
            .into_iter()
            .filter(move |s| Window { x0: around.x0 + s, x1: around.x1 + s, ..around }.meets(&reach))
    }

    /// Whether anything with this box in degrees can be seen.
    pub fn sees(&self, around: &Window) -> bool {
        self.shifts(around).next().is_some()
    }

    /// The visible parts of a ring.
    pub fn ring(&self, degrees: &[Pt], out: &mut Vec<Vec<Pt>>) {
        let around = Window::around(degrees);
        for shift in self.shifts(&around) {
            let moved: Vec<Pt> = degrees
                .iter()
                .map(|p| {
                    let nudge = if p[0] >= 180.0 {
                        OVERLAP
                    } else if p[0] <= -180.0 {
                        -OVERLAP
                    } else {
                        0.0
                    };
                    [p[0] + shift + nudge, p[1]]
                })
                .collect();
            let cut = clip::ring(&moved, &self.frame.degrees.grown(OVERLAP));
            if cut.len() < 3 {
                continue;
            }
            let placed =
                if self.frame.planar.family() == Family::Globe { self.limb(&cut) } else { self.bend(&cut, true) };
            let cut = clip::ring(&placed, &self.keep);
            if cut.len() >= 3 {
                out.push(cut);
            }
        }
    }

    /// The visible pieces of a line.
    pub fn line(&self, degrees: &[Pt], out: &mut Vec<Vec<Pt>>) {
        let around = Window::around(degrees);
        for shift in self.shifts(&around) {
            let moved: Vec<Pt> = degrees.iter().map(|p| [p[0] + shift, p[1]]).collect();
            for piece in clip::line(&moved, &self.frame.degrees) {
                if self.frame.planar.family() == Family::Globe {
                    let mut run: Vec<Pt> = Vec::new();
                    for p in &piece {
                        match self.frame.px_raw(p[0], p[1].clamp(-90.0, 90.0)) {
                            Some(q) => run.push(q),
                            None if run.len() > 1 => out.push(std::mem::take(&mut run)),
                            None => run.clear(),
                        }
                    }
                    if run.len() > 1 {
                        out.push(run);
                    }
                } else {
                    out.extend(clip::line(&self.bend(&piece, false), &self.keep));
                }
            }
        }
    }

    /// A position on the panel; `None` where it is not seen.
    pub fn point(&self, p: Pt) -> Option<Pt> {
        let lon = self.frame.planar.near(p[0]);
        self.frame.px_raw(lon, p[1]).filter(|q| self.frame.panel.contains(*q))
    }

    fn bend(&self, degrees: &[Pt], closed: bool) -> Vec<Pt> {
        let n = degrees.len();
        let mut out = Vec::with_capacity(n + 16);
        for (i, p) in degrees.iter().enumerate() {
            out.extend(self.frame.px_raw(p[0], p[1].clamp(-90.0, 90.0)));
            let next = if i + 1 < n {
                degrees[i + 1]
            } else if closed {
                degrees[0]
            } else {
                break;
            };
            let span = (next[0] - p[0]).abs().max((next[1] - p[1]).abs());
            if span > self.edge {
                let pieces = (span / self.edge).ceil().min(400.0) as usize;
                // Walked from the same end by both neighbours, so that shared edges get the same vertices.
                let back = (next[0], next[1]) < (p[0], p[1]);
                let (a, b) = if back { (next, *p) } else { (*p, next) };
                let at = |k: usize| {
                    let t = k as f64 / pieces as f64;
                    self.frame.px_raw(a[0] + t * (b[0] - a[0]), (a[1] + t * (b[1] - a[1])).clamp(-90.0, 90.0))
                };
                for k in 1..pieces {
                    out.extend(at(if back { pieces - k } else { k }));
                }
            }
        }
        out
    }

    /// A ring on a globe: what is behind is pushed to the rim.
    fn limb(&self, degrees: &[Pt]) -> Vec<Pt> {
        let planar = &self.frame.planar;
        let centre = self.frame.panel.centre();
        let radius = 6_378_137.0 * self.frame.scale;
        let mut out = Vec::with_capacity(degrees.len());
        let mut seen = false;
        for p in degrees {
            if let Some(q) = self.frame.px_raw(p[0], p[1]) {
                seen = true;
                out.push(q);
            } else if let Some(anti) = planar.forward(p[0] + 180.0, -p[1]) {
                // The antipode of a hidden point is seen; the point itself lies the other way.
                let l = anti[0].hypot(anti[1]).max(1e-9);
                out.push([centre[0] - anti[0] / l * radius, centre[1] + anti[1] / l * radius]);
            }
        }
        if seen { out } else { Vec::new() }
    }
}

/// A point of the panel in 1/64 px.
pub fn vertex(p: Pt) -> Vertex {
    p.map(units)
}

/// An outline of closed rings of vertices.
pub fn rings_outline<'a>(rings: impl IntoIterator<Item = &'a [Vertex]>) -> Outline {
    let mut outline = Outline::new();
    let mut points = Vec::new();
    for ring in rings {
        points.clear();
        points.extend(ring.iter().map(|v| Point::new(v[0], v[1])));
        outline.ring(&points);
    }
    outline
}

/// An outline of open lines of vertices.
pub fn lines_outline<'a>(lines: impl IntoIterator<Item = &'a [Vertex]>) -> Outline {
    let mut outline = Outline::new();
    let mut points = Vec::new();
    for line in lines {
        points.clear();
        points.extend(line.iter().map(|v| Point::new(v[0], v[1])));
        outline.line(&points);
    }
    outline
}

/// A geometry's rings in degrees, outer and inner alike.
pub fn rings_of(geometry: &geo::Geometry<f64>) -> Vec<Vec<Pt>> {
    let mut out = Vec::new();
    let mut polygon = |p: &geo::Polygon<f64>| {
        for ring in std::iter::once(p.exterior()).chain(p.interiors()) {
            out.push(ring.0.iter().map(|c| [c.x, c.y]).collect());
        }
    };
    match geometry {
        geo::Geometry::Polygon(p) => polygon(p),
        geo::Geometry::MultiPolygon(m) => m.0.iter().for_each(&mut polygon),
        geo::Geometry::Rect(r) => polygon(&r.to_polygon()),
        geo::Geometry::Triangle(t) => polygon(&t.to_polygon()),
        geo::Geometry::GeometryCollection(c) => {
            for g in &c.0 {
                out.extend(rings_of(g));
            }
        }
        _ => {}
    }
    out
}

/// A geometry's open lines in degrees.
pub fn lines_of(geometry: &geo::Geometry<f64>) -> Vec<Vec<Pt>> {
    let line = |l: &geo::LineString<f64>| l.0.iter().map(|c| [c.x, c.y]).collect::<Vec<Pt>>();
    match geometry {
        geo::Geometry::Line(l) => vec![vec![[l.start.x, l.start.y], [l.end.x, l.end.y]]],
        geo::Geometry::LineString(l) => vec![line(l)],
        geo::Geometry::MultiLineString(m) => m.0.iter().map(line).collect(),
        geo::Geometry::GeometryCollection(c) => c.0.iter().flat_map(lines_of).collect(),
        _ => Vec::new(),
    }
}

/// A geometry's points in degrees.
pub fn points_of(geometry: &geo::Geometry<f64>) -> Vec<Pt> {
    match geometry {
        geo::Geometry::Point(p) => vec![[p.x(), p.y()]],
        geo::Geometry::MultiPoint(m) => m.0.iter().map(|p| [p.x(), p.y()]).collect(),
        geo::Geometry::GeometryCollection(c) => c.0.iter().flat_map(points_of).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cartography::frame::Fit;
    use crate::geodesy::LonLat;

    fn frame(points: &[(f64, f64)]) -> Frame {
        let fit = Fit {
            positions: points.iter().map(|&(x, y)| LonLat::new(x, y).expect("valid")).collect(),
            context: None,
            bbox: None,
            family: None,
            true_areas: false,
        };
        Frame::fit(&fit, Window { x0: 0.0, y0: 0.0, x1: 800.0, y1: 600.0 }, [20.0; 4])
    }

    fn area(ring: &[Pt]) -> f64 {
        let n = ring.len();
        (0..n).map(|i| ring[i][0] * ring[(i + 1) % n][1] - ring[(i + 1) % n][0] * ring[i][1]).sum::<f64>() / 2.0
    }

    #[test]
    fn halves_cut_at_the_antimeridian_meet() {
        let frame = frame(&[(177.0, -19.0), (-178.0, -15.0)]);
        let projector = Projector::new(&frame);
        let mut out = Vec::new();
        projector.ring(&[[178.0, -18.0], [180.0, -18.0], [180.0, -16.0], [178.0, -16.0]], &mut out);
        projector.ring(&[[-180.0, -18.0], [-179.0, -18.0], [-179.0, -16.0], [-180.0, -16.0]], &mut out);
        assert_eq!(out.len(), 2);
        let reach = |r: &[Pt]| {
            (r.iter().map(|p| p[0]).fold(f64::MAX, f64::min), r.iter().map(|p| p[0]).fold(f64::MIN, f64::max))
        };
        let (west, east) = (reach(&out[0]), reach(&out[1]));
        assert!(west.1 > east.0, "they overlap: {west:?} {east:?}");
        assert!(west.1 - east.0 < 8.0, "but only just");
    }

    #[test]
    fn nothing_leaves_the_panel_and_far_land_is_not_folded_in() {
        let frame = frame(&[(35.7, 32.3), (42.4, 37.3)]);
        let projector = Projector::new(&frame);
        let keep = frame.panel.grown(BLEED + 0.001);
        let mut out = Vec::new();
        projector.ring(&[[-120.0, -40.0], [-60.0, -40.0], [-60.0, 20.0], [-120.0, 20.0]], &mut out);
        assert!(out.is_empty());
        projector.ring(&[[-170.0, -80.0], [170.0, -80.0], [170.0, 80.0], [-170.0, 80.0]], &mut out);
        assert!(out.iter().flatten().all(|p| keep.contains(*p)));
        assert!(area(&out[0]).abs() > 800.0 * 600.0, "the panel is covered");
    }

    #[test]
    fn a_globe_shows_half() {
        let globe =
            Frame::globe(LonLat::new(0.0, 0.0).expect("valid"), Window { x0: 0.0, y0: 0.0, x1: 100.0, y1: 100.0 });
        let projector = Projector::new(&globe);
        let mut out = Vec::new();
        projector.ring(&[[170.0, -10.0], [175.0, -10.0], [175.0, 10.0], [170.0, 10.0]], &mut out);
        assert!(out.is_empty(), "the far side");
        projector.ring(&[[60.0, -10.0], [120.0, -10.0], [120.0, 10.0], [60.0, 10.0]], &mut out);
        assert!(out.iter().flatten().all(|p| (p[0] - 50.0).hypot(p[1] - 50.0) < 50.01));
    }
}
