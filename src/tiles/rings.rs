//! Polygons as oriented rings of integer points: cutting at a line, putting right, sorting holes to their shells.
//!
//! Outer rings have a positive area with y pointing south (MVT 2.1, section 4.3.4.4), holes a negative one. The cut pairs the
//! crossings along the line, so that a polygon that falls into pieces comes out as several clean rings and never as one ring with
//! bridges. Where nodes stand on the line already (`snap`), nothing is rounded.

use super::walks::walk_anew;
use super::world::Pt;
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{ContourDirection, IntOverlayOptions, Overlay, ShapeType};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::core::solver::{Precision, Solver};
use i_overlay::i_float::int::point::IntPoint;

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
        if self.points.len() < start + 3 || area2(&self.points[start..]) == 0 {
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

/// Twice the area of a ring, positive where it runs as an outer ring does.
#[inline]
pub fn area2(ring: &[Pt]) -> i128 {
    let Some(&o) = ring.first() else { return 0 };
    let mut sum = 0i128;
    let mut part = 0i64;
    let rel = |p: Pt| (i64::from(p[0]) - i64::from(o[0]), i64::from(p[1]) - i64::from(o[1]));
    for w in ring[1..].windows(2) {
        let (a, b) = (rel(w[0]), rel(w[1]));
        let c = i128::from(a.0) * i128::from(b.1) - i128::from(a.1) * i128::from(b.0);
        match i64::try_from(c).ok().and_then(|c| part.checked_add(c)) {
            Some(p) => part = p,
            None => sum += c,
        }
    }
    sum + i128::from(part)
}

/// Which side of the point-to-point line a third point lies on: positive where it is to the right with y pointing south.
#[inline]
pub fn cross(a: Pt, b: Pt, p: Pt) -> i64 {
    let d = |u: Pt, v: Pt| (i64::from(v[0]) - i64::from(u[0]), i64::from(v[1]) - i64::from(u[1]));
    let (e, f) = (d(a, b), d(a, p));
    e.0.wrapping_mul(f.1).wrapping_sub(e.1.wrapping_mul(f.0))
}

/// Space that cutting uses again and again, and the overlay engine for the rare ring that must be put right.
pub struct Cutter {
    events: Vec<Event>,
    chains: Vec<Chain>,
    next: Vec<u32>,
    done: Vec<bool>,
    inside: Vec<Pt>,
    overlay: Overlay,
    pub(super) sorted: Vec<(Pt, u32)>,
    /// How many polygons were put right.
    pub repaired: u64,
}

#[derive(Debug, Clone, Copy)]
struct Event {
    t: i32,
    chain: u32,
    end: bool,
}

#[derive(Debug, Clone, Copy)]
struct Chain {
    start: u32,
    end: u32,
}

impl Default for Cutter {
    fn default() -> Self {
        let options = IntOverlayOptions {
            preserve_input_collinear: false,
            // Counter-clockwise with y up is the positive area of the shoelace formula.
            output_direction: ContourDirection::CounterClockwise,
            preserve_output_collinear: true,
            min_output_area: 0,
            ogc: true,
        };
        Self {
            events: Vec::new(),
            chains: Vec::new(),
            next: Vec::new(),
            done: Vec::new(),
            inside: Vec::new(),
            overlay: Overlay::new_custom(
                64,
                options,
                Solver { precision: Precision::ABSOLUTE, multithreading: None, ..Solver::AUTO },
            ),
            sorted: Vec::new(),
            repaired: 0,
        }
    }
}

/// A half-plane bounded by a line along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HalfPlane {
    /// 0 for a bound on x, 1 for one on y.
    pub axis: usize,
    /// The bound.
    pub bound: i32,
    /// Whether the side of the greater values is kept.
    pub greater: bool,
}

