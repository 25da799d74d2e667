//! The nearest populated places to a position, by true great-circle distance: a tree of boxes around unit vectors, so that poles and
//! antimeridian need no care. A box that touches its points prunes far better out at sea, where a circle grazes a coast.

use super::pack::{PACK, Pack};
use super::sphere::{Vector, arc, arcs, chord2, unit, units};
use super::{Gazetteer, PlaceIx};
use crate::geodesy::{LonLat, Metres};
use crate::model::PlaceKind;
use fearless_simd::{Level, Simd, dispatch, f32x8, prelude::*};

/// Points in a leaf.
pub(super) const LEAF: usize = 8;
/// Children of a node.
const WAYS: usize = 8;
/// By how much a box is widened for what single precision loses, radii of the Earth (1.3 m).
const SLACK: f32 = 2e-7;
/// Share by which a box may be farther than the limit and still be looked into, for the same reason.
const LENIENCE: f64 = 1.0 + 1e-6;
/// Boxes that wait in a search: each level of the tree leaves at most seven, and there are at most eleven for all numbers.
const WAITING: usize = 96;
/// Positions gathered at a time.
const BLOCK: usize = 64;
/// How far from the first of them positions that are searched together may lie, by its distance to what is known to be near.
const SPREAD: f64 = 1.0;

/// A corner of a box in single precision.
type Corner = [f32; 3];

/// Numbered points side by side, axis by axis; slots left over lie at infinity.
#[derive(Debug)]
pub(super) struct Leaf {
    by: [[f64; LEAF]; 3],
    pub numbers: [u32; LEAF],
}

impl Leaf {
    fn new(points: &[(Vector, u32)]) -> Self {
        let mut leaf = Self { by: [[f64::INFINITY; LEAF]; 3], numbers: [u32::MAX; LEAF] };
        for (i, (v, number)) in points.iter().enumerate() {
            for (axis, value) in leaf.by.iter_mut().zip(v) {
                axis[i] = *value;
            }
            leaf.numbers[i] = *number;
        }
        leaf
    }

    #[inline(always)]
    pub(super) fn point(&self, i: usize) -> Vector {
        [self.by[0][i], self.by[1][i], self.by[2][i]]
    }

    /// Squares of the chords from a position.
    #[inline(always)]
    fn chords2(&self, at: &Vector) -> [f64; LEAF] {
        std::array::from_fn(|i| {
            let d = [self.by[0][i] - at[0], self.by[1][i] - at[1], self.by[2][i] - at[2]];
            d[0] * d[0] + d[1] * d[1] + d[2] * d[2]
        })
    }
}

/// A child of a node: another node, or a leaf.
#[derive(Debug, Clone, Copy)]
struct Child(u32);

impl Child {
    const LEAF_BIT: u32 = 1 << 31;

    fn leaf(self) -> Option<usize> {
        (self.0 & Self::LEAF_BIT != 0).then_some((self.0 & !Self::LEAF_BIT) as usize)
    }
}

/// The boxes of up to eight children side by side; those of children left over lie at infinity.
#[derive(Debug)]
struct Node {
    low: [[f32; WAYS]; 3],
    high: [[f32; WAYS]; 3],
    children: [Child; WAYS],
}

impl Node {
    const EMPTY: Self =
        Self { low: [[f32::INFINITY; WAYS]; 3], high: [[f32::INFINITY; WAYS]; 3], children: [Child(0); WAYS] };

    fn enclose(&mut self, way: usize, points: &[(Vector, u32)]) {
        for axis in 0..3 {
            let (low, high) = extent(points, axis);
            self.low[axis][way] = low as f32 - SLACK;
            self.high[axis][way] = high as f32 + SLACK;
        }
    }

    /// Squares of the distances from a box (or a position, both its corners) to the boxes.
    #[inline(always)]
    fn apart2<S: Simd>(&self, simd: S, from: &Corner, to: &Corner) -> f32x8<S> {
        // In so many words: in a closure the compiler may not see that the processor can do all this.
        let x = gap(simd, &self.low[0], &self.high[0], from[0], to[0]);
        let y = gap(simd, &self.low[1], &self.high[1], from[1], to[1]);
        let z = gap(simd, &self.low[2], &self.high[2], from[2], to[2]);
        x * x + y * y + z * z
    }
}

