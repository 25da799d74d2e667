//! The hatching as a sprite, one tile a colour and slope, and the dots of towns, at single and double density.

use crate::cartography::colour::over;
use crate::model::Rgb;
use serde_json::{Map, Value, json};

/// Which way lines run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slope {
    /// From bottom left to top right.
    Up,
    /// From top left to bottom right.
    Down,
}

/// A tile of hatching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hatch {
    /// Colour of the lines.
    pub color: Rgb,
    /// Their slope.
    pub slope: Slope,
}

impl Hatch {
    /// Its name in the sprite.
    pub fn name(&self) -> String {
        let slope = if self.slope == Slope::Up { "up" } else { "down" };
        format!("hatch-{slope}-{}", self.color.to_string().trim_start_matches('#').to_lowercase())
    }
}

/// The dot of a town, which a page shows only together with its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dot {
    /// Its radius without the rim, tenths of a CSS pixel.
    pub radius: u32,
    /// Its colour.
    pub color: Rgb,
    /// The colour of its rim.
    pub rim: Rgb,
}

impl Dot {
    /// Its name in the sprite.
    pub fn name(&self) -> String {
        format!("dot-{}-{}", self.radius, self.color.to_string().trim_start_matches('#').to_lowercase())
    }

    /// Colour and opacity of a pixel, 0 to 1, by its distance from the middle in CSS pixels.
    fn at(&self, off: f64, density: f64) -> (Rgb, f64) {
        let radius = f64::from(self.radius) / 10.0;
        let within = |r: f64| ((r - off) * density + 0.5).clamp(0.0, 1.0);
        (over(self.color, within(radius), self.rim), within(radius + 0.8))
    }
}

/// Side of a tile in CSS pixels: lines repeat every 7 px across themselves.
const SIDE: u32 = 10;

/// The index and the picture of a sprite at a density of 1 or 2.
pub fn sprite(hatches: &[Hatch], dots: &[Dot], density: u32, width: f64) -> (Vec<u8>, Vec<u8>) {
    let side = SIDE * density;
    let columns = (hatches.len() + dots.len()).max(1) as u32;
    let (w, h) = (side * columns, side);
    let mut pixels = vec![0u8; (w * h * 4) as usize];
    let mut index = Map::new();
    let entry = |left: u32| json!({"x": left, "y": 0, "width": side, "height": side, "pixelRatio": density});
    for (n, hatch) in hatches.iter().enumerate() {
        let left = n as u32 * side;
        for y in 0..side {
            for x in 0..side {
                // Distance across to the nearest of the lines through the tile's corners.
                let along = if hatch.slope == Slope::Up { x + y + 1 } else { x + side - y };
                let off = f64::from(along % side);
                let across = off.min(f64::from(side) - off) / std::f64::consts::SQRT_2;
                let alpha = (width * f64::from(density) / 2.0 + 0.5 - across).clamp(0.0, 1.0);
                let at = ((y * w + left + x) * 4) as usize;
                let Rgb(r, g, b) = hatch.color;
                pixels[at..at + 4].copy_from_slice(&[r, g, b, (alpha * 255.0).round() as u8]);
            }
        }
        index.insert(hatch.name(), entry(left));
    }
    for (n, dot) in dots.iter().enumerate() {
        let left = (hatches.len() + n) as u32 * side;
        for y in 0..side {
            for x in 0..side {
                let from = |v: u32| (f64::from(v) + 0.5) / f64::from(density) - f64::from(SIDE) / 2.0;
                let (Rgb(r, g, b), alpha) = dot.at(from(x).hypot(from(y)), f64::from(density));
                let at = ((y * w + left + x) * 4) as usize;
                pixels[at..at + 4].copy_from_slice(&[r, g, b, (alpha * 255.0).round() as u8]);
            }
        }
        index.insert(dot.name(), entry(left));
    }
    (serde_json::to_vec_pretty(&Value::Object(index)).expect("plain values"), picture(&pixels, w, h))
}

fn picture(pixels: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut w| w.write_image_data(pixels));
    written.expect("writing to memory");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_join_and_double() {
        let hatch = Hatch { color: Rgb(0xA8, 0x43, 0x2F), slope: Slope::Up };
        assert_eq!(hatch.name(), "hatch-up-a8432f");
        let (index, one) = sprite(&[hatch, Hatch { slope: Slope::Down, ..hatch }], &[], 1, 1.9);
        let index: Value = serde_json::from_slice(&index).expect("an index");
        assert_eq!(index["hatch-down-a8432f"]["x"], 10);
        let (_, two) = sprite(&[hatch], &[], 2, 1.9);
        let size = |png: &[u8]| {
            png::Decoder::new(std::io::Cursor::new(png.to_vec()))
                .read_info()
                .map(|r| (r.info().width, r.info().height))
                .ok()
        };
        assert_eq!((size(&one), size(&two)), (Some((20, 10)), Some((20, 20))));
    }
    #[test]
    fn a_dot_is_round_and_has_a_rim() {
        let dot = Dot { radius: 26, color: Rgb(0x55, 0x55, 0x55), rim: Rgb(255, 255, 255) };
        let (index, picture) = sprite(&[], &[dot], 2, 1.9);
        let index: Value = serde_json::from_slice(&index).expect("an index");
        assert_eq!(index["dot-26-555555"]["pixelRatio"], 2);
        let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("fits")];
        reader.next_frame(&mut pixels).expect("pixels");
        let at = |x: usize, y: usize| &pixels[(y * 20 + x) * 4..][..4];
        assert_eq!(at(10, 10), [0x55, 0x55, 0x55, 255]);
        assert_eq!(at(3, 10)[..3], [255; 3], "the rim");
        assert!(at(0, 0)[3] == 0 && at(10, 1)[3] == 0);
    }
}
