//! The edges around every node in the order in which they leave it: made once, walked by every merge and every front.

use super::{Edge, Node};

/// An edge walked one way: twice its index, and one more where it is walked from `to` to `from`.
pub(super) type Half = u32;

/// The rotation system of a graph.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Around {
    /// Where the spokes of every node begin, and the end of the last.
    starts: Vec<u32>,
    /// The halves that leave each node, clockwise from due west.
    spokes: Vec<Half>,
    /// The place of every half among the spokes.
    place: Vec<u32>,
}

impl Around {
    pub(super) fn new(nodes: &[Node], edges: &[Edge]) -> Self {
        let mut starts = vec![0u32; nodes.len() + 1];
        for e in edges {
            starts[e.from as usize + 1] += 1;
            starts[e.to as usize + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut spokes = vec![0; 2 * edges.len()];
        for (i, e) in edges.iter().enumerate() {
            for (half, node) in [(2 * i as u32, e.from), (2 * i as u32 + 1, e.to)] {
                spokes[next[node as usize] as usize] = half;
                next[node as usize] += 1;
            }
        }
        let direction = |half: Half| {
            let e = &edges[half as usize / 2];
            let (from, to) = if half.is_multiple_of(2) { (e.from, e.to) } else { (e.to, e.from) };
            let (from, to) = (nodes[from as usize], nodes[to as usize]);
            [i64::from(to[0]) - i64::from(from[0]), i64::from(to[1]) - i64::from(from[1])]
        };
        for node in 0..nodes.len() {
            let own = &mut spokes[starts[node] as usize..starts[node + 1] as usize];
            if own.len() > 1 {
                own.sort_unstable_by(|a, b| clockwise(direction(*a), direction(*b)).then(a.cmp(b)));
            }
        }
        let mut place = vec![0; spokes.len()];
        for (i, half) in spokes.iter().enumerate() {
            place[*half as usize] = i as u32;
        }
        Self { starts, spokes, place }
    }

    /// The halves that leave a node, clockwise from due west.
    pub(super) fn leaving(&self, node: u32) -> &[Half] {
        &self.spokes[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
    }

    /// The halves that leave the end of `half`, clockwise from the way back; the way back itself is left out.
    pub(super) fn onward(&self, half: Half, end: u32) -> impl Iterator<Item = Half> + '_ {
        let own = self.leaving(end);
        let back = (self.place[(half ^ 1) as usize] - self.starts[end as usize]) as usize;
        own[back + 1..].iter().chain(&own[..back]).copied()
    }
}

/// Orders directions clockwise from due west.
fn clockwise(a: [i64; 2], b: [i64; 2]) -> std::cmp::Ordering {
    let half = |d: [i64; 2]| d[1] < 0 || (d[1] == 0 && d[0] > 0);
    half(a).cmp(&half(b)).then_with(|| (a[0] * b[1] - a[1] * b[0]).cmp(&0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spokes_run_clockwise_and_onward_leaves_the_way_back_out() {
        // A star around the first node: west, north, east, south, and two between.
        let nodes = vec![[0, 0], [-5, 0], [0, 7], [3, 0], [0, -2], [4, 4], [-9, -1]];
        let edges: Vec<Edge> = (1..7).map(|to| Edge { from: 0, to, left: 0, right: 1 }).collect();
        let around = Around::new(&nodes, &edges);
        let to = |h: Half| edges[h as usize / 2].to;
        assert_eq!(around.leaving(0).iter().map(|h| to(*h)).collect::<Vec<_>>(), [1, 2, 5, 3, 4, 6]);
        // Coming in from the east (node 3): south first.
        let onward: Vec<u32> = around.onward(2 * 2 + 1, 0).map(to).collect();
        assert_eq!(onward, [4, 6, 1, 2, 5]);
    }
}