/// How far a range lies from each of eight.
#[inline(always)]
fn gap<S: Simd>(simd: S, low: &[f32; WAYS], high: &[f32; WAYS], from: f32, to: f32) -> f32x8<S> {
    let (low, high) = (f32x8::from_slice(simd, low), f32x8::from_slice(simd, high));
    (low - f32x8::splat(simd, to)).max(f32x8::splat(simd, from) - high).max(f32x8::splat(simd, 0.0))
}

/// A static index of positions on the sphere.
#[derive(Debug)]
pub struct SphereIndex {
    /// The root first.
    nodes: Vec<Node>,
    leaves: Vec<Leaf>,
}

impl SphereIndex {
    /// The index of some numbered positions.
    pub fn new(positions: impl IntoIterator<Item = (LonLat, u32)>) -> Self {
        let mut points: Vec<(Vector, u32)> = positions.into_iter().map(|(p, n)| (unit(p), n)).collect();
        arrange(&mut points);
        let leaves = points.chunks(LEAF).map(Leaf::new).collect();
        let mut index = Self { nodes: Vec::new(), leaves };
        if !points.is_empty() {
            index.grow(&points, 0);
        }
        index
    }

    /// Adds the node over these arranged points, the first of which has this rank among all, and what is below.
    fn grow(&mut self, points: &[(Vector, u32)], rank: usize) -> Child {
        let number = self.nodes.len();
        self.nodes.push(Node::EMPTY);
        let mut cuts = [0, points.len(), 0, 0, 0, 0, 0, 0, 0];
        for parts in [1, 2, 4] {
            // Each part is cut in half: the cuts so far move apart, from the last.
            for part in (0..parts).rev() {
                let (from, to) = (cuts[part], cuts[part + 1]);
                cuts[2 * part + 2] = to;
                cuts[2 * part + 1] = from + first_half(to - from);
            }
        }
        for (way, ends) in cuts.windows(2).enumerate() {
            let part = &points[ends[0]..ends[1]];
            if part.is_empty() {
                continue;
            }
            self.nodes[number].enclose(way, part);
            let rank = rank + ends[0];
            self.nodes[number].children[way] =
                if part.len() <= LEAF { Child((rank / LEAF) as u32 | Child::LEAF_BIT) } else { self.grow(part, rank) };
        }
        Child(number as u32)
    }

    /// Offers every leaf that may hold something within the limit of what lies in a box, mostly the nearest first.
    #[inline(always)]
    fn search<S: Simd>(&self, simd: S, [from, to]: [Corner; 2], best: &mut impl Best<S>) {
        if self.nodes.is_empty() {
            return;
        }
        let mut waiting = [(0.0, Child(0)); WAITING];
        let mut count = 1;
        while count > 0 {
            count -= 1;
            let (apart, child) = waiting[count];
            // No chord is longer than two, and boxes at infinity are never looked into.
            let limit = (best.limit() * LENIENCE).min(8.0) as f32;
            if apart > limit {
                continue;
            }
            if let Some(leaf) = child.leaf() {
                best.offer(simd, &self.leaves[leaf], leaf);
                continue;
            }
            let node = &self.nodes[child.0 as usize];
            let first = count;
            let aparts = node.apart2(simd, &from, &to);
            let mut open = aparts.simd_le(f32x8::splat(simd, limit)).to_bitmask();
            while open != 0 {
                let way = open.trailing_zeros() as usize;
                open &= open - 1;
                // The farther wait below the nearer.
                let mut slot = count;
                while slot > first && waiting[slot - 1].0 < aparts[way] {
                    waiting[slot] = waiting[slot - 1];
                    slot -= 1;
                }
                waiting[slot] = (aparts[way], node.children[way]);
                count += 1;
            }
        }
    }

