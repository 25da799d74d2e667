//! A coverage: polygons that tile an area, held as a planar graph whose edges know the face on either side.
//!
//! Vertices lie on the grid of a millionth of a degree on which files are written, so what two neighbours share in memory they share
//! on disk. Merging faces is a walk along the edges between unlike classes ([`Coverage::dissolve`]): no polygon is ever united with
//! another, and areas add up because each edge is counted once for either side. Lines between vertices are straight in longitude
//! and latitude (RFC 7946, section 3.1.1).
//!
//! It is made by [`overlay`], which nodes two sets of labelled lines by snap rounding (Hobby 1999) and settles every tie by moving the
//! second set an infinitesimal step (Edelsbrunner and Mücke 1990), so coincident borders and shared corners are no special cases.

mod around;
mod clean;
mod dissolve;
mod fronts;
mod grid;
mod locate;
mod measure;
mod overlay;

use around::Around;
pub(crate) use clean::{Fill, clean};
pub use dissolve::Region;
pub use fronts::Front;
pub(crate) use locate::Locator;
pub use measure::{chord_area, chord_length};
pub(crate) use overlay::{Moved, Ring, Segment, Start, cross, merge, overlay};
use rayon::prelude::*;
use std::sync::OnceLock;

/// A position in millionths of a degree, longitude first; longitudes may run past ±180°.
pub type Node = [i32; 2];

/// The face beyond the edge of the coverage, and the class of faces that are not drawn.
pub const NONE: u32 = u32::MAX;

/// Millionths of a degree in a degree.
pub const GRID: f64 = 1e6;

/// A straight piece of border between two faces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Index of the node it starts from.
    pub from: u32,
    /// Index of the node it ends at.
    pub to: u32,
    /// Face on the left going from `from` to `to`; [`NONE`] is outside.
    pub left: u32,
    /// Face on the right.
    pub right: u32,
}

/// Faces that tile an area.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Coverage {
    /// Vertices, sorted.
    pub nodes: Vec<Node>,
    /// Borders, sorted by their nodes.
    pub edges: Vec<Edge>,
    /// Area in square metres of every face.
    pub areas: Vec<f64>,
    /// Made when first walked; it knows nodes and edges by number and no faces.
    around: OnceLock<Around>,
    /// Geodesic length in metres of every edge.
    lengths: OnceLock<Vec<f64>>,
}

impl Coverage {
    /// A coverage of `faces` faces from nodes and edges, with the areas measured.
    pub(crate) fn new(nodes: Vec<Node>, edges: Vec<Edge>, faces: usize) -> Self {
        let mut areas = vec![0.0; faces];
        for edge in &edges {
            let under = chord_area(nodes[edge.from as usize], nodes[edge.to as usize]);
            if let Some(area) = areas.get_mut(edge.left as usize) {
                *area -= under;
            }
            if let Some(area) = areas.get_mut(edge.right as usize) {
                *area += under;
            }
        }
        Self { nodes, edges, areas, around: OnceLock::new(), lengths: OnceLock::new() }
    }

    /// The edges around every node.
    fn around(&self) -> &Around {
        self.around.get_or_init(|| Around::new(&self.nodes, &self.edges))
    }

    /// Geodesic length in metres of every edge.
    fn lengths(&self) -> &[f64] {
        let length = |e: &Edge| chord_length(self.nodes[e.from as usize], self.nodes[e.to as usize]);
        self.lengths.get_or_init(|| self.edges.par_iter().map(length).collect())
    }

    /// Does now what the first merge and the first front would do else.
    pub(crate) fn prepare(&self) {
        self.around();
        self.lengths();
    }

    /// The start and end of an edge walked one way, and the faces on its left and right.
    fn half(&self, half: around::Half) -> (u32, u32, u32, u32) {
        let e = &self.edges[half as usize / 2];
        if half.is_multiple_of(2) { (e.from, e.to, e.left, e.right) } else { (e.to, e.from, e.right, e.left) }
    }

    /// A node in degrees.
    pub fn degrees(&self, node: u32) -> geo::Coord<f64> {
        let [x, y] = self.nodes[node as usize];
        geo::Coord { x: f64::from(x) / GRID, y: f64::from(y) / GRID }
    }

    /// The edges as labelled segments, for a further overlay.
    pub(crate) fn segments(&self) -> Vec<Segment> {
        let at = |node: u32| self.nodes[node as usize].map(f64::from);
        self.edges.iter().map(|e| Segment { a: at(e.from), b: at(e.to), left: e.left, right: e.right }).collect()
    }

    /// Pairs of faces that share a border, each once, the lower first.
    pub fn neighbours(&self) -> Vec<(u32, u32)> {
        let mut pairs: Vec<(u32, u32)> = self
            .edges
            .iter()
            .filter(|e| e.left != NONE && e.right != NONE)
            .map(|e| (e.left.min(e.right), e.left.max(e.right)))
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }
}
