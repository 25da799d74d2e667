//! A few positions close together that go through the tree of [`super::nearest`] as one: what a search costs in steps and in wrong
//! guesses of the processor they share, and a leaf's points are compared with all of them at once.

use super::nearest::{Best, LEAF, Leaf, One};
use super::sphere::Vector;
use fearless_simd::{Simd, f64x8, prelude::*};

/// Positions searched together.
pub(super) const PACK: usize = 8;

/// Positions side by side, and of each the nearest point so far: square of its chord, its number, its place among all leaves.
pub(super) struct Pack<S: Simd> {
    at: [f64x8<S>; 3],
    d: f64x8<S>,
    numbers: f64x8<S>,
    slots: f64x8<S>,
}

impl<S: Simd> Pack<S> {
    /// Up to eight positions, the nearest of all of which may be this one.
    #[inline(always)]
    pub fn new(simd: S, at: &[Vector], start: &One) -> Self {
        let all: [Vector; PACK] = std::array::from_fn(|i| at[i.min(at.len() - 1)]);
        let none = f64x8::splat(simd, f64::INFINITY);
        let number = f64x8::splat(simd, f64::from(start.number));
        let at = [
            f64x8::from_slice(simd, &all.map(|v| v[0])),
            f64x8::from_slice(simd, &all.map(|v| v[1])),
            f64x8::from_slice(simd, &all.map(|v| v[2])),
        ];
        let pack = Self { at, d: none, numbers: number, slots: none };
        Self { d: pack.chords2(simd, start.at), ..pack }
    }

    /// Number and square of the chord of the point nearest to a position.
    #[inline(always)]
    pub fn get(&self, i: usize) -> (u32, f64) {
        (self.numbers[i] as u32, self.d[i])
    }

    /// Where among all leaves that point lies; `None` where it is the one begun with.
    #[inline(always)]
    pub fn slot(&self, i: usize) -> Option<usize> {
        self.slots[i].is_finite().then(|| self.slots[i] as usize)
    }

    /// Squares of the chords to a point.
    #[inline(always)]
    fn chords2(&self, simd: S, to: Vector) -> f64x8<S> {
        let x = f64x8::splat(simd, to[0]) - self.at[0];
        let y = f64x8::splat(simd, to[1]) - self.at[1];
        let z = f64x8::splat(simd, to[2]) - self.at[2];
        x * x + y * y + z * z
    }
}

impl<S: Simd> Best<S> for Pack<S> {
    #[inline(always)]
    fn limit(&self) -> f64 {
        let d: [f64; PACK] = std::array::from_fn(|i| self.d[i]);
        let most = |a: f64, b: f64| if a > b { a } else { b };
        most(most(most(d[0], d[1]), most(d[2], d[3])), most(most(d[4], d[5]), most(d[6], d[7])))
    }

    #[inline(always)]
    fn offer(&mut self, simd: S, leaf: &Leaf, number: usize) {
        for (i, n) in leaf.numbers.iter().enumerate() {
            let n = f64x8::splat(simd, f64::from(*n));
            let slot = f64x8::splat(simd, (number * LEAF + i) as f64);
            let d = self.chords2(simd, leaf.point(i));
            let closer = d.simd_lt(self.d) | (d.simd_eq(self.d) & n.simd_lt(self.numbers));
            self.d = closer.select(d, self.d);
            self.numbers = closer.select(n, self.numbers);
            self.slots = closer.select(slot, self.slots);
        }
    }
}
