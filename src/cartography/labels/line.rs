//! Candidates of names along lines: rivers, and figures on distance lines.

use super::block::{Align, Block};
use super::room::{Candidate, Pose, Room, padded};
use super::solve::Spot;
use crate::cartography::clip::Pt;
use crate::cartography::display::{Rect, px, units};
use crate::cartography::text::Shaped;
use smallvec::{SmallVec, smallvec};

/// Lengths along a line up to each vertex.
pub(super) fn measure(line: &[Pt]) -> Vec<f64> {
    let mut total = 0.0;
    let mut out = vec![0.0];
    for w in line.windows(2) {
        total += (w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1]);
        out.push(total);
    }
    out
}

/// The point at a length along a measured line.
pub(super) fn point_at(line: &[Pt], lengths: &[f64], s: f64) -> Pt {
    let i = lengths.partition_point(|l| *l < s).clamp(1, line.len() - 1);
    let span = (lengths[i] - lengths[i - 1]).max(1e-9);
    let t = ((s - lengths[i - 1]) / span).clamp(0.0, 1.0);
    let (a, b) = (line[i - 1], line[i]);
    [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]
}

/// A text along a river: where the line is straight enough and the ground is quiet.
pub fn along(line: &[Pt], text: &Shaped, label: usize, room: &Room<'_>) -> Vec<Candidate> {
    let lengths = measure(line);
    let total = *lengths.last().unwrap_or(&0.0);
    let width = px(text.width);
    let height = px(text.x_height);
    let mut found: Vec<(i32, Candidate)> = Vec::new();
    if line.len() < 2 || total < width * 1.25 {
        return Vec::new();
    }
    let steps = ((total - width) / 24.0).ceil().clamp(1.0, 80.0) as usize;
    for k in 0..=steps {
        let from = (total - width) * k as f64 / steps as f64;
        // The course under the name, smoothed: letters should not follow every bend.
        let n = (width / 9.0).ceil().max(3.0) as usize;
        let raw: Vec<Pt> =
            (0..=n + 4).map(|i| point_at(line, &lengths, from + width * (i as f64 - 2.0) / n as f64)).collect();
        let mut smooth: Vec<Pt> = (2..=n + 2)
            .map(|i| {
                let sum = raw[i - 2..=i + 2].iter().fold([0.0, 0.0], |s, p| [s[0] + p[0], s[1] + p[1]]);
                [sum[0] / 5.0, sum[1] / 5.0]
            })
            .collect();
        let chord = (smooth[n][0] - smooth[0][0]).hypot(smooth[n][1] - smooth[0][1]);
        if chord < width * 0.86 {
            continue;
        }
        if smooth[n][0] < smooth[0][0] {
            smooth.reverse();
        }
        let mut turn: f64 = 0.0;
        for w in smooth.windows(3) {
            let a = (w[1][1] - w[0][1]).atan2(w[1][0] - w[0][0]);
            let b = (w[2][1] - w[1][1]).atan2(w[2][0] - w[1][0]);
            turn = turn.max((b - a).abs());
        }
        let steep = ((smooth[n][1] - smooth[0][1]) / chord).abs();
        if turn > 0.45 || steep > 0.93 {
            continue;
        }
        for (side, extra) in [(-3.0, 0), (height + 3.5, 14)] {
            let path = offset(&smooth, side);
            let rects = boxes(&path, height);
            if rects.iter().any(|r| !room.free(r, label)) {
                continue;
            }
            let clutter: i32 = rects.iter().map(|r| room.lines(r)).sum();
            let covers: i32 = rects.iter().map(|r| room.cover_cost(r)).sum();
            let cost = extra + (turn * 120.0) as i32 + (steep * 60.0) as i32 + clutter.min(200) / 3 + covers;
            let path = extended(&path, 12.0);
            let length = measure(&path).last().copied().unwrap_or(0.0);
            let start = ((length - width) / 2.0).max(0.0);
            found.push((cost, Candidate { spot: Spot { rects, cost }, pose: Pose::Along { path, start } }));
        }
    }
    found.sort_by_key(|(cost, _)| *cost);
    found.truncate(10);
    found.into_iter().map(|(_, c)| c).collect()
}

/// A line moved sideways, positive to the right of its direction (down, for text).
pub(super) fn offset(line: &[Pt], by: f64) -> Vec<Pt> {
    let n = line.len();
    (0..n)
        .map(|i| {
            let (a, b) = (line[i.saturating_sub(1)], line[(i + 1).min(n - 1)]);
            let l = (b[0] - a[0]).hypot(b[1] - a[1]).max(1e-9);
            let normal = [-(b[1] - a[1]) / l, (b[0] - a[0]) / l];
            [line[i][0] + normal[0] * by, line[i][1] + normal[1] * by]
        })
        .collect()
}

