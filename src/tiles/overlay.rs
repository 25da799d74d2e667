//! Rings that cross made into valid polygons: those that come in broken, and areas of crowded tiles that are joined, which may overlap.
//! Rings that only meet need no such weighing (`walks`).
//!
//! Edges are cut where they cross, at the nearest grid point, until none does any more. From one meeting place to the next a chain of
//! edges has the same on either side all along: a sweep counts how often the rings wind around either side of one edge of each (the
//! rule called non-zero), and chains with land on one side only are walked anew.
//!
//! Rounding a crossing can make an edge cross its neighbour. That nearly always settles in a few rounds and moves least; what has not
//! after [`ROUNDS`] is settled by snap rounding (Hobby 1999), after which nothing crosses.

use super::crossing::Crossings;
use super::rings::{Rings, area2, bounds, cross};
use super::sorted::Sorted;
use super::walks::{Places, Walker};
use super::world::Pt;

/// How often edges are cut where they cross. All along a spike a unit wide it may go on and on.
const ROUNDS: usize = 24;

/// Fewer edges than these are compared with all others one by one.
const FEW: usize = 64;

/// Space that overlays use again and again.
#[derive(Debug, Default)]
pub struct Mender {
    walker: Walker,
    /// Looking for crossings.
    pub crossings: Crossings,
}

/// A straight piece from its lesser to its greater end, and how often rings of either set run along it, less how often against.
#[derive(Debug, Clone, Copy)]
struct Piece {
    a: Pt,
    b: Pt,
    net: [i32; 2],
    /// How often the rings of either set wind around what lies on its left, that is below it in the order of the sweep.
    before: [i32; 2],
    taken: bool,
}

/// A part of a ring between meeting places, as places in its points; a ring that meets nothing is one, with `closed`.
#[derive(Debug, Clone, Copy)]
struct Chain {
    ring: u32,
    from: u32,
    edges: u32,
    closed: bool,
}

impl Mender {
    /// Makes valid polygons of rings that touch or cross themselves: what they wind around stays, in clean rings.
    pub fn put_right(&mut self, rings: &mut Rings) {
        let pairs = self.crossings.pairs(rings);
        self.cut(rings, pairs);
        self.weigh(rings, None, |_| 0, |wind| wind[0] != 0);
    }

    /// The places at which rings meet.
    pub fn places(&mut self, rings: &Rings) -> Places {
        self.walker.places(rings)
    }

    /// What the first ring encloses without what the others, its holes, enclose; none may cross any more, and they meet at known places.
    pub fn take_away_holes(&mut self, rings: &mut Rings, places: &Places) {
        self.weigh(rings, Some(places), |ring| usize::from(ring > 0), |wind| wind[0] != 0 && wind[1] == 0);
    }

    /// Joins some rings only, given by their numbers in order; none may cross any more, and they meet at known places. A hole is weighed
    /// together with the outer rings that may be its own.
    pub fn join_some(&mut self, rings: &mut Rings, which: &mut Vec<u32>, places: &Places) {
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
        clean.points.reserve(rings.points.len());
        for (r, ring) in rings.iter().enumerate() {
            if which.binary_search(&(r as u32)).is_ok() { rest.push(ring) } else { clean.push(ring) }
        }
        self.weigh(&mut rest, Some(places), |_| 0, |wind| wind[0] != 0);
        rest.iter().for_each(|ring| clean.push(ring));
        *rings = clean;
    }

    /// Walks rings anew where they meet, as [`Walker::walk_at`].
    pub fn walk_at(&mut self, rings: &mut Rings, places: &Places) {
        self.walker.walk_at(rings, Some(places));
    }

