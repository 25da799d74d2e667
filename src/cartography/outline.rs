//! Simplifying lines and rings in pixel space so that neighbours keep their shared edge.
//!
//! Vertices are integers (1/64 px). Where more or fewer than two different neighbours meet at a vertex, arcs end; each arc is
//! thinned once, in one direction (Douglas and Peucker 1973), whoever it belongs to. So two zones that share an edge before
//! share it after, and the front line lies exactly between them.

use rustc_hash::FxHashMap;

/// A vertex in 1/64 px.
pub type Vertex = [i32; 2];

/// A run of vertices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// The vertices; a ring does not repeat its first.
    pub points: Vec<Vertex>,
    /// Whether the last vertex joins the first.
    pub closed: bool,
}

impl Chain {
    /// A chain without consecutive repeats.
    pub fn new(points: impl IntoIterator<Item = Vertex>, closed: bool) -> Self {
        let mut points: Vec<Vertex> = points.into_iter().collect();
        points.dedup();
        if closed {
            while points.len() > 1 && points.first() == points.last() {
                points.pop();
            }
        }
        Self { points, closed }
    }
}

/// Up to two distinct neighbours of a vertex, or the knowledge that arcs end here.
#[derive(Clone, Copy)]
struct Meeting {
    a: Option<Vertex>,
    b: Option<Vertex>,
    ends: bool,
}

impl Meeting {
    fn see(&mut self, other: Vertex) {
        if self.a == Some(other) || self.b == Some(other) || self.ends {
            return;
        }
        match (self.a, self.b) {
            (None, _) => self.a = Some(other),
            (_, None) => self.b = Some(other),
            _ => self.ends = true,
        }
    }
}

/// Thins chains to a tolerance in 1/64 px, arcs that several share staying shared. Rings that shrink below a triangle come back
/// empty.
pub fn thin(chains: &[Chain], tolerance: f64) -> Vec<Chain> {
    let total: usize = chains.iter().map(|c| c.points.len()).sum();
    let mut meetings: FxHashMap<Vertex, Meeting> = FxHashMap::default();
    meetings.reserve(total);
    for chain in chains {
        let p = &chain.points;
        let n = p.len();
        for i in 0..n {
            let m = meetings.entry(p[i]).or_insert(Meeting { a: None, b: None, ends: false });
            if chain.closed {
                m.see(p[(i + n - 1) % n]);
                m.see(p[(i + 1) % n]);
            } else if i == 0 || i + 1 == n {
                m.ends = true;
            } else {
                m.see(p[i - 1]);
                m.see(p[i + 1]);
            }
        }
    }
    let ends = |v: &Vertex| meetings.get(v).is_none_or(|m| m.ends);
    chains
        .iter()
        .map(|c| if c.closed { thin_ring(&c.points, tolerance, &ends) } else { thin_line(&c.points, tolerance, &ends) })
        .collect()
}

/// Thins one line on its own.
pub fn thin_alone(points: &[Vertex], tolerance: f64) -> Vec<Vertex> {
    let mut out = Vec::with_capacity(points.len() / 2);
    arc(points, tolerance, &mut out);
    if let Some(&last) = points.last() {
        out.push(last);
    }
    out
}

fn thin_line(points: &[Vertex], tolerance: f64, ends: &impl Fn(&Vertex) -> bool) -> Chain {
    let mut out = Vec::with_capacity(points.len() / 2);
    let mut from = 0;
    for i in 1..points.len() {
        if i + 1 == points.len() || ends(&points[i]) {
            arc(&points[from..=i], tolerance, &mut out);
            from = i;
        }
    }
    out.extend(points.last());
    Chain::new(out, false)
}

fn thin_ring(points: &[Vertex], tolerance: f64, ends: &impl Fn(&Vertex) -> bool) -> Chain {
    let n = points.len();
    if n < 3 {
        return Chain { points: Vec::new(), closed: true };
    }
    // A ring without a junction is cut at its lowest vertex and at the vertex farthest from that: the same for every copy.
    let start = (0..n).find(|&i| ends(&points[i]));
    let (start, second) = match start {
        Some(i) => (i, None),
        None => {
            let low = (0..n).min_by_key(|&i| points[i]).expect("three vertices");
            let far = (0..n).max_by_key(|&i| (squared(points[i], points[low]), points[i])).expect("three vertices");
            (low, Some(points[far]))
        }
    };
    let rotated: Vec<Vertex> = (0..=n).map(|k| points[(start + k) % n]).collect();
    let mut out = Vec::with_capacity(n / 2);
    let mut from = 0;
    for i in 1..=n {
        if i == n || ends(&rotated[i]) || second == Some(rotated[i]) {
            arc(&rotated[from..=i], tolerance, &mut out);
            from = i;
        }
    }
    let chain = Chain::new(out, true);
    if chain.points.len() < 3 { Chain { points: Vec::new(), closed: true } } else { chain }
}

