//! Two sets of labelled lines into one planar graph, by snap rounding.
//!
//! Every vertex and every crossing makes its grid square hot, and every line is led through the middle of each hot square it passes:
//! no line can slip over a vertex, so faces keep their order and neighbours their shared nodes. Pieces that fall onto each other
//! cancel by their labels.

use super::grid::Grid;
use super::locate::{Locator, is_left};
use super::{Edge, NONE, Node};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Which of two things is moved by the infinitesimal step that settles ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// The line.
    Line,
    /// The point.
    Point,
}

/// A straight directed line between two faces, in millionths of a degree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// Its start.
    pub a: [f64; 2],
    /// Its end.
    pub b: [f64; 2],
    /// The face on its left.
    pub left: u32,
    /// The face on its right.
    pub right: u32,
}

/// A closed ring of the second set: inside is on its left, label 1; outside has label 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Ring {
    /// Corners, not repeated at the end.
    pub points: Vec<Node>,
}

/// Where in the first set a ring of the second begins: a corner of it and the face that corner lies in.
pub struct Start {
    /// Index of the corner.
    pub corner: usize,
    /// The face of the first set.
    pub face: u32,
}

struct Crossing {
    first: u32,
    second: u32,
    t_first: f64,
    t_second: f64,
    node: Node,
    /// The start of the first line lies left of the second one.
    from_left: bool,
}

/// A crossing on a line, and the label that holds behind it.
pub(super) struct Stop {
    t: f64,
    node: Node,
    label: u32,
}

fn is_whole(s: &Segment) -> bool {
    [s.a, s.b].iter().flatten().all(|v| v.fract() == 0.0)
}

/// The square in which two lines between grid points meet that are not parallel, exact; halves go east and north.
pub(super) fn meeting(s: &Segment, o: &Segment) -> Node {
    let whole = |p: [f64; 2]| p.map(|v| v as i128);
    let (a, b, c, d) = (whole(s.a), whole(s.b), whole(o.a), whole(o.b));
    let (u, v, apart) = ([b[0] - a[0], b[1] - a[1]], [d[0] - c[0], d[1] - c[1]], [c[0] - a[0], c[1] - a[1]]);
    let (over, under) = (apart[0] * v[1] - apart[1] * v[0], u[0] * v[1] - u[1] * v[0]);
    if under == 0 {
        return round(s.a);
    }
    let (over, under) = if under < 0 { (-over, -under) } else { (over, under) };
    let over = over.clamp(0, under);
    [0, 1].map(|k| (a[k] + (2 * over * u[k] + under).div_euclid(2 * under)) as i32)
}

fn round(p: [f64; 2]) -> Node {
    p.map(|v| v.round() as i32)
}

/// The planar graph of both sets. `start` tells where a ring begins; `combine` names the face made of a first face and a second label.
pub(crate) fn overlay(
    first: &[Segment],
    rings: &[Ring],
    start: impl Fn(&Ring) -> Start,
    combine: impl Fn(u32, u32) -> u32 + Sync,
) -> (Vec<Node>, Vec<Edge>) {
    let mut second = Vec::new();
    let mut starts: Vec<(usize, usize, Start)> = Vec::new();
    for ring in rings {
        let s = start(ring);
        let n = ring.points.len();
        starts.push((second.len(), n, s));
        for i in 0..n {
            let (a, b) = (ring.points[i].map(f64::from), ring.points[(i + 1) % n].map(f64::from));
            second.push(Segment { a, b, left: 1, right: 0 });
        }
    }
    let exact = first.par_iter().all(is_whole);
    let crossings = crossings(first, &second, exact);
    let (of_first, of_second) = by_line(&crossings, first.len(), second.len());
    let nodes = hot(first, &second, &crossings);
    let index = numbers(&nodes);
    let grid = grid_of(&nodes, usual(first, &second));
    let noding = Noding { nodes: &nodes, index: &index, grid: &grid, exact };
    let mut edges = noding.first(first, &second, &crossings, &of_first, 0, &combine);

    // The rings are followed around from their starts, so that one answer about a face serves a whole ring.
    for (offset, n, start) in &starts {
        let mut face = start.face;
        for i in 0..*n {
            let k = offset + (start.corner + i) % n;
            let before = face;
            let stops = ordered(&of_second[k], &crossings, |c| c.t_second, &mut face, |c| c.of_first(first));
            edges.extend(noding.pieces(&second[k], &stops, |face| (combine(face, 1), combine(face, 0)), before));
        }
    }
    (nodes, merge(edges))
}

