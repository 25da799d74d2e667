//! Cutting lines and rings on an integer grid into arcs, each kept once.

use rustc_hash::{FxHashMap, FxHashSet};

/// A vertex on the grid.
pub(super) type Vertex = (i64, i64);

/// Arcs and how lines are strung from them: index `i` is arc `i` forwards, `!i` backwards.
#[derive(Debug, Default)]
pub(super) struct Arcs {
    /// Vertices of each arc.
    pub arcs: Vec<Vec<Vertex>>,
    known: FxHashMap<Vec<Vertex>, usize>,
    junctions: FxHashSet<Vertex>,
}

impl Arcs {
    /// Finds where lines part or meet: ends of open lines, and vertices that two lines pass with different neighbours.
    pub(super) fn new<'l>(lines: impl Iterator<Item = (&'l [Vertex], bool)>) -> Self {
        let mut neighbours: FxHashMap<Vertex, (Vertex, Vertex)> = FxHashMap::default();
        let mut junctions = FxHashSet::default();
        for (line, closed) in lines {
            let n = line.len();
            for i in 0..n {
                if !closed && (i == 0 || i == n - 1) {
                    junctions.insert(line[i]);
                    continue;
                }
                let (before, after) = (line[(i + n - 1) % n], line[(i + 1) % n]);
                let pair = if before <= after { (before, after) } else { (after, before) };
                if *neighbours.entry(line[i]).or_insert(pair) != pair {
                    junctions.insert(line[i]);
                }
            }
        }
        Self { arcs: Vec::new(), known: FxHashMap::default(), junctions }
    }

    /// The arcs of an open line.
    pub(super) fn line(&mut self, line: &[Vertex]) -> Vec<i64> {
        self.cut(line)
    }

    /// The arcs of a ring given without its closing vertex.
    pub(super) fn ring(&mut self, ring: &[Vertex]) -> Vec<i64> {
        // A ring starts at a junction, or at its least vertex where it has none, so that equal rings are equal arcs.
        let start = match ring.iter().position(|v| self.junctions.contains(v)) {
            Some(at) => at,
            None => (0..ring.len()).min_by_key(|i| ring[*i]).unwrap_or(0),
        };
        let mut turned: Vec<Vertex> = ring[start..].iter().chain(&ring[..=start]).copied().collect();
        turned.dedup();
        self.cut(&turned)
    }

    fn cut(&mut self, line: &[Vertex]) -> Vec<i64> {
        let mut strung = Vec::new();
        let mut from = 0;
        for to in 1..line.len() {
            if to == line.len() - 1 || self.junctions.contains(&line[to]) {
                strung.push(self.arc(&line[from..=to]));
                from = to;
            }
        }
        strung
    }

    fn arc(&mut self, part: &[Vertex]) -> i64 {
        let backwards: Vec<Vertex> = part.iter().rev().copied().collect();
        if let Some(&at) = self.known.get(part) {
            return at as i64;
        }
        if let Some(&at) = self.known.get(&backwards) {
            return !(at as i64);
        }
        self.arcs.push(part.to_vec());
        self.known.insert(part.to_vec(), self.arcs.len() - 1);
        self.arcs.len() as i64 - 1
    }
}
