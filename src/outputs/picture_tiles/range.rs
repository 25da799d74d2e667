//! Which tiles show a box, and how they go together on sheets.

use crate::cartography::clip::Window;
use crate::geodesy::{BBox, LonLat};
use crate::model::{Feature, LayerKind, Map};
use crate::tiles::world::{WORLD_BITS, project};

/// The side of a sheet in CSS pixels that is aimed at; one sheet may be a quarter larger.
const SHEET: u32 = 2048;

/// Tiles of a zoom from a column and row to a column and row, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Zoom.
    pub zoom: u8,
    /// First and last column.
    pub columns: (u32, u32),
    /// First and last row.
    pub rows: (u32, u32),
}

impl Range {
    /// How many tiles it has.
    pub fn tiles(&self) -> usize {
        let n = |(a, b): (u32, u32)| (b - a + 1) as usize;
        n(self.columns) * n(self.rows)
    }

    /// Its place in the world in CSS pixels, for tiles of a side.
    pub fn pixels(&self, side: u32) -> Window {
        let at = |tile: u32| f64::from(tile) * f64::from(side);
        Window { x0: at(self.columns.0), y0: at(self.rows.0), x1: at(self.columns.1 + 1), y1: at(self.rows.1 + 1) }
    }

    /// The same tiles in sheets of about equal size.
    pub fn sheets(&self, side: u32) -> Vec<Self> {
        let (columns, rows) = (split(self.columns, side), split(self.rows, side));
        let pairs = rows.iter().flat_map(|r| columns.iter().map(move |c| (*c, *r)));
        pairs.map(|(columns, rows)| Self { columns, rows, ..*self }).collect()
    }
}

fn split((first, last): (u32, u32), side: u32) -> Vec<(u32, u32)> {
    let n = last - first + 1;
    let parts = if n * side <= SHEET * 5 / 4 { 1 } else { (n * side).div_ceil(SHEET) };
    (0..parts).map(|i| (first + n * i / parts, first + n * (i + 1) / parts - 1)).collect()
}

/// The tiles of a zoom that show a box; two ranges where it crosses the antimeridian.
pub fn ranges(b: &BBox, zoom: u8) -> Vec<Range> {
    let tile = |lon: f64, lat: f64, low: bool| {
        let shift = WORLD_BITS - u32::from(zoom);
        // A box that ends on a tile's edge does not want the next tile.
        project(lon, lat).map(|v| ((v - i32::from(!low)) >> shift).clamp(0, (1i32 << zoom) - 1).cast_unsigned())
    };
    let rows = (tile(0.0, b.north, true)[1], tile(0.0, b.south, false)[1]);
    let columns = |west: f64, east: f64| (tile(west, 0.0, true)[0], tile(east, 0.0, false)[0]);
    let range = |columns| Range { zoom, columns, rows: (rows.0, rows.1.max(rows.0)) };
    if b.west <= b.east {
        let (west, east) = columns(b.west, b.east);
        return vec![range((west, east.max(west)))];
    }
    let (east_half, west_half) = (columns(b.west, 180.0), columns(-180.0, b.east));
    if west_half.1 + 1 >= east_half.0 {
        return vec![range((west_half.0, east_half.1))];
    }
    vec![range(west_half), range(east_half)]
}

/// What a map shows: its layers but for context, and a fifth of their size around them.
pub fn bounds(map: &Map) -> Option<BBox> {
    use geo::CoordsIter;
    // A country that is only mentioned may lie on another continent.
    let far = |f: &Feature| matches!(f.text("kind"), Some("country" | "continent")) || f.text("role") == Some("hidden");
    let layers = map.layers.iter().filter(|l| l.name != "context");
    let shapes = layers.flat_map(|l| l.features.iter().filter(move |f| l.kind != LayerKind::Places || !far(f)));
    let positions = shapes.filter_map(|f| f.geometry.as_ref()).flat_map(|g| g.coords_iter().collect::<Vec<_>>());
    let inner = BBox::around(positions.filter_map(|c| LonLat::new(c.x, c.y).ok()))?;
    let (dx, dy) = ((inner.width() * 0.2).max(0.05), ((inner.north - inner.south) * 0.2).max(0.05));
    let (south, north) = ((inner.south - dy).max(-85.0), (inner.north + dy).min(85.0));
    if inner.width() + 2.0 * dx >= 360.0 {
        return Some(BBox { west: -180.0, south, east: 180.0, north });
    }
    let wrap = |x: f64| LonLat::wrapped(x, 0.0).lon();
    Some(BBox { west: wrap(inner.west - dx), south, east: wrap(inner.east + dx), north })
}

/// The zoom at which a box is some 4,000 CSS pixels wide or high.
pub fn last_zoom(b: &BBox, side: u32) -> u8 {
    let size = b.width().max((b.north - b.south) / b.centre().lat().to_radians().cos().max(0.1)).max(1e-4);
    (360.0 / size * 4096.0 / f64::from(side)).log2().round().clamp(0.0, 18.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn boxes_and_their_tiles() {
        let syria = BBox { west: 35.7, south: 32.3, east: 42.4, north: 37.3 };
        assert_eq!(ranges(&syria, 0), [Range { zoom: 0, columns: (0, 0), rows: (0, 0) }]);
        assert_eq!(ranges(&syria, 7), [Range { zoom: 7, columns: (76, 79), rows: (49, 51) }]);
        let fiji = BBox { west: 177.0, south: -19.0, east: -178.0, north: -16.0 };
        assert_eq!(ranges(&fiji, 1), [Range { zoom: 1, columns: (0, 1), rows: (1, 1) }]);
        let halves = ranges(&fiji, 6);
        assert_eq!(halves.iter().map(|r| r.columns).collect::<Vec<_>>(), [(0, 0), (63, 63)]);
        let world = BBox { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };
        assert_eq!(ranges(&world, 3), [Range { zoom: 3, columns: (0, 7), rows: (0, 7) }]);
    }

    proptest! {
        #[test]
        fn sheets_hold_every_tile_once(first in 0u32..1000, n in 1u32..200, m in 1u32..90, big in any::<bool>()) {
            let side = if big { 512 } else { 256 };
            let whole = Range { zoom: 12, columns: (first, first + n - 1), rows: (7, 6 + m) };
            let sheets = whole.sheets(side);
            prop_assert_eq!(sheets.iter().map(Range::tiles).sum::<usize>(), whole.tiles());
            for s in &sheets {
                let w = s.pixels(side);
                prop_assert!(w.width() <= 2560.0 && w.height() <= 2560.0);
            }
        }
    }
}
