//! A coarse raster of the map panel: which land each cell belongs to, and how much linework lies in it.
//!
//! Label costs ask it "how much of this box is Syria", "how cluttered is it" thousands of times; summed-area tables (Crow 1984)
//! answer in four reads. Not for drawing.

use super::clip::Pt;
use super::display::{Rect, px};

/// Side of a cell in CSS pixels.
pub const CELL: f64 = 4.0;

/// The whole number below, for numbers that fit.
#[inline]
fn below(v: f64) -> i32 {
    let towards_zero = v as i32;
    towards_zero - i32::from(f64::from(towards_zero) > v)
}

/// Sums over boxes of cells.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    /// The cell that the table starts at.
    origin: (usize, usize),
    width: usize,
    height: usize,
    table: Vec<u32>,
}

impl Sums {
    /// The table of a value for every cell.
    pub fn new(width: usize, height: usize, value: impl Fn(usize, usize) -> u32) -> Self {
        Self::within((0, 0), width, height, value)
    }

    /// The table of a part that starts at a cell; outside the part every value is 0.
    pub fn within(origin: (usize, usize), width: usize, height: usize, value: impl Fn(usize, usize) -> u32) -> Self {
        let mut table = vec![0u32; (width + 1) * (height + 1)];
        for y in 0..height {
            let mut row = 0;
            for x in 0..width {
                row += value(origin.0 + x, origin.1 + y);
                table[(y + 1) * (width + 1) + x + 1] = table[y * (width + 1) + x + 1] + row;
            }
        }
        Self { origin, width, height, table }
    }

    /// The sum over the cells `[x0, y0, x1, y1]`, half open, clamped to the panel.
    #[inline]
    pub fn over(&self, [x0, y0, x1, y1]: [i32; 4]) -> u32 {
        let cx = |v: i32| (v - self.origin.0 as i32).clamp(0, self.width as i32) as usize;
        let cy = |v: i32| (v - self.origin.1 as i32).clamp(0, self.height as i32) as usize;
        let (x0, x1, y0, y1) = (cx(x0), cx(x1), cy(y0), cy(y1));
        if x1 <= x0 || y1 <= y0 {
            return 0;
        }
        let at = |x: usize, y: usize| self.table[y * (self.width + 1) + x];
        at(x1, y1) + at(x0, y0) - at(x0, y1) - at(x1, y0)
    }
}

/// The raster.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Left edge of the panel in CSS pixels.
    pub left: f64,
    /// Top edge of the panel in CSS pixels.
    pub top: f64,
    /// Cells in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Owner of each cell; 0 is water.
    pub owner: Vec<u16>,
    /// Weight of lines in each cell.
    pub ink: Vec<u8>,
}

impl Grid {
    /// An empty raster of a panel in CSS pixels.
    pub fn new(left: f64, top: f64, width: f64, height: f64) -> Self {
        let (w, h) = ((width / CELL).ceil().max(1.0) as usize, (height / CELL).ceil().max(1.0) as usize);
        Self { left, top, width: w, height: h, owner: vec![0; w * h], ink: vec![0; w * h] }
    }

    /// The cell of a position in CSS pixels; it may lie outside.
    pub fn cell(&self, p: Pt) -> (i32, i32) {
        (below((p[0] - self.left) / CELL), below((p[1] - self.top) / CELL))
    }

    /// The cells that a box in 1/64 px touches, half open; they may lie outside.
    #[inline]
    pub fn cells(&self, r: &Rect) -> [i32; 4] {
        let x = |v: i32| below((px(v) - self.left) / CELL);
        let y = |v: i32| below((px(v) - self.top) / CELL);
        [x(r.left), y(r.top), x(r.right) + 1, y(r.bottom) + 1]
    }

    /// The owner at a position in CSS pixels; `None` outside the panel.
    pub fn owner_at(&self, p: Pt) -> Option<u16> {
        let (x, y) = self.cell(p);
        (x >= 0 && y >= 0 && (x as usize) < self.width && (y as usize) < self.height)
            .then(|| self.owner[y as usize * self.width + x as usize])
    }

    /// Gives the cells whose middle lies inside some rings (even-odd) to an owner.
    pub fn fill(&mut self, rings: &[Vec<Pt>], owner: u16) {
        let mut low = f64::MAX;
        let mut high = f64::MIN;
        for p in rings.iter().flatten() {
            low = low.min(p[1]);
            high = high.max(p[1]);
        }
        let first = (((low - self.top) / CELL - 0.5).ceil().max(0.0)) as usize;
        let last = ((high - self.top) / CELL - 0.5).floor().min(self.height as f64 - 1.0);
        if last < first as f64 {
            return;
        }
        let last = last as usize;
        // Crossings are gathered row by row, every edge visited once.
        let mut crossings: Vec<Vec<f32>> = vec![Vec::new(); last - first + 1];
        for ring in rings {
            let n = ring.len();
            for i in 0..n {
                let (a, b) = (ring[i], ring[(i + 1) % n]);
                let (a, b) = if a[1] <= b[1] { (a, b) } else { (b, a) };
                if a[1] == b[1] {
                    continue;
                }
                let y0 = ((a[1] - self.top) / CELL - 0.5).ceil().max(first as f64);
                let slope = (b[0] - a[0]) / (b[1] - a[1]);
                let mut row = y0;
                while row <= last as f64 {
                    let y = self.top + (row + 0.5) * CELL;
                    if y >= b[1] {
                        break;
                    }
                    let x = a[0] + (y - a[1]) * slope;
                    crossings[row as usize - first].push(((x - self.left) / CELL - 0.5) as f32);
                    row += 1.0;
                }
            }
        }
        for (k, xs) in crossings.iter_mut().enumerate() {
            xs.sort_by(f32::total_cmp);
            let row = (first + k) * self.width;
            for pair in xs.chunks_exact(2) {
                let from = pair[0].ceil().max(0.0) as usize;
                // Half open, so that neighbours that share an edge share no cell.
                let to = pair[1].ceil() - 1.0;
                if to < 0.0 {
                    continue;
                }
                let to = (to as usize).min(self.width - 1);
                if from <= to {
                    self.owner[row + from..=row + to].fill(owner);
                }
            }
        }
    }

