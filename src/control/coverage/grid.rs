//! A uniform grid over segments, so that what may meet is found in a few looks.

/// Which items lie near a segment; items are segments or points.
pub(super) struct Grid {
    west: f64,
    south: f64,
    cell: f64,
    columns: usize,
    rows: usize,
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Grid {
    /// A grid over `n` items, about two of them a cell.
    pub(super) fn new(n: usize, ends: impl Fn(usize) -> ([f64; 2], [f64; 2])) -> Self {
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
        let cell = (width * height / (n as f64 / 2.0).max(1.0)).sqrt().max(width.max(height) / 4000.0).max(2.0);
        let mut grid = Self {
            west: west - 2.0,
            south: south - 2.0,
            cell,
            columns: (width / cell).ceil() as usize + 1,
            rows: (height / cell).ceil() as usize + 1,
            starts: Vec::new(),
            items: Vec::new(),
        };
        let mut counts = vec![0u32; grid.columns * grid.rows + 1];
        for i in 0..n {
            let (a, b) = ends(i);
            grid.cells(a, b, |c| counts[c + 1] += 1);
        }
        for i in 1..counts.len() {
            counts[i] += counts[i - 1];
        }
        let mut next = counts.clone();
        let mut items = vec![0; counts[counts.len() - 1] as usize];
        for i in 0..n {
            let (a, b) = ends(i);
            grid.cells(a, b, |c| {
                items[next[c] as usize] = i as u32;
                next[c] += 1;
            });
        }
        (grid.starts, grid.items) = (counts, items);
        grid
    }

    /// The cells that a segment passes within one unit of.
    fn cells(&self, a: [f64; 2], b: [f64; 2], mut visit: impl FnMut(usize)) {
        let (low, high) = if a[1] <= b[1] { (a, b) } else { (b, a) };
        let row = |y: f64| ((y - self.south) / self.cell).floor().clamp(0.0, self.rows as f64 - 1.0) as usize;
        let column = |x: f64| ((x - self.west) / self.cell).floor().clamp(0.0, self.columns as f64 - 1.0) as usize;
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
            for c in column(x0.min(x1) - slack)..=column(x0.max(x1) + slack) {
                visit(r * self.columns + c);
            }
        }
    }

    /// Items near a segment, each once, ascending, into `found`.
    pub(super) fn near(&self, a: [f64; 2], b: [f64; 2], found: &mut Vec<u32>) {
        found.clear();
        if self.items.is_empty() {
            return;
        }
        self.cells(a, b, |c| {
            found.extend_from_slice(&self.items[self.starts[c] as usize..self.starts[c + 1] as usize]);
        });
        found.sort_unstable();
        found.dedup();
    }
}
