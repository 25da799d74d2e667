//! Merging faces of one class, and the lines between unlike ones, by walking the graph.

use super::{Coverage, NONE, Node};
use geo::{LineString, Polygon};
use rustc_hash::FxHashMap;

/// An area of one class that hangs together by shared borders; a face cut into islands brings them all.
#[derive(Debug, Clone, PartialEq)]
pub struct Region {
    /// Its class.
    pub class: u32,
    /// Faces in it, ascending.
    pub faces: Vec<u32>,
    /// Its outline in degrees: several polygons where a face has islands or parts meet in a single point.
    pub polygons: Vec<Polygon<f64>>,
    /// Its area in square metres, the sum of its faces.
    pub area: f64,
}

/// A line between two sides, unbroken.
#[derive(Debug, Clone, PartialEq)]
pub struct Front {
    /// The side on its left.
    pub left: u32,
    /// The side on its right.
    pub right: u32,
    /// The line in degrees.
    pub line: LineString<f64>,
    /// The faces (left, right) on either side of every piece of the line.
    pub faces: Vec<(u32, u32)>,
}

/// A piece of front: its sides, the lower on the left; its nodes; the faces on either side.
type Step = ((u32, u32), u32, u32, (u32, u32));

#[derive(Clone, Copy)]
struct HalfEdge {
    from: u32,
    to: u32,
    face: u32,
    class: u32,
}

impl Coverage {
    /// Areas of like class, each connected, ordered by class and then by lowest face; faces of class [`NONE`] are left out.
    ///
    /// `class` has a class for every face.
    pub fn dissolve(&self, class: &[u32]) -> Vec<Region> {
        let of = |face: u32| if face == NONE { NONE } else { class[face as usize] };
        let mut parts = Parts::new(self.areas.len());
        let mut halves: Vec<HalfEdge> = Vec::new();
        for e in &self.edges {
            let (left, right) = (of(e.left), of(e.right));
            if left == right {
                if left != NONE {
                    parts.join(e.left, e.right);
                }
                continue;
            }
            if left != NONE {
                halves.push(HalfEdge { from: e.from, to: e.to, face: e.left, class: left });
            }
            if right != NONE {
                halves.push(HalfEdge { from: e.to, to: e.from, face: e.right, class: right });
            }
        }
        halves.sort_unstable_by_key(|h| (h.from, h.class, h.to));
        let rings = self.rings(&halves);

        let mut order: Vec<(u32, u32, u32)> = Vec::new();
        for (face, &c) in class.iter().enumerate() {
            if c != NONE && self.areas[face] != 0.0 {
                let face = face as u32;
                order.push((c, parts.root(face), face));
            }
        }
        order.sort_unstable();
        let mut regions: Vec<Region> = Vec::new();
        let mut of_root: FxHashMap<u32, usize> = FxHashMap::default();
        for (c, root, face) in order {
            let at = *of_root.entry(root).or_insert_with(|| {
                regions.push(Region { class: c, faces: Vec::new(), polygons: Vec::new(), area: 0.0 });
                regions.len() - 1
            });
            regions[at].faces.push(face);
            regions[at].area += self.areas[face as usize];
        }
        let mut of_region: Vec<Vec<Vec<u32>>> = vec![Vec::new(); regions.len()];
        for (face, ring) in rings {
            if let Some(&at) = of_root.get(&parts.root(face)) {
                of_region[at].push(ring);
            }
        }
        for (region, rings) in regions.iter_mut().zip(of_region) {
            region.polygons = self.assemble(rings);
        }
        regions
    }

    /// Simple rings along half-edges, each with a face it belongs to.
    fn rings(&self, halves: &[HalfEdge]) -> Vec<(u32, Vec<u32>)> {
        let mut used = vec![false; halves.len()];
        let mut rings = Vec::new();
        let mut seen: FxHashMap<u32, usize> = FxHashMap::default();
        for first in 0..halves.len() {
            if used[first] {
                continue;
            }
            let face = halves[first].face;
            let mut path: Vec<u32> = Vec::new();
            seen.clear();
            let mut at = first;
            loop {
                used[at] = true;
                let node = halves[at].from;
                // A walk that comes back to a node has closed a loop: it is a ring of its own, so that rings stay simple.
                if let Some(&since) = seen.get(&node) {
                    let ring: Vec<u32> = path.drain(since..).collect();
                    for n in &ring {
                        seen.remove(n);
                    }
                    rings.push((face, ring));
                }
                seen.insert(node, path.len());
                path.push(node);
                match self.next(halves, &used, at) {
                    Some(next) => at = next,
                    None => break,
                }
            }
            if halves[at].to == path[0] && path.len() >= 3 {
                rings.push((face, path));
            } else if let Some(&since) = seen.get(&halves[at].to) {
                rings.push((face, path.split_off(since)));
            }
        }
        rings.retain(|(_, r)| r.len() >= 3);
        rings
    }

