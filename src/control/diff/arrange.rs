//! The arrangement of many outlines: one planar graph in which every face knows the outlines it lies in.
//!
//! Outlines are laid over each other two by two, like the rounds of a cup, so the cost grows with their length and with the logarithm of
//! their number. Borders that two outlines share become one line.

use crate::control::polygons::Outline;
use crate::coverage::{Coverage, Edge, Node, Segment, cross};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// A graph whose faces are the sets of outlines that land lies in.
#[derive(Debug, Default)]
pub(super) struct Arrangement {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// The outlines of every face, ascending; face 0 lies in none.
    pub(super) sets: Vec<Vec<u32>>,
}

impl Arrangement {
    /// The arrangement of outlines, by their numbers.
    pub(super) fn new(outlines: Vec<(u32, &Outline)>) -> Self {
        let mut round: Vec<Self> = outlines.into_par_iter().map(|(n, outline)| Self::of(n, outline)).collect();
        while round.len() > 1 {
            let mut pairs: Vec<Vec<Self>> = Vec::new();
            for one in round {
                match pairs.last_mut() {
                    Some(pair) if pair.len() == 1 => pair.push(one),
                    _ => pairs.push(vec![one]),
                }
            }
            let meet = |mut pair: Vec<Self>| match (pair.pop(), pair.pop()) {
                (Some(second), Some(first)) => first.over(&second),
                (one, _) => one.unwrap_or_default(),
            };
            round = pairs.into_par_iter().map(meet).collect();
        }
        round.pop().unwrap_or_default()
    }

    fn of(number: u32, outline: &Outline) -> Self {
        let mut nodes: Vec<Node> = outline.shapes.iter().flatten().flatten().copied().collect();
        nodes.sort_unstable();
        nodes.dedup();
        let index = |n: &Node| nodes.binary_search(n).unwrap_or_default() as u32;
        let mut edges = Vec::new();
        for ring in outline.shapes.iter().flatten() {
            for (i, a) in ring.iter().enumerate() {
                let (a, b) = (index(a), index(&ring[(i + 1) % ring.len()]));
                if a < b {
                    edges.push(Edge { from: a, to: b, left: 1, right: 0 });
                } else if b < a {
                    edges.push(Edge { from: b, to: a, left: 0, right: 1 });
                }
            }
        }
        Self { nodes, edges, sets: vec![Vec::new(), vec![number]] }
    }

    fn segments(&self) -> Vec<Segment> {
        let at = |node: u32| self.nodes[node as usize].map(f64::from);
        self.edges.iter().map(|e| Segment { a: at(e.from), b: at(e.to), left: e.left, right: e.right }).collect()
    }

    fn over(self, second: &Self) -> Self {
        if second.edges.is_empty() {
            return self;
        }
        let width = second.sets.len() as u32;
        let (nodes, mut edges) = cross(&self.segments(), &second.segments(), 0, |a, b| a * width + b);
        // Of all pairs of sets only those that occur become faces.
        let mut numbers: FxHashMap<u32, u32> = FxHashMap::default();
        numbers.insert(0, 0);
        let mut occur: Vec<u32> = edges.iter().flat_map(|e| [e.left, e.right]).collect();
        occur.sort_unstable();
        occur.dedup();
        let mut sets = vec![Vec::new()];
        for pair in occur.into_iter().filter(|p| *p != 0) {
            numbers.insert(pair, sets.len() as u32);
            let (a, b) = (&self.sets[(pair / width) as usize], &second.sets[(pair % width) as usize]);
            let mut set: Vec<u32> = a.iter().chain(b).copied().collect();
            set.sort_unstable();
            sets.push(set);
        }
        for e in &mut edges {
            (e.left, e.right) = (numbers[&e.left], numbers[&e.right]);
        }
        Self { nodes, edges, sets }
    }

    /// As a coverage whose faces are the sets.
    pub(super) fn coverage(self) -> (Coverage, Vec<Vec<u32>>) {
        let faces = self.sets.len();
        (Coverage::new(self.nodes, self.edges, faces), self.sets)
    }
}