    /// What lies inside by the windings of two sets of rings, none of which cross.
    fn weigh(
        &mut self,
        rings: &mut Rings,
        places: Option<&Places>,
        set: impl Fn(usize) -> usize,
        inside: impl Fn([i32; 2]) -> bool,
    ) {
        let chains = self.chains(rings, places);
        let mut pieces = pieces_beside(rings, &chains, set);
        self.walker.begin();
        let mut turned: Vec<Pt> = Vec::new();
        for c in &chains {
            let ring = rings.ring(c.ring as usize);
            let at = |k: u32| ring[(c.from + k) as usize % ring.len()];
            let (a, b) = (at(0), at(1));
            let Ok(n) = pieces.binary_search_by_key(&(a.min(b), a.max(b)), |p| (p.a, p.b)) else { continue };
            let p = &mut pieces[n];
            // Several chains that run along one edge are one.
            if std::mem::replace(&mut p.taken, true) {
                continue;
            }
            let after = [p.before[0] + p.net[0], p.before[1] + p.net[1]];
            let (left, right) = (inside(after), inside(p.before));
            if left == right {
                continue;
            }
            turned.clear();
            turned.extend((0..c.edges + u32::from(!c.closed)).map(at));
            if left != (a < b) {
                turned.reverse();
            }
            if c.closed { self.walker.ring(&turned) } else { self.walker.chain(&turned) }
        }
        rings.clear();
        self.walker.string_ends(rings);
    }

    /// Parts all rings where they meet.
    fn chains(&mut self, rings: &Rings, places: Option<&Places>) -> Vec<Chain> {
        let meets = self.walker.look(rings, places);
        let mut chains = Vec::with_capacity(rings.len());
        let mut first = 0;
        for (n, ring) in rings.iter().enumerate() {
            let len = ring.len();
            let knot = |i: usize| meets && self.walker.is_knot(first + i % len);
            let chain = |from: usize, edges: usize, closed: bool| Chain {
                ring: n as u32,
                from: from as u32,
                edges: edges as u32,
                closed,
            };
            match (0..len).find(|i| knot(*i)) {
                None if len > 2 => chains.push(chain(0, len, true)),
                None => {}
                Some(lead) => {
                    let mut from = lead;
                    for to in (lead + 1..=lead + len).filter(|i| knot(*i)) {
                        chains.push(chain(from, to - from, false));
                        from = to;
                    }
                }
            }
            first += len;
        }
        // An edge that leads nowhere bounds nothing.
        chains.retain(|c| {
            let ring = rings.ring(c.ring as usize);
            c.edges > 1 || ring[c.from as usize % ring.len()] != ring[(c.from + 1) as usize % ring.len()]
        });
        chains
    }

    /// Gives the rings a point wherever two edges cross or an end lies on another edge, given the pairs of edges that do; returns the
    /// pairs of rings that met.
    pub fn cut(&mut self, rings: &mut Rings, mut pairs: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
        let mut met = Vec::new();
        for round in 0.. {
            let ring_of = |n: u32, rings: &Rings| rings.ends.partition_point(|e| *e <= n);
            let edge = |n: u32, rings: &Rings| {
                let ring = ring_of(n, rings);
                let start = if ring == 0 { 0 } else { rings.ends[ring - 1] };
                let next = if n + 1 == rings.ends[ring] { start } else { n + 1 };
                (rings.points[n as usize], rings.points[next as usize])
            };
            let mut cuts: Vec<(u32, Pt)> = Vec::new();
            if round == ROUNDS {
                pairs = self.crossings.pairs(rings);
            }
            let mut crossings: Vec<Pt> = Vec::new();
            for (i, j) in pairs {
                met.push((ring_of(i, rings) as u32, ring_of(j, rings) as u32));
                let ((a, b), (c, d)) = (edge(i, rings), edge(j, rings));
                let side = |p: Pt, q: Pt, v: Pt| cross(p, q, v).signum();
                let mut at: Vec<Pt> = Vec::new();
                at.extend([a, b].into_iter().filter(|p| side(c, d, *p) == 0));
                at.extend([c, d].into_iter().filter(|p| side(a, b, *p) == 0));
                if side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0 {
                    at.push(crossing(a, b, c, d));
                    crossings.extend(at.last());
                }
                for p in at {
                    for (n, (e, f)) in [(i, (a, b)), (j, (c, d))] {
                        let boxed = (0..2).all(|k| e[k].min(f[k]) <= p[k] && p[k] <= e[k].max(f[k]));
                        if boxed && p != e && p != f {
                            cuts.push((n, p));
                        }
                    }
                }
            }
            if cuts.is_empty() {
                break;
            }
            if round == ROUNDS {
                snap_round(rings, crossings);
                pairs = self.crossings.pairs(rings);
                continue;
            }
            let far = |n: u32, p: Pt| {
                let from = rings.points[n as usize];
                (0..2).map(|k| (i128::from(p[k]) - i128::from(from[k])).pow(2)).sum::<i128>()
            };
            cuts.sort_unstable_by_key(|(n, p)| (*n, far(*n, *p), *p));
            cuts.dedup();
            let mut new = Rings::default();
            new.points.reserve(rings.points.len() + cuts.len());
            let mut parts: Vec<u32> = Vec::with_capacity(2 * cuts.len());
            let (mut copied, mut next) = (0, cuts.iter().peekable());
            for end in rings.ends.iter().map(|e| *e as usize) {
                while let Some(&&(n, _)) = next.peek().filter(|c| (c.0 as usize) < end) {
                    new.points.extend_from_slice(&rings.points[copied..=n as usize]);
                    copied = n as usize + 1;
                    let start = new.points.len() as u32 - 1;
                    while let Some((_, p)) = next.next_if(|c| c.0 == n) {
                        new.points.push(*p);
                    }
                    parts.extend(start..new.points.len() as u32);
                }
                new.points.extend_from_slice(&rings.points[copied..end]);
                copied = end;
                new.ends.push(new.points.len() as u32);
            }
            *rings = new;
            // Only the parts can cross anything that has not been looked at.
            pairs = if parts.len() <= FEW { self.crossings.of(rings, &parts) } else { self.crossings.pairs(rings) };
        }
        met
    }
}