impl HalfPlane {
    #[inline]
    fn value(self, p: Pt) -> i64 {
        let v = i64::from(p[self.axis]) - i64::from(self.bound);
        if self.greater { v } else { -v }
    }
    /// Where an edge with ends on both sides meets the line, the same whichever way it runs.
    #[inline]
    pub fn meet(self, a: Pt, b: Pt) -> Pt {
        let (a, b) = if a < b { (a, b) } else { (b, a) };
        let other = 1 - self.axis;
        let den = i64::from(b[self.axis]) - i64::from(a[self.axis]);
        let num = i64::from(self.bound) - i64::from(a[self.axis]);
        let rise = i64::from(b[other]) - i64::from(a[other]);
        let (num, den) = if den < 0 { (-num, -den) } else { (num, den) };
        let t = i128::from(rise) * i128::from(num);
        let t = (2 * t + i128::from(den)).div_euclid(2 * i128::from(den)) as i64;
        let mut p = [0; 2];
        p[self.axis] = self.bound;
        p[other] = (i64::from(a[other]) + t) as i32;
        p
    }
}

impl Cutter {
    /// The part of some rings in a half-plane, into `out`.
    pub fn cut(&mut self, rings: &Rings, side: HalfPlane, out: &mut Rings) {
        out.clear();
        self.events.clear();
        self.chains.clear();
        self.inside.clear();
        let mut touches = false;
        for ring in rings.iter() {
            touches |= self.cut_ring(ring, side, out);
        }
        if self.events.is_empty() {
            return;
        }
        self.events.sort_unstable_by_key(|e| (e.t, e.end, e.chain));
        let ties = self.events.windows(2).any(|w| w[0].t == w[1].t);
        let mut odd = !self.events.len().is_multiple_of(2);
        self.next.clear();
        self.next.resize(self.chains.len(), u32::MAX);
        for pair in self.events.chunks_exact(2) {
            match (pair[0].end, pair[1].end) {
                (true, false) => self.next[pair[0].chain as usize] = pair[1].chain,
                (false, true) => self.next[pair[1].chain as usize] = pair[0].chain,
                _ => odd = true,
            }
        }
        if odd || ties && touches || self.next.contains(&u32::MAX) {
            self.cut_by_overlay(rings, side, out);
            return;
        }
        self.done.clear();
        self.done.resize(self.chains.len(), false);
        for first in 0..self.chains.len() {
            if self.done[first] {
                continue;
            }
            let mut chain = first;
            loop {
                self.done[chain] = true;
                let c = self.chains[chain];
                for p in &self.inside[c.start as usize..c.end as usize] {
                    if out.points.len() == out.open() || out.points.last() != Some(p) {
                        out.points.push(*p);
                    }
                }
                chain = self.next[chain] as usize;
                if chain == first || self.done[chain] {
                    break;
                }
            }
            out.close();
        }
        if ties || touches {
            self.put_right(out);
        }
    }

    /// Breaks a ring into its chains inside the half-plane; a ring wholly inside goes out as it is. Returns whether it touches the line.
    fn cut_ring(&mut self, ring: &[Pt], side: HalfPlane, out: &mut Rings) -> bool {
        let n = ring.len();
        let other = 1 - side.axis;
        let (mut outside_at, mut any_inside, mut touch) = (None, false, false);
        let mut v0 = side.value(ring[n - 1]);
        for (i, p) in ring.iter().enumerate() {
            let v1 = side.value(*p);
            if v0 <= 0 && v1 <= 0 {
                outside_at = Some(i);
            } else {
                any_inside = true;
            }
            touch |= v1 == 0;
            v0 = v1;
        }
        if !any_inside {
            return false;
        }
        let Some(outside_at) = outside_at.or_else(|| ring.iter().position(|p| side.value(*p) < 0)) else {
            out.push(ring);
            return touch;
        };
        // Start at the end of an edge that is not inside (or at a point outside): no chain runs across the start.
        let first_chain = self.chains.len();
        let mut open = false;
        let mut touched = false;
        let mut p = ring[outside_at];
        let mut vp = side.value(p);
        let mut previous_inside = false;
        for k in 1..=n {
            let q = ring[(outside_at + k) % n];
            let vq = side.value(q);
            let inside = vp > 0 || vq > 0;
            if inside {
                if !open {
                    let entry = if vp < 0 { side.meet(p, q) } else { p };
                    self.chains.push(Chain { start: self.inside.len() as u32, end: 0 });
                    self.events.push(Event { t: entry[other], chain: self.chains.len() as u32 - 1, end: false });
                    self.inside.push(entry);
                    open = true;
                } else if vp == 0 && previous_inside {
                    touched = true;
                }
                if vq < 0 {
                    let exit = side.meet(p, q);
                    self.inside.push(exit);
                    self.end_chain(exit[other]);
                    open = false;
                } else {
                    self.inside.push(q);
                }
            } else if open {
                self.end_chain(p[other]);
                open = false;
            }
            previous_inside = inside;
            (p, vp) = (q, vq);
        }
        if open {
            self.end_chain(p[other]);
        }
        debug_assert!(self.chains[first_chain..].iter().all(|c| c.end > c.start));
        touched
    }

