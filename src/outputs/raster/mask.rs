//! Coverage masks of glyphs: the letter by exact area, its halo by distance from the outline.
//!
//! Plain scalar arithmetic without fused operations, so every machine computes the same bytes.

use crate::cartography::text::{GlyphOutline, Step};

/// Coverage of a small rectangle of pixels, 0 to 255.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mask {
    /// Left edge in pixels from the glyph's whole-pixel origin.
    pub left: i32,
    /// Top edge in pixels from the glyph's whole-pixel origin.
    pub top: i32,
    /// Pixels in a row.
    pub width: usize,
    /// Coverage row by row.
    pub cover: Vec<u8>,
}

/// Where a glyph stands: `[a, b, c, d, e, f]` maps font units (x, y) to pixels (a x + c y + e, b x + d y + f).
pub(super) type Transform = [f32; 6];

/// The straight pieces of an outline in pixels, contour by contour.
///
/// A chord stands at most `flat` pixels off its curve.
fn flatten(outline: &GlyphOutline, t: Transform, flat: f32) -> Vec<[[f32; 2]; 2]> {
    let map = |p: [f32; 2]| [t[0] * p[0] + t[2] * p[1] + t[4], t[1] * p[0] + t[3] * p[1] + t[5]];
    let mut pieces = Vec::with_capacity(outline.steps.len() * 3);
    let (mut start, mut pen) = ([0.0; 2], [0.0; 2]);
    let pieces_of = |bend: f32| ((bend / (4.0 * flat)).sqrt().ceil()).clamp(1.0, 32.0) as usize;
    for step in &outline.steps {
        match *step {
            Step::Move(p) => {
                if pen != start {
                    pieces.push([pen, start]);
                }
                start = map(p);
                pen = start;
            }
            Step::Line(p) => {
                let p = map(p);
                pieces.push([pen, p]);
                pen = p;
            }
            Step::Quad(c, p) => {
                let (a, c, p) = (pen, map(c), map(p));
                let bend = (a[0] - 2.0 * c[0] + p[0]).abs().max((a[1] - 2.0 * c[1] + p[1]).abs());
                let n = pieces_of(bend);
                for i in 1..=n {
                    let u = i as f32 / n as f32;
                    let v = 1.0 - u;
                    let at = |k: usize| v * v * a[k] + 2.0 * u * v * c[k] + u * u * p[k];
                    let next = if i == n { p } else { [at(0), at(1)] };
                    pieces.push([pen, next]);
                    pen = next;
                }
            }
            Step::Cubic(c, d, p) => {
                let (a, c, d, p) = (pen, map(c), map(d), map(p));
                let bend = |k: usize| (a[k] - 2.0 * c[k] + d[k]).abs().max((c[k] - 2.0 * d[k] + p[k]).abs()) * 3.0;
                let n = pieces_of(bend(0).max(bend(1)));
                for i in 1..=n {
                    let u = i as f32 / n as f32;
                    let v = 1.0 - u;
                    let at = |k: usize| {
                        v * v * v * a[k] + 3.0 * u * v * v * c[k] + 3.0 * u * u * v * d[k] + u * u * u * p[k]
                    };
                    let next = if i == n { p } else { [at(0), at(1)] };
                    pieces.push([pen, next]);
                    pen = next;
                }
            }
            Step::Close => {
                if pen != start {
                    pieces.push([pen, start]);
                }
                pen = start;
            }
        }
    }
    if pen != start {
        pieces.push([pen, start]);
    }
    pieces
}

