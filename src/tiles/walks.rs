//! Rings walked anew where they meet: whatever way the edges of an area were strung into rings, out come simple ones.
//!
//! After snap rounding nothing crosses; what may happen is that rings pass through a point twice, touch, or run along one another.
//! Edges that run both ways cancel out; walking the others with the sharpest turn inwards wherever several meet goes round each part
//! of the inside by itself; what such a walk passes twice is then cut off, as a hole that touches in one point. So no polygon has an
//! inside in two parts (OGC 06-103r4, section 6.1.11), and nothing is rounded or weighed.

use super::rings::Rings;
use super::world::Pt;
use std::cmp::Ordering;

const NONE: u32 = u32::MAX;

/// So few points are compared one by one.
const FEW: usize = 12;

/// Places at which rings may meet, by bits of their hashes: of others few seem to be among them.
#[derive(Debug, Default)]
pub struct Places {
    bits: Vec<u64>,
}

impl Places {
    /// Of some places.
    pub fn new(places: &[Pt]) -> Self {
        let mut bits = vec![0; (places.len() / 4).next_power_of_two()];
        let words = bits.len();
        for p in places {
            let (word, bit) = place(*p, words);
            bits[word] |= bit;
        }
        Self { bits }
    }

    #[inline]
    fn may_hold(&self, p: Pt) -> bool {
        let (word, bit) = place(p, self.bits.len());
        self.bits[word] & bit != 0
    }
}

/// Space that walking uses again and again: rings and open chains are put in, simple rings come out.
#[derive(Debug, Default)]
pub struct Walker {
    points: Vec<Pt>,
    /// Where each piece ends in `points`, and whether it is a ring.
    pieces: Vec<(u32, bool)>,
    /// The number of the meeting place at each point.
    knots: Vec<u32>,
    knot_count: u32,
    /// Bits of places by their hashes: which there are, which there are more than once.
    seen: Vec<[u64; 2]>,
    /// Points at places that were known, by their numbers.
    some: Vec<(usize, Pt)>,
    /// Points that may share a place.
    doubtful: Vec<(Pt, u32)>,
    path: Vec<(Pt, u32)>,
    chains: Vec<Chain>,
    single: Vec<(u32, u32, bool, u32)>,
    outgoing: Vec<u32>,
    starts: Vec<u32>,
    open: Vec<(Pt, u32)>,
    at: Vec<u32>,
}

/// A run of edges from one meeting place to the next, within `path`, both ends included.
#[derive(Debug, Clone, Copy)]
struct Chain {
    start: u32,
    end: u32,
    used: bool,
}

impl Walker {
    /// Forgets what was put in.
    pub fn begin(&mut self) {
        self.points.clear();
        self.pieces.clear();
    }
    /// Puts in a ring.
    pub fn ring(&mut self, points: &[Pt]) {
        self.points.extend_from_slice(points);
        self.pieces.push((self.points.len() as u32, true));
    }
    /// Puts in a chain. At every place as many chains must end as begin.
    pub fn chain(&mut self, points: &[Pt]) {
        self.points.extend_from_slice(points);
        self.pieces.push((self.points.len() as u32, false));
    }

    /// Walks the rings anew where they meet; returns whether they do. Where they do not they stay as they are.
    pub fn walk(&mut self, rings: &mut Rings) -> bool {
        self.walk_at(rings, None)
    }

    /// As [`Walker::walk`], where rings meet at some places only, if these are known.
    pub fn walk_at(&mut self, rings: &mut Rings, places: Option<&Places>) -> bool {
        if !self.look(rings, places) {
            return false;
        }
        self.begin();
        self.points.extend_from_slice(&rings.points);
        self.pieces.extend(rings.ends.iter().map(|e| (*e, true)));
        rings.clear();
        self.string(rings);
        true
    }

