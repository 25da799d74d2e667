//! Glyph ranges for web maps: signed distance fields of the embedded fonts, 256 characters a file.
//!
//! The format is that of MapLibre and fontnik: 24 px to the em, three pixels around each glyph, distances up to 8 px, the edge at
//! three quarters. Arabic comes as presentation forms, which the map's right-to-left plug-in asks for.

use crate::cartography::text::{FontSpec, Fonts, Step, Weight};
use rayon::prelude::*;
use std::collections::BTreeSet;

const SIZE: f64 = 24.0;
const BUFFER: i32 = 3;
const RADIUS: f64 = 8.0;
const CUTOFF: f64 = 0.25;
/// Ascender of the Noto fonts in whole pixels at that size: tops are counted from it.
const ASCENDER: i32 = 26;

/// First characters of the ranges that are always there: Latin, Greek, Cyrillic, Arabic, signs, and the forms of Arabic letters.
const ALWAYS: [u32; 8] = [0, 0x100, 0x300, 0x400, 0x600, 0x2000, 0xFB00, 0xFE00];
/// Of those that are there where the map has use for them: further Latin, Armenian and Hebrew, Georgian.
const WHERE_USED: [u32; 4] = [0x200, 0x500, 0x1000, 0x1E00];

/// Name of a font stack.
pub fn stack_name(weight: Weight) -> &'static str {
    match weight {
        Weight::Regular => "Noto Sans Regular",
        Weight::Bold => "Noto Sans Bold",
    }
}

struct SdfGlyph {
    id: u32,
    bitmap: Vec<u8>,
    width: i32,
    height: i32,
    left: i32,
    top: i32,
    advance: i32,
}

fn varint(out: &mut Vec<u8>, mut n: u64) {
    while n > 0x7F {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn number(out: &mut Vec<u8>, field: u64, n: u64) {
    varint(out, field << 3);
    varint(out, n);
}

fn bytes(out: &mut Vec<u8>, field: u64, data: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, data.len() as u64);
    out.extend_from_slice(data);
}

fn signed(n: i32) -> u64 {
    u64::from(((n << 1) ^ (n >> 31)).cast_unsigned())
}

impl SdfGlyph {
    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bitmap.len() + 24);
        number(&mut out, 1, u64::from(self.id));
        if !self.bitmap.is_empty() {
            bytes(&mut out, 2, &self.bitmap);
        }
        number(&mut out, 3, u64::from(self.width.cast_unsigned()));
        number(&mut out, 4, u64::from(self.height.cast_unsigned()));
        number(&mut out, 5, signed(self.left));
        number(&mut out, 6, signed(self.top));
        number(&mut out, 7, u64::from(self.advance.cast_unsigned()));
        out
    }
}

type Segment = ([f64; 2], [f64; 2]);

/// Straight pieces of an outline in pixels, y up; curves in a few pieces, since they are a few pixels long.
fn segments(steps: &[Step], scale: f64) -> Vec<Segment> {
    let px = |p: [f32; 2]| [f64::from(p[0]) * scale, f64::from(p[1]) * scale];
    let mut out = Vec::new();
    let (mut start, mut at) = ([0.0; 2], [0.0; 2]);
    let mut to = |from: [f64; 2], to: [f64; 2]| {
        if from != to {
            out.push((from, to));
        }
        to
    };
    for step in steps {
        match *step {
            Step::Move(p) => {
                at = to(at, start);
                start = px(p);
                at = if at == start { at } else { start };
            }
            Step::Line(p) => at = to(at, px(p)),
            Step::Quad(c, p) => {
                let (a, c, p) = (at, px(c), px(p));
                for k in 1..=4 {
                    let t = f64::from(k) / 4.0;
                    let mix = |i: usize| (1.0 - t).powi(2) * a[i] + 2.0 * t * (1.0 - t) * c[i] + t * t * p[i];
                    at = to(at, [mix(0), mix(1)]);
                }
            }
            Step::Cubic(c, d, p) => {
                let (a, c, d, p) = (at, px(c), px(d), px(p));
                for k in 1..=5 {
                    let t = f64::from(k) / 5.0;
                    let u = 1.0 - t;
                    let mix = |i: usize| {
                        u.powi(3) * a[i] + 3.0 * t * u * u * c[i] + 3.0 * t * t * u * d[i] + t.powi(3) * p[i]
                    };
                    at = to(at, [mix(0), mix(1)]);
                }
            }
            Step::Close => at = to(at, start),
        }
    }
    out
}

