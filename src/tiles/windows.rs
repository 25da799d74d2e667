//! The tiles of a zoom in squares along the Hilbert curve, each so small that what lines and polygons leave in its tiles fits the memory
//! that there is for it: all at once may be far more than the input, for a large area has a piece in each of its tiles.

use super::features::Features;
use super::source::chunk::Kind;
use super::world::{Grid, Pt, TileId, zoom_base};
use rayon::prelude::*;

/// Bytes of a piece without its geometry, and of a point of it: what sorting them takes included.
const PIECE: u64 = 96;
const POINT: u64 = 8;

/// A square of tiles: a stretch of the curve.
#[derive(Debug, Clone)]
pub struct Window {
    /// First and last column and row.
    x: (i32, i32),
    y: (i32, i32),
    /// The zoom at which the window is one tile, and that tile's place along the curve.
    tile: (u8, u64),
    /// The places along the curve of the first tile and of that after the last.
    pub curve: (u64, u64),
    /// The shapes that may meet it; `None` for all.
    pub shapes: Option<Vec<u32>>,
}

impl Window {
    /// All tiles of a zoom.
    pub fn whole(grid: Grid) -> Self {
        Self::of_tile(grid, (0, 0), None)
    }

    fn of_tile(grid: Grid, tile: (u8, u64), shapes: Option<Vec<u32>>) -> Self {
        let (zoom, place) = tile;
        let id = TileId::from_number(zoom_base(zoom) + place).unwrap_or(TileId { z: 0, x: 0, y: 0 });
        let below = u32::from(grid.zoom - zoom);
        let range = |v: u32| ((v << below) as i32, ((v + 1) << below) as i32 - 1);
        let curve = (place << (2 * below), (place + 1) << (2 * below));
        Self { x: range(id.x), y: range(id.y), tile, curve, shapes }
    }

    /// Whether any of some columns and rows of tiles lie in it.
    #[inline]
    pub fn meets(&self, x: (i32, i32), y: (i32, i32)) -> bool {
        self.x.0 <= x.1 && x.0 <= self.x.1 && self.y.0 <= y.1 && y.0 <= self.y.1
    }

    /// Which of some columns and rows of tiles lie in it.
    #[inline]
    pub fn part(&self, x: (i32, i32), y: (i32, i32)) -> ((i32, i32), (i32, i32)) {
        ((x.0.max(self.x.0), x.1.min(self.x.1)), (y.0.max(self.y.0), y.1.min(self.y.1)))
    }

    /// How much is in it of a shape with a given box.
    fn bytes(&self, shape: &Extent, grid: Grid) -> u64 {
        let (x, y) = shape.tiles(grid);
        let tiles = |x: (i32, i32), y: (i32, i32)| {
            (i64::from(x.1) - i64::from(x.0) + 1).max(0) as u64 * (i64::from(y.1) - i64::from(y.0) + 1).max(0) as u64
        };
        let all = tiles(x, y).max(1);
        let here = tiles((x.0.max(self.x.0), x.1.min(self.x.1)), (y.0.max(self.y.0), y.1.min(self.y.1)));
        // A line only meets tiles along its way.
        let way = if shape.area { all } else { all.min(4 * u64::from(shape.points)) };
        (way * PIECE + u64::from(shape.points) * POINT) * here / all
    }
}

/// The box of a shape.
#[derive(Debug, Clone, Copy)]
struct Extent {
    lo: Pt,
    hi: Pt,
    points: u32,
    area: bool,
}

impl Extent {
    /// The columns and rows of tiles that it may have a part in.
    fn tiles(&self, grid: Grid) -> ((i32, i32), (i32, i32)) {
        // A group of points is drawn on a finer grid.
        let (lo, hi) = (grid.snap(self.lo), grid.snap(self.hi));
        (grid.span(lo[0] - 1, hi[0] + 1), grid.span(lo[1] - 1, hi[1] + 1))
    }
}

/// The boxes of all shapes, once they are needed.
#[derive(Debug, Default)]
pub struct Extents(Vec<Extent>);

