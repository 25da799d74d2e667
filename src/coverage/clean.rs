//! Rings of any kind made into valid polygons: noded by snap rounding, filled by a rule, and walked.
//!
//! Each line is cut once at every place where it meets another, and after that nothing is looked at twice: however wild the rings are,
//! it ends.

use super::around::Around;
use super::grid::Grid;
use super::overlay::{Noding, Segment, grid_of, meeting, numbers, usual};
use super::{Coverage, Edge, NONE, Node};
use rayon::prelude::*;
use std::collections::VecDeque;

/// What counts as inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fill {
    /// Land that an odd number of lines part from the outside, as GIS programs draw rings that cross themselves.
    EvenOdd,
    /// Land that rings run around counter-clockwise more often than clockwise: the union of valid polygons.
    Wound,
}

/// The polygons of some closed rings, as rings of nodes: exteriors counter-clockwise, each with its holes, clockwise.
pub(crate) fn clean(rings: &[Vec<Node>], fill: Fill) -> Vec<Vec<Vec<Node>>> {
    let segments: Vec<Segment> = rings.iter().flat_map(|r| lines(r)).collect();
    if segments.is_empty() {
        return Vec::new();
    }
    let (nodes, mut edges) = noded(&segments);
    // Lines that fall together: how often more along than against.
    let mut winds: Vec<i32> = Vec::new();
    let mut kept: Vec<Edge> = Vec::new();
    for same in edges.chunk_by_mut(|a, b| (a.from, a.to) == (b.from, b.to)) {
        let wind: i32 = same.iter().map(|e| if e.left == 1 { 1 } else { -1 }).sum();
        let counts = match fill {
            Fill::EvenOdd => same.len() % 2 == 1,
            Fill::Wound => wind != 0,
        };
        if counts {
            kept.push(same[0]);
            winds.push(if fill == Fill::EvenOdd { 1 } else { wind });
        }
    }
    let around = Around::new(&nodes, &kept);
    let left = depths(&nodes, &kept, &winds, &around, fill);
    let inside = |depth: i32| match fill {
        Fill::EvenOdd => depth.rem_euclid(2) == 1,
        Fill::Wound => depth > 0,
    };
    let borders: Vec<Edge> = kept
        .iter()
        .zip(left.iter().zip(&winds))
        .filter_map(|(e, (left, wind))| {
            let face = |depth: i32| if inside(depth) { 0 } else { NONE };
            let (left, right) = (face(*left), face(left - wind));
            (left != right).then_some(Edge { left, right, ..*e })
        })
        .collect();
    // One face, which has land: how much is nobody's question here.
    let coverage = Coverage { nodes, edges: borders, areas: vec![1.0], ..Coverage::default() };
    let node = |c: &geo::Coord<f64>| [(c.x * super::GRID).round() as i32, (c.y * super::GRID).round() as i32];
    let ring = |l: &geo::LineString<f64>| -> Vec<Node> { l.0[..l.0.len() - 1].iter().map(node).collect() };
    let polygons = coverage.dissolve(&[0]).into_iter().flat_map(|r| r.polygons);
    polygons.map(|p| std::iter::once(p.exterior()).chain(p.interiors()).map(ring).collect()).collect()
}

fn lines(ring: &[Node]) -> Vec<Segment> {
    let corner = |i: usize| ring[i % ring.len()].map(f64::from);
    (0..ring.len())
        .map(|i| Segment { a: corner(i), b: corner(i + 1), left: 1, right: 0 })
        .filter(|s| s.a != s.b)
        .collect()
}

/// All lines cut at each other, sorted; `left` is 1 where an edge runs with its line and 0 where against.
fn noded(segments: &[Segment]) -> (Vec<Node>, Vec<Edge>) {
    let near = Grid::new(segments.len(), usual(segments, &[]), |i| (segments[i].a, segments[i].b));
    let mut nodes: Vec<Node> = segments
        .par_iter()
        .enumerate()
        .map_init(Vec::new, |found, (i, s)| {
            near.near(s.a, s.b, found);
            let others = found.iter().filter(|j| **j as usize > i);
            let mut own: Vec<Node> = others.filter_map(|j| crossing(s, &segments[*j as usize])).collect();
            own.push(s.a.map(|v| v as i32));
            own
        })
        .flatten_iter()
        .collect();
    nodes.par_sort_unstable();
    nodes.dedup();
    let (index, grid) = (numbers(&nodes), grid_of(&nodes, usual(segments, &[])));
    let noding = Noding { nodes: &nodes, index: &index, grid: &grid, exact: true };
    let mut edges: Vec<Edge> =
        segments.par_iter().flat_map_iter(|s| noding.pieces(s, &[], |_| (s.left, s.right), 0)).collect();
    edges.par_sort_unstable();
    (nodes, edges)
}