    fn end_chain(&mut self, t: i32) {
        let end = self.inside.len() as u32;
        if let Some(c) = self.chains.last_mut() {
            c.end = end;
        }
        self.events.push(Event { t, chain: self.chains.len() as u32 - 1, end: true });
    }

    fn cut_by_overlay(&mut self, rings: &Rings, side: HalfPlane, out: &mut Rings) {
        let (lo, hi) = rings.bounds();
        let (mut box_lo, mut box_hi) = ([lo[0] - 1, lo[1] - 1], [hi[0] + 1, hi[1] + 1]);
        if side.greater {
            box_lo[side.axis] = side.bound
        } else {
            box_hi[side.axis] = side.bound
        }
        self.overlay.clear();
        self.feed(rings);
        let corners = [box_lo, [box_hi[0], box_lo[1]], box_hi, [box_lo[0], box_hi[1]]];
        self.overlay.add_path_iter(corners.into_iter().map(|p| IntPoint::new(p[0], p[1])), ShapeType::Clip);
        let shapes = self.overlay.overlay(OverlayRule::Intersect, FillRule::NonZero);
        self.repaired += 1;
        collect(&shapes, out);
    }

    /// What the first ring encloses without what the others, its holes, enclose.
    pub fn take_away_holes(&mut self, rings: &mut Rings) {
        self.overlay.clear();
        for (n, ring) in rings.iter().enumerate() {
            let part = if n == 0 { ShapeType::Subject } else { ShapeType::Clip };
            self.overlay.add_path_iter(ring.iter().map(|p| IntPoint::new(p[0], p[1])), part);
        }
        let shapes = self.overlay.overlay(OverlayRule::Difference, FillRule::NonZero);
        collect(&shapes, rings);
    }

    fn feed(&mut self, rings: &Rings) {
        for ring in rings.iter() {
            self.overlay.add_path_iter(ring.iter().map(|p| IntPoint::new(p[0], p[1])), ShapeType::Subject);
        }
    }

    /// Puts right some rings only, given by their numbers in order; where nothing crosses, the others stay as they are. A hole is
    /// weighed together with the outer rings that may be its own.
    pub fn put_right_some(&mut self, rings: &mut Rings, which: &mut Vec<u32>) {
        let holes: Vec<(Pt, Pt)> =
            which.iter().map(|r| rings.ring(*r as usize)).filter(|r| area2(r) < 0).map(bounds).collect();
        if !holes.is_empty() {
            for (n, ring) in rings.iter().enumerate() {
                let (lo, hi) = bounds(ring);
                let around = |h: &(Pt, Pt)| (0..2).all(|k| lo[k] <= h.0[k] && hi[k] >= h.1[k]);
                if holes.iter().any(around) && area2(ring) > 0 {
                    which.push(n as u32);
                }
            }
            which.sort_unstable();
            which.dedup();
        }
        let (mut clean, mut rest) = (Rings::default(), Rings::default());
        for (r, ring) in rings.iter().enumerate() {
            if which.binary_search(&(r as u32)).is_ok() { rest.push(ring) } else { clean.push(ring) }
        }
        self.put_right(&mut rest);
        for ring in rest.iter() {
            clean.push(ring);
        }
        std::mem::swap(rings, &mut clean);
    }

    /// Whether some rings, given by all their points, pass through a point twice.
    pub fn repeats(&mut self, points: &[Pt]) -> bool {
        self.sorted.clear();
        self.sorted.extend(points.iter().map(|p| (*p, 0)));
        self.sorted.sort_unstable();
        self.sorted.windows(2).any(|w| w[0] == w[1])
    }

