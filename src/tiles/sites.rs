//! Points by place: which may lie in a box or along a straight piece.

use super::rings::joined;
use super::world::Pt;
use fearless_simd::{Level, Simd, dispatch, i32x8, prelude::*};
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
    /// Columns and rows of the points, and of some that mean nothing.
    x: Vec<i32>,
    y: Vec<i32>,
    level: Level,
}

/// How many points are compared at a time.
const LANES: usize = 8;

/// What else lies in the cell of a point, on the average: so few are soon compared, and so many are worth smaller cells.
const SOME: u64 = 16;
const MANY: u64 = 48;

/// More points than these need not be counted.
pub const ENOUGH: u32 = 3;

impl SiteIndex {
    /// Of some points, by cells of a side given as a binary logarithm, or smaller ones where points are crowded.
    pub fn new(sites: &[Pt], cell: u32) -> Self {
        let mut side = 4;
        while side < 11 && (4usize << (2 * side)) < sites.len() {
            side += 1;
        }
        let mut index = Self { cell, side, starts: Vec::new(), x: Vec::new(), y: Vec::new(), level: Level::new() };
        index.count(sites);
        let pairs: u64 = index.starts.iter().map(|n| u64::from(*n).pow(2)).sum();
        let crowd = pairs / sites.len().max(1) as u64;
        if crowd > MANY {
            // Half the side, a quarter of the points.
            index.cell = cell.saturating_sub((crowd / SOME).ilog2().div_ceil(2));
            index.count(sites);
        }
        for i in 1..index.starts.len() {
            index.starts[i] += index.starts[i - 1];
        }
        // The last ones are read together with some that mean nothing.
        (index.x, index.y) = (vec![0; sites.len() + LANES], vec![0; sites.len() + LANES]);
        for p in sites {
            let bucket = index.bucket_of(*p);
            let at = &mut index.starts[bucket + 1];
            (index.x[*at as usize], index.y[*at as usize]) = (p[0], p[1]);
            *at += 1;
        }
        index
    }

    /// Counts the points of every cell, one place later than they start, so that filling moves every start to where it belongs.
    fn count(&mut self, sites: &[Pt]) {
        self.starts.clear();
        self.starts.resize((1 << (2 * self.side)) + 2, 0);
        for p in sites {
            let bucket = self.bucket_of(*p);
            self.starts[bucket + 2] += 1;
        }
    }

