//! Glyphs along a line: river names and curved area names.

use super::Shaped;
use crate::cartography::display::{Outline, Point, Segment};

/// A glyph with its origin and turn on a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedGlyph {
    /// Index of its run in the text.
    pub run: usize,
    /// Index in the run.
    pub glyph: usize,
    /// Where its origin stands, in 1/64 px.
    pub at: [f64; 2],
    /// Cosine and sine of its turn.
    pub turn: [f64; 2],
}

/// Places a text's glyphs with their baseline along the first contour of a line, from a start in 1/64 px.
///
/// As in SVG's `textPath`, the middle of a glyph's advance stands on the line and the glyph turns with it there; glyphs whose
/// middle is off the line are left out.
pub fn along(shaped: &Shaped, path: &Outline, start: i32) -> Vec<PlacedGlyph> {
    let line = flatten(path);
    let mut out = Vec::new();
    let (mut piece, mut run_up) = (0, 0.0);
    for (r, run) in shaped.runs.iter().enumerate() {
        let mut pen = f64::from(run.x);
        for (g, glyph) in run.glyphs.iter().enumerate() {
            let half = f64::from(glyph.advance) / 2.0;
            let middle = f64::from(start) + pen + half;
            // Marks have no advance and may step back.
            while piece > 0 && middle < run_up {
                piece -= 1;
                run_up -= length(line[piece], line[piece + 1]);
            }
            while piece + 1 < line.len() && middle > run_up + length(line[piece], line[piece + 1]) {
                run_up += length(line[piece], line[piece + 1]);
                piece += 1;
            }
            if let (Some(&a), Some(&b), true) = (line.get(piece), line.get(piece + 1), middle >= 0.0) {
                let l = length(a, b);
                let turn = [(b[0] - a[0]) / l, (b[1] - a[1]) / l];
                let on = (middle - run_up) / l;
                let foot = [a[0] + (b[0] - a[0]) * on, a[1] + (b[1] - a[1]) * on];
                // From the middle of the advance back to the glyph's origin, its offsets included.
                let dx = f64::from(glyph.at.x) - pen - half;
                let dy = f64::from(glyph.at.y);
                out.push(PlacedGlyph {
                    run: r,
                    glyph: g,
                    at: [foot[0] + dx * turn[0] - dy * turn[1], foot[1] + dx * turn[1] + dy * turn[0]],
                    turn,
                });
            }
            pen += f64::from(glyph.advance);
        }
    }
    out
}

fn length(a: [f64; 2], b: [f64; 2]) -> f64 {
    (b[0] - a[0]).hypot(b[1] - a[1])
}

/// The first contour as a polyline without repeated points; curves in sixteen pieces.
fn flatten(path: &Outline) -> Vec<[f64; 2]> {
    let f = |p: Point| [f64::from(p.x), f64::from(p.y)];
    let mut line: Vec<[f64; 2]> = Vec::new();
    let add = |line: &mut Vec<[f64; 2]>, p: [f64; 2]| {
        if line.last() != Some(&p) {
            line.push(p);
        }
    };
    for segment in path.segments() {
        match segment {
            Segment::Move(p) if line.is_empty() => add(&mut line, f(p)),
            Segment::Move(_) | Segment::Close => break,
            Segment::Line(p) => add(&mut line, f(p)),
            Segment::Quad(c, p) => {
                let (a, c, p) = (line[line.len() - 1], f(c), f(p));
                for i in 1..=16 {
                    let t = f64::from(i) / 16.0;
                    let b = |i: usize| (1.0 - t) * (1.0 - t) * a[i] + 2.0 * t * (1.0 - t) * c[i] + t * t * p[i];
                    add(&mut line, [b(0), b(1)]);
                }
            }
            Segment::Cubic(c, d, p) => {
                let (a, c, d, p) = (line[line.len() - 1], f(c), f(d), f(p));
                for i in 1..=16 {
                    let t = f64::from(i) / 16.0;
                    let s = 1.0 - t;
                    let b = |i: usize| {
                        s * s * s * a[i] + 3.0 * s * s * t * c[i] + 3.0 * s * t * t * d[i] + t * t * t * p[i]
                    };
                    add(&mut line, [b(0), b(1)]);
                }
            }
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cartography::text::{FontSpec, Fonts};

    #[test]
    fn on_a_straight_line_glyphs_stand_as_on_a_level_one() {
        let shaped = Fonts::embedded().shape("Euphrates الفرات", FontSpec::italic(12.0), "en");
        let mut path = Outline::new();
        path.line(&[Point::px(10.0, 20.0), Point::px(60.0, 20.0), Point::px(300.0, 20.0)]);
        let placed = along(&shaped, &path, 64);
        assert_eq!(placed.len(), shaped.runs.iter().map(|r| r.glyphs.len()).sum::<usize>());
        for p in placed {
            let glyph = shaped.runs[p.run].glyphs[p.glyph];
            assert!((p.at[0] - f64::from(glyph.at.x) - 11.0 * 64.0).abs() < 1e-6, "{glyph:?} {p:?}");
            assert!((p.at[1] - f64::from(glyph.at.y) - 20.0 * 64.0).abs() < 1e-6);
            assert_eq!(p.turn, [1.0, 0.0]);
        }
    }
}
