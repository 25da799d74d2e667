//! A grid over segments, so that what may meet is found in a few looks.
//!
//! Rows are dense and columns are kept only where something is: borders run along lines and leave most of their box empty.

use rayon::prelude::*;

/// Which items lie near a segment; items are segments or points.
pub(super) struct Grid {
    west: f64,
    south: f64,
    cell: f64,
    /// Where every row's cells begin, and the end of the last.
    starts: Vec<u32>,
    /// Column and item, in order within their row.
    items: Vec<(u32, u32)>,
}

impl Grid {
    /// A grid over `n` items, about two of them a cell; `usual` is how long the segments are that look into it.
    pub(super) fn new(n: usize, usual: f64, ends: impl Fn(usize) -> ([f64; 2], [f64; 2])) -> Self {
        let (mut west, mut south, mut east, mut north) =
            (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
        for i in 0..n {
            let (a, b) = ends(i);
            for p in [a, b] {
                (west, east) = (west.min(p[0]), east.max(p[0]));
                (south, north) = (south.min(p[1]), north.max(p[1]));
            }
        }
        if n == 0 {
            (west, south, east, north) = (0.0, 0.0, 1.0, 1.0);
        }
        let (width, height) = (east - west + 4.0, north - south + 4.0);
        let even = (width * height / (n as f64 / 2.0).max(1.0)).sqrt();
        let most = f64::from(1 << 20);
        // Not so small that segments pass through many: long lines close together leave little room for each.
        let cell = even.min(2.0 * usual).max(usual / 8.0).max(width.max(height) / most).max(2.0);
        let rows = (height / cell).ceil() as usize + 1;
        let mut grid =
            Self { west: west - 2.0, south: south - 2.0, cell, starts: vec![0; rows + 1], items: Vec::new() };
        let mut counts = vec![0u32; rows + 1];
        for i in 0..n {
            let (a, b) = ends(i);
            grid.cells(a, b, |row, first, last| counts[row + 1] += last - first + 1);
        }
        for i in 1..counts.len() {
            counts[i] += counts[i - 1];
        }
        let mut next = counts.clone();
        let mut items = vec![(0, 0); counts[rows] as usize];
        for i in 0..n {
            let (a, b) = ends(i);
            grid.cells(a, b, |row, first, last| {
                for column in first..=last {
                    items[next[row] as usize] = (column, i as u32);
                    next[row] += 1;
                }
            });
        }
        let mut rest: &mut [(u32, u32)] = &mut items;
        let mut of_rows = Vec::with_capacity(rows);
        for row in 0..rows {
            let (own, after) = rest.split_at_mut((counts[row + 1] - counts[row]) as usize);
            of_rows.push(own);
            rest = after;
        }
        of_rows.into_par_iter().for_each(<[(u32, u32)]>::sort_unstable);
        (grid.starts, grid.items) = (counts, items);
        grid
    }

    /// The cells that a segment passes within one unit of: row, first and last column.
    fn cells(&self, a: [f64; 2], b: [f64; 2], mut visit: impl FnMut(usize, u32, u32)) {
        let (low, high) = if a[1] <= b[1] { (a, b) } else { (b, a) };
        let rows = self.starts.len() - 1;
        let row = |y: f64| ((y - self.south) / self.cell).floor().clamp(0.0, rows as f64 - 1.0) as usize;
        let column = |x: f64| ((x - self.west) / self.cell).floor().clamp(0.0, f64::from(u32::MAX >> 1)) as u32;
        let (first, last) = (row(low[1] - 1.0), row(high[1] + 1.0));
        for r in first..=last {
            // The part of the segment within the row, a unit taller on either side.
            let bottom = self.south + r as f64 * self.cell - 1.0;
            let top = bottom + self.cell + 2.0;
            let at = |y: f64| {
                if high[1] == low[1] { low[0] } else { low[0] + (high[0] - low[0]) * (y - low[1]) / (high[1] - low[1]) }
            };
            let (x0, x1) = if high[1] - low[1] < 1e-9 {
                (low[0], high[0])
            } else {
                (at(bottom.max(low[1])), at(top.min(high[1])))
            };
            let slack = 1.0 + 1e-9 * (x0.abs() + x1.abs());
            visit(r, column(x0.min(x1) - slack), column(x0.max(x1) + slack));
        }
    }

    /// Items near a segment, each once, ascending, into `found`.
    pub(super) fn near(&self, a: [f64; 2], b: [f64; 2], found: &mut Vec<u32>) {
        found.clear();
        self.cells(a, b, |row, first, last| {
            let own = &self.items[self.starts[row] as usize..self.starts[row + 1] as usize];
            let start = own.partition_point(|(column, _)| *column < first);
            found.extend(own[start..].iter().take_while(|(column, _)| *column <= last).map(|(_, item)| item));
        });
        found.sort_unstable();
        found.dedup();
    }
}
