//! Laying colour over pixels: covered strips, layers that are see-through as a whole.
//!
//! Whole-number arithmetic, two channels to a word, so every machine computes the same bytes.

use crate::model::Rgb;
use vello_common::geometry::RectU16;
use vello_common::strip::visit_strip_fill_segments;
use vello_common::strip_generator::StripStorage;
use vello_common::tile::Tile;

/// Red, green, blue, opacity.
pub(super) type Pixel = [u8; 4];

/// Two channels in one word, each with eight bits to spare.
const EVEN: u32 = 0x00FF_00FF;

/// A product of two bytes divided by 255, rounded.
pub(super) fn divide(v: u32) -> u32 {
    (v + 128 + ((v + 128) >> 8)) >> 8
}

/// The same for two channels in one word.
fn divide_both(v: u32) -> u32 {
    let v = v + 0x0080_0080;
    ((v + ((v >> 8) & EVEN)) >> 8) & EVEN
}

/// A colour ready to be laid over pixels.
#[derive(Clone, Copy)]
pub(super) struct Ink {
    solid: Pixel,
    even: u32,
    odd: u32,
}

impl Ink {
    pub(super) fn new(color: Rgb) -> Self {
        let solid = [color.0, color.1, color.2, 255];
        let word = u32::from_le_bytes(solid);
        Self { solid, even: word & EVEN, odd: (word >> 8) & EVEN }
    }

    /// Lays it over a pixel that it covers by `a` of 255. On a layer the pixel is premultiplied, and stays so.
    #[inline]
    pub(super) fn over(self, pixel: &mut Pixel, a: u32) {
        let word = u32::from_le_bytes(*pixel);
        let even = divide_both((word & EVEN) * (255 - a) + self.even * a);
        let odd = divide_both(((word >> 8) & EVEN) * (255 - a) + self.odd * a);
        *pixel = (even | odd << 8).to_le_bytes();
    }
}

/// Pixels to draw on.
pub(super) struct Canvas<'a> {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: &'a mut [Pixel],
}

impl Canvas<'_> {
    /// Lays a colour over what strips cover.
    pub(super) fn strips(&mut self, strips: &StripStorage, color: Rgb, alpha: u8) {
        let ink = Ink::new(color);
        let tiles = |side: usize, tile: u16| side.div_ceil(usize::from(tile)) as u16;
        let bounds = RectU16::new(0, 0, tiles(self.width, Tile::WIDTH), tiles(self.height, Tile::HEIGHT));
        let alphas = &strips.alphas[..];
        visit_strip_fill_segments(
            &strips.strips,
            bounds,
            self,
            |canvas, part| {
                let (x0, x1, y) = (usize::from(part.x0()), usize::from(part.x1()), usize::from(part.y()));
                // Column by column, four rows each.
                let cover = alphas[part.alpha_idx as usize..][..(x1 - x0) * 4].as_chunks::<4>().0;
                for row in 0..(canvas.height - y).min(4) {
                    let line = &mut canvas.pixels[(y + row) * canvas.width..][..canvas.width];
                    let line = &mut line[x0..x1.min(canvas.width)];
                    for (pixel, column) in line.iter_mut().zip(cover) {
                        let a = match alpha {
                            255 => u32::from(column[row]),
                            _ => divide(u32::from(column[row]) * u32::from(alpha)),
                        };
                        match a {
                            0 => {}
                            255 => *pixel = ink.solid,
                            _ => ink.over(pixel, a),
                        }
                    }
                }
            },
            |canvas, part| {
                let (x0, x1, y) = (usize::from(part.x0()), usize::from(part.x1()), usize::from(part.y()));
                for row in y..canvas.height.min(y + 4) {
                    let line = &mut canvas.pixels[row * canvas.width..][..canvas.width];
                    let line = &mut line[x0..x1.min(canvas.width)];
                    if alpha == 255 {
                        line.fill(ink.solid);
                    } else {
                        line.iter_mut().for_each(|p| ink.over(p, alpha.into()));
                    }
                }
            },
        );
    }

    /// Lays a layer over the picture, see-through as a whole, and leaves the layer clear. `within` is where it may be drawn on.
    pub(super) fn layer(&mut self, layer: &mut [Pixel], within: [usize; 4], alpha: u8) {
        let [x0, y0, x1, y1] = within;
        let alpha = u32::from(alpha);
        for y in y0..y1 {
            let range = y * self.width + x0..y * self.width + x1;
            for (pixel, over) in self.pixels[range.clone()].iter_mut().zip(&mut layer[range]) {
                if over[3] == 0 {
                    continue;
                }
                let rest = 255 - divide(u32::from(over[3]) * alpha);
                let (under, word) = (u32::from_le_bytes(*pixel), u32::from_le_bytes(*over));
                // Premultiplied channels never exceed their opacity, so no sum exceeds 255 · 255.
                let even = divide_both((under & EVEN) * rest + (word & EVEN) * alpha);
                let odd = divide_both(((under >> 8) & EVEN) * rest + ((word >> 8) & EVEN) * alpha);
                *pixel = (even | odd << 8).to_le_bytes();
                *over = [0; 4];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_channels_at_once_are_the_same_as_one() {
        let colors = [Rgb(0, 0, 0), Rgb(255, 255, 255), Rgb(200, 3, 77), Rgb(1, 254, 128)];
        for (ink, under) in colors.iter().flat_map(|a| colors.iter().map(move |b| (*a, *b))) {
            for a in 0..=255 {
                let mut pixel = [under.0, under.1, under.2, 255];
                Ink::new(ink).over(&mut pixel, a);
                let one = |p: u8, i: u8| divide(u32::from(p) * (255 - a) + u32::from(i) * a) as u8;
                assert_eq!(pixel, [one(under.0, ink.0), one(under.1, ink.1), one(under.2, ink.2), 255]);
            }
        }
    }

    #[test]
    fn a_layer_of_full_opacity_is_as_if_drawn_directly() {
        let mut under = [[10, 20, 30, 255]; 3];
        let mut layer = [[0; 4], [0; 4], [200, 100, 50, 255]];
        Ink::new(Rgb(200, 100, 50)).over(&mut layer[1], 128);
        Canvas { width: 3, height: 1, pixels: &mut under }.layer(&mut layer, [0, 0, 3, 1], 255);
        assert_eq!(layer, [[0; 4]; 3]);
        assert_eq!((under[0], under[2]), ([10, 20, 30, 255], [200, 100, 50, 255]));
        let mut direct = [10, 20, 30, 255];
        Ink::new(Rgb(200, 100, 50)).over(&mut direct, 128);
        assert!(direct.iter().zip(under[1]).all(|(a, b)| a.abs_diff(b) <= 1), "{direct:?} {:?}", under[1]);
    }
}