    /// The half-edge that follows around the same wedge of the class: the first clockwise from where we came.
    fn next(&self, halves: &[HalfEdge], used: &[bool], at: usize) -> Option<usize> {
        let HalfEdge { from, to, class, .. } = halves[at];
        let start = halves.partition_point(|h| (h.from, h.class) < (to, class));
        let end = start + halves[start..].partition_point(|h| (h.from, h.class) <= (to, class));
        let v = self.nodes[to as usize];
        let back = direction(v, self.nodes[from as usize]);
        (start..end).filter(|i| !used[*i]).min_by(|i, j| {
            let (di, dj) =
                (direction(v, self.nodes[halves[*i].to as usize]), direction(v, self.nodes[halves[*j].to as usize]));
            clockwise(back, di, dj)
        })
    }

    /// Rings of one region as polygons: exteriors run counter-clockwise, holes clockwise.
    fn assemble(&self, rings: Vec<Vec<u32>>) -> Vec<Polygon<f64>> {
        let (mut outer, mut holes): (Vec<Vec<u32>>, Vec<Vec<u32>>) = (Vec::new(), Vec::new());
        for ring in rings {
            let area = self.twice_area(&ring);
            if area > 0 {
                outer.push(ring);
            } else if area < 0 {
                holes.push(ring);
            }
        }
        let mut of_outer: Vec<Vec<LineString<f64>>> = vec![Vec::new(); outer.len()];
        let boxes: Vec<[i32; 4]> = if holes.is_empty() || outer.len() == 1 {
            Vec::new()
        } else {
            outer.iter().map(|r| self.bounds(r)).collect()
        };
        for hole in holes {
            let at = if outer.len() == 1 { Some(0) } else { self.home(&outer, &boxes, &hole) };
            if let Some(at) = at {
                of_outer[at].push(self.line(&hole));
            }
        }
        outer.iter().zip(of_outer).map(|(ring, holes)| Polygon::new(self.line(ring), holes)).collect()
    }

    /// The smallest exterior that a hole lies in, where a region has several.
    fn home(&self, outer: &[Vec<u32>], boxes: &[[i32; 4]], hole: &[u32]) -> Option<usize> {
        use geo::Contains as _;
        let inside = |ring: &Vec<u32>| {
            let polygon = Polygon::new(self.line(ring), Vec::new());
            // Holes may touch their exterior in a corner, so the middles of edges are asked too.
            hole.iter().zip(hole.iter().skip(1)).any(|(a, b)| {
                let (a, b) = (self.degrees(*a), self.degrees(*b));
                polygon.contains(&geo::Point::new(f64::midpoint(a.x, b.x), f64::midpoint(a.y, b.y)))
            })
        };
        let own = self.bounds(hole);
        let holds = |b: &[i32; 4]| b[0] <= own[0] && b[1] <= own[1] && b[2] >= own[2] && b[3] >= own[3];
        (0..outer.len()).filter(|i| holds(&boxes[*i]) && inside(&outer[*i])).min_by_key(|i| self.twice_area(&outer[*i]))
    }