/// Leads every edge through the middles of all grid squares it passes in which there is a point or a crossing: after that edges meet in
/// points only. A point may come to lie on an edge, which cutting there does not move any more.
fn snap_round(rings: &mut Rings, crossings: Vec<Pt>) {
    let mut hot = crossings;
    hot.extend_from_slice(&rings.points);
    hot.sort_unstable();
    hot.dedup();
    let mut new = Rings::default();
    let mut passed: Vec<(i128, Pt)> = Vec::new();
    for ring in rings.iter() {
        for (n, &p) in ring.iter().enumerate() {
            let q = ring[(n + 1) % ring.len()];
            let (west, east) = (p[0].min(q[0]), p[0].max(q[0]));
            let (south, north) = (p[1].min(q[1]), p[1].max(q[1]));
            let from = hot.partition_point(|h| h[0] < west);
            let near = hot[from..].iter().take_while(|h| h[0] <= east).filter(|h| south <= h[1] && h[1] <= north);
            let along = |h: &Pt| {
                let d = |k: usize| (i128::from(q[k]) - i128::from(p[k])) * (i128::from(h[k]) - i128::from(p[k]));
                (d(0) + d(1), *h)
            };
            passed.clear();
            passed.extend(near.filter(|h| **h != p && **h != q && passes(p, q, **h)).map(along));
            passed.sort_unstable();
            new.points.push(p);
            new.points.extend(passed.iter().map(|h| h.1));
        }
        new.ends.push(new.points.len() as u32);
    }
    *rings = new;
}

/// Whether an edge passes through the unit square around `h`, to which of its border only the south and west sides belong, as halves are
/// rounded in [`crossing`].
fn passes(p: Pt, q: Pt, h: Pt) -> bool {
    let (dx, dy) = (i128::from(q[0]) - i128::from(p[0]), i128::from(q[1]) - i128::from(p[1]));
    // Twice the distance of the square's middle from the edge against the square's width, both across the edge.
    let off = 2 * (dx * (i128::from(p[1]) - i128::from(h[1])) - dy * (i128::from(p[0]) - i128::from(h[0])));
    match off.abs().cmp(&(dx.abs() + dy.abs())) {
        std::cmp::Ordering::Less => true,
        std::cmp::Ordering::Greater => false,
        // It meets a corner: the one in the south-west, where the edge falls eastward and passes below the middle.
        std::cmp::Ordering::Equal => dx.signum() * dy.signum() < 0 && (off < 0) == (dx > 0),
    }
}