    #[inline]
    fn bucket_of(&self, p: Pt) -> usize {
        self.bucket(p[0] >> self.cell, p[1] >> self.cell)
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

    /// How many points lie in each of some boxes close together; they are not all counted where that are [`ENOUGH`] in each.
    pub fn count_in<const N: usize>(&self, boxes: &[(Pt, Pt); N]) -> [u32; N] {
        let mut counts = [0; N];
        self.count_some(boxes, &mut counts);
        counts
    }

    /// As [`SiteIndex::count_in`], of any number of boxes, to which there are as many counts, all nought.
    pub fn count_some(&self, boxes: &[(Pt, Pt)], counts: &mut [u32]) {
        dispatch!(self.level, simd => self.counted(simd, boxes, counts));
    }

    #[inline(always)]
    fn counted<S: Simd>(&self, simd: S, boxes: &[(Pt, Pt)], counts: &mut [u32]) {
        let (lo, hi) = boxes[1..].iter().fold(boxes[0], |a, b| joined(a, *b));
        let (first, last) = self.cells(lo, hi);
        for y in first[1]..=last[1] {
            let mut x = first[0];
            while x <= last[0] {
                let end = last[0].min(x | 3);
                let range = self.stretch(x, end, y);
                for at in range.clone().step_by(LANES) {
                    let points = self.some(simd, at);
                    for (count, of) in counts.iter_mut().zip(boxes) {
                        *count += inside(simd, points, *of, range.end - at).count_ones();
                    }
                }
                if counts.iter().all(|n| *n >= ENOUGH) {
                    return;
                }
                x = end + 1;
            }
        }
    }

    /// Columns and rows of the points from a place on.
    #[inline(always)]
    fn some<S: Simd>(&self, simd: S, at: usize) -> [i32x8<S>; 2] {
        [&self.x, &self.y].map(|all| i32x8::from_slice(simd, &all[at..at + LANES]))
    }

    /// Appends the points in a box.
    pub fn within(&self, lo: Pt, hi: Pt, out: &mut Vec<Pt>) {
        dispatch!(self.level, simd => self.in_box(simd, lo, hi, out));
    }

    #[inline(always)]
    fn in_box<S: Simd>(&self, simd: S, lo: Pt, hi: Pt, out: &mut Vec<Pt>) {
        let (first, last) = self.cells(lo, hi);
        for y in first[1]..=last[1] {
            self.in_row(simd, y, (first[0], last[0]), (lo, hi), out);
        }
    }

    /// Appends the points in a box that lie in some cells of a row.
    #[inline(always)]
    fn in_row<S: Simd>(&self, simd: S, y: i32, (mut x, last): (i32, i32), of: (Pt, Pt), out: &mut Vec<Pt>) {
        while x <= last {
            let end = last.min(x | 3);
            let range = self.stretch(x, end, y);
            for at in range.clone().step_by(LANES) {
                let mut found = inside(simd, self.some(simd, at), of, range.end - at);
                while found != 0 {
                    let n = at + found.trailing_zeros() as usize;
                    out.push([self.x[n], self.y[n]]);
                    found &= found - 1;
                }
            }
            x = end + 1;
        }
    }

    /// Appends the points in a box that lie within `reach` units of a straight piece or in a cell that it meets, and some others.
    pub fn along(&self, p: Pt, q: Pt, reach: i32, of: (Pt, Pt), out: &mut Vec<Pt>) {
        dispatch!(self.level, simd => self.on_the_way(simd, (p, q), reach, of, out));
    }

    #[inline(always)]
    fn on_the_way<S: Simd>(&self, simd: S, (p, q): (Pt, Pt), reach: i32, (lo, hi): (Pt, Pt), out: &mut Vec<Pt>) {
        let step = 2 << self.cell;
        if hi[0] - lo[0] <= step || hi[1] - lo[1] <= step {
            self.in_box(simd, lo, hi, out);
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
            self.in_row(simd, first[1], (first[0], last[0]), (lo, hi), out);
            top += 1 << self.cell;
        }
    }
}

/// Which of some points lie in a box, a bit each; only so many are points.
#[inline(always)]
fn inside<S: Simd>(simd: S, [x, y]: [i32x8<S>; 2], (lo, hi): (Pt, Pt), points: usize) -> u64 {
    let splat = |v| i32x8::splat(simd, v);
    let column = x.simd_ge(splat(lo[0])) & x.simd_le(splat(hi[0]));
    let row = y.simd_ge(splat(lo[1])) & y.simd_le(splat(hi[1]));
    (column & row).to_bitmask() & !(u64::MAX << points.min(LANES))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// As looking at every point, whatever cells and rasters there are.
        #[test]
        fn boxes_hold_what_lies_in_them(
            points in proptest::collection::vec((-3000i32..3000, -3000i32..3000), 0..400),
            corners in proptest::collection::vec((-3000i32..3000, -3000i32..3000, 0i32..600, 0i32..600), 3),
            cell in 2u32..12,
        ) {
            let points: Vec<Pt> = points.iter().map(|(x, y)| [*x, *y]).collect();
            let boxes: [(Pt, Pt); 3] = std::array::from_fn(|k| {
                let (x, y, width, height) = corners[k];
                ([x, y], [x + width, y + height])
            });
            let index = SiteIndex::new(&points, cell);
            let counts = index.count_in(&boxes);
            for ((lo, hi), count) in boxes.iter().zip(counts) {
                let mut expected: Vec<Pt> =
                    points.iter().filter(|p| (0..2).all(|k| lo[k] <= p[k] && p[k] <= hi[k])).copied().collect();
                let mut found = Vec::new();
                index.within(*lo, *hi, &mut found);
                found.sort_unstable();
                expected.sort_unstable();
                let enough = ENOUGH as usize;
                prop_assert_eq!((count as usize).min(enough), expected.len().min(enough));
                prop_assert_eq!(found, expected);
            }
        }
    }
}
