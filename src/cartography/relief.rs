//! Relief shading from a user's grid of heights: quiet shadows and lights over land and zones.
//!
//! Light from the north-west at 45°, as on printed maps (Imhof 1965). The shading is stepped, so that a palette PNG stays small. No
//! heights come with the program.

use super::clip::Pt;
use super::display::{Group, Image, Item, Pixels, Rect};
use super::frame::Frame;
use std::sync::Arc;

/// Heights in metres on a grid in degrees.
#[derive(Debug, Clone, PartialEq)]
pub struct Relief {
    /// Cells in a row.
    pub columns: usize,
    /// Rows, the northernmost first.
    pub rows: usize,
    /// Longitude of the western edge, degrees.
    pub west: f64,
    /// Latitude of the northern edge, degrees.
    pub north: f64,
    /// Side of a cell, degrees.
    pub cell: f64,
    /// Heights row by row; not a number where unknown.
    pub heights: Vec<f32>,
}

/// Strongest shadow and light, opacity of 255.
const DEEPEST: [f64; 2] = [74.0, 64.0];

/// Steps of shading on either side of flat.
const STEPS: f64 = 6.0;

impl Relief {
    /// Height at a position in degrees, between cells in proportion; `None` off the grid or where unknown.
    pub fn at(&self, lon: f64, lat: f64) -> Option<f64> {
        let x = (lon - self.west).rem_euclid(360.0) / self.cell - 0.5;
        let y = (self.north - lat) / self.cell - 0.5;
        if x < -0.5 || y < -0.5 || x > self.columns as f64 - 0.5 || y > self.rows as f64 - 0.5 {
            return None;
        }
        let (x, y) = (x.clamp(0.0, self.columns as f64 - 1.0), y.clamp(0.0, self.rows as f64 - 1.0));
        let (i, j) = (x as usize, y as usize);
        let (i1, j1) = ((i + 1).min(self.columns - 1), (j + 1).min(self.rows - 1));
        let (fx, fy) = (x - i as f64, y - j as f64);
        let h = |i: usize, j: usize| f64::from(self.heights[j * self.columns + i]);
        let value = (h(i, j) * (1.0 - fx) + h(i1, j) * fx) * (1.0 - fy) + (h(i, j1) * (1.0 - fx) + h(i1, j1) * fx) * fy;
        value.is_finite().then_some(value)
    }

    /// The shading of a frame as a picture over its panel; `None` where the grid does not reach it. `dry` tells of every CSS pixel of
    /// the panel, row by row, whether it is land: the sea's bed casts no shade.
    pub fn shade(&self, frame: &Frame, dry: &[bool]) -> Option<Group> {
        let panel = &frame.panel;
        let (width, height) = (panel.width().ceil() as usize, panel.height().ceil() as usize);
        let metres = frame.metres_per_px();
        // Cells coarser than pixels are not sharpened: the slope is taken over a cell.
        let reach = (self.cell * 111_000.0 / metres).max(1.0);
        let height_at = |p: Pt| frame.at(p).and_then(|d| self.at(d[0], d[1]));
        let (columns, rows) = (width + 1, height + 1);
        let mut field = vec![f64::NAN; columns * rows];
        for y in 0..rows {
            for x in 0..columns {
                if let Some(h) = height_at([panel.x0 + x as f64, panel.y0 + y as f64]) {
                    field[y * columns + x] = h;
                }
            }
        }
        // Small scales need taller hills to show any.
        let tall = ((metres / 60.0).sqrt() * 2.2).clamp(1.5, 20.0);
        let step = reach.round().clamp(1.0, 8.0) as usize;
        let mut rgba = vec![0u8; width * height * 4];
        let mut any = false;
        for y in 0..height {
            for x in 0..width {
                let get = |i: usize, j: usize| field[j.min(rows - 1) * columns + i.min(columns - 1)];
                let here = get(x, y);
                if here.is_nan() || dry.get(y * width + x) == Some(&false) {
                    continue;
                }
                let (x0, x1, y0, y1) = (x.saturating_sub(step), x + step, y.saturating_sub(step), y + step);
                let run = |a: usize, b: usize, most: usize| (b.min(most - 1) - a).max(1) as f64 * metres;
                let dx = (get(x1, y) - get(x0, y)) / run(x0, x1, columns) * tall;
                let dy = (get(x, y1) - get(x, y0)) / run(y0, y1, rows) * tall;
                if !(dx.is_finite() && dy.is_finite()) {
                    continue;
                }
                // Light from the upper left; on flat ground its cosine is that of 45°.
                let light = (1.0 + (dx + dy) * std::f64::consts::FRAC_1_SQRT_2) / (1.0 + dx * dx + dy * dy).sqrt();
                let turn = ((1.0 - light) * 1.6).clamp(-1.0, 1.0);
                let stepped = (turn * STEPS).round() / STEPS;
                if stepped == 0.0 {
                    continue;
                }
                any = true;
                let pixel = &mut rgba[(y * width + x) * 4..][..4];
                let (ink, most) = if stepped > 0.0 { (30, DEEPEST[0]) } else { (255, DEEPEST[1]) };
                pixel.copy_from_slice(&[ink, ink, ink, (stepped.abs() * most).round() as u8]);
            }
        }
        if !any {
            return None;
        }
        let pixels = Arc::new(Pixels { width: width as u32, height: height as u32, rgba });
        let rect = Rect::px(panel.x0, panel.y0, panel.x0 + width as f64, panel.y0 + height as f64);
        let mut group = Group::new("relief", "Relief");
        group.items.push(Item::Image(Image { pixels, rect, alpha: 255, title: None }));
        Some(group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cone in the middle of a grid.
    fn hill() -> Relief {
        let heights = (0..40 * 40)
            .map(|k| {
                let (x, y) = ((k % 40) as f32 - 19.5, (k / 40) as f32 - 19.5);
                (3000.0 - x.hypot(y) * 150.0).max(1.0)
            })
            .collect();
        Relief { columns: 40, rows: 40, west: 10.0, north: 50.0, cell: 0.1, heights }
    }

    #[test]
    fn heights_are_read_between_cells() {
        let hill = hill();
        assert!(hill.at(12.0, 48.0).is_some_and(|h| h > 2800.0));
        assert_eq!(hill.at(20.0, 48.0), None);
        assert_eq!(hill.at(12.0, 51.0), None);
    }

    #[test]
    fn the_north_west_is_lit_and_the_south_east_in_shade() {
        use crate::cartography::clip::Window;
        use crate::cartography::frame::Fit;
        use crate::geodesy::BBox;
        let bbox = BBox::new(10.5, 46.5, 13.5, 49.5).ok();
        let fit = Fit { positions: Vec::new(), context: None, bbox, family: None, true_areas: false };
        let panel = Window { x0: 0.0, y0: 0.0, x1: 300.0, y1: 300.0 };
        let frame = Frame::fit(&fit, panel, [10.0; 4]);
        let mut dry = vec![true; 300 * 300];
        dry[110 * 300 + 110] = false;
        let group = hill().shade(&frame, &dry).expect("a hill");
        let Item::Image(image) = &group.items[0] else { panic!("a picture") };
        let at = |x: usize, y: usize| &image.pixels.rgba[(y * 300 + x) * 4..][..4];
        assert_eq!(at(111, 110)[0], 255, "light");
        assert_eq!(at(110, 110)[3], 0, "the sea is not shaded");
        assert_eq!(at(190, 190)[0], 30, "shade");
    }
}