    /// Adds a line's weight to the cells it passes.
    pub fn draw(&mut self, line: &[Pt], weight: u8) {
        for w in line.windows(2) {
            let steps = ((w[1][0] - w[0][0]).abs().max((w[1][1] - w[0][1]).abs()) / CELL).ceil().clamp(1.0, 4096.0);
            let mut previous = None;
            for k in 0..=steps as usize {
                let t = k as f64 / steps;
                let (x, y) = self.cell([w[0][0] + t * (w[1][0] - w[0][0]), w[0][1] + t * (w[1][1] - w[0][1])]);
                if x < 0 || y < 0 || x as usize >= self.width || y as usize >= self.height || previous == Some((x, y)) {
                    continue;
                }
                previous = Some((x, y));
                let c = &mut self.ink[y as usize * self.width + x as usize];
                *c = (*c).max(weight);
            }
        }
    }

    /// The table of line weights.
    pub fn ink_sums(&self) -> Sums {
        Sums::new(self.width, self.height, |x, y| u32::from(self.ink[y * self.width + x]))
    }

    /// The table of cells that belong to an owner.
    pub fn owner_sums(&self, owner: u16) -> Sums {
        Sums::new(self.width, self.height, |x, y| u32::from(self.owner[y * self.width + x] == owner))
    }

    /// The same where it is known where the owner's cells lie: the table covers only those.
    pub fn owner_sums_in(&self, owner: u16, extent: &Extent) -> Sums {
        let (w, h) = (extent.x1 + 1 - extent.x0, extent.y1 + 1 - extent.y0);
        Sums::within((extent.x0, extent.y0), w, h, |x, y| u32::from(self.owner[y * self.width + x] == owner))
    }

    /// An empty raster of the same panel, for owners only.
    pub fn blank(&self) -> Self {
        Self { owner: vec![0; self.owner.len()], ink: Vec::new(), ..*self }
    }

    /// An empty raster of the same panel, for lines only.
    pub fn bare(&self) -> Self {
        Self { owner: Vec::new(), ink: vec![0; self.width * self.height], ..*self }
    }

    /// Cells of every owner up to `owners`, and their middle cell by area; `None` where it has none.
    pub fn extents(&self, owners: usize) -> Vec<Option<Extent>> {
        let mut out: Vec<Option<Extent>> = vec![None; owners + 1];
        for (y, row) in self.owner.chunks_exact(self.width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                let (from, n) = (x, run.len());
                x += n;
                let o = usize::from(run[0]);
                if o > owners {
                    continue;
                }
                let new = Extent { cells: 0, x0: from, y0: y, x1: from, y1: y, sum_x: 0, sum_y: 0 };
                let e = out[o].get_or_insert(new);
                e.cells += n;
                e.x0 = e.x0.min(from);
                e.x1 = e.x1.max(x - 1);
                e.y1 = y;
                e.sum_x += (from + x - 1) * n / 2;
                e.sum_y += y * n;
            }
        }
        out
    }
}

/// Where the cells of an owner lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Number of cells.
    pub cells: usize,
    /// First column.
    pub x0: usize,
    /// First row.
    pub y0: usize,
    /// Last column.
    pub x1: usize,
    /// Last row.
    pub y1: usize,
    sum_x: usize,
    sum_y: usize,
}

impl Extent {
    /// The middle by area, in cells.
    pub fn middle(&self) -> (f64, f64) {
        (self.sum_x as f64 / self.cells as f64, self.sum_y as f64 / self.cells as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_what_is_inside_and_leaves_holes() {
        let mut grid = Grid::new(10.0, 20.0, 80.0, 40.0);
        let outer = vec![[10.0, 20.0], [90.0, 20.0], [90.0, 60.0], [10.0, 60.0]];
        let hole = vec![[30.0, 30.0], [50.0, 30.0], [50.0, 50.0], [30.0, 50.0]];
        grid.fill(&[outer, hole], 7);
        assert_eq!(grid.owner_at([12.0, 22.0]), Some(7));
        assert_eq!(grid.owner_at([40.0, 40.0]), Some(0));
        assert_eq!(grid.owner_at([0.0, 0.0]), None);
        let sums = grid.owner_sums(7);
        assert_eq!(sums.over([-5, -5, 100, 100]) as usize, 20 * 10 - 5 * 5);
        assert_eq!(sums.over([5, 2, 10, 7]), 0, "the hole");
    }

    #[test]
    fn lines_weigh_where_they_pass() {
        let mut grid = Grid::new(0.0, 0.0, 40.0, 40.0);
        grid.draw(&[[2.0, 2.0], [38.0, 2.0]], 3);
        let sums = grid.ink_sums();
        assert_eq!(sums.over([0, 0, 10, 1]), 30);
        assert_eq!(sums.over([0, 1, 10, 10]), 0);
    }
}
