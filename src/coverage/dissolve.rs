//! Merging faces of one class by walking the graph.

use super::around::Half;
use super::{Coverage, NONE};
use geo::{LineString, Polygon};
use rayon::prelude::*;

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

impl Coverage {
    /// Areas of like class, each connected, ordered by class and then by lowest face; faces of class [`NONE`] are left out.
    ///
    /// `class` has a class for every face.
    pub fn dissolve(&self, class: &[u32]) -> Vec<Region> {
        let of = |face: u32| if face == NONE { NONE } else { class[face as usize] };
        let mut parts = Parts::new(self.areas.len());
        for e in &self.edges {
            let left = of(e.left);
            if left != NONE && left == of(e.right) {
                parts.join(e.left, e.right);
            }
        }
        let mut order: Vec<(u32, u32, u32)> = Vec::new();
        for (face, &c) in class.iter().enumerate() {
            if c != NONE && self.areas[face] != 0.0 {
                let face = face as u32;
                order.push((c, parts.root(face), face));
            }
        }
        order.par_sort_unstable();
        let mut regions: Vec<Region> = Vec::new();
        let mut of_root: Vec<u32> = vec![NONE; self.areas.len()];
        for (c, root, face) in order {
            let at = &mut of_root[root as usize];
            if *at == NONE {
                *at = regions.len() as u32;
                regions.push(Region { class: c, faces: Vec::new(), polygons: Vec::new(), area: 0.0 });
            }
            let region = &mut regions[*at as usize];
            region.faces.push(face);
            region.area += self.areas[face as usize];
        }
        let mut of_region: Vec<Vec<Vec<u32>>> = vec![Vec::new(); regions.len()];
        self.rings(class, |face, ring| {
            if let Some(own) = of_region.get_mut(of_root[parts.root(face) as usize] as usize) {
                own.push(ring);
            }
        });
        regions.par_iter_mut().zip(of_region).for_each(|(region, rings)| region.polygons = self.assemble(rings));
        regions
    }

    /// Simple rings around the land of every class, each with a face it belongs to, from west to east by where they begin.
    fn rings(&self, class: &[u32], mut take: impl FnMut(u32, Vec<u32>)) {
        let around = self.around();
        let of = |face: u32| if face == NONE { NONE } else { class[face as usize] };
        // The class that every half runs along with on its left; none where the other side is of the same, and none once walked.
        let mut along: Vec<u32> = vec![NONE; 2 * self.edges.len()];
        along.par_chunks_mut(2).zip(&self.edges).for_each(|(halves, e)| {
            let (left, right) = (of(e.left), of(e.right));
            if left != right {
                halves.copy_from_slice(&[left, right]);
            }
        });
        let mut seen: Vec<u32> = vec![NONE; self.nodes.len()];
        let mut firsts: Vec<(u32, u32, Half)> = Vec::new();
        let mut path: Vec<(u32, u32)> = Vec::new();
        for node in 0..self.nodes.len() as u32 {
            firsts.clear();
            for &half in around.leaving(node) {
                if along[half as usize] != NONE {
                    firsts.push((along[half as usize], self.half(half).1, half));
                }
            }
            firsts.sort_unstable();
            for &(own, _, first) in &firsts {
                if along[first as usize] == NONE {
                    continue;
                }
                let mut close = |path: &mut Vec<(u32, u32)>, seen: &mut [u32], since: usize| {
                    let face = path[since].1;
                    let ring: Vec<u32> = path.drain(since..).map(|(n, _)| n).collect();
                    for n in &ring {
                        seen[*n as usize] = NONE;
                    }
                    if ring.len() >= 3 {
                        take(face, ring);
                    }
                };
                let mut at = first;
                let end = loop {
                    along[at as usize] = NONE;
                    let (from, to, left, _) = self.half(at);
                    // A walk that comes back to a node has closed a loop: it is a ring of its own, so that rings stay simple.
                    let since = seen[from as usize];
                    if since != NONE {
                        close(&mut path, &mut seen, since as usize);
                    }
                    seen[from as usize] = path.len() as u32;
                    path.push((from, left));
                    // Around the same wedge of the class: the first border clockwise from where we came.
                    let next = around.onward(at, to).find(|h| *h == first || along[*h as usize] == own);
                    match next {
                        Some(next) if next != first => at = next,
                        _ => break to,
                    }
                };
                let since = seen[end as usize];
                if since != NONE {
                    close(&mut path, &mut seen, since as usize);
                }
                for (n, _) in path.drain(..) {
                    seen[n as usize] = NONE;
                }
            }
        }
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

    fn twice_area(&self, ring: &[u32]) -> i64 {
        // Sums on the way may run over; the whole fits, so it comes out right.
        let at = |n: u32| self.nodes[n as usize].map(i64::from);
        let mut sum = 0i64;
        for (i, a) in ring.iter().enumerate() {
            let (a, b) = (at(*a), at(ring[(i + 1) % ring.len()]));
            sum = sum.wrapping_add(a[0].wrapping_mul(b[1]).wrapping_sub(b[0].wrapping_mul(a[1])));
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
