//! Points by place: which may lie in a box or along a straight piece.

use super::world::Pt;
use std::ops::Range;

/// Whether there may be any of some points in a box: one bit for each cell of a raster that wraps round, and the points themselves where
/// they are few.
pub struct Few<'a> {
    cell: u32,
    side: u32,
    bits: Vec<u64>,
    points: &'a [Pt],
}

impl<'a> Few<'a> {
    /// More points are not looked at one by one.
    const MOST: usize = 512;

    pub fn new(points: &'a [Pt], cell: u32) -> Self {
        let side = (32 * points.len()).next_power_of_two().ilog2().div_ceil(2).clamp(5, 11);
        let mut few = Self { cell, side, bits: vec![0; 1 << (2 * side - 6)], points };
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

    pub fn may_lie_in(&self, lo: Pt, hi: Pt) -> bool {
        let (from, to) = (lo.map(|v| v >> self.cell), hi.map(|v| v >> self.cell));
        let at = |x: i32, y: i32| {
            let at = self.bit(x, y);
            self.bits[at >> 6] >> (at & 63) & 1 != 0
        };
        // Of larger boxes too little is known.
        let large = to[0].abs_diff(from[0]) > 3 || to[1].abs_diff(from[1]) > 3;
        if !large && !(from[1]..=to[1]).any(|y| (from[0]..=to[0]).any(|x| at(x, y))) {
            return false;
        }
        let boxed = |p: &Pt| (lo[0] <= p[0]) & (p[0] <= hi[0]) & (lo[1] <= p[1]) & (p[1] <= hi[1]);
        self.points.len() > Self::MOST || self.points.iter().any(boxed)
    }
}

/// Points by cells of a raster that wraps round: what lies a multiple of its width apart shares a cell, which only costs a comparison.
pub struct SiteIndex {
    /// Binary logarithms of a cell's units and of the raster's cells along a side.
    cell: u32,
    side: u32,
    starts: Vec<u32>,
    /// Columns and rows of the points, some of no point last.
    x: Vec<i32>,
    y: Vec<i32>,
}

/// How many points are compared at a time.
const LANES: usize = 4;

impl SiteIndex {
    pub fn new(sites: &[Pt], cell: u32) -> Self {
        let mut side = 4;
        while side < 11 && (1usize << (2 * side)) < sites.len() {
            side += 1;
        }
        let mut index = Self { cell, side, starts: vec![0; (1 << (2 * side)) + 2], x: Vec::new(), y: Vec::new() };
        let of = |index: &Self, p: Pt| index.bucket(p[0] >> cell, p[1] >> cell);
        // Counted one place later than they start, so that filling moves every start to where it belongs.
        for p in sites {
            let bucket = of(&index, *p);
            index.starts[bucket + 2] += 1;
        }
        for i in 1..index.starts.len() {
            index.starts[i] += index.starts[i - 1];
        }
        // The last block is filled up with a point that there is.
        let [x, y] = sites.last().copied().unwrap_or_default();
        (index.x, index.y) = (vec![x; sites.len() + LANES], vec![y; sites.len() + LANES]);
        for p in sites {
            let bucket = of(&index, *p);
            let at = &mut index.starts[bucket + 1];
            (index.x[*at as usize], index.y[*at as usize]) = (p[0], p[1]);
            *at += 1;
        }
        index
    }

    /// Blocks of four by four cells stand together.
    #[inline]
    fn bucket(&self, x: i32, y: i32) -> usize {
        let mask = (1u32 << (self.side - 2)) - 1;
        let block = (y as u32 >> 2 & mask) << (self.side - 2) | (x as u32 >> 2 & mask);
        (block << 4 | (y as u32 & 3) << 2 | (x as u32 & 3)) as usize
    }

    /// The cells that a box meets: first and last column and row. No more than there are: those would be the same again.
    #[inline]
    fn cells(&self, lo: Pt, hi: Pt) -> (Pt, Pt) {
        let (lo, hi) = (lo.map(|v| v >> self.cell), hi.map(|v| v >> self.cell));
        let most = (1i32 << self.side) - 1;
        (lo, [hi[0].min(lo[0] + most), hi[1].min(lo[1] + most)])
    }

