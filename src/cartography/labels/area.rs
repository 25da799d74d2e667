//! Candidates of area names: level boxes inside the visible part of a country, zone or sea; for small countries out at sea beside
//! them.

use super::block::{Align, Block};
use super::room::{Candidate, Pose, Room, padded, per_mille};
use super::solve::Spot;
use crate::cartography::clip::Pt;
use crate::cartography::display::{Rect, px, units};
use crate::cartography::grid::{CELL, Extent, Sums};
use smallvec::smallvec;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A name over an area.
pub struct AreaLabel<'a> {
    /// Number of the label in the search.
    pub label: usize,
    /// The name as blocks, the best first: in one line, in two, smaller.
    pub blocks: Vec<Block>,
    /// Cells that are its own.
    pub own: &'a Sums,
    /// Where they are.
    pub extent: Extent,
    /// Where it should rather be, CSS pixels; the middle by area where not given.
    pub anchor: Option<Pt>,
    /// Whether it may stand at sea beside the area.
    pub at_sea: bool,
    /// How many of its blocks are at full size: where none of them has room inside, it may stand at sea all the same. 0 where its
    /// size does not matter.
    pub full: usize,
    /// Room around it, CSS pixels.
    pub margin: f64,
    /// Positions allowed besides being on own cells, by the middle of the name and half its width.
    pub within: Option<&'a dyn Fn(Pt, f64) -> bool>,
}

/// Candidates kept.
const MOST: usize = 14;

/// Of them, those that may stand close to each other.
const NEAR: usize = 9;

impl<'a> AreaLabel<'a> {
    /// The name of an area that stands inside it, wherever there is room.
    pub fn inside(label: usize, blocks: Vec<Block>, own: &'a Sums, extent: Extent) -> Self {
        Self { label, blocks, own, extent, anchor: None, at_sea: false, full: 0, margin: 2.0, within: None }
    }
}

