//! Polygons as oriented rings of integer points: areas, sides, sorting holes to their shells.
//!
//! Outer rings have a positive area with y pointing south (MVT 2.1, section 4.3.4.4), holes a negative one. Not here: cutting (`cut`),
//! rings that meet (`walks`), rings that cross (`crossing`, `overlay`).

use super::world::Pt;

/// Rings of one or more polygons, without closing points.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Rings {
    /// All points.
    pub points: Vec<Pt>,
    /// Where each ring ends.
    pub ends: Vec<u32>,
}

impl Rings {
    /// How many rings.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
    /// The points of a ring.
    #[inline]
    pub fn ring(&self, n: usize) -> &[Pt] {
        let start = if n == 0 { 0 } else { self.ends[n - 1] as usize };
        &self.points[start..self.ends[n] as usize]
    }
    /// All rings.
    pub fn iter(&self) -> impl Iterator<Item = &[Pt]> {
        (0..self.len()).map(|n| self.ring(n))
    }
    /// Forgets all.
    pub fn clear(&mut self) {
        self.points.clear();
        self.ends.clear();
    }
    /// Where the open ring starts.
    #[inline]
    pub fn open(&self) -> usize {
        self.ends.last().map_or(0, |e| *e as usize)
    }
    /// Ends a ring, or forgets it where it encloses nothing.
    pub fn close(&mut self) {
        let start = self.open();
        while self.points.len() > start + 1 && self.points.last() == Some(&self.points[start]) {
            self.points.pop();
        }
        // Longer ones that enclose nothing run there and back, which all who make rings leave out.
        let len = self.points.len() - start;
        if len < 3 || len <= SHORT && area2(&self.points[start..]) == 0 {
            self.points.truncate(start);
        } else {
            self.ends.push(self.points.len() as u32);
        }
    }
    /// Adds a whole ring.
    pub fn push(&mut self, ring: &[Pt]) {
        self.points.extend_from_slice(ring);
        self.ends.push(self.points.len() as u32);
    }
    /// The box of all points: smallest and largest corner.
    pub fn bounds(&self) -> (Pt, Pt) {
        bounds(&self.points)
    }
}

/// The box of some points.
#[inline]
pub fn bounds(points: &[Pt]) -> (Pt, Pt) {
    let (mut lo, mut hi) = ([i32::MAX; 2], [i32::MIN; 2]);
    for p in points {
        lo = [lo[0].min(p[0]), lo[1].min(p[1])];
        hi = [hi[0].max(p[0]), hi[1].max(p[1])];
    }
    (lo, hi)
}

/// The box of two boxes.
#[inline]
pub fn joined(a: (Pt, Pt), b: (Pt, Pt)) -> (Pt, Pt) {
    ([a.0[0].min(b.0[0]), a.0[1].min(b.0[1])], [a.1[0].max(b.1[0]), a.1[1].max(b.1[1])])
}

/// Rings of so few points may have all of them in one line.
const SHORT: usize = 8;

/// Within this reach of its first point a ring's area is summed without looking for overflow.
const NEAR: u32 = 1 << 20;

/// Within this reach one edge's part of the area is found without.
const FAR: u32 = 1 << 29;

/// Twice the area of a ring, positive where it runs as an outer ring does.
#[inline]
pub fn area2(ring: &[Pt]) -> i128 {
    let Some(&o) = ring.first() else { return 0 };
    let far = ring.iter().fold(0, |far, p| far | p[0].abs_diff(o[0]) | p[1].abs_diff(o[1]));
    let rel = |p: &Pt| (i64::from(p[0]) - i64::from(o[0]), i64::from(p[1]) - i64::from(o[1]));
    // Trapezia, one product an edge.
    let trapezia = ring.windows(2).map(|w| (rel(&w[0]), rel(&w[1])));
    let (x, y) = rel(&ring[ring.len() - 1]);
    if far < NEAR && ring.len() < NEAR as usize {
        // No sum of so few small products overflows.
        return i128::from(trapezia.map(|(a, b)| (a.0 + b.0) * (b.1 - a.1)).sum::<i64>() - x * y);
    }
    let last = i128::from(x) * i128::from(y);
    if far < FAR {
        // Nor does any product.
        return trapezia.map(|(a, b)| i128::from((a.0 + b.0) * (b.1 - a.1))).sum::<i128>() - last;
    }
    trapezia.map(|(a, b)| i128::from(a.0 + b.0) * i128::from(b.1 - a.1)).sum::<i128>() - last
}

