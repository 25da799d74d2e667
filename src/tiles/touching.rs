//! Rings that pass through a point twice, or touch others, taken apart into simple ones.
//!
//! After snap rounding nothing crosses, so that a ring can be cut at the points it passes twice: what turns the right way is an outer
//! ring, what turns the other way a hole that touches it. Only where rings meet so often that they would part an area in two, or
//! share an edge (the graph of rings and meeting points has a circle), the overlay engine weighs them, and only them.

use super::rings::{Cutter, Rings};
use super::world::Pt;

const NONE: u32 = u32::MAX;

impl Cutter {
    /// Takes apart those rings that touch themselves or one another; where nothing crosses, the others stay as they are. Returns
    /// whether there were any.
    pub fn part_touching(&mut self, rings: &mut Rings) -> bool {
        let n = rings.points.len();
        if n <= 16 && !rings.points.iter().enumerate().any(|(i, p)| rings.points[i + 1..].contains(p)) {
            return false;
        }
        self.sorted.clear();
        for (r, ring) in rings.iter().enumerate() {
            self.sorted.extend(ring.iter().map(|p| (*p, r as u32)));
        }
        self.sorted.sort_unstable();
        let mut touching = vec![false; rings.len()];
        let mut knots: Vec<Pt> = Vec::new();
        for w in self.sorted.windows(2).filter(|w| w[0].0 == w[1].0) {
            touching[w[0].1 as usize] = true;
            touching[w[1].1 as usize] = true;
            if knots.last() != Some(&w[0].0) {
                knots.push(w[0].0);
            }
        }
        if knots.is_empty() {
            return false;
        }
        let mut out = Rings::default();
        for (_, ring) in rings.iter().enumerate().filter(|(r, _)| !touching[*r]) {
            out.push(ring);
        }
        let first = out.len();
        let mut meetings: Vec<(u32, u32)> = Vec::new();
        let mut at = vec![NONE; knots.len()];
        let mut stack: Vec<(Pt, u32)> = Vec::new();
        for (_, ring) in rings.iter().enumerate().filter(|(r, _)| touching[*r]) {
            stack.clear();
            for p in ring {
                let knot = knots.binary_search(p).map_or(NONE, |k| k as u32);
                if knot != NONE {
                    let before = at[knot as usize];
                    if before != NONE {
                        close_loop(&stack[before as usize..], &mut out, &mut meetings);
                        for (_, k) in stack.drain(before as usize + 1..).filter(|(_, k)| *k != NONE) {
                            at[k as usize] = NONE;
                        }
                        continue;
                    }
                    at[knot as usize] = stack.len() as u32;
                }
                stack.push((*p, knot));
            }
            close_loop(&stack, &mut out, &mut meetings);
            stack.iter().filter(|(_, k)| *k != NONE).for_each(|(_, k)| at[*k as usize] = NONE);
        }
        let mut circles = circles(&meetings, out.len(), knots.len());
        std::mem::swap(rings, &mut out);
        if !circles.is_empty() {
            debug_assert!(circles.iter().all(|r| *r as usize >= first));
            self.put_right_some(rings, &mut circles);
        }
        true
    }
}

/// Adds a simple loop, unless it encloses nothing, and notes the knots it passes through.
fn close_loop(points: &[(Pt, u32)], out: &mut Rings, meetings: &mut Vec<(u32, u32)>) {
    let number = out.len();
    out.points.extend(points.iter().map(|p| p.0));
    out.close();
    if out.len() > number {
        meetings.extend(points.iter().filter(|p| p.1 != NONE).map(|p| (number as u32, p.1)));
    }
}