    /// Makes valid polygons of rings that touch or cross themselves: what they enclose stays, in clean rings.
    pub fn put_right(&mut self, rings: &mut Rings) {
        self.overlay.clear();
        self.feed(rings);
        let shapes = self.overlay.overlay(OverlayRule::Subject, FillRule::NonZero);
        self.repaired += 1;
        collect(&shapes, rings);
        walk_anew(rings);
    }
}

fn collect(shapes: &[Vec<Vec<IntPoint>>], out: &mut Rings) {
    out.clear();
    for shape in shapes {
        for (n, contour) in shape.iter().enumerate() {
            let start = out.points.len();
            out.points.extend(contour.iter().map(|p| [p.x, p.y]));
            // The first is the outer one; a hole that touches it may come the wrong way round.
            if (area2(&out.points[start..]) > 0) != (n == 0) {
                out.points[start..].reverse();
            }
            out.close();
        }
    }
}

/// Whether rings cross or touch themselves or one another away from their points' own meeting places.
#[cfg(test)]
pub fn crosses_itself(rings: &Rings) -> bool {
    !crossing_rings(rings).is_empty()
}

/// The rings that cross or touch themselves or others away from their points' own meeting places, in order: those that come in
/// broken.
pub fn crossing_rings(rings: &Rings) -> Vec<u32> {
    struct Edge {
        a: Pt,
        b: Pt,
        low: i32,
        high: i32,
        ring: u32,
    }
    let mut edges: Vec<Edge> = Vec::with_capacity(rings.points.len());
    for (n, ring) in rings.iter().enumerate() {
        for (i, &p) in ring.iter().enumerate() {
            let q = ring[(i + 1) % ring.len()];
            let (a, b) = if p <= q { (p, q) } else { (q, p) };
            edges.push(Edge { a, b, low: p[1].min(q[1]), high: p[1].max(q[1]), ring: n as u32 });
        }
    }
    edges.sort_unstable_by_key(|e| (e.a, e.b));
    let mut found: Vec<u32> = Vec::new();
    let mut active: Vec<u32> = Vec::new();
    for (n, e) in edges.iter().enumerate() {
        if n % 32 == 0 {
            active.retain(|k| edges[*k as usize].b[0] >= e.a[0]);
        }
        for &k in &active {
            let o = &edges[k as usize];
            if o.high < e.low || o.low > e.high || o.b[0] < e.a[0] {
                continue;
            }
            if meet_badly(e.a, e.b, o.a, o.b) {
                found.extend([e.ring, o.ring]);
            }
        }
        active.push(n as u32);
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether two edges cross, overlap, or touch other than at a common end.
fn meet_badly(a: Pt, b: Pt, c: Pt, d: Pt) -> bool {
    let shared = usize::from(a == c) + usize::from(a == d) + usize::from(b == c) + usize::from(b == d);
    if shared >= 2 {
        return true;
    }
    if shared == 1 {
        // Neighbours: only folding back upon each other is a fault.
        let (o, p, q) =
            if a == c || a == d { (a, b, if a == c { d } else { c }) } else { (b, a, if b == c { d } else { c }) };
        return cross(o, p, q) == 0 && dot(o, p, q) > 0;
    }
    cross(a, b, c).signum() * cross(a, b, d).signum() <= 0 && cross(c, d, a).signum() * cross(c, d, b).signum() <= 0
}

fn dot(o: Pt, p: Pt, q: Pt) -> i128 {
    let d = |u: Pt| (i128::from(u[0]) - i128::from(o[0]), i128::from(u[1]) - i128::from(o[1]));
    let (a, b) = (d(p), d(q));
    a.0 * b.0 + a.1 * b.1
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

/// The order in which rings are to be written: each shell, then its holes. Holes of no shell are left out.
pub fn shells_with_holes(rings: &Rings) -> Vec<usize> {
    let areas: Vec<i128> = rings.iter().map(area2).collect();
    let shells: Vec<usize> = (0..rings.len()).filter(|n| areas[*n] > 0).collect();
    if shells.len() == rings.len() {
        return shells;
    }
    let mut holes: Vec<Vec<usize>> = vec![Vec::new(); shells.len()];
    let boxes: Vec<(Pt, Pt)> = shells.iter().map(|s| bounds(rings.ring(*s))).collect();
    for hole in (0..rings.len()).filter(|n| areas[*n] < 0) {
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
            .min_by_key(|&k| areas[shells[k]]);
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

    fn rings(list: &[&[Pt]]) -> Rings {
        let mut r = Rings::default();
        list.iter().for_each(|ring| r.push(ring));
        r
    }

    #[test]
    fn a_comb_falls_into_clean_pieces() {
        let comb: &[Pt] =
            &[[0, 0], [10, 0], [10, 10], [8, 10], [8, 2], [6, 2], [6, 10], [4, 10], [4, 2], [2, 2], [2, 10], [0, 10]];
        let mut out = Rings::default();
        let mut cutter = Cutter::default();
        cutter.cut(&rings(&[comb]), HalfPlane { axis: 1, bound: 5, greater: true }, &mut out);
        assert_eq!(out.len(), 3);
        assert_eq!(out.iter().map(area2).sum::<i128>(), 2 * 3 * 10);
        cutter.cut(&rings(&[comb]), HalfPlane { axis: 1, bound: 2, greater: true }, &mut out);
        assert_eq!(out.iter().map(area2).sum::<i128>(), 2 * 3 * 16);
    }

    #[test]
    fn a_hole_on_the_line_becomes_a_notch() {
        let shell: &[Pt] = &[[0, 0], [10, 0], [10, 10], [0, 10]];
        let hole: &[Pt] = &[[5, 3], [5, 6], [8, 6], [8, 3]];
        let mut out = Rings::default();
        Cutter::default().cut(&rings(&[shell, hole]), HalfPlane { axis: 0, bound: 5, greater: true }, &mut out);
        assert_eq!(out.len(), 1);
        assert_eq!(area2(out.ring(0)), 2 * (50 - 9));
        assert!(!crosses_itself(&out));
    }

    #[test]
    fn a_bow_tie_becomes_two_triangles() {
        let mut r = rings(&[&[[0, 0], [10, 10], [10, 0], [0, 10]]]);
        assert!(crosses_itself(&r));
        Cutter::default().put_right(&mut r);
        assert_eq!(r.len(), 2);
        assert!(!crosses_itself(&r) && r.iter().all(|ring| area2(ring) > 0));
    }

    #[test]
    fn holes_go_to_the_smallest_shell_around_them() {
        let r = rings(&[
            &[[1, 1], [1, 9], [9, 9], [9, 1]],
            &[[0, 0], [10, 0], [10, 10], [0, 10]],
            &[[3, 3], [3, 4], [4, 4], [4, 3]],
            &[[2, 2], [8, 2], [8, 8], [2, 8]],
        ]);
        assert_eq!(shells_with_holes(&r), [1, 0, 3, 2]);
    }

    fn star(seed: &[(i32, i32)]) -> Vec<Pt> {
        // A star-shaped ring around the origin is simple whatever the radii.
        let n = seed.len() as f64;
        let mut ring: Vec<Pt> = seed
            .iter()
            .enumerate()
            .map(|(i, (r, _))| {
                let a = i as f64 / n * std::f64::consts::TAU;
                [(a.cos() * f64::from(*r)) as i32, (a.sin() * f64::from(*r)) as i32]
            })
            .collect();
        ring.dedup();
        ring
    }

    proptest! {
        #[test]
        fn two_halves_make_the_whole(seed in proptest::collection::vec((2000i32..100_000, 0i32..1), 5..60), bound in -50_000i32..50_000, axis in 0usize..2) {
            let whole = rings(&[&star(&seed)]);
            prop_assume!(area2(whole.ring(0)) > 0);
            let (mut a, mut b) = (Rings::default(), Rings::default());
            let mut cutter = Cutter::default();
            cutter.cut(&whole, HalfPlane { axis, bound, greater: true }, &mut a);
            cutter.cut(&whole, HalfPlane { axis, bound, greater: false }, &mut b);
            let sum: i128 = a.iter().chain(b.iter()).map(area2).sum();
            // Rounding a crossing moves an edge by at most half a unit.
            let slack = 100_000i128 * (seed.len() as i128);
            prop_assert!((sum - area2(whole.ring(0))).abs() <= slack);
            for p in &a.points {
                prop_assert!(p[axis] >= bound);
            }
            for p in &b.points {
                prop_assert!(p[axis] <= bound);
            }
        }
    }
}