/// Which side of the point-to-point line a third point lies on: positive where it is to the right with y pointing south.
#[inline]
pub fn cross(a: Pt, b: Pt, p: Pt) -> i64 {
    let d = |u: Pt, v: Pt| (i64::from(v[0]) - i64::from(u[0]), i64::from(v[1]) - i64::from(u[1]));
    let (e, f) = (d(a, b), d(a, p));
    e.0.wrapping_mul(f.1).wrapping_sub(e.1.wrapping_mul(f.0))
}

/// Where a point lies: 1 inside a ring, 0 on it, −1 outside.
pub fn locate(p: Pt, ring: &[Pt]) -> i32 {
    let mut inside = false;
    let mut a = ring[ring.len() - 1];
    for &b in ring {
        if a[1].min(b[1]) <= p[1] && p[1] <= a[1].max(b[1]) {
            let side = cross(a, b, p);
            if side == 0 && a[0].min(b[0]) <= p[0] && p[0] <= a[0].max(b[0]) {
                return 0;
            }
            if (a[1] > p[1]) != (b[1] > p[1]) && (side > 0) == (b[1] > a[1]) {
                inside = !inside;
            }
        }
        a = b;
    }
    if inside { 1 } else { -1 }
}

/// Whether a ring lies within another that it does not cross: all of it, whether or not it touches it.
pub fn is_within(inner: &[Pt], outer: &[Pt]) -> bool {
    // Points on the other ring tell nothing.
    if let Some(place) = inner.iter().map(|p| locate(*p, outer)).find(|place| *place != 0) {
        return place > 0;
    }
    // All of them are: the middle of an edge tells, at twice the scale.
    let ends = |n: usize| (inner[n], inner[(n + 1) % inner.len()]);
    (0..inner.len())
        .map(ends)
        .map(|(a, b)| locate_twice([0, 1].map(|k| i64::from(a[k]) + i64::from(b[k])), outer))
        .find(|place| *place != 0)
        == Some(1)
}

/// As [`locate`], for a place at twice the ring's scale.
fn locate_twice(p: [i64; 2], ring: &[Pt]) -> i32 {
    let twice = |p: Pt| p.map(|v| 2 * i64::from(v));
    let mut inside = false;
    let mut a = twice(ring[ring.len() - 1]);
    for b in ring.iter().map(|b| twice(*b)) {
        if a[1].min(b[1]) <= p[1] && p[1] <= a[1].max(b[1]) {
            let d = |k: usize, q: [i64; 2]| i128::from(q[k] - a[k]);
            let side = d(0, b) * d(1, p) - d(1, b) * d(0, p);
            if side == 0 && a[0].min(b[0]) <= p[0] && p[0] <= a[0].max(b[0]) {
                return 0;
            }
            inside ^= (a[1] > p[1]) != (b[1] > p[1]) && (side > 0) == (b[1] > a[1]);
        }
        a = b;
    }
    if inside { 1 } else { -1 }
}

/// Which way a ring that does not cross itself runs, as its turn at its westernmost corner tells: positive where its area is.
pub fn turn(ring: &[Pt]) -> i64 {
    let place = |p: &Pt| (i64::from(p[0]) << 32) + i64::from(p[1]);
    let Some((n, p)) = ring.iter().enumerate().min_by_key(|(_, p)| place(p)) else { return 0 };
    let (before, after) = (ring[(n + ring.len() - 1) % ring.len()], ring[(n + 1) % ring.len()]);
    match cross(before, *p, after) {
        0 => area2(ring).signum() as i64,
        turn => turn,
    }
}