/// Windows of one zoom that are still to come.
#[derive(Debug)]
pub struct Windows<'a> {
    grid: Grid,
    bytes: u64,
    extents: &'a [Extent],
    open: Vec<Window>,
}

impl Extents {
    /// The windows of a zoom in which there are about so many bytes at a time.
    pub fn windows(&mut self, features: &Features, grid: Grid, bytes: usize) -> Windows<'_> {
        let bytes = bytes as u64;
        // At low zooms there cannot be more, whatever the shapes are.
        let most = features.shapes.len() as u64 * (1u64 << (2 * u32::from(grid.zoom).min(20))) * PIECE;
        let points = features.shape_points.len() as u64 * POINT;
        let all = most.saturating_add(points) <= bytes;
        if !all && self.0.is_empty() {
            self.0 = (0..features.shapes.len())
                .into_par_iter()
                .with_min_len(256)
                .map(|n| {
                    let rings = features.rings_of(n);
                    let range = features.ring_start(rings.start)..features.ring_start(rings.end);
                    let (lo, hi) = super::rings::bounds(&features.shape_points[range.clone()]);
                    Extent { lo, hi, points: range.len() as u32, area: features.shapes[n].kind == Kind::Polygon }
                })
                .collect();
        }
        Windows { grid, bytes, extents: if all { &[] } else { &self.0 }, open: vec![Window::whole(grid)] }
    }
}

impl Windows<'_> {
    fn is_large(&self, window: &Window) -> bool {
        let of = |extent: &Extent| window.bytes(extent, self.grid);
        let sum: u64 = match &window.shapes {
            None => self.extents.iter().map(of).sum(),
            Some(shapes) => shapes.iter().map(|n| of(&self.extents[*n as usize])).sum(),
        };
        sum > self.bytes
    }
}

impl Iterator for Windows<'_> {
    type Item = Window;

    fn next(&mut self) -> Option<Window> {
        loop {
            let window = self.open.pop()?;
            let (zoom, place) = window.tile;
            if zoom == self.grid.zoom || !self.is_large(&window) {
                return Some(window);
            }
            // The last is looked at first.
            for quarter in (0..4).rev() {
                let mut part = Window::of_tile(self.grid, (zoom + 1, place << 2 | quarter), None);
                let meets = |n: &u32| {
                    let (x, y) = self.extents[*n as usize].tiles(self.grid);
                    part.meets(x, y)
                };
                let shapes = match &window.shapes {
                    None => (0..self.extents.len() as u32).filter(meets).collect(),
                    Some(shapes) => shapes.iter().copied().filter(meets).collect(),
                };
                part.shapes = Some(shapes);
                self.open.push(part);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::source::features_of;
    use crate::tiles::world::hilbert;

    #[test]
    fn windows_hold_every_tile_once_in_the_order_of_the_curve() {
        let text = r#"{"type":"Polygon","coordinates":[[[-90,-60],[90,-60],[90,60],[-90,60],[-90,-60]]]}
{"type":"LineString","coordinates":[[-170,10],[170,20]]}
{"type":"MultiPoint","coordinates":[[0,0],[1,1]]}
"#;
        let features = features_of(text);
        let grid = Grid { zoom: 5, extent_bits: 10, buffer: 20 };
        for (bytes, least) in [(usize::MAX, 1), (1 << 14, 4), (0, 200)] {
            let mut extents = Extents::default();
            let mut at = 0;
            let mut count = 0;
            for w in extents.windows(&features, grid, bytes) {
                assert_eq!(w.curve.0, at);
                at = w.curve.1;
                count += 1;
                for (x, y) in (w.y.0..=w.y.1).flat_map(|y| (w.x.0..=w.x.1).map(move |x| (x, y))) {
                    let place = hilbert(5, x as u32, y as u32);
                    assert!((w.curve.0..w.curve.1).contains(&place));
                }
            }
            assert_eq!(at, 1 << 10);
            assert!(count >= least, "{count} windows of {bytes} bytes");
        }
    }
}