    /// Where the points of some cells of one row of a block stand.
    #[inline]
    fn stretch(&self, x: i32, last: i32, y: i32) -> Range<usize> {
        self.starts[self.bucket(x, y)] as usize..self.starts[self.bucket(last, y) + 1] as usize
    }

    /// Appends the points in a box.
    pub fn within(&self, lo: Pt, hi: Pt, out: &mut Vec<Pt>) {
        let (first, last) = self.cells(lo, hi);
        for y in first[1]..=last[1] {
            self.in_row(y, (first[0], last[0]), (lo, hi), out);
        }
    }

    /// Appends the points in a box that lie in some cells of a row.
    #[inline]
    fn in_row(&self, y: i32, (mut x, last): (i32, i32), (lo, hi): (Pt, Pt), out: &mut Vec<Pt>) {
        while x <= last {
            let end = last.min(x | 3);
            let range = self.stretch(x, end, y);
            // Without a branch a point.
            let mut n = out.len();
            out.resize(n + range.len() + 1, [0; 2]);
            for (x, y) in self.x[range.clone()].iter().zip(&self.y[range]) {
                out[n] = [*x, *y];
                n += usize::from((lo[0] <= *x) & (*x <= hi[0]) & (lo[1] <= *y) & (*y <= hi[1]));
            }
            out.truncate(n);
            x = end + 1;
        }
    }

    /// Whether any point but two given ones lies in a box.
    #[inline]
    pub fn any_in(&self, lo: Pt, hi: Pt, p: Pt, q: Pt) -> bool {
        let (first, last) = self.cells(lo, hi);
        if first[1] == last[1] && first[0] | 3 == last[0] | 3 {
            return self.any_of(self.stretch(first[0], last[0], first[1]), lo, hi, p, q);
        }
        for y in first[1]..=last[1] {
            let mut x = first[0];
            while x <= last[0] {
                let end = last[0].min(x | 3);
                if self.any_of(self.stretch(x, end, y), lo, hi, p, q) {
                    return true;
                }
                x = end + 1;
            }
        }
        false
    }

    /// Whether any of some points but two given ones lies in a box.
    #[inline]
    fn any_of(&self, range: Range<usize>, lo: Pt, hi: Pt, p: Pt, q: Pt) -> bool {
        // Some points more do no harm.
        let end = range.start + range.len().next_multiple_of(LANES);
        let (x, _) = self.x[range.start..end].as_chunks::<LANES>();
        let (y, _) = self.y[range.start..end].as_chunks::<LANES>();
        x.iter().zip(y).any(|(x, y)| {
            // The top bits tell.
            let found: [i32; LANES] = std::array::from_fn(|k| {
                let (x, y) = (x[k], y[k]);
                let outside = (x - lo[0]) | (hi[0] - x) | (y - lo[1]) | (hi[1] - y);
                let (one, other) = ((x ^ p[0]) | (y ^ p[1]), (x ^ q[0]) | (y ^ q[1]));
                !outside & (one | one.wrapping_neg()) & (other | other.wrapping_neg())
            });
            (found[0] | found[1] | found[2] | found[3]) < 0
        })
    }

    /// Appends the points in a box that lie within `reach` units of a straight piece or in a cell that it meets, and some others.
    pub fn along(&self, p: Pt, q: Pt, reach: i32, (lo, hi): (Pt, Pt), out: &mut Vec<Pt>) {
        let step = 2 << self.cell;
        if hi[0] - lo[0] <= step || hi[1] - lo[1] <= step {
            self.within(lo, hi, out);
            return;
        }
        // A long slanting piece, row by row.
        let (p, q) = if p[1] <= q[1] { (p, q) } else { (q, p) };
        let slope = (f64::from(q[0]) - f64::from(p[0])) / f64::from((q[1] - p[1]).max(1));
        let more = reach + 1;
        let mut top = lo[1] >> self.cell << self.cell;
        while top <= hi[1] {
            let bottom = top + (1 << self.cell) - 1;
            let at = |y: i32| f64::from(p[0]) + slope * f64::from(y.clamp(p[1], q[1]) - p[1]);
            let (a, b) = (at(top - more), at(bottom + more));
            let (west, east) = (a.min(b).floor() as i32 - more, a.max(b).ceil() as i32 + more);
            let (first, last) = self.cells([west, top], [east, top]);
            self.in_row(first[1], (first[0], last[0]), (lo, hi), out);
            top += 1 << self.cell;
        }
    }
}
