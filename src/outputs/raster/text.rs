//! Text as pixels: cached glyph masks, joined to one halo and one ink a text, blended once.

use super::Bitmap;
use super::mask::{Mask, Transform, mask};
use crate::cartography::display::{Placement, Rect, Text};
use crate::cartography::text::{FaceId, Fonts, along};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Steps of a pixel to which glyph origins are held, rightwards and downwards, so that masks can be used again.
const STEPS: [i32; 2] = [4, 2];

/// What a mask is kept under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    face: FaceId,
    glyph: u32,
    /// 1/64 device px to the em.
    size: i32,
    /// Halo in 1/64 device px.
    halo: i32,
    /// Step within the pixel, rightwards and downwards.
    step: [u8; 2],
}

/// Masks of the glyphs drawn so far.
#[derive(Default)]
pub(super) struct Masks {
    kept: FxHashMap<Key, Arc<Mask>>,
    fonts: Option<Fonts>,
    halo: Vec<u8>,
    ink: Vec<u8>,
}

/// A glyph to draw: its mask and the whole pixel it hangs on.
struct Hung {
    mask: Arc<Mask>,
    x: i32,
    y: i32,
}

impl Masks {
    fn glyph(&mut self, fonts: &Fonts, key: Key) -> Arc<Mask> {
        if let Some(known) = self.kept.get(&key) {
            return known.clone();
        }
        let unit = key.size as f32 / 64.0 / fonts.face(key.face).units_per_em as f32;
        let step = |k: usize| f32::from(key.step[k]) / STEPS[k] as f32;
        let t: Transform = [unit, 0.0, 0.0, -unit, step(0), step(1)];
        let made = Arc::new(mask(&fonts.outline(key.face, key.glyph), t, key.halo as f32 / 64.0));
        self.kept.insert(key, made.clone());
        made
    }

    /// Masks of a text's glyphs, all with the same halo in 1/64 px.
    fn hang(&mut self, fonts: &Fonts, text: &Text, scale: i32, halo: i32) -> Vec<Hung> {
        let size = text.shaped.font.size * scale;
        let halo = halo * scale;
        let mut out = Vec::new();
        let (turn, origin) = match &text.place {
            Placement::Straight { angle: 0, .. } => {
                let left = text.left().unwrap_or_default();
                for run in &text.shaped.runs {
                    for glyph in &run.glyphs {
                        let steps = |v: i32, k: usize| (v * scale + 64 / STEPS[k] / 2).div_euclid(64 / STEPS[k]);
                        let at = [steps(left.x + glyph.at.x, 0), steps(left.y + glyph.at.y, 1)];
                        let step = [at[0].rem_euclid(STEPS[0]) as u8, at[1].rem_euclid(STEPS[1]) as u8];
                        let key = Key { face: run.face, glyph: glyph.id, size, halo, step };
                        let mask = self.glyph(fonts, key);
                        out.push(Hung { mask, x: at[0].div_euclid(STEPS[0]), y: at[1].div_euclid(STEPS[1]) });
                    }
                }
                return out;
            }
            Placement::Straight { origin, angle, .. } => (f64::from(*angle) / 100.0, *origin),
            Placement::Along { path, start } => {
                for p in along(&text.shaped, path, *start) {
                    let run = &text.shaped.runs[p.run];
                    out.push(turned(fonts, run.face, run.glyphs[p.glyph].id, size, halo, scale, p.at, p.turn));
                }
                return out;
            }
        };
        let left = text.left().unwrap_or_default();
        let turn = [turn.to_radians().cos(), turn.to_radians().sin()];
        for run in &text.shaped.runs {
            for glyph in &run.glyphs {
                let dx = f64::from(left.x - origin.x + glyph.at.x);
                let dy = f64::from(left.y - origin.y + glyph.at.y);
                let at = [
                    f64::from(origin.x) + dx * turn[0] - dy * turn[1],
                    f64::from(origin.y) + dx * turn[1] + dy * turn[0],
                ];
                out.push(turned(fonts, run.face, glyph.id, size, halo, scale, at, turn));
            }
        }
        out
    }