    /// The places at which some rings meet.
    pub fn places(&mut self, rings: &Rings) -> Places {
        self.look(rings, None);
        let met = self.doubtful.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1).map(|run| run[0].0);
        Places::new(&met.collect::<Vec<_>>())
    }

    /// Whether rings meet at any of some places, or at any at all; numbers such places.
    pub fn look(&mut self, rings: &Rings, places: Option<&Places>) -> bool {
        let points = &rings.points;
        if points.len() <= FEW && !points.iter().enumerate().any(|(i, p)| points[i + 1..].contains(p)) {
            self.knot_count = 0;
            self.doubtful.clear();
            return false;
        }
        match places {
            None => self.doubt(rings.points.iter().enumerate()),
            Some(places) => {
                let mut some = std::mem::take(&mut self.some);
                some.clear();
                let points = rings.points.iter().enumerate();
                some.extend(points.filter(|(_, p)| places.may_hold(**p)).map(|(i, p)| (i, *p)));
                self.doubt(some.iter().map(|(i, p)| (*i, p)));
                self.some = some;
            }
        }
        let meets = self.number(rings.points.len());
        #[cfg(debug_assertions)]
        if places.is_some() {
            let mut all = Self::default();
            all.look(rings, None);
            assert_eq!(all.knot_count, self.knot_count, "rings meet at a place that was not known");
        }
        meets
    }

    /// Strings what was put in and meets only where chains end: rings come out as they are.
    pub fn string_ends(&mut self, out: &mut Rings) {
        self.doubtful.clear();
        let mut start = 0;
        for &(end, closed) in &self.pieces {
            if !closed {
                let ends = [start, end - 1].map(|i| (self.points[i as usize], i));
                self.doubtful.extend(ends);
            }
            start = end;
        }
        if self.number(self.points.len()) {
            self.string(out);
            return;
        }
        let mut start = 0;
        for (end, closed) in &self.pieces {
            if *closed {
                out.push(&self.points[start..*end as usize]);
            }
            start = *end as usize;
        }
    }

    /// Whether a point, in the order in which they were put in, lies where something meets; to be asked where [`Walker::meets`] says
    /// so.
    pub fn is_knot(&self, n: usize) -> bool {
        self.knots[n] != NONE
    }

    /// Whether any place is passed twice by what was put in; numbers such places.
    pub fn meets(&mut self) -> bool {
        let points = std::mem::take(&mut self.points);
        self.doubt(points.iter().enumerate());
        self.points = points;
        self.number(self.points.len())
    }

    /// Finds those of some numbered points that may share a place.
    fn doubt<'a>(&mut self, points: impl ExactSizeIterator<Item = (usize, &'a Pt)> + Clone) {
        let n = points.len();
        self.doubtful.clear();
        if n <= FEW {
            self.doubtful.extend(points.map(|(i, p)| (*p, i as u32)));
            return;
        }
        // Sixteen bits a point: few share one by chance.
        let words = (n / 4).next_power_of_two().max(1);
        self.seen.clear();
        self.seen.resize(words, [0; 2]);
        for (_, p) in points.clone() {
            let (word, bit) = place(*p, words);
            let word = &mut self.seen[word];
            word[1] |= word[0] & bit;
            word[0] |= bit;
        }
        for (i, p) in points {
            let (word, bit) = place(*p, words);
            if self.seen[word][1] & bit != 0 {
                self.doubtful.push((*p, i as u32));
            }
        }
    }

    /// Numbers the places that doubtful ones of so many points do share; returns whether there is any.
    fn number(&mut self, n: usize) -> bool {
        self.knot_count = 0;
        self.doubtful.sort_unstable();
        for run in self.doubtful.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
            if self.knot_count == 0 {
                self.knots.clear();
                self.knots.resize(n, NONE);
            }
            run.iter().for_each(|(_, i)| self.knots[*i as usize] = self.knot_count);
            self.knot_count += 1;
        }
        self.knot_count > 0
    }

    /// Strings what was put in, and looked at by [`Walker::meets`], into simple rings, added to `out`.
    pub fn string(&mut self, out: &mut Rings) {
        self.split(out);
        self.cancel();
        // Chains by the place where they begin.
        self.starts.clear();
        self.starts.resize(self.knot_count as usize + 1, 0);
        let begins = |path: &[(Pt, u32)], c: &Chain| path[c.start as usize].1 as usize;
        for c in self.chains.iter().filter(|c| !c.used) {
            self.starts[begins(&self.path, c) + 1] += 1;
        }
        for k in 1..self.starts.len() {
            self.starts[k] += self.starts[k - 1];
        }
        self.outgoing.clear();
        self.outgoing.resize(self.starts.last().map_or(0, |n| *n as usize), 0);
        self.at.clear();
        self.at.extend_from_slice(&self.starts);
        for (n, c) in self.chains.iter().enumerate().filter(|(_, c)| !c.used) {
            let at = &mut self.at[begins(&self.path, c)];
            self.outgoing[*at as usize] = n as u32;
            *at += 1;
        }
        self.at.clear();
        self.at.resize(self.knot_count as usize, NONE);
        for first in 0..self.chains.len() {
            if !self.chains[first].used {
                self.go_round(first, out);
            }
        }
    }

    /// Parts all pieces at the meeting places; rings without one go out at once.
    fn split(&mut self, out: &mut Rings) {
        self.path.clear();
        self.chains.clear();
        let mut start = 0;
        for &(end, closed) in &self.pieces {
            let range = start..end as usize;
            start = end as usize;
            let knot = |i: usize| self.knots[i];
            let Some(lead) = range.clone().find(|i| knot(*i) != NONE) else {
                out.push(&self.points[range]);
                continue;
            };
            let mut from = self.path.len();
            self.path.push((self.points[lead], knot(lead)));
            let around = (lead + 1..range.end).chain(if closed { range.start..lead + 1 } else { 0..0 });
            for i in around {
                let k = knot(i);
                self.path.push((self.points[i], k));
                if k != NONE {
                    let to = self.path.len() - 1;
                    self.chains.push(Chain { start: from as u32, end: to as u32, used: false });
                    from = to;
                }
            }
        }
    }

    /// Takes away edges that run both ways: what lies on both sides of them is the same.
    fn cancel(&mut self) {
        self.single.clear();
        for (n, c) in self.chains.iter().enumerate().filter(|(_, c)| c.end - c.start == 1) {
            let (a, b) = (self.path[c.start as usize].1, self.path[c.end as usize].1);
            self.single.push((a.min(b), a.max(b), a < b, n as u32));
        }
        self.single.sort_unstable();
        for run in self.single.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let back = run.partition_point(|e| !e.2);
            for (one, other) in run[..back].iter().zip(&run[back..]) {
                self.chains[one.3 as usize].used = true;
                self.chains[other.3 as usize].used = true;
            }
            if run[0].0 == run[0].1 {
                run.iter().for_each(|e| self.chains[e.3 as usize].used = true);
            }
        }
    }

    /// Walks round one part of the inside, from a chain back to it, and cuts off a ring wherever a place is passed again.
    fn go_round(&mut self, first: usize, out: &mut Rings) {
        self.open.clear();
        let mut chain = first;
        loop {
            let c = &mut self.chains[chain];
            c.used = true;
            let (start, end) = (c.start as usize, c.end as usize);
            let (place, knot) = self.path[start];
            match self.at[knot as usize] {
                NONE => {
                    self.at[knot as usize] = self.open.len() as u32;
                    self.open.push((place, knot));
                }
                before => self.cut_loop(before as usize, out),
            }
            self.open.extend_from_slice(&self.path[start + 1..end]);
            let (here, knot) = self.path[end];
            let from = self.path[end - 1].0;
            let ways = self.starts[knot as usize] as usize..self.starts[knot as usize + 1] as usize;
            let on = |n: u32| self.path[self.chains[n as usize].start as usize + 1].0;
            let next = self.outgoing[ways]
                .iter()
                .copied()
                .filter(|n| *n as usize == first || !self.chains[*n as usize].used)
                .min_by(|s, t| inwards(here, from, on(*s), on(*t)));
            match next {
                Some(n) if n as usize != first => chain = n as usize,
                _ => break,
            }
        }
        self.cut_loop(0, out);
        if let Some((_, knot)) = self.open.first() {
            self.at[*knot as usize] = NONE;
        }
    }

    /// Adds what was walked since a place as a ring.
    fn cut_loop(&mut self, before: usize, out: &mut Rings) {
        out.points.extend(self.open[before..].iter().map(|p| p.0));
        out.close();
        for (_, knot) in self.open.drain(before + 1..).filter(|p| p.1 != NONE) {
            self.at[knot as usize] = NONE;
        }
    }
}