/// The planar graph of two sets that are planar each by itself, with their ends on the grid; beyond both lies face `outside`.
///
/// `combine` names the face made of a face of the first and one of the second.
pub(crate) fn cross(
    first: &[Segment],
    second: &[Segment],
    outside: u32,
    combine: impl Fn(u32, u32) -> u32 + Sync,
) -> (Vec<Node>, Vec<Edge>) {
    let exact = true;
    let crossings = crossings(first, second, exact);
    let (of_first, of_second) = by_line(&crossings, first.len(), second.len());
    let nodes = hot(first, second, &crossings);
    let index = numbers(&nodes);
    let grid = grid_of(&nodes, usual(first, second));
    let noding = Noding { nodes: &nodes, index: &index, grid: &grid, exact };
    let mut edges = noding.first(first, second, &crossings, &of_first, outside, &combine);
    let locator = Locator::new(first, Moved::Point, outside);
    let of_others: Vec<Edge> = second
        .par_iter()
        .zip(&of_second)
        .flat_map_iter(|(segment, own)| {
            let start = locator.locate(segment.a);
            let mut face = start;
            let stops = ordered(own, &crossings, |c| c.t_second, &mut face, |c| c.of_first(first));
            noding.pieces(segment, &stops, |face| (combine(face, segment.left), combine(face, segment.right)), start)
        })
        .collect();
    edges.extend(of_others);
    (nodes, merge(edges))
}

impl Crossing {
    /// The faces of the first set that the second line comes from and goes to.
    fn of_first(&self, first: &[Segment]) -> (u32, u32) {
        let f = &first[self.first as usize];
        // The second line crosses the first from the side its start lies on: the opposite of how the first crosses it.
        if self.from_left { (f.right, f.left) } else { (f.left, f.right) }
    }

    /// The faces of the second set that the first line comes from and goes to.
    fn of_second(&self, second: &[Segment]) -> (u32, u32) {
        let s = &second[self.second as usize];
        if self.from_left { (s.left, s.right) } else { (s.right, s.left) }
    }
}

/// The crossings of every line of both sets.
fn by_line(crossings: &[Crossing], first: usize, second: usize) -> (Vec<Vec<u32>>, Vec<Vec<u32>>) {
    let (mut of_first, mut of_second) = (vec![Vec::new(); first], vec![Vec::new(); second]);
    for (i, c) in crossings.iter().enumerate() {
        of_first[c.first as usize].push(i as u32);
        of_second[c.second as usize].push(i as u32);
    }
    (of_first, of_second)
}

pub(super) fn numbers(nodes: &[Node]) -> FxHashMap<Node, u32> {
    nodes.iter().enumerate().map(|(i, n)| (*n, i as u32)).collect()
}

/// The usual extent of segments.
pub(super) fn usual(first: &[Segment], second: &[Segment]) -> f64 {
    let all = first.iter().chain(second);
    let sum: f64 = all.map(|s| (s.b[0] - s.a[0]).abs().max((s.b[1] - s.a[1]).abs())).sum();
    sum / ((first.len() + second.len()) as f64).max(1.0)
}

pub(super) fn grid_of(nodes: &[Node], usual: f64) -> Grid {
    Grid::new(nodes.len(), usual, |i| {
        let p = nodes[i].map(f64::from);
        (p, p)
    })
}