/// Mask of a glyph; with `halo > 0`, of everything within that many pixels of it.
pub(super) fn mask(outline: &GlyphOutline, t: Transform, halo: f32) -> Mask {
    // The rim of a halo is far from the curve it follows, and pale.
    let pieces = flatten(outline, t, if halo > 0.0 { 0.1 } else { 0.04 });
    let mut points = pieces.iter().flatten();
    let Some(first) = points.next() else { return Mask::default() };
    let mut b = [first[0], first[1], first[0], first[1]];
    for p in points {
        b = [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])];
    }
    let margin = halo + if halo > 0.0 { 0.5 } else { 0.0 };
    let (left, top) = ((b[0] - margin).floor() as i32, (b[1] - margin).floor() as i32);
    let width = ((b[2] + margin).ceil() as i32 - left).max(1) as usize;
    let height = ((b[3] + margin).ceil() as i32 - top).max(1) as usize;
    let local = |p: [f32; 2]| [p[0] - left as f32, p[1] - top as f32];
    let pieces: Vec<[[f32; 2]; 2]> = pieces.iter().map(|[a, b]| [local(*a), local(*b)]).collect();
    let mut cover = areas(&pieces, width, height);
    if halo > 0.0 {
        widen(&pieces, width, height, halo, &mut cover);
    }
    Mask { left, top, width, cover }
}

/// Exact-area coverage: every piece adds the signed area to its right, a running sum makes it coverage.
fn areas(pieces: &[[[f32; 2]; 2]], width: usize, height: usize) -> Vec<u8> {
    // Two spare columns take what falls on the right edge.
    let stride = width + 2;
    let mut sums = vec![0.0_f32; stride * height];
    for &[a, b] in pieces {
        if a[1] == b[1] {
            continue;
        }
        let (dir, a, b) = if a[1] < b[1] { (1.0, a, b) } else { (-1.0, b, a) };
        let slope = (b[0] - a[0]) / (b[1] - a[1]);
        // Within the box all is positive, so a cast is the whole number below.
        let (first, last) = (a[1] as usize, above(b[1]).min(height));
        for row in first..last {
            let y0 = a[1].max(row as f32);
            let y1 = b[1].min((row + 1) as f32);
            let d = (y1 - y0) * dir;
            let xa = a[0] + (y0 - a[1]) * slope;
            let xb = a[0] + (y1 - a[1]) * slope;
            let (x0, x1) = if xa < xb { (xa, xb) } else { (xb, xa) };
            let (x0, x1) = (x0.clamp(0.0, width as f32), x1.clamp(0.0, width as f32));
            let line = &mut sums[row * stride..(row + 1) * stride];
            let i0 = x0 as usize;
            let i1 = above(x1);
            if i1 <= i0 + 1 {
                let middle = (x0 + x1) / 2.0 - i0 as f32;
                line[i0] += d * (1.0 - middle);
                line[i0 + 1] += d * middle;
            } else {
                // The piece crosses several pixels of the row: a triangle, full steps, a triangle.
                let per = 1.0 / (x1 - x0);
                let f0 = x0 - i0 as f32;
                let head = 0.5 * per * (1.0 - f0) * (1.0 - f0);
                let f1 = x1 - i1 as f32 + 1.0;
                let tail = 0.5 * per * f1 * f1;
                line[i0] += d * head;
                if i1 == i0 + 2 {
                    line[i0 + 1] += d * (1.0 - head - tail);
                } else {
                    let second = per * (1.5 - f0);
                    line[i0 + 1] += d * (second - head);
                    for cell in &mut line[i0 + 2..i1 - 1] {
                        *cell += d * per;
                    }
                    let before = second + (i1 - i0 - 3) as f32 * per;
                    line[i1 - 1] += d * (1.0 - before - tail);
                }
                line[i1] += d * tail;
            }
        }
    }
    let mut cover = Vec::with_capacity(width * height);
    for row in sums.chunks_exact(stride) {
        let mut sum = 0.0_f32;
        for cell in &row[..width] {
            sum += cell;
            cover.push((sum.abs().min(1.0) * 255.0 + 0.5) as u8);
        }
    }
    cover
}

/// The whole number above a number that is not negative.
fn above(v: f32) -> usize {
    let towards_zero = v as usize;
    towards_zero + usize::from((towards_zero as f32) < v)
}

