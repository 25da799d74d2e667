//! Candidates of names along the middle of a long area, gently curved and spaced, where no level name of full size fits.
//!
//! The middle line is a parabola over the main axis of the area's largest part, fitted to the middles of its cross-sections; an
//! exact medial axis (Krumpe and Mendel 2020) bends more than letters should.

use super::line::{extended, measure, offset, point_at};
use super::room::{Candidate, Pose, Room};
use super::solve::Spot;
use crate::cartography::clip::Pt;
use crate::cartography::display::{Rect, px};
use crate::cartography::grid::{CELL, Extent, Grid, Sums};
use crate::cartography::text::Shaped;
use smallvec::SmallVec;

/// How much longer than wide an area has to be (root of the ratio of its variances).
const LONG: f64 = 1.7;

/// Candidates kept.
const MOST: usize = 8;

/// The middle line of an owner's largest part in reading direction, CSS pixels; `None` where it is not long.
pub fn spine(grid: &Grid, owner: u16, extent: &Extent) -> Option<Vec<Pt>> {
    let cells = largest_part(grid, owner, extent);
    if cells.len() < 60 {
        return None;
    }
    let n = cells.len() as f64;
    let sum = cells.iter().fold([0.0, 0.0], |s, c| [s[0] + c[0], s[1] + c[1]]);
    let mean = [sum[0] / n, sum[1] / n];
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for c in &cells {
        let (x, y) = (c[0] - mean[0], c[1] - mean[1]);
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    let root = ((xx - yy) / 2.0).hypot(xy);
    let (long, short) = ((xx + yy) / 2.0 + root, (xx + yy) / 2.0 - root);
    if long < short.max(1e-9) * LONG * LONG {
        return None;
    }
    let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
    let mut along = [angle.cos(), angle.sin()];
    // From left to right; what is nearly upright reads downwards.
    if along[0] < -0.12 || (along[0] < 0.12 && along[1] < 0.0) {
        along = [-along[0], -along[1]];
    }
    let across = [-along[1], along[0]];
    let turned: Vec<[f64; 2]> = cells
        .iter()
        .map(|c| {
            let d = [c[0] - mean[0], c[1] - mean[1]];
            [d[0] * along[0] + d[1] * along[1], d[0] * across[0] + d[1] * across[1]]
        })
        .collect();
    let (low, high) = turned.iter().fold((f64::MAX, f64::MIN), |(l, h), t| (l.min(t[0]), h.max(t[0])));
    const BINS: usize = 24;
    let mut bins = [(0.0f64, 0.0f64); BINS];
    for t in &turned {
        let k = (((t[0] - low) / (high - low).max(1e-9)) * BINS as f64) as usize;
        let bin = &mut bins[k.min(BINS - 1)];
        bin.0 += 1.0;
        bin.1 += t[1];
    }
    let at = |k: usize| low + (k as f64 + 0.5) * (high - low) / BINS as f64;
    let middles: Vec<(f64, f64, f64)> =
        (1..BINS - 1).filter(|&k| bins[k].0 > 0.0).map(|k| (at(k), bins[k].1 / bins[k].0, bins[k].0.sqrt())).collect();
    let [a, b, c] = parabola(&middles)?;
    // Letters turn by no more than a right angle from end to end.
    let c = c.clamp(-0.7 / (high - low), 0.7 / (high - low));
    let steps = ((high - low) * CELL / 6.0).ceil().max(4.0) as usize;
    let line: Vec<Pt> = (0..=steps)
        .map(|i| {
            let t = low + (high - low) * i as f64 / steps as f64;
            let s = a + b * t + c * t * t;
            let p = [mean[0] + t * along[0] + s * across[0], mean[1] + t * along[1] + s * across[1]];
            [grid.left + (p[0] + 0.5) * CELL, grid.top + (p[1] + 0.5) * CELL]
        })
        .collect();
    Some(line)
}

/// The cells of the largest connected part of an owner's land.
fn largest_part(grid: &Grid, owner: u16, extent: &Extent) -> Vec<Pt> {
    let (w, h) = (extent.x1 + 1 - extent.x0, extent.y1 + 1 - extent.y0);
    let mine = |x: usize, y: usize| grid.owner[(extent.y0 + y) * grid.width + extent.x0 + x] == owner;
    let mut seen = vec![false; w * h];
    let mut best: Vec<Pt> = Vec::new();
    for start in 0..w * h {
        if seen[start] || !mine(start % w, start / w) {
            continue;
        }
        seen[start] = true;
        let mut stack = vec![(start % w, start / w)];
        let mut part = Vec::new();
        while let Some((x, y)) = stack.pop() {
            part.push([(extent.x0 + x) as f64, (extent.y0 + y) as f64]);
            let beside = [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)];
            for (i, j) in beside {
                if i < w && j < h && !seen[j * w + i] && mine(i, j) {
                    seen[j * w + i] = true;
                    stack.push((i, j));
                }
            }
        }
        if part.len() > best.len() {
            best = part;
        }
    }
    best
}