fn crossings(first: &[Segment], second: &[Segment], exact: bool) -> Vec<Crossing> {
    let grid = Grid::new(second.len(), usual(first, second), |i| (second[i].a, second[i].b));
    first
        .par_iter()
        .enumerate()
        .map_init(Vec::new, |near, (i, f)| {
            grid.near(f.a, f.b, near);
            let mut found = Vec::new();
            for &j in near.iter() {
                let s = &second[j as usize];
                if f.a[0].max(f.b[0]) < s.a[0].min(s.b[0]) - 1.0 || s.a[0].max(s.b[0]) < f.a[0].min(f.b[0]) - 1.0 {
                    continue;
                }
                let from_left = is_left(s.a, s.b, f.a, Moved::Line);
                if from_left == is_left(s.a, s.b, f.b, Moved::Line)
                    || is_left(f.a, f.b, s.a, Moved::Point) == is_left(f.a, f.b, s.b, Moved::Point)
                {
                    continue;
                }
                let (df, ds) = ([f.b[0] - f.a[0], f.b[1] - f.a[1]], [s.b[0] - s.a[0], s.b[1] - s.a[1]]);
                let apart = [s.a[0] - f.a[0], s.a[1] - f.a[1]];
                let cross = |u: [f64; 2], v: [f64; 2]| u[0] * v[1] - u[1] * v[0];
                let turn = cross(df, ds);
                // Lines that cross only by the infinitesimal step meet at an end.
                let t = |v: f64| if turn == 0.0 { 0.5 } else { (v / turn).clamp(0.0, 1.0) };
                let (t_first, t_second) = (t(cross(apart, ds)), t(cross(apart, df)));
                let node = if exact && turn != 0.0 {
                    meeting(f, s)
                } else {
                    round([f.a[0] + t_first * df[0], f.a[1] + t_first * df[1]])
                };
                found.push(Crossing { first: i as u32, second: j, t_first, t_second, node, from_left });
            }
            found
        })
        .flatten_iter()
        .collect()
}

/// Every node, sorted: rounded ends and crossings.
fn hot(first: &[Segment], second: &[Segment], crossings: &[Crossing]) -> Vec<Node> {
    let mut nodes: Vec<Node> = first.iter().chain(second).flat_map(|s| [round(s.a), round(s.b)]).collect();
    nodes.extend(crossings.iter().map(|c| c.node));
    nodes.par_sort_unstable();
    nodes.dedup();
    nodes
}

/// A line's crossings in order, each with the label that holds after it; `label` is taken through to the end.
///
/// Crossings closer together than arithmetic can tell are put in the order in which their labels follow from each other.
fn ordered(
    own: &[u32],
    crossings: &[Crossing],
    t: impl Fn(&Crossing) -> f64,
    label: &mut u32,
    sides: impl Fn(&Crossing) -> (u32, u32),
) -> Vec<Stop> {
    let mut rest: Vec<&Crossing> = own.iter().map(|i| &crossings[*i as usize]).collect();
    // Those of one place stay in the order of their numbers.
    rest.sort_by(|a, b| t(a).total_cmp(&t(b)));
    let mut stops = Vec::with_capacity(rest.len());
    while let Some(&head) = rest.first() {
        let tied = rest.iter().take_while(|c| t(c) - t(head) < 1e-6).count();
        let at = rest[..tied].iter().position(|c| sides(c).0 == *label).unwrap_or(0);
        let next = rest.remove(at);
        *label = sides(next).1;
        stops.push(Stop { t: t(next), node: next.node, label: *label });
    }
    stops
}

/// Every node, by number and by place.
pub(super) struct Noding<'a> {
    pub(super) nodes: &'a [Node],
    pub(super) index: &'a FxHashMap<Node, u32>,
    pub(super) grid: &'a Grid,
    /// All lines end on the grid.
    pub(super) exact: bool,
}

