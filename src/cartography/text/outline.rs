//! Glyph outlines in font units.

use skrifa::{DrawMemory, Font, GlyphId, PathSink, ScalerFont};

/// A step of a glyph's outline; font units, y up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// Start a contour.
    Move([f32; 2]),
    /// A line.
    Line([f32; 2]),
    /// A quadratic curve: control, end.
    Quad([f32; 2], [f32; 2]),
    /// A cubic curve: two controls, end.
    Cubic([f32; 2], [f32; 2], [f32; 2]),
    /// Back to the start of the contour.
    Close,
}

/// The outline of a glyph in font units, y up.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GlyphOutline {
    /// Its steps; empty for a space.
    pub steps: Vec<Step>,
    /// Left, bottom, right, top of its control points; `None` for a space.
    pub bounds: Option<[f32; 4]>,
}

impl GlyphOutline {
    fn touch(&mut self, points: &[[f32; 2]]) {
        for &[x, y] in points {
            let b = self.bounds.get_or_insert([x, y, x, y]);
            *b = [b[0].min(x), b[1].min(y), b[2].max(x), b[3].max(y)];
        }
    }
}

impl PathSink for GlyphOutline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.steps.push(Step::Move([x, y]));
        self.touch(&[[x, y]]);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.steps.push(Step::Line([x, y]));
        self.touch(&[[x, y]]);
    }
    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.steps.push(Step::Quad([cx, cy], [x, y]));
        self.touch(&[[cx, cy], [x, y]]);
    }
    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.steps.push(Step::Cubic([ax, ay], [bx, by], [x, y]));
        self.touch(&[[ax, ay], [bx, by], [x, y]]);
    }
    fn close(&mut self) {
        self.steps.push(Step::Close);
    }
}

/// Draws a glyph unhinted; a glyph the font does not have is empty.
pub(super) fn draw(font: &Font, glyph: u32) -> GlyphOutline {
    let mut outline = GlyphOutline::default();
    let scaler = ScalerFont::force_unhinted(font.clone(), None);
    let drawn = scaler.outline(GlyphId::new(glyph)).map(|o| o.draw(DrawMemory::Scratch, &mut outline));
    match drawn {
        Some(Ok(_)) => outline,
        _ => GlyphOutline::default(),
    }
}