/// Distances to the outline, the rows from the top; inside is high.
///
/// Each piece of the outline touches only the pixels whose value it can change: those within 6 px, where a value reaches 0.
fn field(segments: &[Segment], left: i32, top: i32, width: i32, height: i32) -> Vec<u8> {
    const REACH: f64 = RADIUS * (1.0 - CUTOFF);
    let pixels = (width * height) as usize;
    let mut nearest = vec![REACH * REACH; pixels];
    let mut winding = vec![0i32; pixels];
    let (x0, y0) = (f64::from(left) + 0.5, f64::from(top) - 0.5);
    for (a, b) in segments {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length = dx * dx + dy * dy;
        let column = |x: f64| (x - x0).ceil().clamp(0.0, f64::from(width)) as i32;
        let row = |y: f64| (y0 - y).ceil().clamp(0.0, f64::from(height)) as i32;
        let columns = column(a[0].min(b[0]) - REACH)..column(a[0].max(b[0]) + REACH);
        for r in row(a[1].max(b[1]) + REACH)..row(a[1].min(b[1]) - REACH) {
            let y = y0 - f64::from(r);
            let start = (r * width) as usize;
            for c in columns.clone() {
                let (px, py) = (x0 + f64::from(c) - a[0], y - a[1]);
                let u = ((px * dx + py * dy) / length).clamp(0.0, 1.0);
                let (ex, ey) = (px - u * dx, py - u * dy);
                let at = &mut nearest[start + c as usize];
                *at = at.min(ex * ex + ey * ey);
            }
        }
        // The pixels to the right of an edge are wound once more.
        for r in row(a[1].max(b[1]))..row(a[1].min(b[1])) {
            let y = y0 - f64::from(r);
            if (a[1] > y) != (b[1] > y) {
                let x = a[0] + dx * (y - a[1]) / dy;
                let turn = if dy > 0.0 { 1 } else { -1 };
                for c in column(x)..width {
                    winding[(r * width + c) as usize] += turn;
                }
            }
        }
    }
    let value = |(near, wound): (f64, i32)| {
        let distance = if wound == 0 { near.sqrt() } else { -near.sqrt() };
        (255.0 - 255.0 * (distance / RADIUS + CUTOFF)).round().clamp(0.0, 255.0) as u8
    };
    nearest.into_iter().zip(winding).map(value).collect()
}

fn glyph(fonts: &Fonts, c: char, font: FontSpec) -> Option<SdfGlyph> {
    let shaped = fonts.shape(c.encode_utf8(&mut [0; 4]), font, "");
    if !shaped.missing.is_empty() || shaped.runs.iter().map(|r| r.glyphs.len()).sum::<usize>() != 1 {
        return None;
    }
    let run = shaped.runs.iter().find(|r| !r.glyphs.is_empty())?;
    let glyph = run.glyphs[0];
    let outline = fonts.outline(run.face, glyph.id);
    let scale = SIZE / f64::from(fonts.face(run.face).units_per_em);
    let advance = (f64::from(glyph.advance) / 64.0).round() as i32;
    let empty = SdfGlyph { id: c.into(), bitmap: Vec::new(), width: 0, height: 0, left: 0, top: -ASCENDER, advance };
    let Some([x0, y0, x1, y1]) = outline.bounds else { return Some(empty) };
    let (left, right) = ((f64::from(x0) * scale).floor() as i32, (f64::from(x1) * scale).ceil() as i32);
    let (bottom, top) = ((f64::from(y0) * scale).floor() as i32, (f64::from(y1) * scale).ceil() as i32);
    let (width, height) = (right - left, top - bottom);
    let pieces = segments(&outline.steps, scale);
    let bitmap = field(&pieces, left - BUFFER, top + BUFFER, width + 2 * BUFFER, height + 2 * BUFFER);
    Some(SdfGlyph { id: c.into(), bitmap, width, height, left, top: top - ASCENDER, advance })
}