    /// The `n` nearest, nearest first; of equally near ones the lower number first.
    pub fn nearest(&self, at: LonLat, n: usize) -> Vec<(u32, Metres)> {
        let at = unit(at);
        let mut best = Several { from: at, want: n, found: Vec::with_capacity(n.min(1024) + 1) };
        if n > 0 {
            dispatch!(Level::new(), simd => self.search(simd, corners([&at]), &mut best));
        }
        best.found.into_iter().map(|(d, ix)| (ix, arc(d))).collect()
    }

    /// The nearest one; faster than asking for a list of one.
    pub fn nearest_one(&self, at: LonLat) -> Option<(u32, Metres)> {
        let mut best = One { from: unit(at), ..One::NONE };
        dispatch!(Level::new(), simd => self.search(simd, corners([&best.from]), &mut best));
        best.d.is_finite().then(|| (best.number, arc(best.d)))
    }

    /// The nearest one of each of many positions; of no points, none.
    pub fn nearest_each(&self, positions: &[LonLat]) -> Vec<Option<(u32, Metres)>> {
        let mut out = vec![None; positions.len()];
        self.nearest_into(positions, &mut out, |number, away| (number, away));
        out
    }

    /// Puts the nearest one of each of many positions where it belongs. They are answered neighbour by neighbour, so that the points
    /// compared are those compared just before, each answer bounds the next search, and what lies close together goes through the
    /// tree together.
    pub fn nearest_into<T>(&self, positions: &[LonLat], out: &mut [Option<T>], make: impl Fn(u32, Metres) -> T + Copy) {
        if !self.nodes.is_empty() {
            let order = neighbourly(positions);
            dispatch!(Level::new(), simd => self.answer(simd, positions, &order, out, make));
        }
    }

    /// Answers positions in this order.
    #[inline(always)]
    fn answer<S: Simd, T>(
        &self,
        simd: S,
        positions: &[LonLat],
        order: &[(u32, u32)],
        out: &mut [Option<T>],
        make: impl Fn(u32, Metres) -> T,
    ) {
        let mut best = One::NONE;
        for block in order.chunks(BLOCK) {
            // Read ahead, so that a search does not wait for where it is.
            let read = |i: usize| positions[block[i.min(block.len() - 1)].1 as usize];
            let units = units::<BLOCK>(&std::array::from_fn(read));
            let (mut numbers, mut chords) = ([0; BLOCK], [0.0; BLOCK]);
            let mut first = 0;
            while first < block.len() {
                let rest = &units[first..block.len().min(first + PACK)];
                best.from = rest[0];
                best.d = chord2(&best.at, &best.from);
                let close = |at: &&Vector| chord2(&best.from, at) <= best.d * (SPREAD * SPREAD);
                let count = rest.iter().take_while(close).count().max(1);
                if count == 1 {
                    self.search(simd, corners([&best.from]), &mut best);
                    (numbers[first], chords[first]) = (best.number, best.d);
                } else {
                    let mut pack = Pack::new(simd, &rest[..count], &best);
                    self.search(simd, corners(&rest[..count]), &mut pack);
                    for i in 0..count {
                        (numbers[first + i], chords[first + i]) = pack.get(i);
                    }
                    best.number = numbers[first + count - 1];
                    if let Some(slot) = pack.slot(count - 1) {
                        best.at = self.leaves[slot / LEAF].point(slot % LEAF);
                    }
                }
                first += count;
            }
            for (((_, n), number), away) in block.iter().zip(numbers).zip(arcs(&chords)) {
                out[*n as usize] = Some(make(number, away));
            }
        }
    }
}

/// The corners of the box around some positions.
#[inline(always)]
fn corners<'a>(at: impl IntoIterator<Item = &'a Vector>) -> [Corner; 2] {
    let none = [[f32::INFINITY; 3], [f32::NEG_INFINITY; 3]];
    at.into_iter().map(|v| v.map(|v| v as f32)).fold(none, |[from, to], v| {
        [std::array::from_fn(|axis| from[axis].min(v[axis])), std::array::from_fn(|axis| to[axis].max(v[axis]))]
    })
}

