//! Shared borders: lines and rings cut into arcs at the points where they meet, every arc once.
//!
//! A point is a node where its neighbours, over all lines and rings, are more than two different points, and at the ends of
//! lines. Between nodes everything that passes runs along the same points, so that one simplification (`simplify`) serves both
//! sides of a border. Reference: Bostock's TopoJSON, "cut" and "dedup".

use super::TilesError;
use super::bound::Bound;
use super::features::Features;
use super::simplify;
use super::source::chunk::Kind;
use super::world::{Pt, WORLD_BITS};
use rustc_hash::FxHashMap;

/// The arcs of all lines and polygons.
#[derive(Debug, Default)]
pub struct Topology {
    /// World coordinates of all arcs, one after another, ends included.
    pub points: Vec<Pt>,
    /// The zoom from which a point is drawn; 0 for ends, 255 for never.
    pub rank: Vec<u8>,
    /// Where each arc ends in `points`.
    pub ends: Vec<u32>,
    /// Whether a polygon runs along the arc.
    pub of_polygon: Vec<bool>,
    /// Ends of arcs of polygons, each place once, but for those of islands.
    pub nodes: Vec<Pt>,
    /// Rings that meet nothing else: the first of their two arcs.
    pub islands: Vec<u32>,
    /// Whether a shape runs along an arc more than once.
    pub doubled: Vec<bool>,
    /// Arcs of all rings and lines: `arc << 1 | reversed`.
    pub refs: Vec<u32>,
    /// Where each ring (numbered as in [`Features::ring_ends`]) starts and ends in `refs`.
    pub ref_ranges: Vec<(u32, u32)>,
}

const NONE: u32 = u32::MAX;

/// Distinct points and their numbers, by open addressing.
struct PointIndex {
    slots: Vec<u32>,
    points: Vec<Pt>,
}

