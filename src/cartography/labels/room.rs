//! The room that labels have: the panel less its edge and furniture, the dots that must stay visible, and what lies under a box.

use super::solve::Spot;
use crate::cartography::clip::Pt;
use crate::cartography::display::{Rect, units};
use crate::cartography::grid::{Grid, Sums};
use crate::cartography::ground::Ground;
use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A dot that no other label may cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dot {
    /// Its box.
    pub rect: Rect,
    /// The label it belongs to.
    pub label: usize,
}

/// Where labels may stand.
#[derive(Debug)]
pub struct Room<'a> {
    /// What they may cover at most.
    pub inner: Rect,
    /// What they may not touch: furniture.
    pub taken: Vec<Rect>,
    /// Dots that are drawn whatever happens.
    pub dots: Vec<Dot>,
    /// The raster.
    pub grid: &'a Grid,
    ink: &'a Sums,
    water: &'a Sums,
    owners: BTreeMap<u16, Arc<Sums>>,
    discs: Option<Sums>,
}

impl<'a> Room<'a> {
    /// The room of a panel; `owners` are those whose share under a label matters.
    pub fn new(inner: Rect, taken: Vec<Rect>, ground: &'a Ground, owners: impl IntoIterator<Item = u16>) -> Self {
        let owners = owners.into_iter().collect::<std::collections::BTreeSet<u16>>();
        Self {
            inner,
            taken,
            dots: Vec::new(),
            grid: &ground.grid,
            ink: &ground.ink,
            water: &ground.water,
            owners: owners.into_iter().filter(|o| *o != 0).map(|o| (o, ground.sums_of(o))).collect(),
            discs: None,
        }
    }

    /// Makes it costly to cover some discs: their middles and radii, CSS pixels.
    pub fn keep_off(&mut self, discs: impl Iterator<Item = (Pt, f64)>) {
        let (width, height) = (self.grid.width, self.grid.height);
        let mut covered = vec![false; width * height];
        let mut any = false;
        for (at, radius) in discs {
            let [x0, y0, x1, y1] =
                self.cells(&Rect::px(at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius));
            for y in y0.max(0)..y1.min(height as i32) {
                for x in x0.max(0)..x1.min(width as i32) {
                    covered[y as usize * width + x as usize] = true;
                    any = true;
                }
            }
        }
        self.discs = any.then(|| Sums::new(width, height, |x, y| u32::from(covered[y * width + x])));
    }

    /// What covering settlements drawn as discs costs: a small one weighs more than all lines may.
    pub fn cover_cost(&self, r: &Rect) -> i32 {
        self.discs.as_ref().map_or(0, |discs| (discs.over(self.cells(r)) as i32 * 24).min(360))
    }

    /// What could be in the way of a label's boxes between two heights.
    pub fn band(&self, top: i32, bottom: i32, label: usize) -> Band {
        let level = |r: &&Rect| r.top < bottom && top < r.bottom;
        let dots = self.dots.iter().filter(|d| d.label != label).map(|d| &d.rect);
        Band { inner: self.inner, others: self.taken.iter().chain(dots).filter(level).copied().collect() }
    }

    /// Whether the dot of a label touches another label's.
    pub fn touches_another(&self, label: usize) -> bool {
        let own = self.dots.iter().find(|d| d.label == label);
        own.is_some_and(|own| self.dots.iter().any(|d| d.label != label && d.rect.overlaps(&own.rect)))
    }

    /// Whether a label's box is inside and clear of furniture and of other labels' fixed dots.
    pub fn free(&self, r: &Rect, label: usize) -> bool {
        self.inner.holds(r)
            && !self.taken.iter().any(|t| t.overlaps(r))
            && !self.dots.iter().any(|d| d.label != label && d.rect.overlaps(r))
    }

    fn cells(&self, r: &Rect) -> [i32; 4] {
        self.grid.cells(r)
    }