/// Raises coverage near the outline: a pixel `d` from it is covered by `halo + 1/2 - d`.
fn widen(pieces: &[[[f32; 2]; 2]], width: usize, height: usize, halo: f32, cover: &mut [u8]) {
    let reach = halo + 0.5;
    // Four columns at a time; a column more than needed is too far off to count.
    let stride = width.next_multiple_of(4);
    let middles: Vec<f32> = (0..stride).map(|column| column as f32 + 0.5).collect();
    let mut nearest = vec![reach * reach; stride * height];
    for &[a, b] in pieces {
        let d = [b[0] - a[0], b[1] - a[1]];
        let len = d[0] * d[0] + d[1] * d[1];
        let per = if len > 0.0 { 1.0 / len } else { 0.0 };
        let low = |p: f32, q: f32| above((p.min(q) - reach - 0.5).max(0.0));
        let high = |p: f32, q: f32, n: usize| ((p.max(q) + reach + 0.5).max(0.0) as usize).min(n);
        let (first, last) = (low(a[0], b[0]), high(a[0], b[0], width));
        if first >= last {
            continue;
        }
        let columns = first / 4 * 4..last.next_multiple_of(4);
        let (middles, _) = middles[columns.clone()].as_chunks::<4>();
        for row in low(a[1], b[1])..high(a[1], b[1], height) {
            let y = row as f32 + 0.5 - a[1];
            let (line, _) = nearest[row * stride..][columns.clone()].as_chunks_mut::<4>();
            for (cells, middles) in line.iter_mut().zip(middles) {
                for (cell, middle) in cells.iter_mut().zip(middles) {
                    let x = middle - a[0];
                    // Nothing here is not a number, which `clamp` and `min` would have to ask.
                    let along = (x * d[0] + y * d[1]) * per;
                    let along = if along > 0.0 { along } else { 0.0 };
                    let along = if along < 1.0 { along } else { 1.0 };
                    let (dx, dy) = (x - along * d[0], y - along * d[1]);
                    let far = dx * dx + dy * dy;
                    *cell = if far < *cell { far } else { *cell };
                }
            }
        }
    }
    for (line, nearest) in cover.chunks_exact_mut(width).zip(nearest.chunks_exact(stride)) {
        for (c, d) in line.iter_mut().zip(nearest) {
            let near = ((reach - d.sqrt()).clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
            *c = (*c).max(near);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(l: f32, t: f32, r: f32, b: f32) -> GlyphOutline {
        let steps = vec![Step::Move([l, t]), Step::Line([r, t]), Step::Line([r, b]), Step::Line([l, b]), Step::Close];
        GlyphOutline { steps, bounds: Some([l, t, r, b]) }
    }

    #[test]
    fn coverage_is_area() {
        let m = mask(&square(0.25, 0.5, 2.5, 2.0), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0], 0.0);
        assert_eq!((m.left, m.top, m.width), (0, 0, 3));
        assert_eq!(m.cover, [96, 128, 64, 191, 255, 128]);
    }

    #[test]
    fn slanted_edges_cover_their_area_too() {
        // A triangle across many pixels: the sum of coverage is its area.
        let steps = vec![Step::Move([0.3, 0.2]), Step::Line([17.7, 3.1]), Step::Line([2.2, 9.4]), Step::Close];
        let m = mask(&GlyphOutline { steps, bounds: None }, [1.0, 0.0, 0.0, 1.0, 0.0, 0.0], 0.0);
        let area = ((17.4_f64 * 9.2) - (1.9 * 2.9)).abs() / 2.0;
        let sum: f64 = m.cover.iter().map(|c| f64::from(*c) / 255.0).sum();
        assert!((sum - area).abs() < 0.15, "{sum} {area}");
    }

    #[test]
    fn a_halo_is_as_wide_as_asked_and_round_at_corners() {
        let m = mask(&square(0.0, 0.0, 4.0, 4.0), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0], 2.0);
        let sum: f64 = m.cover.iter().map(|c| f64::from(*c) / 255.0).sum();
        let area = 16.0 + 4.0 * 8.0 + std::f64::consts::PI * 4.0;
        assert!((sum - area).abs() < 0.6, "{sum} {area}");
        assert_eq!(m.cover[0], 0, "the corner is round");
    }
}