/// The order in which rings, none of which crosses itself, are to be written: each shell, then its holes. Holes of no shell are left
/// out.
pub fn shells_with_holes(rings: &Rings) -> Vec<usize> {
    let turns: Vec<i64> = rings.iter().map(turn).collect();
    let shells: Vec<usize> = (0..rings.len()).filter(|n| turns[*n] > 0).collect();
    if shells.len() == rings.len() {
        return shells;
    }
    let areas: Vec<i128> = shells.iter().map(|n| area2(rings.ring(*n))).collect();
    let mut holes: Vec<Vec<usize>> = vec![Vec::new(); shells.len()];
    let boxes: Vec<(Pt, Pt)> = shells.iter().map(|s| bounds(rings.ring(*s))).collect();
    for hole in (0..rings.len()).filter(|n| turns[*n] < 0) {
        let ring = rings.ring(hole);
        let (lo, hi) = bounds(ring);
        let home = (0..shells.len())
            .filter(|&k| {
                let (a, b) = boxes[k];
                a[0] <= lo[0] && a[1] <= lo[1] && b[0] >= hi[0] && b[1] >= hi[1] && {
                    let shell = rings.ring(shells[k]);
                    shells.len() == 1 || ring.iter().map(|p| locate(*p, shell)).find(|l| *l != 0) != Some(-1)
                }
            })
            .min_by_key(|&k| areas[k]);
        if let Some(k) = home {
            holes[k].push(hole);
        }
    }
    shells.iter().zip(holes).flat_map(|(s, h)| std::iter::once(*s).chain(h)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn near_and_far_rings_have_the_same_area(seed in proptest::collection::vec((-600_000i32..600_000, -600_000i32..600_000), 3..40)) {
            // Moved together a ring keeps its area; sixteen times as large it has 256 times as much, summed the careful way.
            let ring: Vec<Pt> = seed.iter().map(|(x, y)| [x / 2, y / 2]).collect();
            let large: Vec<Pt> = ring.iter().map(|p| [p[0] * 16, p[1] * 16]).collect();
            prop_assert_eq!(area2(&ring) * 256, area2(&large));
            let plain: i128 = (0..ring.len())
                .map(|i| (ring[i], ring[(i + 1) % ring.len()]))
                .map(|(a, b)| i128::from(a[0]) * i128::from(b[1]) - i128::from(a[1]) * i128::from(b[0]))
                .sum();
            prop_assert_eq!(area2(&ring), plain);
        }
    }

    proptest! {
        /// A ring around a place, with corners as far from it as may be, does not cross itself.
        #[test]
        fn a_simple_ring_turns_as_its_area_says(radii in proptest::collection::vec(1i32..5, 3..40), reversed: bool) {
            let n = radii.len() as f64;
            let mut ring: Vec<Pt> = radii
                .iter()
                .enumerate()
                .map(|(i, r)| {
                    let a = i as f64 / n * std::f64::consts::TAU;
                    [(a.cos() * f64::from(*r) * 10.0).round() as i32, (a.sin() * f64::from(*r) * 10.0).round() as i32]
                })
                .collect();
            ring.dedup();
            if reversed {
                ring.reverse();
            }
            prop_assert_eq!(turn(&ring).signum(), area2(&ring).signum() as i64);
        }
    }

    #[test]
    fn a_ring_on_the_points_of_another_lies_within_or_without() {
        let outer = [[0, 0], [8, 0], [4, 4], [8, 8], [0, 8]];
        assert!(is_within(&[[0, 0], [4, 4], [0, 8]], &outer));
        assert!(!is_within(&[[8, 0], [8, 8], [4, 4]], &outer));
        assert!(is_within(&[[0, 0], [3, 3], [0, 8]], &outer) && !is_within(&[[8, 0], [9, 4], [4, 4]], &outer));
        let far = |v: i32| if v == 0 { -(1 << 29) } else { 1 << 30 };
        let large = [[far(0), far(0)], [far(8), far(0)], [0, 0], [far(8), far(8)], [far(0), far(8)]];
        assert!(
            is_within(&[large[0], large[2], large[4]], &large) && !is_within(&[large[1], large[3], large[2]], &large)
        );
    }

    #[test]
    fn holes_go_to_the_smallest_shell_around_them() {
        let mut r = Rings::default();
        let list: [&[Pt]; 4] = [
            &[[1, 1], [1, 9], [9, 9], [9, 1]],
            &[[0, 0], [10, 0], [10, 10], [0, 10]],
            &[[3, 3], [3, 4], [4, 4], [4, 3]],
            &[[2, 2], [8, 2], [8, 8], [2, 8]],
        ];
        list.iter().for_each(|ring| r.push(ring));
        assert_eq!(shells_with_holes(&r), [1, 0, 3, 2]);
    }
}