impl PointIndex {
    fn new(expected: usize) -> Self {
        let size = (expected * 2).next_power_of_two().max(64);
        Self { slots: vec![NONE; size], points: Vec::with_capacity(2 * expected) }
    }
    fn slot(&self, p: Pt) -> usize {
        let key = (u64::from(p[0] as u32) << 32 | u64::from(p[1] as u32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (key ^ key >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93) as usize >> 16 & (self.slots.len() - 1)
    }
    fn number(&mut self, p: Pt) -> u32 {
        let mut at = self.slot(p);
        loop {
            match self.slots[at] {
                NONE => break,
                n if self.points[n as usize] == p => return n,
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
        let n = self.points.len() as u32;
        self.points.push(p);
        self.slots[at] = n;
        if self.points.len() * 2 > self.slots.len() {
            let size = self.slots.len() * 2;
            self.slots = vec![NONE; size];
            for (n, p) in self.points.iter().enumerate() {
                let mut at = self.slot(*p);
                while self.slots[at] != NONE {
                    at = (at + 1) & (size - 1);
                }
                self.slots[at] = n as u32;
            }
        }
        n
    }
}

/// Arcs by their first two points, which no other has: those that start at one point are strung together, and where there are many
/// the later ones are looked up.
#[derive(Debug, Default)]
struct Known {
    /// The last arc that starts at each point.
    first: Vec<u32>,
    /// The one before it.
    next: Vec<u32>,
    many: FxHashMap<u64, u32>,
}

impl Known {
    /// The arc from one point through another, the `new` one where there is none yet; `through` says whether an arc from the first
    /// runs through the second.
    fn arc(&mut self, from: u32, to: u32, new: u32, through: impl Fn(usize) -> bool) -> u32 {
        const STRUNG: usize = 16;
        let mut arc = self.first[from as usize];
        let mut count = 0;
        while arc != NONE {
            if through(arc as usize) {
                return arc;
            }
            arc = self.next[arc as usize];
            count += 1;
        }
        if count >= STRUNG {
            let arc = *self.many.entry(u64::from(from) << 32 | u64::from(to)).or_insert(new);
            if arc == new {
                self.next.push(NONE);
            }
            return arc;
        }
        self.next.push(std::mem::replace(&mut self.first[from as usize], new));
        new
    }
}

impl Topology {
    /// Cuts all lines and polygons of a build into arcs and ranks their points.
    ///
    /// # Errors
    /// They take more memory than there is.
    pub fn new(features: &Features, levels: &simplify::Levels, bound: Option<Bound>) -> Result<Self, TilesError> {
        let total: usize = features.shape_points.len();
        let mut t = Self {
            ref_ranges: vec![(0, 0); features.ring_ends.len()],
            doubled: vec![false; features.shapes.len()],
            ..Self::default()
        };
        if total == 0 {
            return Ok(t);
        }
        // 1. Number the points and find the nodes.
        let mut index = PointIndex::new(total / 2 + 16);
        let mut numbers: Vec<u32> = vec![NONE; total];
        let mut pairs: Vec<[u32; 2]> = Vec::with_capacity(total);
        let mut node: Vec<bool> = Vec::with_capacity(total);
        let mut rings: Vec<(u32, Kind)> = Vec::with_capacity(features.ring_ends.len());
        for (n, shape) in features.shapes.iter().enumerate() {
            if shape.kind != Kind::Point {
                rings.extend(features.rings_of(n).map(|r| (r as u32, shape.kind)));
            }
        }
        for (n, kind) in &rings {
            let start = features.ring_start(*n as usize);
            let (ring, _) = features.ring(*n as usize);
            for (k, p) in ring.iter().enumerate() {
                numbers[start + k] = index.number(*p);
            }
            if let Some(bound) = bound {
                // The number of each, and of the different ones slots, place and neighbours.
                bound.fits(features.len(), features.held_bytes() + total * 4 + index.points.len() * 34)?;
            }
            pairs.resize(index.points.len(), [NONE; 2]);
            node.resize(index.points.len(), false);
            let ids = &numbers[start..start + ring.len()];
            let len = ids.len();
            for i in 0..len {
                let v = ids[i] as usize;
                if *kind == Kind::Line && (i == 0 || i + 1 == len) {
                    node[v] = true;
                    continue;
                }
                let (a, b) = (ids[if i == 0 { len - 1 } else { i - 1 }], ids[if i + 1 == len { 0 } else { i + 1 }]);
                let pair = [a.min(b), a.max(b)];
                if pairs[v][0] == NONE {
                    pairs[v] = pair;
                } else if pairs[v] != pair {
                    node[v] = true;
                }
            }
        }
        let at = index.points;
        drop((pairs, index.slots));
        // A line that ends within a ring, or runs along one for a while, parts from it at nodes: its ends are nodes, and where it
        // joins or leaves the neighbours differ.
        let mut known = Known { first: vec![NONE; at.len()], ..Known::default() };
        let mut is_node_listed = vec![false; at.len()];
        let mut walk: Vec<u32> = Vec::new();
        for (n, kind) in &rings {
            let len = features.ring(*n as usize).0.len();
            let start = features.ring_start(*n as usize);
            let ids = &numbers[start..start + len];
            let first_ref = t.refs.len() as u32;
            match kind {
                Kind::Point => {}
                Kind::Line => t.cut(ids, &node, &at, &mut known, false),
                Kind::Polygon => {
                    let mut island = false;
                    let start = match ids.iter().position(|v| node[*v as usize]) {
                        Some(first) => first,
                        // An island: it starts at the same point whichever way it is walked.
                        None => {
                            let first = (0..len).min_by_key(|i| at[ids[*i] as usize]).expect("a ring has points");
                            let o = at[ids[first] as usize];
                            let far = (0..len)
                                .max_by_key(|i| {
                                    let p = at[ids[*i] as usize];
                                    let d = |k: usize| (i64::from(p[k]) - i64::from(o[k])).pow(2);
                                    (d(0) + d(1), p)
                                })
                                .expect("a ring has points");
                            node[ids[first] as usize] = true;
                            node[ids[far] as usize] = true;
                            island = first != far;
                            first
                        }
                    };
                    walk.clear();
                    walk.extend((0..=len).map(|k| ids[(start + k) % len]));
                    if island {
                        t.islands.push(t.ends.len() as u32);
                        for v in walk.iter().filter(|v| node[**v as usize]) {
                            is_node_listed[*v as usize] = true;
                        }
                    }
                    t.cut(&walk, &node, &at, &mut known, true);
                    for v in walk.iter().filter(|v| node[**v as usize]) {
                        if !std::mem::replace(&mut is_node_listed[*v as usize], true) {
                            t.nodes.push(at[*v as usize]);
                        }
                    }
                }
            }
            t.ref_ranges[*n as usize] = (first_ref, t.refs.len() as u32);
        }
        drop((numbers, node, at, known));
        let mut last = vec![NONE; t.len()];
        for n in 0..features.shapes.len() {
            let refs = features.rings_of(n).flat_map(|r| t.ring_refs(r));
            let mut again = false;
            for arc in refs {
                again |= std::mem::replace(&mut last[(arc >> 1) as usize], n as u32) == n as u32;
            }
            t.doubled[n] = again;
        }
        if let Some(bound) = bound {
            // At the last zoom: what is drawn, with an index, before and after it is put together.
            let drawn = t.points.len() * 40 + t.len() * 40 + t.seams(levels.last_zoom()) * 64;
            bound.fits(features.len(), features.held_bytes() + drawn)?;
        }
        simplify::rank(&mut t, levels);
        Ok(t)
    }

    /// Cuts one walk that starts and ends at nodes.
    fn cut(&mut self, walk: &[u32], node: &[bool], at: &[Pt], known: &mut Known, polygon: bool) {
        let mut from = 0;
        for to in 1..walk.len() {
            if !node[walk[to] as usize] && to + 1 < walk.len() {
                continue;
            }
            let piece = &walk[from..=to];
            from = to;
            let (first, last) = (piece[0], piece[piece.len() - 1]);
            let (second, before) = (piece[1], piece[piece.len() - 2]);
            // Every arc lies the way round that begins at the smaller place.
            let forward = (at[first as usize], at[second as usize]) <= (at[last as usize], at[before as usize]);
            let (a, b) = if forward { (first, second) } else { (last, before) };
            let next = self.ends.len() as u32;
            let arc = known.arc(a, b, next, |arc| self.points[self.range(arc).start + 1] == at[b as usize]);
            if arc == next {
                if forward {
                    self.points.extend(piece.iter().map(|v| at[*v as usize]));
                } else {
                    self.points.extend(piece.iter().rev().map(|v| at[*v as usize]));
                }
                self.ends.push(self.points.len() as u32);
                self.of_polygon.push(polygon);
            } else if polygon {
                self.of_polygon[arc as usize] = true;
            }
            self.refs.push(arc << 1 | u32::from(!forward));
        }
    }

    /// About how many bytes arcs take, as they are and as they are drawn at one zoom.
    pub fn held_bytes(&self) -> usize {
        self.points.len() * 24
    }

    /// About how many points borders get at a zoom where they cross the edges of tiles' buffers, of which there are two beside each tile's.
    fn seams(&self, zoom: u8) -> usize {
        let length = |arc: usize| -> u64 {
            let steps = self.points[self.range(arc)].windows(2);
            steps.map(|w| u64::from(w[0][0].abs_diff(w[1][0])) + u64::from(w[0][1].abs_diff(w[1][1]))).sum()
        };
        let length: u64 = (0..self.len()).filter(|arc| self.of_polygon[*arc]).map(length).sum();
        (length >> (WORLD_BITS - 1 - u32::from(zoom))) as usize
    }

    /// How many arcs there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// Where an arc's points stand.
    #[inline]
    pub fn range(&self, arc: usize) -> std::ops::Range<usize> {
        let start = if arc == 0 { 0 } else { self.ends[arc - 1] as usize };
        start..self.ends[arc] as usize
    }
    /// The arcs of a ring.
    #[inline]
    pub fn ring_refs(&self, ring: usize) -> &[u32] {
        let (start, end) = self.ref_ranges[ring];
        &self.refs[start as usize..end as usize]
    }
}