/// Where two lines cross between their ends, on the grid. Ends that lie on the other line are nodes already.
fn crossing(s: &Segment, o: &Segment) -> Option<Node> {
    let side = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| turn(a, b, c).signum();
    if side(s.a, s.b, o.a) * side(s.a, s.b, o.b) >= 0 || side(o.a, o.b, s.a) * side(o.a, o.b, s.b) >= 0 {
        return None;
    }
    Some(meeting(s, o))
}

/// Twice the area of a triangle of grid points, exact: positive where `c` is left of the line from `a` to `b`.
fn turn(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> i64 {
    let d = |p: [f64; 2]| [p[0] as i64 - a[0] as i64, p[1] as i64 - a[1] as i64];
    let (b, c) = (d(b), d(c));
    b[0] * c[1] - b[1] * c[0]
}

/// How deep inside the land on the left of every edge lies; its right is `winds` less deep.
///
/// Around a node each edge tells how much deeper its left is than its right, so one known side gives all that hangs together; of each
/// part that does, the outside of its westernmost node is as deep as the lines west of it say.
fn depths(nodes: &[Node], edges: &[Edge], winds: &[i32], around: &Around, fill: Fill) -> Vec<i32> {
    let bands = Bands::new(nodes, edges);
    let mut left: Vec<Option<i32>> = vec![None; edges.len()];
    let mut reached = vec![false; nodes.len()];
    let mut next: VecDeque<(u32, usize, i32)> = VecDeque::new();
    for first in 0..nodes.len() as u32 {
        if reached[first as usize] || around.leaving(first).is_empty() {
            continue;
        }
        // Nodes are in order from west to east: all edges of this one leave eastward, and clockwise from due west the first to come has
        // the outside on its left.
        let outside = bands.depth_west_of(nodes, edges, winds, nodes[first as usize], fill);
        reached[first as usize] = true;
        next.push_back((first, 0, outside));
        while let Some((node, at, before)) = next.pop_front() {
            let spokes = around.leaving(node);
            // `before` is the depth of the land just before spoke `at`, turning clockwise: the left of the spoke as it leaves.
            let mut depth = before;
            for k in 0..spokes.len() {
                let half = spokes[(at + k) % spokes.len()];
                let (edge, with) = (half as usize / 2, half.is_multiple_of(2));
                let (on_left, on_right) =
                    if with { (depth, depth - winds[edge]) } else { (depth, depth + winds[edge]) };
                left[edge].get_or_insert(if with { on_left } else { on_right });
                depth = on_right;
                let end = if with { edges[edge].to } else { edges[edge].from };
                if !std::mem::replace(&mut reached[end as usize], true) {
                    // Seen from the other end, the same edge has its sides exchanged.
                    let own = around.leaving(end);
                    let place = own.iter().position(|h| *h == half ^ 1).unwrap_or(0);
                    next.push_back((end, place, on_right));
                }
            }
        }
    }
    left.into_iter().map(|l| l.unwrap_or(0)).collect()
}

/// Edges by bands of latitude.
struct Bands {
    south: i64,
    height: i64,
    of: Vec<Vec<u32>>,
}

impl Bands {
    fn new(nodes: &[Node], edges: &[Edge]) -> Self {
        let ends = |e: &Edge| {
            let (a, b) = (i64::from(nodes[e.from as usize][1]), i64::from(nodes[e.to as usize][1]));
            (a.min(b), a.max(b))
        };
        let (south, north) = edges.iter().map(ends).fold((i64::MAX, i64::MIN), |(s, n), (a, b)| (s.min(a), n.max(b)));
        let tall: i64 = edges.iter().map(ends).map(|(a, b)| b - a).sum();
        let most = 3 * (north.saturating_sub(south)).max(1) as i128 * edges.len() as i128 / i128::from(tall.max(1));
        let bands = most.clamp(1, 1 << 18) as i64;
        let height = (north.saturating_sub(south) / bands + 1).max(1);
        let mut of = vec![Vec::new(); bands as usize];
        for (i, e) in edges.iter().enumerate() {
            let (a, b) = ends(e);
            for band in (a - south) / height..=(b - south) / height {
                of[band as usize].push(i as u32);
            }
        }
        Self { south, height, of }
    }

    /// The depth of the land just west of a node that nothing reaches from the west, by the lines a ray to the west meets.
    fn depth_west_of(&self, nodes: &[Node], edges: &[Edge], winds: &[i32], p: Node, fill: Fill) -> i32 {
        let Some(band) = self.of.get(((i64::from(p[1]) - self.south) / self.height) as usize) else { return 0 };
        let mut depth = 0;
        for &i in band {
            let e = &edges[i as usize];
            let (a, b) = (nodes[e.from as usize], nodes[e.to as usize]);
            let (up, down) = (a[1] <= p[1] && b[1] > p[1], b[1] <= p[1] && a[1] > p[1]);
            if !up && !down {
                continue;
            }
            let side = turn(a.map(f64::from), b.map(f64::from), p.map(f64::from));
            // West of the point: the point lies right of what goes up and left of what goes down.
            if up && side < 0 {
                depth -= winds[i as usize];
            } else if down && side > 0 {
                depth += winds[i as usize];
            }
        }
        if fill == Fill::EvenOdd { depth.rem_euclid(2) } else { depth }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(shapes: &[Vec<Vec<Node>>]) -> f64 {
        let twice = |r: &Vec<Node>| -> i64 {
            (0..r.len())
                .map(|i| {
                    let (a, b) = (r[i].map(i64::from), r[(i + 1) % r.len()].map(i64::from));
                    a[0] * b[1] - b[0] * a[1]
                })
                .sum()
        };
        shapes.iter().flatten().map(twice).sum::<i64>() as f64 / 2.0
    }

    fn square(x: i32, y: i32, size: i32) -> Vec<Node> {
        vec![[x, y], [x + size, y], [x + size, y + size], [x, y + size]]
    }

    #[test]
    fn rings_that_cross_touch_and_overlap() {
        // A bow tie is two triangles.
        let bow = clean(&[vec![[0, 0], [20, 20], [20, 0], [0, 20]]], Fill::EvenOdd);
        assert_eq!((bow.len(), area(&bow)), (2, 200.0));
        // A ring within a ring is a hole by even-odd, whichever way it runs; an island lies in it.
        let nest = [square(0, 0, 90), square(30, 30, 30), square(40, 40, 10)];
        let holed = clean(&nest, Fill::EvenOdd);
        assert_eq!((holed.len(), holed.iter().map(Vec::len).max(), area(&holed)), (2, Some(2), 7300.0));
        assert_eq!(area(&clean(&nest, Fill::Wound)), 8100.0);
        // Overlapping squares unite, and a clockwise ring takes land away.
        let united = clean(&[square(0, 0, 20), square(10, 10, 20)], Fill::Wound);
        assert_eq!((united.len(), area(&united)), (1, 700.0));
        let mut hole = square(5, 5, 10);
        hole.reverse();
        assert_eq!(area(&clean(&[square(0, 0, 20), hole], Fill::Wound)), 300.0);
        // Spikes and doubled lines vanish.
        let spike = clean(&[vec![[0, 0], [10, 0], [30, 0], [10, 0], [10, 10], [0, 10]]], Fill::EvenOdd);
        assert_eq!((spike.len(), area(&spike)), (1, 100.0));
        assert!(clean(&[vec![[0, 0], [10, 0], [5, 0]], vec![[3, 3]]], Fill::EvenOdd).is_empty());
        // A ring run through twice is empty by even-odd and itself when wound.
        assert!(clean(&[square(0, 0, 9), square(0, 0, 9)], Fill::EvenOdd).is_empty());
        assert_eq!(area(&clean(&[square(0, 0, 9), square(0, 0, 9)], Fill::Wound)), 81.0);
    }

    #[test]
    fn long_lines_close_together_are_no_more_work_than_others() {
        // Two hundred lines across the world within a few metres of each other: a fine grid would have thousands of millions of cells.
        let ring: Vec<Node> =
            (0..400).map(|i| [if i % 2 == 0 { -170_000_000 } else { 170_000_000 }, i * 7 % 60]).collect();
        assert!(!clean(&[ring], Fill::EvenOdd).is_empty());
    }

    #[test]
    fn wild_rings_become_valid_polygons() {
        use geo::Validation as _;
        let mut state = 5u64;
        let mut below = move |n: i64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) as i64 % n) as i32
        };
        for round in 0..300 {
            let span = [6, 40, 1000, 1_000_000, 100_000_000][round % 5];
            let west = [0, 180_000_000, -180_000_000, 440_000_000][round % 4];
            let rings: Vec<Vec<Node>> = (0..1 + below(3))
                .map(|_| (0..3 + below(40)).map(|_| [west + below(span), below(span.min(90_000_000))]).collect())
                .collect();
            for fill in [Fill::EvenOdd, Fill::Wound] {
                for shape in clean(&rings, fill) {
                    let line = |r: &Vec<Node>| -> geo::LineString<f64> {
                        r.iter().chain(r.first()).map(|n| (f64::from(n[0]), f64::from(n[1]))).collect()
                    };
                    let polygon = geo::Polygon::new(line(&shape[0]), shape[1..].iter().map(line).collect());
                    assert!(polygon.is_valid(), "round {round}: {:?}", polygon.check_validation());
                }
            }
        }
    }
}