/// The ranges of a weight, for maps with some words: path below `glyphs/` and bytes.
pub fn ranges(fonts: &Fonts, weight: Weight, words: &str) -> Vec<(String, Vec<u8>)> {
    let used: BTreeSet<u32> = words.chars().map(|c| u32::from(c) & !0xFF).collect();
    let firsts: Vec<u32> = ALWAYS.into_iter().chain(WHERE_USED.into_iter().filter(|f| used.contains(f))).collect();
    let font = FontSpec { weight, ..FontSpec::regular(SIZE) };
    let name = stack_name(weight);
    firsts
        .par_iter()
        .map(|&first| {
            let range = format!("{first}-{}", first + 255);
            let glyphs: Vec<SdfGlyph> = (first..first + 256)
                .filter_map(char::from_u32)
                .filter(|c| !c.is_control())
                .filter_map(|c| glyph(fonts, c, font))
                .collect();
            let mut stack = Vec::new();
            bytes(&mut stack, 1, name.as_bytes());
            bytes(&mut stack, 2, range.as_bytes());
            for g in &glyphs {
                bytes(&mut stack, 3, &g.encode());
            }
            let mut file = Vec::new();
            bytes(&mut file, 1, &stack);
            (format!("glyphs/{name}/{range}.pbf"), file)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_where_fontnik_puts_it() {
        let fonts = Fonts::embedded();
        let a = glyph(&fonts, 'A', FontSpec::regular(SIZE)).expect("Noto Sans has an A");
        // Capital height 714 of 1000 units: 17.1 px, hence 18 rows; fontnik gives top -8 for it.
        assert_eq!((a.height, a.top, a.advance), (18, -8, 15));
        assert_eq!(a.bitmap.len(), ((a.width + 6) * (a.height + 6)) as usize);
        // The edge is at 191: the middle of the left stem's foot is inside, the corner far outside.
        assert!(a.bitmap.iter().max() > Some(&200) && a.bitmap[0] < 128);
        let space = glyph(&fonts, ' ', FontSpec::regular(SIZE)).expect("a space");
        assert_eq!((space.width, space.bitmap.len(), space.advance), (0, 0, 6));
        assert!(glyph(&fonts, '漢', FontSpec::regular(SIZE)).is_none());
    }

    #[test]
    fn scripts_that_nobody_uses_are_left_out() {
        let fonts = Fonts::embedded();
        let names =
            |words: &str| ranges(&fonts, Weight::Regular, words).into_iter().map(|(n, _)| n).collect::<Vec<_>>();
        let (plain, more) = (names("Hama حماة"), names("Ḩamāh"));
        assert!(
            plain.iter().any(|n| n.ends_with("/1024-1279.pbf")) && plain.iter().any(|n| n.ends_with("/1536-1791.pbf"))
        );
        assert_eq!((plain.len(), more.len()), (8, 9));
        assert!(more.iter().any(|n| n.ends_with("/7680-7935.pbf")));
    }

    #[test]
    fn arabic_forms_are_there() {
        let fonts = Fonts::embedded();
        for c in ['\u{FEA3}', '\u{FEE4}', '\u{FE8E}', '\u{FE93}'] {
            assert!(glyph(&fonts, c, FontSpec::bold(SIZE)).is_some_and(|g| g.width > 0), "{c:?}");
        }
    }
}
