//! Points by place: which may lie in a box or along a straight piece.

use super::world::Pt;

/// Whether there may be any of some points in a box: one bit for each cell of a raster that wraps round.
pub struct Few {
    cell: u32,
    side: u32,
    bits: Vec<u64>,
}

impl Few {
    pub fn new(points: &[Pt], cell: u32) -> Self {
        let side = (32 * points.len()).next_power_of_two().ilog2().div_ceil(2).clamp(5, 11);
        let mut few = Self { cell, side, bits: vec![0; 1 << (2 * side - 6)] };
        for p in points {
            let at = few.bit(p[0] >> cell, p[1] >> cell);
            few.bits[at >> 6] |= 1 << (at & 63);
        }
        few
    }

    #[inline]
    fn bit(&self, x: i32, y: i32) -> usize {
        let mask = (1 << self.side) - 1;
        (y as usize & mask) << self.side | (x as usize & mask)
    }

    #[inline]
    pub fn may_lie_in(&self, lo: Pt, hi: Pt) -> bool {
        let (lo, hi) = (lo.map(|v| v >> self.cell), hi.map(|v| v >> self.cell));
        // Of larger boxes too little is known.
        if hi[0].abs_diff(lo[0]) > 3 || hi[1].abs_diff(lo[1]) > 3 {
            return true;
        }
        let at = |x: i32, y: i32| {
            let at = self.bit(x, y);
            self.bits[at >> 6] >> (at & 63) & 1 != 0
        };
        (lo[1]..=hi[1]).any(|y| (lo[0]..=hi[0]).any(|x| at(x, y)))
    }
}

/// Points by cells of a raster that wraps round: what lies a multiple of its width apart shares a cell, which only costs a comparison.
pub struct SiteIndex {
    /// Binary logarithms of a cell's units and of the raster's cells along a side.
    cell: u32,
    side: u32,
    starts: Vec<u32>,
    sites: Vec<Pt>,
}

impl SiteIndex {
    pub fn new(sites: &[Pt], cell: u32) -> Self {
        let mut side = 4;
        while side < 11 && (1usize << (2 * side)) < sites.len() {
            side += 1;
        }
        let mut index = Self { cell, side, starts: vec![0; (1 << (2 * side)) + 2], sites: Vec::new() };
        let of = |index: &Self, p: Pt| index.bucket(p[0] >> cell, p[1] >> cell);
        // Counted one place later than they start, so that filling moves every start to where it belongs.
        for p in sites {
            let bucket = of(&index, *p);
            index.starts[bucket + 2] += 1;
        }
        for i in 1..index.starts.len() {
            index.starts[i] += index.starts[i - 1];
        }
        let mut sorted = vec![[0; 2]; sites.len()];
        for p in sites {
            let bucket = of(&index, *p);
            let at = &mut index.starts[bucket + 1];
            sorted[*at as usize] = *p;
            *at += 1;
        }
        index.sites = sorted;
        index
    }

    /// Blocks of four by four cells stand together.
    #[inline]
    fn bucket(&self, x: i32, y: i32) -> usize {
        let mask = (1u32 << (self.side - 2)) - 1;
        let block = (y as u32 >> 2 & mask) << (self.side - 2) | (x as u32 >> 2 & mask);
        (block << 4 | (y as u32 & 3) << 2 | (x as u32 & 3)) as usize
    }

    /// Calls `f` with the points whose cells meet a box, and some others.
    #[inline]
    pub fn within(&self, lo: Pt, hi: Pt, mut f: impl FnMut(Pt)) {
        let (lo, hi) = (lo.map(|v| v >> self.cell), hi.map(|v| v >> self.cell));
        // More would be the same cells again.
        let most = (1i32 << self.side) - 1;
        let last = hi[0].min(lo[0] + most);
        for y in lo[1]..=hi[1].min(lo[1] + most) {
            let mut x = lo[0];
            while x <= last {
                // Cells of one row of a block are one stretch.
                let end = last.min(x | 3);
                let (from, to) = (self.bucket(x, y), self.bucket(end, y) + 1);
                let (from, to) = (self.starts[from] as usize, self.starts[to] as usize);
                self.sites[from..to].iter().for_each(|p| f(*p));
                x = end + 1;
            }
        }
    }

    /// Calls `f` with the points that lie within `reach` units of a straight piece or in a cell that it meets, and some others.
    #[inline]
    pub fn along(&self, g: Pt, h: Pt, reach: i32, mut f: impl FnMut(Pt)) {
        let (lo, hi) = ([g[0].min(h[0]), g[1].min(h[1])], [g[0].max(h[0]), g[1].max(h[1])]);
        let step = 2 << self.cell;
        if hi[0] - lo[0] <= step || hi[1] - lo[1] <= step {
            self.within(lo.map(|v| v - reach), hi.map(|v| v + reach), f);
            return;
        }
        // A long slanting piece, row by row.
        let (g, h) = if g[1] <= h[1] { (g, h) } else { (h, g) };
        let slope = (f64::from(h[0]) - f64::from(g[0])) / f64::from(h[1] - g[1]);
        let more = reach + 1;
        let mut top = (g[1] - more) >> self.cell << self.cell;
        while top <= h[1] + more {
            let bottom = top + (1 << self.cell) - 1;
            let at = |y: i32| f64::from(g[0]) + slope * f64::from(y.clamp(g[1], h[1]) - g[1]);
            let (a, b) = (at(top - more), at(bottom + more));
            self.within([a.min(b).floor() as i32 - more, top], [a.max(b).ceil() as i32 + more, top], &mut f);
            top += 1 << self.cell;
        }
    }
}