/// The cells and ranks of positions in the order of their cells, sorted by counting.
fn neighbourly(positions: &[LonLat]) -> Vec<(u32, u32)> {
    let mut order: Vec<(u32, u32)> = positions.iter().zip(0..).map(|(p, n)| (quadrant(*p), n)).collect();
    let mut sorted = vec![(0, 0); order.len()];
    // Two digits of eleven bits: the highest in which the cells differ, twenty kilometres where they are all over the Earth.
    let (all, any) = order.iter().fold((u32::MAX, 0), |(all, any), (cell, _)| (all & cell, any | cell));
    let lowest = (u32::BITS - (all ^ any).leading_zeros()).saturating_sub(22);
    for shift in [lowest, lowest + 11] {
        let digit = |cell: u32| (cell >> shift & 0x7ff) as usize;
        let mut starts = [0_usize; 0x800];
        for (cell, _) in &order {
            starts[digit(*cell)] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += std::mem::replace(start, sum);
        }
        for item in &order {
            let start = &mut starts[digit(item.0)];
            sorted[*start] = *item;
            *start += 1;
        }
        std::mem::swap(&mut order, &mut sorted);
    }
    order
}

/// Orders points so that the boxes of every half, quarter and so on are small, and all leaves but the last are full.
fn arrange(points: &mut [(Vector, u32)]) {
    if points.len() <= LEAF {
        return;
    }
    let width = |axis: &usize| {
        let (low, high) = extent(points, *axis);
        high - low
    };
    let axis = (0..3).max_by(|a, b| width(a).total_cmp(&width(b))).unwrap_or(0);
    let middle = first_half(points.len());
    points.select_nth_unstable_by(middle, |a, b| a.0[axis].total_cmp(&b.0[axis]).then(a.1.cmp(&b.1)));
    let (left, right) = points.split_at_mut(middle);
    rayon::join(|| arrange(left), || arrange(right));
}

/// How many of so many points make the first half: whole leaves, and all where there is only one.
fn first_half(points: usize) -> usize {
    (points.div_ceil(LEAF).div_ceil(2) * LEAF).min(points)
}

/// Least and greatest value along an axis.
fn extent(points: &[(Vector, u32)], axis: usize) -> (f64, f64) {
    points.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (v, _)| (low.min(v[axis]), high.max(v[axis])))
}

/// What a search gathers for the positions it is made for.
pub(super) trait Best<S: Simd> {
    /// Square of the chord beyond which nothing is wanted.
    fn limit(&self) -> f64;
    /// Takes what it wants of the leaf with this number.
    fn offer(&mut self, simd: S, leaf: &Leaf, number: usize);
}

/// The nearest few so far.
struct Several {
    from: Vector,
    want: usize,
    found: Vec<(f64, u32)>,
}

impl<S: Simd> Best<S> for Several {
    #[inline(always)]
    fn limit(&self) -> f64 {
        if self.found.len() < self.want { f64::INFINITY } else { self.found[self.want - 1].0 }
    }

    #[inline(always)]
    fn offer(&mut self, _: S, leaf: &Leaf, _: usize) {
        for near in leaf.chords2(&self.from).into_iter().zip(leaf.numbers).filter(|(d, _)| d.is_finite()) {
            if self.found.len() < self.want || near < self.found[self.want - 1] {
                self.found.insert(self.found.partition_point(|f| *f < near), near);
                self.found.truncate(self.want);
            }
        }
    }
}

/// The nearest point so far, and where it is.
pub(super) struct One {
    from: Vector,
    d: f64,
    pub number: u32,
    pub at: Vector,
}

impl One {
    const NONE: Self = Self { from: [0.0; 3], d: f64::INFINITY, number: u32::MAX, at: [f64::INFINITY; 3] };
}

impl<S: Simd> Best<S> for One {
    #[inline(always)]
    fn limit(&self) -> f64 {
        self.d
    }

    #[inline(always)]
    fn offer(&mut self, _: S, leaf: &Leaf, _: usize) {
        let chords = leaf.chords2(&self.from);
        for (i, (d, number)) in chords.iter().zip(&leaf.numbers).enumerate() {
            if *d < self.d || *d == self.d && *number < self.number {
                *self = Self { from: self.from, d: *d, number: *number, at: leaf.point(i) };
            }
        }
    }
}