/// The word and bit of a place's hash.
#[inline]
fn place(p: Pt, words: usize) -> (usize, u64) {
    let key = (u64::from(p[0] as u32) << 32 | u64::from(p[1] as u32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let key = key ^ key >> 29;
    ((key >> 20) as usize & (words - 1), 1 << (key >> 58))
}

/// Which of two ways on from `at` is met first when turning from the way back, `from`, through the inside.
fn inwards(at: Pt, from: Pt, one: Pt, other: Pt) -> Ordering {
    let to = |p: Pt| [i64::from(p[0]) - i64::from(at[0]), i64::from(p[1]) - i64::from(at[1])];
    let cross = |u: [i64; 2], v: [i64; 2]| i128::from(u[0]) * i128::from(v[1]) - i128::from(u[1]) * i128::from(v[0]);
    let dot = |u: [i64; 2], v: [i64; 2]| i128::from(u[0]) * i128::from(v[0]) + i128::from(u[1]) * i128::from(v[1]);
    let back = to(from);
    // The first half turn, straight on, the second half turn, and last of all the way back itself.
    let sector = |v: [i64; 2]| match cross(back, v) {
        c if c < 0 => 0,
        0 if dot(back, v) < 0 => 1,
        0 => 3,
        _ => 2,
    };
    let (u, v) = (to(one), to(other));
    sector(u).cmp(&sector(v)).then_with(|| cross(u, v).cmp(&0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::crossing::crosses_itself;
    use crate::tiles::rings::{area2, shells_with_holes};
    use proptest::prelude::*;

    fn walked(list: &[&[Pt]]) -> Rings {
        let mut rings = Rings::default();
        list.iter().for_each(|r| rings.push(r));
        let before: i128 = rings.iter().map(area2).sum();
        assert!(Walker::default().walk(&mut rings));
        assert_eq!(rings.iter().map(area2).sum::<i128>(), before);
        assert!(!crosses_itself(&rings));
        for ring in rings.iter() {
            let mut again = ring.to_vec();
            again.sort_unstable();
            assert!(again.windows(2).all(|w| w[0] != w[1]), "{ring:?}");
        }
        rings
    }

    fn areas(list: &[&[Pt]]) -> Vec<i128> {
        let mut areas: Vec<i128> = walked(list).iter().map(area2).collect();
        areas.sort_unstable();
        areas
    }

    const SQUARE: [Pt; 6] = [[0, 0], [4, 0], [8, 0], [8, 8], [4, 8], [0, 8]];

    #[test]
    fn a_hole_that_parts_the_inside_makes_two_polygons() {
        // The hole touches the square above and below.
        assert_eq!(areas(&[&SQUARE, &[[4, 0], [2, 4], [4, 8], [6, 4]]]), [48, 48]);
    }

    #[test]
    fn a_hole_that_touches_once_stays_a_hole() {
        assert_eq!(areas(&[&SQUARE, &[[4, 0], [3, 4], [5, 4]]]), [-8, 128]);
    }

    #[test]
    fn squares_that_meet_at_a_corner_stay_two() {
        let other: [Pt; 4] = [[8, 8], [9, 8], [9, 9], [8, 9]];
        assert_eq!(areas(&[&SQUARE, &other]), [2, 128]);
        // And one ring through both, as it may come in.
        let eight: [Pt; 10] = [[0, 0], [4, 0], [8, 0], [8, 8], [9, 8], [9, 9], [8, 9], [8, 8], [4, 8], [0, 8]];
        assert_eq!(areas(&[&eight]), [2, 128]);
    }

    #[test]
    fn holes_in_a_chain_from_wall_to_wall_part_the_inside() {
        let one: &[Pt] = &[[4, 0], [3, 2], [4, 4], [5, 2]];
        let two: &[Pt] = &[[4, 4], [3, 6], [4, 8], [5, 6]];
        assert_eq!(areas(&[&SQUARE, one, two]), [56, 56]);
    }

    #[test]
    fn an_inlet_closed_at_its_mouth_is_a_hole() {
        let r = walked(&[&[[0, 0], [10, 0], [10, 10], [5, 10], [7, 5], [3, 5], [5, 10], [0, 10]]]);
        assert_eq!(r.len(), 2);
        assert_eq!(shells_with_holes(&r).len(), 2);
        assert!(r.iter().any(|ring| area2(ring) < 0));
    }

    #[test]
    fn a_waist_parts_an_area_in_two() {
        let r = walked(&[&[[0, 0], [10, 0], [5, 5], [10, 10], [0, 10], [5, 5]]]);
        assert_eq!(r.len(), 2);
        assert!(r.iter().all(|ring| area2(ring) > 0));
    }

    #[test]
    fn a_strait_that_has_become_a_line_leaves_no_edge_behind() {
        // There and back along [10,5]–[20,5], with land at both ends.
        let ring: &[Pt] = &[[0, 0], [10, 5], [20, 5], [30, 0], [30, 10], [20, 5], [10, 5], [0, 10]];
        assert_eq!(walked(&[ring]).len(), 2);
    }

    #[test]
    fn a_hole_that_touches_itself_stays_a_hole() {
        let shell: &[Pt] = &[[0, 0], [20, 0], [20, 20], [0, 20]];
        let hole: &[Pt] = &[[4, 4], [4, 8], [8, 8], [12, 12], [16, 12], [12, 8], [8, 8], [8, 4]];
        let island: &[Pt] = &[[30, 0], [40, 0], [40, 10]];
        let r = walked(&[shell, hole, island]);
        assert!(r.iter().any(|ring| ring == island));
        assert_eq!(r.iter().filter(|ring| area2(ring) < 0).count(), 2);
    }

    #[test]
    fn two_areas_along_one_edge_become_one() {
        assert_eq!(walked(&[&[[0, 0], [5, 0], [5, 5], [0, 5]], &[[5, 0], [10, 0], [10, 5], [5, 5]]]).len(), 1);
    }

    #[test]
    fn rings_that_do_not_meet_are_left_alone() {
        let mut rings = Rings::default();
        rings.push(&SQUARE);
        rings.push(&[[20, 0], [30, 0], [30, 10]]);
        let before = rings.clone();
        assert!(!Walker::default().walk(&mut rings));
        assert_eq!(rings, before);
    }

    proptest! {
        /// Any set of squares of a lattice, each its own ring: the walk joins them to valid polygons of the same area, with as many
        /// parts as the squares have when only a common side joins them.
        #[test]
        fn squares_of_a_lattice_become_their_parts(taken in proptest::collection::vec(any::<bool>(), 49)) {
            let on = |x: i32, y: i32| (0..7).contains(&x) && (0..7).contains(&y) && taken[(y * 7 + x) as usize];
            let mut rings = Rings::default();
            for (x, y) in (0..49).map(|n| (n % 7, n / 7)).filter(|(x, y)| on(*x, *y)) {
                rings.push(&[[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1]]);
            }
            prop_assume!(rings.len() > 1);
            let count = rings.len();
            Walker::default().walk(&mut rings);
            prop_assert!(!crosses_itself(&rings));
            prop_assert_eq!(rings.iter().map(area2).sum::<i128>(), 2 * count as i128);
            let mut seen = [false; 49];
            let mut parts = 0;
            for n in (0..49).filter(|n| taken[*n]) {
                let mut stack = vec![n];
                parts += usize::from(!seen[n]);
                while let Some(n) = stack.pop() {
                    if std::mem::replace(&mut seen[n], true) {
                        continue;
                    }
                    let (x, y) = (n as i32 % 7, n as i32 / 7);
                    for (x, y) in [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)].into_iter().filter(|(x, y)| on(*x, *y)) {
                        stack.push((y * 7 + x) as usize);
                    }
                }
            }
            prop_assert_eq!(rings.iter().filter(|r| area2(r) > 0).count(), parts);
            prop_assert_eq!(shells_with_holes(&rings).len(), rings.len());
        }
    }
}