    /// Linework under a box: the mean weight of its cells times 10.
    pub fn clutter(&self, r: &Rect) -> i32 {
        let cells = self.cells(r);
        (self.ink.over(cells) as i32 * 10) / area(cells)
    }

    /// Linework under a box, summed, in cells.
    pub fn lines(&self, r: &Rect) -> i32 {
        self.ink.over(self.cells(r)) as i32
    }

    /// Share of a box that is water, per mille.
    pub fn water(&self, r: &Rect) -> i32 {
        per_mille(self.water, self.cells(r))
    }

    /// Share of a box that belongs to an owner, per mille.
    pub fn share(&self, r: &Rect, owner: u16) -> i32 {
        if owner == 0 {
            return self.water(r);
        }
        self.owners.get(&owner).map_or(0, |own| per_mille(own, self.cells(r)))
    }

    /// What the ground under a box costs a label whose place belongs to `owner`: lines crossed, foreign land, water.
    pub fn ground_cost(&self, r: &Rect, owner: Option<u16>) -> i32 {
        let cells = self.cells(r);
        let mut cost = (self.ink.over(cells) as i32).min(120) * 2 / 3 + self.cover_cost(r);
        if let Some(owner) = owner.filter(|o| *o != 0) {
            let own = self.owners.get(&owner).map_or(0, |own| per_mille(own, cells));
            let water = per_mille(self.water, cells);
            let foreign = (1000 - own - water).max(0);
            cost += foreign * 160 / 1000;
            // Wholly at sea is as good as on land nearly; half and half is not.
            cost += water * 30 / 1000 + (water.min(1000 - water)) * 80 / 1000;
        }
        cost
    }
}

/// What could be in the way of a label that stands at a height.
pub struct Band {
    inner: Rect,
    others: SmallVec<[Rect; 12]>,
}

impl Band {
    /// Whether a box at that height is free, as [`Room::free`] has it.
    pub fn free(&self, r: &Rect) -> bool {
        self.inner.holds(r) && !self.others.iter().any(|o| o.overlaps(r))
    }
}

/// Number of cells in a box of them, 1 at least.
fn area([x0, y0, x1, y1]: [i32; 4]) -> i32 {
    ((x1 - x0) * (y1 - y0)).max(1)
}

/// Share of a box of cells that is counted by some sums, per mille.
pub fn per_mille(sums: &Sums, cells: [i32; 4]) -> i32 {
    (sums.over(cells) as i32 * 1000) / area(cells)
}

/// Small boxes along a segment, for leader lines.
pub fn along_segment(a: Pt, b: Pt) -> impl Iterator<Item = Rect> {
    let length = (b[0] - a[0]).hypot(b[1] - a[1]);
    let n = (length / 5.0).ceil().clamp(1.0, 60.0) as usize;
    (0..=n).map(move |i| {
        let t = i as f64 / n as f64;
        let (x, y) = (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]));
        Rect::px(x - 1.0, y - 1.0, x + 1.0, y + 1.0)
    })
}

/// A candidate: its boxes and cost for the search, and how it is drawn.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// For the search.
    pub spot: Spot,
    /// For the drawing.
    pub pose: Pose,
}

/// How a label is drawn when a candidate is chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum Pose {
    /// A block of lines.
    Block {
        /// Which of the label's blocks.
        block: usize,
        /// Left edge, 1/64 px.
        left: i32,
        /// Top edge, 1/64 px.
        top: i32,
        /// How its lines stand.
        align: super::block::Align,
        /// From the dot to the block, CSS pixels.
        leader: Option<(Pt, Pt)>,
        /// Name of the position, for the explanation.
        position: &'static str,
    },
    /// Along a line, CSS pixels.
    Along {
        /// The baseline.
        path: Vec<Pt>,
        /// Where the text begins on it, CSS pixels.
        start: f64,
    },
}

/// Box around a block's ink with a margin in CSS pixels.
pub fn padded(ink: Rect, margin: f64) -> Rect {
    ink.grown(units(margin))
}