/// The first edges of chains with their windings counted, in order. Where these are few, only what the sweep passes beside them is.
fn pieces_beside(rings: &Rings, chains: &[Chain], set: impl Fn(usize) -> usize) -> Vec<Piece> {
    let few = chains.len() * 8 < rings.points.len();
    let mut columns: Vec<i32> = Vec::new();
    if few {
        columns.extend(chains.iter().map(|c| {
            let ring = rings.ring(c.ring as usize);
            let (from, to) = (c.from as usize % ring.len(), (c.from as usize + 1) % ring.len());
            ring[from].min(ring[to])[0]
        }));
        columns.sort_unstable();
        columns.dedup();
    }
    let columns = Sorted::new(columns);
    let wanted = |lo: i32, hi: i32| !few || columns.any_within(lo, hi);
    let mut pieces: Vec<Piece> = Vec::new();
    for (n, ring) in rings.iter().enumerate() {
        let Some(mut p) = ring.last().copied() else { continue };
        for &q in ring {
            if p != q && wanted(p[0].min(q[0]), p[0].max(q[0])) {
                let mut net = [0; 2];
                net[set(n)] = if p < q { 1 } else { -1 };
                pieces.push(Piece { a: p.min(q), b: p.max(q), net, before: [0; 2], taken: false });
            }
            p = q;
        }
    }
    pieces.sort_unstable_by_key(|p| (p.a, p.b));
    pieces.dedup_by(|p, first| {
        let same = (p.a, p.b) == (first.a, first.b);
        if same {
            first.net = [first.net[0] + p.net[0], first.net[1] + p.net[1]];
        }
        same
    });
    sweep(&mut pieces, &columns);
    pieces
}

/// The grid point nearest to where two edges cross.
fn crossing(a: Pt, b: Pt, c: Pt, d: Pt) -> Pt {
    let minus = |p: Pt, q: Pt| [i128::from(p[0]) - i128::from(q[0]), i128::from(p[1]) - i128::from(q[1])];
    let (u, v, w) = (minus(b, a), minus(d, c), minus(c, a));
    let times = |p: [i128; 2], q: [i128; 2]| p[0] * q[1] - p[1] * q[0];
    let (num, den) = (times(w, v), times(u, v));
    let (num, den) = if den < 0 { (-num, -den) } else { (num, den) };
    [0, 1].map(|k| (i128::from(a[k]) + (2 * u[k] * num + den).div_euclid(2 * den)) as i32)
}

/// Counts the windings before each piece: pieces are sorted, and none crosses another. Where there are `columns`, only the pieces that
/// start at one of these are counted, and all pieces that pass one are there.
fn sweep(pieces: &mut [Piece], columns: &Sorted) {
    let mut ends: Vec<Pt> = pieces.iter().map(|p| p.b).collect();
    ends.sort_unstable();
    let mut leaving = ends.into_iter().peekable();
    // Pieces that the sweep passes, in order across it.
    let mut active: Vec<u32> = Vec::new();
    let mut n = 0;
    while n < pieces.len() {
        let here = pieces[n].a;
        while let Some(end) = leaving.next_if(|e| *e <= here) {
            let at = active.partition_point(|k| before(&pieces[*k as usize], end));
            match active.get(at).map(|k| pieces[*k as usize].b == end) {
                Some(true) => drop(active.remove(at)),
                // Only where cutting has not come to an end.
                _ => {
                    if let Some(at) = active.iter().position(|k| pieces[*k as usize].b == end) {
                        active.remove(at);
                    }
                }
            }
        }
        let to = n + pieces[n..].partition_point(|p| p.a == here);
        let at = active.partition_point(|k| before(&pieces[*k as usize], here));
        let mut new: Vec<u32> = (n as u32..to as u32).collect();
        new.sort_by(|i, j| 0.cmp(&cross(here, pieces[*i as usize].b, pieces[*j as usize].b)));
        let sum = |w: [i32; 2], net: [i32; 2]| [w[0] + net[0], w[1] + net[1]];
        let mut wind = if columns.is_empty() {
            at.checked_sub(1).map_or([0; 2], |k| {
                let p = &pieces[active[k] as usize];
                sum(p.before, p.net)
            })
        } else if columns.any_within(here[0], here[0]) {
            active[..at].iter().fold([0; 2], |w, k| sum(w, pieces[*k as usize].net))
        } else {
            [0; 2]
        };
        for k in &new {
            let p = &mut pieces[*k as usize];
            p.before = wind;
            wind = sum(wind, p.net);
        }
        active.splice(at..at, new);
        n = to;
    }
}