/// The weighted least squares parabola a + b t + c t² through (t, s, weight).
fn parabola(points: &[(f64, f64, f64)]) -> Option<[f64; 3]> {
    if points.len() < 5 {
        return None;
    }
    let scale = points.iter().map(|p| p.0.abs()).fold(1.0, f64::max);
    let (mut m, mut r) = ([0.0f64; 5], [0.0f64; 3]);
    for &(t, s, w) in points {
        let t = t / scale;
        let mut power = w;
        for k in 0..5 {
            m[k] += power;
            if k < 3 {
                r[k] += power * s;
            }
            power *= t;
        }
    }
    // Cramer's rule on the 3 × 3 normal equations.
    let det = |a: [[f64; 3]; 3]| {
        a[0][0] * (a[1][1] * a[2][2] - a[1][2] * a[2][1]) - a[0][1] * (a[1][0] * a[2][2] - a[1][2] * a[2][0])
            + a[0][2] * (a[1][0] * a[2][1] - a[1][1] * a[2][0])
    };
    let base = [[m[0], m[1], m[2]], [m[1], m[2], m[3]], [m[2], m[3], m[4]]];
    let whole = det(base);
    if whole.abs() < 1e-12 {
        return None;
    }
    let with = |k: usize| {
        let mut a = base;
        for (row, value) in a.iter_mut().zip(r) {
            row[k] = value;
        }
        det(a) / whole
    };
    Some([with(0), with(1) / scale, with(2) / (scale * scale)])
}

/// Whether every letter of a text may stand apart and turn by itself.
pub fn bends(text: &Shaped) -> bool {
    !text.rtl && text.runs.iter().all(|r| matches!(r.script, "Latn" | "Grek" | "Cyrl" | "Armn" | "Geor" | "Zyyy"))
}

/// Positions of a text along a middle line, inside the cells that are its own.
pub fn candidates(spine: &[Pt], text: &Shaped, own: &Sums, base: i32, label: usize, room: &Room<'_>) -> Vec<Candidate> {
    let lengths = measure(spine);
    let total = *lengths.last().unwrap_or(&0.0);
    let (width, cap) = (px(text.width), px(text.cap_height));
    if total < width * 1.12 {
        return Vec::new();
    }
    let grid = room.grid;
    let share = |r: &Rect| {
        let [x0, y0, x1, y1] = grid.cells(r);
        (own.over([x0, y0, x1, y1]) as i32 * 1000) / ((x1 - x0) * (y1 - y0)).max(1)
    };
    let mut found: Vec<(i32, Candidate)> = Vec::new();
    for slide in [0.0, -0.06, 0.06, -0.12, 0.12, -0.18, 0.18, -0.25, 0.25] {
        let from = (total - width) / 2.0 + slide * total;
        if from < 0.0 || from + width > total {
            continue;
        }
        let n = (width / 8.0).ceil().max(4.0) as usize;
        let middle: Vec<Pt> = (0..=n).map(|i| point_at(spine, &lengths, from + width * i as f64 / n as f64)).collect();
        for aside in [0.0, -0.7, 0.7, -1.4, 1.4] {
            let line = offset(&middle, aside * cap);
            let rects: SmallVec<[Rect; 3]> = line
                .windows(2)
                .map(|w| {
                    let (x0, x1) = (w[0][0].min(w[1][0]), w[0][0].max(w[1][0]));
                    let (y0, y1) = (w[0][1].min(w[1][1]), w[0][1].max(w[1][1]));
                    let reach = cap / 2.0 + 2.0;
                    Rect::px(x0 - reach, y0 - reach, x1 + reach, y1 + reach)
                })
                .collect();
            if rects.iter().any(|r| !room.free(r, label)) {
                continue;
            }
            let shares: Vec<i32> = rects.iter().map(share).collect();
            let mean = shares.iter().sum::<i32>() / shares.len().max(1) as i32;
            if mean < 900 || shares.iter().any(|s| *s < 620) {
                continue;
            }
            let clutter: i32 = rects.iter().map(|r| room.lines(r)).sum();
            let covers: i32 = rects.iter().map(|r| room.cover_cost(r)).sum();
            let away = ((slide.abs() * 160.0) + (aside.abs() * 6.0)) as i32;
            // Upright names are read with the head on the side.
            let chord = [line[n][0] - line[0][0], line[n][1] - line[0][1]];
            let steep = (chord[1] / chord[0].hypot(chord[1]).max(1e-9)).powi(2);
            let cost = base + away + (steep * 55.0) as i32 + (1000 - mean) / 6 + clutter.min(240) / 6 + covers;
            let path = extended(&offset(&line, cap / 2.0), 10.0);
            let length = measure(&path).last().copied().unwrap_or(0.0);
            let start = ((length - width) / 2.0).max(0.0);
            found.push((cost, Candidate { spot: Spot { rects, cost }, pose: Pose::Along { path, start } }));
        }
    }
    found.sort_by_key(|(cost, _)| *cost);
    found.truncate(MOST);
    found.into_iter().map(|(_, c)| c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strip(tilt: f64) -> Grid {
        let mut grid = Grid::new(0.0, 0.0, 800.0, 600.0);
        for x in 20..180usize {
            let middle = 75.0 + (x as f64 - 100.0) * tilt;
            for y in 0..grid.height {
                if (y as f64 - middle).abs() < 9.0 {
                    grid.owner[y * grid.width + x] = 3;
                }
            }
        }
        grid
    }

    #[test]
    fn the_middle_line_runs_through_a_long_area() {
        for tilt in [0.0, 0.3, -0.4] {
            let grid = strip(tilt);
            let extent = grid.extents(3)[3].expect("land");
            let line = spine(&grid, 3, &extent).expect("long");
            assert!(line[0][0] < line[line.len() - 1][0], "in reading direction");
            for p in &line[2..line.len() - 2] {
                let middle = (75.0 + (p[0] / CELL - 100.0) * tilt + 0.5) * CELL;
                assert!((p[1] - middle).abs() < 8.0, "{tilt}: {p:?} {middle}");
            }
        }
    }

    #[test]
    fn a_square_has_none() {
        let mut grid = Grid::new(0.0, 0.0, 400.0, 400.0);
        grid.owner.fill(1);
        let extent = grid.extents(1)[1].expect("land");
        assert!(spine(&grid, 1, &extent).is_none());
    }
}
