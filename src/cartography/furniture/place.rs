//! Where key, scale bar and locator stand: corners and edges of the panel, chosen together for the least harm to the story.

use crate::cartography::clip::{Pt, Window};
use crate::cartography::display::Rect;
use crate::cartography::grid::{CELL, Grid, Sums};

/// A piece of furniture.
#[derive(Debug, Clone, Copy)]
pub struct Piece {
    /// Width in CSS pixels.
    pub width: f64,
    /// Height in CSS pixels.
    pub height: f64,
    /// What the corners cost it: top left, top right, bottom left, bottom right.
    pub corners: [i32; 4],
    /// How much it hides: 100 a filled box, less for thin things.
    pub weight: i32,
}

/// What furniture should not hide.
pub struct Stage<'a> {
    /// The panel, CSS pixels.
    pub panel: Window,
    /// Distance from its edge, CSS pixels.
    pub inset: f64,
    /// The raster.
    pub grid: &'a Grid,
    /// Land that matters, by cell.
    pub matters: Sums,
    /// Weight of lines, by cell.
    pub ink: &'a Sums,
    /// Positions of the story, CSS pixels.
    pub places: &'a [Pt],
    /// Points along lines of the story, CSS pixels.
    pub lines: &'a [Pt],
}

impl Stage<'_> {
    /// Land that matters under a box, square pixels by their weight.
    pub fn hidden(&self, r: &Window) -> f64 {
        let ((x0, y0), (x1, y1)) = (self.grid.cell([r.x0, r.y0]), self.grid.cell([r.x1, r.y1]));
        f64::from(self.matters.over([x0, y0, x1, y1])) * CELL * CELL
    }

    fn cost(&self, r: &Window, weight: i32) -> i32 {
        let near = r.grown(14.0);
        let hidden = self.places.iter().filter(|p| near.contains(**p)).count() as i32;
        // Names want room beside their dots.
        let close = self.places.iter().filter(|p| r.grown(60.0).contains(**p)).count() as i32;
        let crossed = self.lines.iter().filter(|p| near.contains(**p)).count() as i32;
        let cell = |x: f64, y: f64| self.grid.cell([x, y]);
        let ((x0, y0), (x1, y1)) = (cell(r.x0, r.y0), cell(r.x1, r.y1));
        let covered = self.hidden(r) / 40.0;
        // Thin things without a ground of their own need a quiet one.
        let noise = if weight < 100 { self.ink.over([x0, y0, x1, y1]) as i32 } else { 0 };
        noise + hidden * 4000 + close * 120 + crossed * 90 + (covered as i32) * weight / 100
    }

    fn spots(&self, piece: &Piece) -> Vec<(Window, i32)> {
        let p = &self.panel;
        let i = self.inset;
        let at = |x: f64, y: f64| Window { x0: x, y0: y, x1: x + piece.width, y1: y + piece.height };
        let (l, r) = (p.x0 + i, p.x1 - i - piece.width);
        let (t, b) = (p.y0 + i, p.y1 - i - piece.height);
        let mut out = Vec::new();
        let mut push = |w: Window, preference: i32| {
            if w.x0 >= p.x0 && w.x1 <= p.x1 && w.y0 >= p.y0 && w.y1 <= p.y1 {
                out.push((w, preference + self.cost(&w, piece.weight)));
            }
        };
        let [tl, tr, bl, br] = piece.corners;
        push(at(l, t), tl);
        push(at(r, t), tr);
        push(at(l, b), bl);
        push(at(r, b), br);
        // Along the sides, a little worse than the corner above or below them; a thin piece looks lost there.
        let (beside, between) = if piece.weight < 100 { (70, 90) } else { (25, 45) };
        for k in 1..6 {
            let y = t + (b - t) * f64::from(k) / 6.0;
            push(at(l, y), tl.min(bl) + beside);
            push(at(r, y), tr.min(br) + beside);
        }
        for k in 1..5 {
            let x = l + (r - l) * f64::from(k) / 5.0;
            push(at(x, t), tl.min(tr) + between);
            push(at(x, b), bl.min(br) + between);
        }
        out.sort_by_key(|(_, cost)| *cost);
        out.truncate(12);
        out
    }

    /// Positions for the pieces, top left corners in CSS pixels, and the sum of costs; a piece that fits nowhere has none.
    pub fn place(&self, pieces: &[Piece]) -> (Vec<Option<Window>>, i32) {
        let spots: Vec<Vec<(Window, i32)>> = pieces.iter().map(|p| self.spots(p)).collect();
        let mut best: (i32, Vec<Option<usize>>) = (i32::MAX, vec![None; pieces.len()]);
        let mut path = Vec::new();
        self.descend(&spots, &mut path, 0, &mut best);
        let chosen = best.1.iter().enumerate().map(|(i, s)| s.map(|s| spots[i][s].0)).collect();
        (chosen, best.0)
    }

    fn descend(
        &self,
        spots: &[Vec<(Window, i32)>],
        path: &mut Vec<Option<usize>>,
        cost: i32,
        best: &mut (i32, Vec<Option<usize>>),
    ) {
        const MISSING: i32 = 20_000;
        if cost >= best.0 {
            return;
        }
        let i = path.len();
        if i == spots.len() {
            *best = (cost, path.clone());
            return;
        }
        for (k, (w, own)) in spots[i].iter().enumerate() {
            let clear = path
                .iter()
                .enumerate()
                .filter_map(|(j, s)| s.map(|s| spots[j][s].0))
                .all(|other| !other.grown(10.0).meets(w));
            if clear {
                path.push(Some(k));
                self.descend(spots, path, cost.saturating_add(*own), best);
                path.pop();
            }
        }
        path.push(None);
        self.descend(spots, path, cost + MISSING, best);
        path.pop();
    }
}

/// A box in 1/64 px.
pub fn rect(w: &Window) -> Rect {
    Rect::px(w.x0, w.y0, w.x1, w.y1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn furniture_keeps_clear_of_places_and_of_itself() {
        let mut grid = Grid::new(0.0, 0.0, 400.0, 300.0);
        grid.owner[..10].fill(1);
        let places = [[60.0, 50.0], [340.0, 250.0]];
        let stage = Stage {
            panel: Window { x0: 0.0, y0: 0.0, x1: 400.0, y1: 300.0 },
            inset: 10.0,
            matters: grid.owner_sums(1),
            ink: &grid.ink_sums(),
            grid: &grid,
            places: &places,
            lines: &[],
        };
        let piece = Piece { width: 120.0, height: 80.0, corners: [0, 10, 20, 30], weight: 100 };
        let (chosen, _) = stage.place(&[piece, piece]);
        let boxes: Vec<Window> = chosen.into_iter().flatten().collect();
        assert_eq!(boxes.len(), 2);
        assert!(!boxes[0].meets(&boxes[1]));
        for b in boxes {
            assert!(places.iter().all(|p| !b.contains(*p)));
        }
    }
}