    /// West, south, east and north ends of a ring.
    fn bounds(&self, ring: &[u32]) -> [i32; 4] {
        ring.iter().map(|n| self.nodes[*n as usize]).fold([i32::MAX, i32::MAX, i32::MIN, i32::MIN], |b, p| {
            [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])]
        })
    }

    fn twice_area(&self, ring: &[u32]) -> i128 {
        let mut sum = 0i128;
        for (i, a) in ring.iter().enumerate() {
            let (a, b) = (self.nodes[*a as usize], self.nodes[ring[(i + 1) % ring.len()] as usize]);
            sum += i128::from(a[0]) * i128::from(b[1]) - i128::from(b[0]) * i128::from(a[1]);
        }
        sum
    }

    fn line(&self, ring: &[u32]) -> LineString<f64> {
        let mut coords: Vec<geo::Coord<f64>> = ring.iter().map(|n| self.degrees(*n)).collect();
        // Rings start at their least corner, whichever face the walk began from.
        let least = (0..coords.len())
            .min_by(|i, j| coords[*i].x.total_cmp(&coords[*j].x).then(coords[*i].y.total_cmp(&coords[*j].y)));
        coords.rotate_left(least.unwrap_or(0));
        coords.push(coords[0]);
        LineString(coords)
    }

    /// The lines between unlike sides, unbroken from junction to junction; sides [`NONE`] have no front. `side` has a side for every face.
    ///
    /// Lines run so that the lower side is on their left, and are ordered by sides and then by where they begin.
    pub fn fronts(&self, side: &[u32]) -> Vec<Front> {
        let of = |face: u32| if face == NONE { NONE } else { side[face as usize] };
        let mut steps: Vec<Step> = Vec::new();
        for e in &self.edges {
            let (left, right) = (of(e.left), of(e.right));
            if left == right || left == NONE || right == NONE {
                continue;
            }
            steps.push(if left < right {
                ((left, right), e.from, e.to, (e.left, e.right))
            } else {
                ((right, left), e.to, e.from, (e.right, e.left))
            });
        }
        steps.sort_unstable();
        let key = |s: &Step| (s.0, s.1);
        let mut arriving: FxHashMap<((u32, u32), u32), u32> = FxHashMap::default();
        for s in &steps {
            *arriving.entry((s.0, s.2)).or_default() += 1;
        }
        let leaving = |pair: (u32, u32), node: u32| {
            let start = steps.partition_point(|s| key(s) < (pair, node));
            let end = steps.partition_point(|s| key(s) <= (pair, node));
            start..end
        };
        let mut used = vec![false; steps.len()];
        let mut fronts = Vec::new();
        // Open lines first, from where they begin; what is left then are closed ones.
        for closed in [false, true] {
            for i in 0..steps.len() {
                let (pair, from, ..) = steps[i];
                let through = leaving(pair, from).len() == 1 && arriving.get(&(pair, from)) == Some(&1);
                if used[i] || (through && !closed) {
                    continue;
                }
                let mut nodes = vec![from];
                let mut faces = Vec::new();
                let mut at = i;
                loop {
                    used[at] = true;
                    nodes.push(steps[at].2);
                    faces.push(steps[at].3);
                    let next = leaving(pair, steps[at].2);
                    if next.len() != 1 || arriving.get(&(pair, steps[at].2)) != Some(&1) || used[next.start] {
                        break;
                    }
                    at = next.start;
                }
                let line = LineString(nodes.iter().map(|n| self.degrees(*n)).collect());
                fronts.push(Front { left: pair.0, right: pair.1, line, faces });
            }
        }
        fronts.sort_by(|a, b| {
            (a.left, a.right).cmp(&(b.left, b.right)).then_with(|| {
                let (p, q) = (a.line.0[0], b.line.0[0]);
                p.x.total_cmp(&q.x).then(p.y.total_cmp(&q.y)).then(a.faces.cmp(&b.faces))
            })
        });
        fronts
    }
}

fn direction(from: Node, to: Node) -> [i64; 2] {
    [i64::from(to[0]) - i64::from(from[0]), i64::from(to[1]) - i64::from(from[1])]
}

/// Compares two directions by how soon they come turning clockwise from `back`; `back` itself comes last.
fn clockwise(back: [i64; 2], a: [i64; 2], b: [i64; 2]) -> std::cmp::Ordering {
    let cross = |u: [i64; 2], v: [i64; 2]| u[0] * v[1] - u[1] * v[0];
    let dot = |u: [i64; 2], v: [i64; 2]| u[0] * v[0] + u[1] * v[1];
    // 0: less than half a turn clockwise; 1: exactly half; 2: more; 3: a whole turn.
    let half = |d: [i64; 2]| match cross(back, d) {
        c if c < 0 => 0,
        0 if dot(back, d) < 0 => 1,
        0 => 3,
        _ => 2,
    };
    half(a).cmp(&half(b)).then_with(|| cross(a, b).cmp(&0))
}

/// Which faces hang together.
struct Parts(Vec<u32>);

impl Parts {
    fn new(n: usize) -> Self {
        Self((0..n as u32).collect())
    }
    fn root(&mut self, mut i: u32) -> u32 {
        while self.0[i as usize] != i {
            self.0[i as usize] = self.0[self.0[i as usize] as usize];
            i = self.0[i as usize];
        }
        i
    }
    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        // The lower one leads, so that regions are ordered by their lowest face.
        let (low, high) = (a.min(b), a.max(b));
        self.0[high as usize] = low;
    }
}
