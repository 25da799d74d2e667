//! Pictures inside a picture: relief, logos. Enlarged between their pixels, reduced by area.
//!
//! Plain scalar arithmetic without fused operations, so every machine computes the same bytes.

use super::ink::{Canvas, divide};
use crate::cartography::display::Image;

/// How much of a device pixel a picture covers along one axis, and which of its pixels make it up.
struct Tap {
    first: usize,
    /// Weights of pixels from `first` on; their sum is the share of the device pixel that is covered.
    weights: Vec<f32>,
}

/// The taps of the device pixels `from..to`; the picture's `count` pixels fill `size` device pixels from `start` on.
fn taps(count: usize, start: f64, size: f64, from: usize, to: usize) -> Vec<Tap> {
    let step = count as f64 / size;
    let last = count - 1;
    let of = |x: usize| {
        let share = ((x + 1) as f64).min(start + size) - (x as f64).max(start);
        let middle = (x as f64 + 0.5 - start) * step;
        // A box as wide as the device pixel, at least a pixel of the picture: between its pixels, that is linear.
        let half = step.max(1.0) / 2.0;
        let (low, high) = (middle - half, middle + half);
        let (first, end) = (low.floor() as i64, high.ceil() as i64);
        let held = |i: i64| i.clamp(0, last as i64) as usize;
        let mut tap = Tap { first: held(first), weights: Vec::new() };
        for i in first..end {
            let part = (high.min((i + 1) as f64) - low.max(i as f64)).max(0.0) / (2.0 * half);
            let at = held(i) - tap.first;
            tap.weights.resize(tap.weights.len().max(at + 1), 0.0);
            tap.weights[at] += (part * share.clamp(0.0, 1.0)) as f32;
        }
        tap
    };
    (from..to).map(of).collect()
}

/// Draws a picture with `scale` device pixels to a CSS pixel.
pub(super) fn draw(image: &Image, scale: u32, onto: &mut Canvas<'_>) {
    let p = &image.pixels;
    let (width, height) = (p.width as usize, p.height as usize);
    let (source, _) = p.rgba.as_chunks::<4>();
    if source.is_empty() || source.len() != width * height {
        return;
    }
    let f = |v: i32| f64::from(v) * f64::from(scale) / 64.0;
    let r = image.rect;
    let ends = |a: f64, b: f64, most: usize| (a.floor().max(0.0) as usize, (b.ceil().max(0.0) as usize).min(most));
    let ((x0, x1), (y0, y1)) = (ends(f(r.left), f(r.right), onto.width), ends(f(r.top), f(r.bottom), onto.height));
    if x0 >= x1 || y0 >= y1 {
        return;
    }
    let columns = taps(width, f(r.left), f(r.width()), x0, x1);
    for (y, row) in (y0..y1).zip(taps(height, f(r.top), f(r.height()), y0, y1)) {
        let line = &mut onto.pixels[y * onto.width + x0..y * onto.width + x1];
        for (pixel, column) in line.iter_mut().zip(&columns) {
            // Premultiplied sums.
            let mut sum = [0.0_f32; 4];
            for (j, v) in row.weights.iter().enumerate() {
                let from = &source[(row.first + j) * width + column.first..][..column.weights.len()];
                for (s, h) in from.iter().zip(&column.weights) {
                    let a = v * h * f32::from(s[3]);
                    sum[3] += a;
                    for k in 0..3 {
                        sum[k] += a * f32::from(s[k]) / 255.0;
                    }
                }
            }
            if sum[3] < 0.5 {
                continue;
            }
            let byte = |v: f32| divide((v + 0.5) as u32 * u32::from(image.alpha));
            let rest = 255 - byte(sum[3]);
            for (to, own) in pixel.iter_mut().zip(sum) {
                *to = (divide(u32::from(*to) * rest) + byte(own)).min(255) as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cartography::display::{Pixels, Rect};
    use std::sync::Arc;

    fn drawn(rgba: Vec<u8>, width: u32, rect: Rect, side: usize) -> Vec<[u8; 4]> {
        let height = rgba.len() as u32 / 4 / width;
        let image = Image { pixels: Arc::new(Pixels { width, height, rgba }), rect, alpha: 255, title: None };
        let mut pixels = vec![[255, 255, 255, 255]; side * side];
        draw(&image, 1, &mut Canvas { width: side, height: side, pixels: &mut pixels });
        pixels
    }

    #[test]
    fn pixel_on_pixel_is_exact() {
        let rgba = [[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255], [9, 9, 9, 0]].concat();
        let out = drawn(rgba, 2, Rect::px(1.0, 1.0, 3.0, 3.0), 4);
        assert_eq!(out[5..7], [[255, 0, 0, 255], [0, 255, 0, 255]]);
        assert_eq!(out[9..11], [[0, 0, 255, 255], [255, 255, 255, 255]]);
        assert_eq!(out[0], [255; 4]);
    }

    #[test]
    fn reduced_by_area_and_half_covered_at_the_edge() {
        // A chequerboard of 8 × 8 on 4 × 4 pixels is grey all over; half a pixel to the right its edges are half as dark.
        let rgba =
            (0..64).flat_map(|i| if (i + i / 8) % 2 == 0 { [0, 0, 0, 255] } else { [255; 4] }).collect::<Vec<u8>>();
        let out = drawn(rgba.clone(), 8, Rect::px(0.0, 0.0, 4.0, 4.0), 4);
        assert!(out.iter().all(|p| p[0].abs_diff(128) <= 1), "{out:?}");
        let out = drawn(rgba, 8, Rect::px(0.5, 0.0, 3.5, 4.0), 4);
        assert!(out[0][0].abs_diff(191) <= 2 && out[3][0].abs_diff(191) <= 2, "{out:?}");
    }
}