fn squared(a: Vertex, b: Vertex) -> i64 {
    let (dx, dy) = (i64::from(a[0]) - i64::from(b[0]), i64::from(a[1]) - i64::from(b[1]));
    dx * dx + dy * dy
}

/// Appends the thinned arc without its last vertex.
fn arc(points: &[Vertex], tolerance: f64, out: &mut Vec<Vertex>) {
    let n = points.len();
    if n <= 2 {
        out.extend(points.first());
        return;
    }
    let reversed = points[0] > points[n - 1] || (points[0] == points[n - 1] && points[1] > points[n - 2]);
    let at = |i: usize| points[if reversed { n - 1 - i } else { i }];
    let mut keep = vec![false; n];
    let mut stack = vec![(0usize, n - 1)];
    let limit = tolerance * tolerance;
    while let Some((i, j)) = stack.pop() {
        if j < i + 2 {
            continue;
        }
        let (a, b) = (at(i), at(j));
        let (dx, dy) = (f64::from(b[0] - a[0]), f64::from(b[1] - a[1]));
        let len2 = dx * dx + dy * dy;
        let (mut worst, mut which) = (-1.0, i);
        for k in i + 1..j {
            let p = at(k);
            let (px, py) = (f64::from(p[0] - a[0]), f64::from(p[1] - a[1]));
            let d = if len2 == 0.0 {
                px * px + py * py
            } else {
                let t = ((px * dx + py * dy) / len2).clamp(0.0, 1.0);
                (px - t * dx).powi(2) + (py - t * dy).powi(2)
            };
            if d > worst {
                (worst, which) = (d, k);
            }
        }
        if worst > limit {
            keep[which] = true;
            stack.push((i, which));
            stack.push((which, j));
        }
    }
    out.push(points[0]);
    for (i, p) in points.iter().enumerate().take(n - 1).skip(1) {
        if keep[if reversed { n - 1 - i } else { i }] {
            out.push(*p);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn edges(chain: &Chain) -> BTreeSet<(Vertex, Vertex)> {
        let p = &chain.points;
        (0..p.len()).map(|i| (p[i], p[(i + 1) % p.len()])).map(|(a, b)| if a < b { (a, b) } else { (b, a) }).collect()
    }

    #[test]
    fn neighbours_keep_their_shared_edge() {
        // A wobbly border between two boxes, walked up by one and down by the other.
        let border: Vec<Vertex> = (0..=100).map(|i| [640 + (i * 37) % 23, i * 10]).collect();
        let left = Chain::new([[0, 0]].into_iter().chain(border.iter().copied()).chain([[0, 1000]]), true);
        let right = Chain::new([[1300, 1000]].into_iter().chain(border.iter().rev().copied()).chain([[1300, 0]]), true);
        let thinned = thin(&[left.clone(), right.clone()], 16.0);
        assert!(thinned[0].points.len() < left.points.len() / 2);
        let shared: BTreeSet<_> = edges(&thinned[0]).intersection(&edges(&thinned[1])).copied().collect();
        assert_eq!(shared.len() + 3, thinned[0].points.len(), "all but the three outer edges are shared");
    }

    #[test]
    fn the_front_line_lies_on_the_edge() {
        let border: Vec<Vertex> = (0..=60).map(|i| [640 + (i * 29) % 19, i * 10]).collect();
        let left = Chain::new([[0, 0]].into_iter().chain(border.iter().copied()).chain([[0, 600]]), true);
        let front = Chain::new(border.iter().rev().copied(), false);
        let thinned = thin(&[left, front], 12.0);
        let ring = edges(&thinned[0]);
        for w in thinned[1].points.windows(2) {
            let e = if w[0] < w[1] { (w[0], w[1]) } else { (w[1], w[0]) };
            assert!(ring.contains(&e));
        }
    }

    #[test]
    fn specks_vanish() {
        let speck = Chain::new([[0, 0], [3, 0], [3, 3], [0, 3]], true);
        assert!(thin(&[speck], 16.0)[0].points.is_empty());
    }
}