/// A line with a straight run-out at both ends, so that a text a little longer than its course is not cut.
pub(super) fn extended(line: &[Pt], by: f64) -> Vec<Pt> {
    let out = |a: Pt, b: Pt| {
        let l = (a[0] - b[0]).hypot(a[1] - b[1]).max(1e-9);
        [a[0] + (a[0] - b[0]) / l * by, a[1] + (a[1] - b[1]) / l * by]
    };
    let n = line.len();
    let mut all = Vec::with_capacity(n + 2);
    all.push(out(line[0], line[1]));
    all.extend_from_slice(line);
    all.push(out(line[n - 1], line[n - 2]));
    all
}

fn boxes(path: &[Pt], height: f64) -> SmallVec<[Rect; 3]> {
    path.windows(2)
        .map(|w| {
            let (x0, x1) = (w[0][0].min(w[1][0]), w[0][0].max(w[1][0]));
            let (y0, y1) = (w[0][1].min(w[1][1]), w[0][1].max(w[1][1]));
            Rect::px(x0 - 1.0, y0 - height * 1.4, x1 + 1.0, y1 + height * 0.4)
        })
        .collect()
}

/// A level block over a line, which shows on either side of it: the figure of a distance.
pub fn across(line: &[Pt], block: &Block, label: usize, room: &Room<'_>) -> Vec<Candidate> {
    // On the line; beside it where that is taken.
    level(line, block, label, room, |_, size, steep| {
        let beside = if steep { [size[0] / 2.0 + 6.0, 0.0] } else { [0.0, size[1] / 2.0 + 6.0] };
        [([0.0, 0.0], 0), (beside, 30), (beside.map(|v| -v), 34)]
    })
}

/// A level block beside a line that is `reach` CSS pixels wide on either side, as an arrow is; on it only where there is no room.
pub fn beside(line: &[Pt], block: &Block, label: usize, room: &Room<'_>, reach: f64) -> Vec<Candidate> {
    level(line, block, label, room, |d, size, _| {
        // Clear of a slanting line, too: straight out sideways or straight up, whichever is nearer.
        let (dx, dy) = (d[0].abs().max(1e-6), d[1].abs().max(1e-6));
        let slant = dx.hypot(dy);
        let aside = size[0] / 2.0 + (size[1] / 2.0) * dx / dy + reach * slant / dy;
        let above = size[1] / 2.0 + (size[0] / 2.0) * dy / dx + reach * slant / dx;
        let by = if aside < above { [aside, 0.0] } else { [0.0, above] };
        [(by, 0), (by.map(|v| -v), 4), ([0.0, 0.0], 220)]
    })
}

/// Candidates of a level block near a line: where it may stand from a point of the line, and what that costs, by the line's direction
/// there, the block's size and whether the line is steep.
fn level(
    line: &[Pt],
    block: &Block,
    label: usize,
    room: &Room<'_>,
    stand: impl Fn(Pt, Pt, bool) -> [(Pt, i32); 3],
) -> Vec<Candidate> {
    let lengths = measure(line);
    let total = *lengths.last().unwrap_or(&0.0);
    if line.len() < 2 {
        return Vec::new();
    }
    let mut out = Vec::new();
    let (w, h) = (px(block.width), px(block.height));
    for (k, t) in [0.5, 0.44, 0.56, 0.38, 0.62, 0.31, 0.69, 0.24, 0.76].into_iter().enumerate() {
        let p = point_at(line, &lengths, total * t);
        let ahead = point_at(line, &lengths, (total * t + 4.0).min(total));
        let d = [ahead[0] - p[0], ahead[1] - p[1]];
        for (by, extra) in stand(d, [w, h], d[1].abs() > d[0].abs()) {
            let c = [p[0] + by[0], p[1] + by[1]];
            let (left, top) = (units(c[0] - w / 2.0), units(c[1] - h / 2.0));
            let ink = padded(block.ink(left, top), 4.0);
            if room.free(&ink, label) {
                let cost = k as i32 * 7 + extra + room.lines(&ink).min(100) / 4;
                out.push(Candidate {
                    spot: Spot { rects: smallvec![ink], cost },
                    pose: Pose::Block {
                        block: 0,
                        left,
                        top,
                        align: Align::Middle,
                        leader: None,
                        position: if by == [0.0, 0.0] { "on the line" } else { "beside the line" },
                    },
                });
            }
        }
    }
    out
}