/// Whether a piece comes before a point across the sweep.
fn before(piece: &Piece, p: Pt) -> bool {
    piece.b != p && cross(piece.a, piece.b, p) > 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::crossing::crosses_itself;
    use proptest::prelude::*;

    #[test]
    fn a_bow_tie_becomes_two_triangles() {
        let mut r = Rings::default();
        r.push(&[[0, 0], [10, 10], [10, 0], [0, 10]]);
        assert!(crosses_itself(&r));
        Mender::default().put_right(&mut r);
        assert_eq!(r.len(), 2);
        assert!(!crosses_itself(&r) && r.iter().all(|ring| area2(ring) > 0));
    }

    #[test]
    fn a_hole_that_sticks_out_takes_away_what_it_covers() {
        let mut r = Rings::default();
        r.push(&[[0, 0], [10, 0], [10, 10], [0, 10]]);
        r.push(&[[5, 4], [20, 4], [20, 6], [5, 6]]);
        let mut mender = Mender::default();
        let pairs = mender.crossings.pairs(&r);
        mender.cut(&mut r, pairs);
        let places = mender.places(&r);
        mender.take_away_holes(&mut r, &places);
        assert_eq!(r.iter().map(area2).sum::<i128>(), 2 * (100 - 10));
        assert_eq!(r.len(), 1);
    }

    #[test]
    fn a_long_spike_is_cut_to_its_end() {
        let mut r = Rings::default();
        r.push(&[[162, 1764], [0, 0], [325, 1468], [468, 385], [258, 1969], [642, 731], [344, 434], [751, 117]]);
        Mender::default().put_right(&mut r);
        assert!(!crosses_itself(&r) && r.len() > 1);
    }

    #[test]
    fn spikes_across_each_other_are_settled() {
        let mut r = Rings::default();
        r.push(&[
            [485, 0],
            [129, 621],
            [309, 0],
            [6, 0],
            [298, 721],
            [376, 1058],
            [1, 0],
            [314, 612],
            [87, 1729],
            [245, 319],
            [79, 1801],
            [720, 73],
            [0, 0],
        ]);
        let mut mender = Mender::default();
        mender.put_right(&mut r);
        assert!(!crosses_itself(&r));
        let area = r.iter().map(area2).sum::<i128>();
        mender.put_right(&mut r);
        assert_eq!(r.iter().map(area2).sum::<i128>(), area);
    }

    #[test]
    fn an_edge_is_led_through_the_squares_it_passes() {
        let mut r = Rings::default();
        r.push(&[[0, 0], [10, 1], [20, 0], [20, 20], [10, 5], [0, 20]]);
        snap_round(&mut r, vec![[9, 1], [13, 8], [4, 18]]);
        // (9, 1) is a tenth off its edge, the two others are a unit and more off theirs.
        assert_eq!(r.points, [[0, 0], [9, 1], [10, 1], [20, 0], [20, 20], [10, 5], [0, 20]]);
    }

    proptest! {
        /// Any rings become valid ones, and the areas of the union and of what two have in common add up (inclusion and exclusion).
        #[test]
        fn any_rings_become_valid(seed in proptest::collection::vec((0i32..2000, 0i32..2000), 3..60)) {
            let ring: Vec<Pt> = seed.iter().map(|(x, y)| [*x, *y]).collect();
            let mut rings = Rings::default();
            rings.push(&ring);
            let mut mender = Mender::default();
            mender.put_right(&mut rings);
            prop_assert!(!crosses_itself(&rings));
            let again = rings.clone();
            mender.put_right(&mut rings);
            let area = |r: &Rings| r.iter().map(area2).sum::<i128>();
            prop_assert_eq!(area(&rings), area(&again));
        }
        #[test]
        fn areas_of_boxes_add_up(seed in proptest::collection::vec((0i32..60, 0i32..60, 1i32..20, 1i32..20), 1..12)) {
            let mut rings = Rings::default();
            let mut cells = std::collections::BTreeSet::new();
            for (x, y, w, h) in &seed {
                rings.push(&[[*x, *y], [x + w, *y], [x + w, y + h], [*x, y + h]]);
                cells.extend((0..*w).flat_map(|i| (0..*h).map(move |j| (x + i, y + j))));
            }
            Mender::default().put_right(&mut rings);
            prop_assert_eq!(rings.iter().map(area2).sum::<i128>(), 2 * cells.len() as i128);
            prop_assert!(!crosses_itself(&rings));
        }
    }
}
