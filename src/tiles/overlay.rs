//! Rings that cross made into valid polygons by the overlay engine: polygons that come in broken, and areas of crowded tiles that are
//! joined, which may overlap. Rings that only meet need no such weighing (`walks`).

use super::rings::{Rings, area2, bounds};
use super::walks::Walker;
use super::world::Pt;
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{ContourDirection, IntOverlayOptions, Overlay, ShapeType};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::core::solver::{Precision, Solver};
use i_overlay::i_float::int::point::IntPoint;

/// The overlay engine and its space.
pub struct Mender {
    overlay: Overlay,
    walker: Walker,
}

impl Default for Mender {
    fn default() -> Self {
        let options = IntOverlayOptions {
            preserve_input_collinear: false,
            // Counter-clockwise with y up is the positive area of the shoelace formula.
            output_direction: ContourDirection::CounterClockwise,
            preserve_output_collinear: true,
            min_output_area: 0,
            ogc: true,
        };
        let solver = Solver { precision: Precision::ABSOLUTE, multithreading: None, ..Solver::AUTO };
        Self { overlay: Overlay::new_custom(64, options, solver), walker: Walker::default() }
    }
}

impl Mender {
    /// Makes valid polygons of rings that touch or cross themselves: what they enclose stays, in clean rings.
    pub fn put_right(&mut self, rings: &mut Rings) {
        self.overlay.clear();
        for ring in rings.iter() {
            self.overlay.add_path_iter(ring.iter().map(|p| IntPoint::new(p[0], p[1])), ShapeType::Subject);
        }
        let shapes = self.overlay.overlay(OverlayRule::Subject, FillRule::NonZero);
        collect(&shapes, rings);
        self.walker.walk(rings);
    }

    /// Puts right some rings only, given by their numbers in order; where nothing crosses, the others stay as they are. A hole is
    /// weighed together with the outer rings that may be its own.
    pub fn put_right_some(&mut self, rings: &mut Rings, which: &mut Vec<u32>) {
        let holes: Vec<(Pt, Pt)> =
            which.iter().map(|r| rings.ring(*r as usize)).filter(|r| area2(r) < 0).map(bounds).collect();
        if !holes.is_empty() {
            for (n, ring) in rings.iter().enumerate() {
                let (lo, hi) = bounds(ring);
                let around = |h: &(Pt, Pt)| (0..2).all(|k| lo[k] <= h.0[k] && hi[k] >= h.1[k]);
                if holes.iter().any(around) && area2(ring) > 0 {
                    which.push(n as u32);
                }
            }
            which.sort_unstable();
            which.dedup();
        }
        let (mut clean, mut rest) = (Rings::default(), Rings::default());
        for (r, ring) in rings.iter().enumerate() {
            if which.binary_search(&(r as u32)).is_ok() { rest.push(ring) } else { clean.push(ring) }
        }
        self.put_right(&mut rest);
        for ring in rest.iter() {
            clean.push(ring);
        }
        std::mem::swap(rings, &mut clean);
    }

    /// What the first ring encloses without what the others, its holes, enclose.
    pub fn take_away_holes(&mut self, rings: &mut Rings) {
        self.overlay.clear();
        for (n, ring) in rings.iter().enumerate() {
            let part = if n == 0 { ShapeType::Subject } else { ShapeType::Clip };
            self.overlay.add_path_iter(ring.iter().map(|p| IntPoint::new(p[0], p[1])), part);
        }
        let shapes = self.overlay.overlay(OverlayRule::Difference, FillRule::NonZero);
        collect(&shapes, rings);
    }
}

fn collect(shapes: &[Vec<Vec<IntPoint>>], out: &mut Rings) {
    out.clear();
    for shape in shapes {
        for (n, contour) in shape.iter().enumerate() {
            let start = out.points.len();
            out.points.extend(contour.iter().map(|p| [p.x, p.y]));
            // The first is the outer one; a hole that touches it may come the wrong way round.
            if (area2(&out.points[start..]) > 0) != (n == 0) {
                out.points[start..].reverse();
            }
            out.close();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::crossing::crosses_itself;

    #[test]
    fn a_bow_tie_becomes_two_triangles() {
        let mut r = Rings::default();
        r.push(&[[0, 0], [10, 10], [10, 0], [0, 10]]);
        assert!(crosses_itself(&r));
        Mender::default().put_right(&mut r);
        assert_eq!(r.len(), 2);
        assert!(!crosses_itself(&r) && r.iter().all(|ring| area2(ring) > 0));
    }
}