impl Noding<'_> {
    /// The pieces of the first set's lines.
    fn first(
        &self,
        first: &[Segment],
        second: &[Segment],
        crossings: &[Crossing],
        of_first: &[Vec<u32>],
        outside: u32,
        combine: &(impl Fn(u32, u32) -> u32 + Sync),
    ) -> Vec<Edge> {
        let locator = Locator::new(second, Moved::Line, outside);
        first
            .par_iter()
            .zip(of_first)
            .flat_map_iter(|(segment, own)| {
                let start = locator.locate(segment.a);
                let mut label = start;
                let stops = ordered(own, crossings, |c| c.t_first, &mut label, |c| c.of_second(second));
                self.pieces(
                    segment,
                    &stops,
                    |label| (combine(segment.left, label), combine(segment.right, label)),
                    start,
                )
            })
            .collect()
    }

    /// The pieces of a line between the hot squares it passes, with the faces on either side.
    pub(super) fn pieces(
        &self,
        segment: &Segment,
        stops: &[Stop],
        faces: impl Fn(u32) -> (u32, u32),
        mut label: u32,
    ) -> Vec<Edge> {
        let (a, b) = (segment.a, segment.b);
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length2 = dx * dx + dy * dy;
        let mut near = Vec::new();
        self.grid.near(a, b, &mut near);
        let mut passed: Vec<(f64, u32)> = Vec::with_capacity(4);
        for &n in &near {
            let p = self.nodes[n as usize].map(f64::from);
            if !passes(a, b, p, self.exact) {
                continue;
            }
            let t =
                if length2 > 0.0 { (((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
            passed.push((t, n));
        }
        // The ends come first and last whatever their squares' middles project to.
        let (start, end) = (self.index[&round(a)], self.index[&round(b)]);
        passed.retain(|(_, n)| *n != start && *n != end);
        passed.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
        passed.push((1.0, end));
        // A label changes in the node its crossing was rounded to: by the places along the line alone, a piece of one grid unit between two
        // such nodes could be given the label of its neighbour.
        let mut places = stops.iter().scan(0, |last, stop| {
            let number = self.index.get(&stop.node);
            let own = (number == Some(&start)).then_some(0);
            let place = own.or_else(|| passed.iter().position(|(_, n)| Some(n) == number).map(|i| i + 1));
            // A node that rounding has led the line around.
            let place = place.unwrap_or_else(|| passed.iter().take_while(|(t, _)| *t < stop.t).count());
            *last = place.max(*last);
            Some((*last, stop.label))
        });
        let mut next = places.next();
        let mut out = Vec::with_capacity(passed.len());
        let mut at = start;
        for (i, (_, n)) in passed.iter().enumerate() {
            let n = *n;
            while let Some((place, changed)) = next
                && place <= i
            {
                label = changed;
                next = places.next();
            }
            if n == at {
                continue;
            }
            let (left, right) = faces(label);
            if left != right {
                let edge = Edge { from: at, to: n, left, right };
                out.push(if at < n { edge } else { Edge { from: n, to: at, left: right, right: left } });
            }
            at = n;
        }
        out
    }
}

/// Whether a line passes through the unit square around `p`, to which of its border only the south and west sides belong (Hobby 1999): of
/// four squares that a line between grid points meets in their common corner it passes one.
///
/// With ends off the grid there are no such ties to settle, and all of the border belongs to the square.
fn passes(a: [f64; 2], b: [f64; 2], p: [f64; 2], exact: bool) -> bool {
    let (a, b) = ([a[0] - p[0], a[1] - p[1]], [b[0] - p[0], b[1] - p[1]]);
    const H: f64 = 0.5;
    if a[0].max(b[0]) < -H || a[0].min(b[0]) > H || a[1].max(b[1]) < -H || a[1].min(b[1]) > H {
        return false;
    }
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    if exact {
        // Twice the distance of the line from the middle against the square's width, both across the line's direction.
        let (dx, dy) = (dx as i64, dy as i64);
        let off = 2 * (dx * a[1] as i64 - dy * a[0] as i64);
        return match off.abs().cmp(&(dx.abs() + dy.abs())) {
            std::cmp::Ordering::Less => true,
            std::cmp::Ordering::Greater => false,
            // It meets a corner: the one in the south-west, where the line falls eastward and passes below the middle.
            std::cmp::Ordering::Equal => dx.signum() * dy.signum() < 0 && (off < 0) == (dx > 0),
        };
    }
    (dx * a[1] - dy * a[0]).abs() <= H * (dx.abs() + dy.abs())
}

/// Pieces between the same two nodes become one; labels that stand on both sides cancel.
pub(crate) fn merge(mut edges: Vec<Edge>) -> Vec<Edge> {
    edges.par_sort_unstable();
    let mut out: Vec<Edge> = Vec::with_capacity(edges.len());
    let mut i = 0;
    while i < edges.len() {
        let mut j = i + 1;
        while j < edges.len() && (edges[j].from, edges[j].to) == (edges[i].from, edges[i].to) {
            j += 1;
        }
        if j == i + 1 {
            out.push(edges[i]);
        } else {
            let mut lefts: Vec<u32> = edges[i..j].iter().map(|e| e.left).collect();
            let mut rights = Vec::new();
            for e in &edges[i..j] {
                match lefts.iter().position(|l| *l == e.right) {
                    Some(at) => {
                        lefts.swap_remove(at);
                    }
                    None => rights.push(e.right),
                }
            }
            // Lines that fell together from either side of a face leave one label a side; more would be a label that leads nowhere.
            if let (Some(&left), Some(&right)) = (lefts.iter().min(), rights.iter().min()) {
                out.push(Edge { left, right, ..edges[i] });
            }
        }
        i = j;
    }
    out.retain(|e| e.left != e.right && !(e.left == NONE && e.right == NONE));
    out
}