impl AreaLabel<'_> {
    /// Its candidates, spread over the area.
    pub fn candidates(&self, room: &Room<'_>) -> Vec<Candidate> {
        let mut found: Vec<(i32, usize, i32, i32)> = Vec::new();
        let grid = room.grid;
        let middle = self.anchor.unwrap_or_else(|| {
            let (x, y) = self.extent.middle();
            [grid.left + (x + 0.5) * CELL, grid.top + (y + 0.5) * CELL]
        });
        let spread = ((self.extent.x1 - self.extent.x0).max(self.extent.y1 - self.extent.y0) as f64 * CELL).max(60.0);
        for (n, block) in self.blocks.iter().enumerate() {
            let (w, h) = (px(block.width), px(block.height));
            if w * h > self.extent.cells as f64 * CELL * CELL * 1.4 {
                continue;
            }
            // About forty by forty positions at most.
            let step = |from: usize, to: usize, size: f64| ((to - from) as f64 * CELL / 40.0).max(size / 4.0).max(6.0);
            let (sx, sy) = (step(self.extent.x0, self.extent.x1, w), step(self.extent.y0, self.extent.y1, h));
            let mut cy = grid.top + self.extent.y0 as f64 * CELL + h / 2.0;
            while cy <= grid.top + (self.extent.y1 + 1) as f64 * CELL - h / 2.0 + 1.0 {
                let top = units(cy - h / 2.0);
                let level = padded(block.ink(0, top), self.margin);
                let band = room.band(level.top, level.bottom, self.label);
                let mut cx = grid.left + self.extent.x0 as f64 * CELL + w / 2.0;
                while cx <= grid.left + (self.extent.x1 + 1) as f64 * CELL - w / 2.0 + 1.0 {
                    let left = units(cx - w / 2.0);
                    let ink = padded(block.ink(left, top), self.margin);
                    if self.share(room, &ink) >= 900
                        && band.free(&ink)
                        && self.within.is_none_or(|f| f([cx, cy], w / 2.0))
                    {
                        let away = ((cx - middle[0]).hypot(cy - middle[1]) / spread * 90.0) as i32;
                        // A wider box asks for the space around it: the name should not touch its border.
                        let airy = 1000 - self.share(room, &padded(ink, h * 0.6));
                        let cost =
                            n as i32 * 25 + away + airy / 8 + room.lines(&ink).min(150) / 2 + room.cover_cost(&ink);
                        found.push((cost, n, left, top));
                    }
                    cx += sx;
                }
                cy += sy;
            }
        }
        if self.at_sea && (found.is_empty() || self.full > 0 && found.iter().all(|f| f.1 > 0)) {
            // A smaller name inside is the second choice.
            found.iter_mut().filter(|f| f.1 >= self.full).for_each(|f| f.0 += 150);
            self.beside(room, middle, &mut found);
        }
        // Best first; few are taken, so they are not all put in order.
        let mut found: BinaryHeap<Reverse<(i32, usize, i32, i32)>> = found.into_iter().map(Reverse).collect();
        let mut kept: Vec<(i32, usize, i32, i32)> = Vec::new();
        while let Some(Reverse(f)) = found.pop() {
            // Most near the best place, the last ones farther off, where other names leave room.
            let far = i32::from(kept.len() >= NEAR);
            let apart = |k: &(i32, usize, i32, i32)| {
                let b = &self.blocks[f.1];
                (k.2 - f.2).abs() > b.width / 3 + far * b.width / 2 || (k.3 - f.3).abs() > b.height * (1 + 3 * far)
            };
            if kept.iter().all(apart) {
                kept.push(f);
                if kept.len() == MOST {
                    break;
                }
            }
        }
        kept.into_iter()
            .map(|(cost, block, left, top)| Candidate {
                // Air around it: a name over an area should not lean on a place's name.
                spot: Spot { rects: smallvec![padded(self.blocks[block].ink(left, top), self.margin + 2.0)], cost },
                pose: Pose::Block { block, left, top, align: Align::Middle, leader: None, position: "in the area" },
            })
            .collect()
    }

    /// Positions on the water next to an area too small for its name.
    fn beside(&self, room: &Room<'_>, middle: Pt, found: &mut Vec<(i32, usize, i32, i32)>) {
        let grid = room.grid;
        let half_w = (self.extent.x1 - self.extent.x0 + 1) as f64 * CELL / 2.0;
        let half_h = (self.extent.y1 - self.extent.y0 + 1) as f64 * CELL / 2.0;
        let centre = [
            grid.left + (self.extent.x0 + self.extent.x1 + 1) as f64 * CELL / 2.0,
            grid.top + (self.extent.y0 + self.extent.y1 + 1) as f64 * CELL / 2.0,
        ];
        let mut stand = |n: usize, block: &Block, cx: f64, cy: f64, extra: i32, wet: i32| {
            let (left, top) = (units(cx - px(block.width) / 2.0), units(cy - px(block.height) / 2.0));
            let ink = padded(block.ink(left, top), 2.0);
            // Close by, so that nobody takes it for the name of the land in between.
            let close = self.share(room, &padded(ink, 9.0)) > 0;
            let water = room.water(&ink);
            if close && water >= wet && water + self.share(room, &ink) >= 960 && room.free(&ink, self.label) {
                let away = ((cx - middle[0]).hypot(cy - middle[1]) / 3.0) as i32;
                found.push((60 + n as i32 * 25 + extra + away, n, left, top));
            }
        };
        // Into the bays and along the coasts of a large country; around a small one is enough.
        for (n, block) in self.blocks.iter().enumerate().take(self.full) {
            let (w, h) = (px(block.width), px(block.height));
            let (columns, rows) = (half_w * 2.0 + w * 2.0, half_h * 2.0 + h * 2.0);
            for i in 0..=48 {
                for j in 0..=48 {
                    let (t, u) = (f64::from(i) / 48.0 - 0.5, f64::from(j) / 48.0 - 0.5);
                    stand(n, block, centre[0] + t * columns, centre[1] + u * rows, 12, 985);
                }
            }
        }
        for (n, block) in self.blocks.iter().enumerate() {
            let (w, h) = (px(block.width), px(block.height));
            for ring in 0..6 {
                let gap = 4.0 + f64::from(ring) * 9.0;
                for slide in -4..=4 {
                    let t = f64::from(slide) / 4.0;
                    for (cx, cy) in [
                        (centre[0] - half_w - gap - w / 2.0, centre[1] + t * half_h),
                        (centre[0] + half_w + gap + w / 2.0, centre[1] + t * half_h),
                        (centre[0] + t * half_w, centre[1] - half_h - gap - h / 2.0),
                        (centre[0] + t * half_w, centre[1] + half_h + gap + h / 2.0),
                    ] {
                        stand(n, block, cx, cy, ring * 8, if self.full > 0 { 985 } else { 0 });
                    }
                }
            }
        }
    }

    fn share(&self, room: &Room<'_>, r: &Rect) -> i32 {
        per_mille(self.own, room.grid.cells(r))
    }
}