/// A position's cell of some six hundred metres, numbered so that neighbours mostly have near numbers (Morton's order).
fn quadrant(p: LonLat) -> u32 {
    let spread = |v: f64| {
        let mut v = v as u32 & 0xffff;
        for (shift, mask) in [(8, 0x00ff_00ff), (4, 0x0f0f_0f0f), (2, 0x3333_3333), (1, 0x5555_5555)] {
            v = (v | v << shift) & mask;
        }
        v
    };
    spread((p.lon() + 180.0) * (65535.0 / 360.0)) | spread((p.lat() + 90.0) * (65535.0 / 360.0)) << 1
}

impl Gazetteer {
    /// The index of populated places, built at first use (some tens of milliseconds).
    pub fn sphere(&self) -> &SphereIndex {
        self.sphere.get_or_init(|| {
            SphereIndex::new(
                self.iter().filter(|r| r.kind() == PlaceKind::City && !r.is_abandoned()).map(|r| (r.at(), r.ix().0)),
            )
        })
    }

    /// The `n` populated places nearest to a position, with their great-circle distance, nearest first.
    ///
    /// ```
    /// use mapdesk::{gazetteer::Gazetteer, geodesy::LonLat};
    /// let gazetteer = Gazetteer::embedded();
    /// let (ix, away) = gazetteer.nearest(LonLat::new(36.75, 35.13)?, 1)[0];
    /// assert_eq!(gazetteer.get(ix).name(), "Hama");
    /// assert!(away.km() < 1.0);
    /// # Ok::<(), mapdesk::geodesy::GeodesyError>(())
    /// ```
    pub fn nearest(&self, at: LonLat, n: usize) -> Vec<(PlaceIx, Metres)> {
        self.sphere().nearest(at, n).into_iter().map(|(ix, d)| (PlaceIx(ix), d)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn nearest_is_what_brute_force_finds(
            points in proptest::collection::vec((-180.0..180.0f64, -90.0..90.0f64), 1..200),
            at in (-180.0..180.0f64, -90.0..90.0f64),
        ) {
            let at = LonLat::wrapped(at.0, at.1);
            let points: Vec<LonLat> = points.into_iter().map(|(x, y)| LonLat::wrapped(x, y)).collect();
            let index = SphereIndex::new(points.iter().copied().zip(0..));
            let mut all: Vec<(f64, u32)> = points.iter().map(|p| chord2(&unit(*p), &unit(at))).zip(0..).collect();
            all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let found: Vec<u32> = index.nearest(at, 5).into_iter().map(|(ix, _)| ix).collect();
            let wanted: Vec<u32> = all.iter().take(5).map(|(_, ix)| *ix).collect();
            proptest::prop_assert_eq!(found, wanted);
            let each: Vec<Option<u32>> = index.nearest_each(&points).into_iter().map(|f| f.map(|(ix, _)| ix)).collect();
            let one: Vec<Option<u32>> = points.iter().map(|p| index.nearest_one(*p).map(|(ix, _)| ix)).collect();
            proptest::prop_assert_eq!(each, one);
            proptest::prop_assert_eq!(index.nearest_one(at).map(|(ix, _)| ix), all.first().map(|(_, ix)| *ix));
        }
    }

    #[test]
    fn across_the_antimeridian_and_at_the_pole() {
        let at = |x, y| LonLat::new(x, y).expect("valid");
        let empty = SphereIndex::new([]);
        assert_eq!((empty.nearest_one(at(0.0, 0.0)), empty.nearest(at(0.0, 0.0), 3)), (None, Vec::new()));
        let index = SphereIndex::new([(at(179.9, 0.0), 0), (at(-170.0, 0.0), 1), (at(90.0, 89.0), 2)]);
        assert_eq!(index.nearest_one(at(-179.9, 0.0)).map(|(ix, _)| ix), Some(0));
        assert_eq!(index.nearest_one(at(-90.0, 89.9)).map(|(ix, _)| ix), Some(2));
    }
}