/// The rings that take part in a circle of rings and knots, or hang together with one, in order.
fn circles(meetings: &[(u32, u32)], rings: usize, knots: usize) -> Vec<u32> {
    let mut parent: Vec<u32> = (0..(rings + knots) as u32).collect();
    fn root(parent: &mut [u32], mut n: u32) -> u32 {
        while parent[n as usize] != n {
            let up = parent[parent[n as usize] as usize];
            parent[n as usize] = up;
            n = up;
        }
        n
    }
    let mut closing = Vec::new();
    for (ring, knot) in meetings {
        let (a, b) = (root(&mut parent, *ring), root(&mut parent, rings as u32 + knot));
        if a == b { closing.push(a) } else { parent[b as usize] = a }
    }
    if closing.is_empty() {
        return Vec::new();
    }
    let mut bad: Vec<u32> = closing.into_iter().map(|n| root(&mut parent, n)).collect();
    bad.sort_unstable();
    bad.dedup();
    let mut found: Vec<u32> = meetings.iter().map(|m| m.0).collect();
    found.dedup();
    found.retain(|r| bad.binary_search(&root(&mut parent, *r)).is_ok());
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::rings::{area2, crosses_itself, shells_with_holes};

    fn parted(list: &[&[Pt]]) -> Rings {
        let mut rings = Rings::default();
        list.iter().for_each(|r| rings.push(r));
        let before: i128 = rings.iter().map(area2).sum();
        assert!(Cutter::default().part_touching(&mut rings));
        assert_eq!(rings.iter().map(area2).sum::<i128>(), before);
        assert!(!crosses_itself(&rings));
        let mut again: Vec<Pt> = Vec::new();
        for ring in rings.iter() {
            again.clear();
            again.extend(ring);
            again.sort_unstable();
            assert!(again.windows(2).all(|w| w[0] != w[1]), "{ring:?}");
        }
        rings
    }

    #[test]
    fn an_inlet_closed_at_its_mouth_is_a_hole() {
        let r = parted(&[&[[0, 0], [10, 0], [10, 10], [5, 10], [7, 5], [3, 5], [5, 10], [0, 10]]]);
        assert_eq!(r.len(), 2);
        assert_eq!(shells_with_holes(&r).len(), 2);
        assert!(r.iter().any(|ring| area2(ring) < 0));
    }

    #[test]
    fn a_waist_parts_an_area_in_two() {
        let r = parted(&[&[[0, 0], [10, 0], [5, 5], [10, 10], [0, 10], [5, 5]]]);
        assert_eq!(r.len(), 2);
        assert!(r.iter().all(|ring| area2(ring) > 0));
    }

    #[test]
    fn a_strait_that_has_become_a_line_leaves_no_edge_behind() {
        // There and back along [10,5]–[20,5], with land at both ends.
        let ring: &[Pt] = &[[0, 0], [10, 5], [20, 5], [30, 0], [30, 10], [20, 5], [10, 5], [0, 10]];
        assert_eq!(parted(&[ring]).len(), 2);
    }

    #[test]
    fn a_hole_that_touches_twice_parts_the_area() {
        let shell: &[Pt] = &[[0, 0], [5, 0], [10, 0], [10, 10], [5, 10], [0, 10]];
        let hole: &[Pt] = &[[5, 0], [3, 5], [5, 10], [7, 5]];
        let r = parted(&[shell, hole]);
        assert_eq!(r.len(), 2);
        assert!(r.iter().all(|ring| area2(ring) > 0));
    }

    #[test]
    fn a_hole_that_touches_itself_stays_a_hole() {
        let shell: &[Pt] = &[[0, 0], [20, 0], [20, 20], [0, 20]];
        let hole: &[Pt] = &[[4, 4], [4, 8], [8, 8], [12, 12], [16, 12], [12, 8], [8, 8], [8, 4]];
        let island: &[Pt] = &[[30, 0], [40, 0], [40, 10]];
        let r = parted(&[shell, hole, island]);
        assert!(r.iter().any(|ring| ring == island));
        assert_eq!(r.iter().filter(|ring| area2(ring) < 0).count(), 2);
    }

    #[test]
    fn two_areas_along_one_edge_become_one() {
        let r = parted(&[&[[0, 0], [5, 0], [5, 5], [0, 5]], &[[5, 0], [10, 0], [10, 5], [5, 5]]]);
        assert_eq!(r.len(), 1);
    }
}
