//! Candidates of names beside dots: Imhof's eight positions with slides, names in two lines, and leader lines for those that
//! must stand (Imhof 1975).

use super::block::{Align, Block};
use super::room::{Candidate, Pose, Room, along_segment, padded};
use super::solve::Spot;
use crate::cartography::clip::Pt;
use crate::cartography::display::{Rect, px, units};
use smallvec::SmallVec;

/// A name beside a dot.
#[derive(Debug, Clone)]
pub struct PointLabel {
    /// Number of the label in the search.
    pub label: usize,
    /// The dot's middle in CSS pixels.
    pub at: Pt,
    /// The dot's radius in CSS pixels, its rim included; 0 without a dot.
    pub radius: f64,
    /// Whether the dot touches another that is drawn too. The room keeps all names off both; in the contest they would only hide
    /// whether their names touch as well.
    pub touched: bool,
    /// The name as blocks, the best first: in one line, in two.
    pub blocks: Vec<Block>,
    /// The land it belongs to.
    pub owner: Option<u16>,
    /// Whether its words read from right to left: then the left side is better than the right.
    pub rtl: bool,
}

/// Positions around a dot: horizontal and vertical lean (−1, 0, 1), cost, name. Right above left, above better than below.
const AROUND: [(i32, i32, i32, &str); 8] = [
    (1, 0, 0, "right"),
    (1, -1, 12, "right above"),
    (1, 1, 18, "right below"),
    (-1, 0, 24, "left"),
    (-1, -1, 32, "left above"),
    (-1, 1, 38, "left below"),
    (0, -1, 30, "above"),
    (0, 1, 42, "below"),
];

impl PointLabel {
    /// The box of the dot itself.
    pub fn dot(&self) -> Option<Rect> {
        (self.radius > 0.0).then(|| {
            let r = self.radius;
            Rect::px(self.at[0] - r, self.at[1] - r, self.at[0] + r, self.at[1] + r)
        })
    }

    fn contested_dot(&self) -> Option<Rect> {
        self.dot().filter(|_| !self.touched)
    }

    /// Its candidates beside the dot.
    pub fn candidates(&self, room: &Room<'_>) -> Vec<Candidate> {
        let mut out = Vec::with_capacity(40);
        let (x, y) = (units(self.at[0]), units(self.at[1]));
        let reach = units(self.radius + 3.5);
        let near = units(self.radius * 0.7 + 2.5);
        for (n, block) in self.blocks.iter().enumerate() {
            let extra = n as i32 * 14;
            for (dx, dy, cost, name) in AROUND {
                let cost = cost + extra + if self.rtl { mirrored(dx) } else { 0 };
                let (left, align) = match dx {
                    1 => (x + if dy == 0 { reach } else { near }, Align::Left),
                    -1 => (x - block.width - if dy == 0 { reach } else { near }, Align::Right),
                    _ => (x - block.width / 2, Align::Middle),
                };
                let top = match (dx, dy) {
                    (_, 0) => y - block.middle,
                    (0, -1) => y - units(self.radius + 2.5) - block.height - block.ink_below,
                    (0, _) => y + units(self.radius + 3.0) + block.ink_above,
                    (_, -1) => y - block.height - near / 2,
                    _ => y + near / 2,
                };
                self.add(room, n, left, top, align, cost, name, &mut out);
                // Slides: up and down beside the dot, left and right above and below it.
                if dx == 0 {
                    for slide in [-2, -1, 1, 2] {
                        let moved = left + slide * block.width / 6;
                        self.add(room, n, moved, top, align, cost + 4 * slide.abs() + 2, name, &mut out);
                    }
                } else if dy == 0 {
                    let step = block.middle.max(units(4.0)) / 2;
                    for slide in [-1, 1] {
                        self.add(room, n, left, top + slide * step, align, cost + 5, name, &mut out);
                    }
                }
            }
        }
        out
    }

    #[expect(clippy::too_many_arguments, reason = "one call site, all of them plain numbers")]
    fn add(
        &self,
        room: &Room<'_>,
        block: usize,
        left: i32,
        top: i32,
        align: Align,
        cost: i32,
        position: &'static str,
        out: &mut Vec<Candidate>,
    ) {
        let ink = padded(self.blocks[block].ink(left, top), 1.5);
        if !room.free(&ink, self.label) {
            return;
        }
        let mut rects: SmallVec<[Rect; 3]> = SmallVec::new();
        rects.push(ink);
        rects.extend(self.contested_dot());
        out.push(Candidate {
            spot: Spot { rects, cost: cost + room.ground_cost(&ink, self.owner) },
            pose: Pose::Block { block, left, top, align, leader: None, position },
        });
    }

    /// Its candidates away from the dot: twelve directions at growing distances, joined to it by a thin line.
    pub fn far(&self, room: &Room<'_>) -> Vec<Candidate> {
        let mut out = Vec::new();
        let block = &self.blocks[0];
        let (w, h) = (px(block.width), px(block.height));
        for (k, distance) in [22.0, 34.0, 48.0, 66.0, 90.0, 120.0].into_iter().enumerate() {
            for direction in 0..12 {
                let angle = f64::from(direction) * std::f64::consts::TAU / 12.0;
                let (s, c) = angle.sin_cos();
                let end = [self.at[0] + c * distance, self.at[1] - s * distance];
                let align = if c > 0.3 {
                    Align::Left
                } else if c < -0.3 {
                    Align::Right
                } else {
                    Align::Middle
                };
                let left = match align {
                    Align::Left => end[0] + 2.0,
                    Align::Right => end[0] - w - 2.0,
                    Align::Middle => end[0] - w / 2.0,
                };
                let top = match align {
                    Align::Middle if s > 0.0 => end[1] - h - 2.0,
                    Align::Middle => end[1] + 2.0,
                    _ => end[1] - px(block.middle),
                };
                let (left, top) = (units(left), units(top));
                let ink = padded(block.ink(left, top), 1.5);
                if !room.free(&ink, self.label) {
                    continue;
                }
                let start = [self.at[0] + c * (self.radius + 1.0), self.at[1] - s * (self.radius + 1.0)];
                let mut rects: SmallVec<[Rect; 3]> = SmallVec::new();
                rects.extend(std::iter::once(ink).chain(self.contested_dot()).chain(along_segment(start, end)));
                let cost = 140 + k as i32 * 45 + room.ground_cost(&ink, None);
                out.push(Candidate {
                    spot: Spot { rects, cost },
                    pose: Pose::Block {
                        block: 0,
                        left,
                        top,
                        align,
                        leader: Some((start, end)),
                        position: "with a leader line",
                    },
                });
            }
        }
        out
    }
}

fn mirrored(dx: i32) -> i32 {
    // In right-to-left text the left of the dot is the good side.
    match dx {
        1 => 24,
        -1 => -24,
        _ => 0,
    }
}