    /// Draws a text.
    pub(super) fn draw(&mut self, fonts: &Fonts, text: &Text, scale: i32, onto: &mut Bitmap) {
        if !self.fonts.as_ref().is_some_and(|f| f.same(fonts)) {
            self.kept.clear();
            self.fonts = Some(fonts.clone());
        }
        let halo = text.halo.filter(|h| h.width > 0 && h.alpha > 0);
        let rims = halo.map_or_else(Vec::new, |h| self.hang(fonts, text, scale, h.width));
        let inks = self.hang(fonts, text, scale, 0);
        let mut bounds: Option<Rect> = None;
        for h in rims.iter().chain(&inks).filter(|h| h.mask.width > 0) {
            let (l, t) = (h.x + h.mask.left, h.y + h.mask.top);
            let height = h.mask.cover.len() / h.mask.width;
            let r = Rect::new(l, t, l + h.mask.width as i32, t + height as i32);
            bounds = Some(bounds.map_or(r, |b| b.union(&r)));
        }
        let Some(bounds) = bounds else { return };
        let clip = Rect::new(
            bounds.left.max(0),
            bounds.top.max(0),
            bounds.right.min(onto.width as i32),
            bounds.bottom.min(onto.height as i32),
        );
        if clip.width() <= 0 || clip.height() <= 0 {
            return;
        }
        let area = clip.width() as usize * clip.height() as usize;
        self.ink.clear();
        self.ink.resize(area, 0);
        // Where letters touch, as in Arabic, their coverage adds up; a halo is the widest of all.
        join(&mut self.ink, clip, &inks, u8::saturating_add);
        if let Some(halo) = halo {
            self.halo.clear();
            self.halo.resize(area, 0);
            join(&mut self.halo, clip, &rims, u8::max);
            onto.blend(clip, &self.halo, halo.color, halo.alpha);
        }
        onto.blend(clip, &self.ink, text.color, text.alpha);
    }
}

#[expect(clippy::too_many_arguments, reason = "a glyph's identity and its place; used twice, here")]
fn turned(
    fonts: &Fonts,
    face: FaceId,
    glyph: u32,
    size: i32,
    halo: i32,
    scale: i32,
    at: [f64; 2],
    turn: [f64; 2],
) -> Hung {
    let unit = size as f32 / 64.0 / fonts.face(face).units_per_em as f32;
    let device = |v: f64| v * f64::from(scale) / 64.0;
    let (x, y) = (device(at[0]), device(at[1]));
    let (cos, sin) = (turn[0] as f32 * unit, turn[1] as f32 * unit);
    let t: Transform = [cos, sin, sin, -cos, (x - x.floor()) as f32, (y - y.floor()) as f32];
    let mask = Arc::new(mask(&fonts.outline(face, glyph), t, halo as f32 / 64.0));
    Hung { mask, x: x.floor() as i32, y: y.floor() as i32 }
}

/// Joins masks into one.
fn join(into: &mut [u8], clip: Rect, hung: &[Hung], with: impl Fn(u8, u8) -> u8) {
    for h in hung.iter().filter(|h| h.mask.width > 0) {
        let (l, t) = (h.x + h.mask.left, h.y + h.mask.top);
        for (row, line) in (t..).zip(h.mask.cover.chunks_exact(h.mask.width)) {
            if row < clip.top || row >= clip.bottom {
                continue;
            }
            let from = (clip.left - l).max(0) as usize;
            let to = (clip.right - l).clamp(0, h.mask.width as i32) as usize;
            if from >= to {
                continue;
            }
            let start = (row - clip.top) as usize * clip.width() as usize + (l + from as i32 - clip.left) as usize;
            for (a, b) in into[start..start + to - from].iter_mut().zip(&line[from..to]) {
                *a = with(*a, *b);
            }
        }
    }
}
