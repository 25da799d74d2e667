//! The lines between unlike sides, by walking the graph.

use super::around::Half;
use super::{Coverage, NONE};
use geo::LineString;
use rayon::prelude::*;

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
    /// Geodesic length in metres of every piece of the line.
    pub pieces: Vec<f64>,
}

impl Front {
    /// Geodesic length in metres.
    pub fn length(&self) -> f64 {
        self.pieces.iter().sum()
    }
}

impl Coverage {
    /// The lines between unlike sides, unbroken from junction to junction; sides [`NONE`] have no front. `side` has a side for every face.
    ///
    /// Lines run so that the lower side is on their left, and are ordered by sides and then by where they begin.
    pub fn fronts(&self, side: &[u32]) -> Vec<Front> {
        let (around, lengths) = (self.around(), self.lengths());
        let of = |face: u32| if face == NONE { NONE } else { side[face as usize] };
        // The sides of every half that a front runs along.
        let mut pairs: Vec<Option<(u32, u32)>> = vec![None; 2 * self.edges.len()];
        pairs.par_chunks_mut(2).zip(&self.edges).for_each(|(halves, e)| {
            let (left, right) = (of(e.left), of(e.right));
            if left != right && left != NONE && right != NONE {
                halves[usize::from(left > right)] = Some((left.min(right), left.max(right)));
            }
        });
        let pair = |half: Half| pairs[half as usize];
        // The only half of a pair that leaves a node where only one arrives: a line goes straight on through it.
        let through = |node: u32, sides: (u32, u32)| {
            let (mut leaving, mut arriving, mut on) = (0, 0, 0);
            for &half in around.leaving(node) {
                if pair(half) == Some(sides) {
                    (leaving, on) = (leaving + 1, half);
                } else if pair(half ^ 1) == Some(sides) {
                    arriving += 1;
                }
            }
            (leaving == 1 && arriving == 1).then_some(on)
        };
        let mut used = vec![false; 2 * self.edges.len()];
        let mut fronts = Vec::new();
        // Open lines first, from where they begin; what is left then are closed ones.
        for closed in [false, true] {
            for node in 0..self.nodes.len() as u32 {
                for &first in around.leaving(node) {
                    let Some(sides) = pair(first) else { continue };
                    if used[first as usize] || (!closed && through(node, sides).is_some()) {
                        continue;
                    }
                    let mut front = Front {
                        left: sides.0,
                        right: sides.1,
                        line: LineString(vec![self.degrees(node)]),
                        faces: Vec::new(),
                        pieces: Vec::new(),
                    };
                    let mut at = first;
                    loop {
                        used[at as usize] = true;
                        let (_, to, left, right) = self.half(at);
                        front.line.0.push(self.degrees(to));
                        front.faces.push((left, right));
                        front.pieces.push(lengths[at as usize / 2]);
                        match through(to, sides) {
                            Some(on) if !used[on as usize] => at = on,
                            _ => break,
                        }
                    }
                    fronts.push(front);
                }
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
