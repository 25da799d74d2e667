//! Lines of the basemap brought into a frame: folded onto its edge or cut at it, projected and thinned, each arc once, so that what
//! shares an arc shares every vertex.

use super::clip::{self, Pt, Window};
use super::frame::Frame;
use super::outline::{Vertex, thin_alone};
use super::project::vertex;
use crate::basemap::{ArcRef, View};
use rustc_hash::FxHashMap;

/// How far thinning may move a line, CSS pixels.
const TOLERANCE: f64 = 0.3;

/// Arcs folded into the frame and projected, by arc and copy of the plane.
pub struct Arcs<'a> {
    frame: &'a Frame,
    view: &'a View<'a>,
    window: Window,
    nudge: f64,
    edge: f64,
    known: FxHashMap<(u32, i8), Vec<Vertex>>,
}

impl<'a> Arcs<'a> {
    /// The arcs of a view in a frame; `nudge` is how far, in degrees, what lies on the antimeridian is moved beyond it.
    pub fn new(frame: &'a Frame, view: &'a View<'a>, nudge: f64) -> Self {
        let span = frame.degrees.width().min(frame.degrees.height() * 2.0);
        let (window, edge) = (frame.degrees.grown(nudge), (span / 40.0).clamp(0.05, 2.0));
        Self { frame, view, window, nudge, edge, known: FxHashMap::default() }
    }
}

impl Arcs<'_> {
    /// The arc in 1/64 px, its parts outside the frame folded onto the frame's edge, thinned.
    fn get(&mut self, arc: u32, copy: i8) -> &[Vertex] {
        let (frame, view, window, nudge, edge) = (self.frame, self.view, self.window, self.nudge, self.edge);
        self.known.entry((arc, copy)).or_insert_with(|| {
            let shift = f64::from(copy) * 360.0;
            let degrees: Vec<Pt> = view
                .arc(arc)
                .iter()
                .map(|c| {
                    let seam = if c.x >= 180.0 {
                        nudge
                    } else if c.x <= -180.0 {
                        -nudge
                    } else {
                        0.0
                    };
                    [c.x + seam + shift, c.y]
                })
                .collect();
            let folded = fold(&degrees, &window);
            let mut out: Vec<Vertex> = Vec::with_capacity(folded.len() + 8);
            let mut put = |p: Pt| {
                if let Some(q) = frame.px_raw(p[0], p[1]) {
                    // Far off the panel a pixel more or less is nothing, and 1/64 px must fit 32 bits.
                    out.push(vertex([q[0].clamp(-1e6, 1e6), q[1].clamp(-1e6, 1e6)]));
                }
            };
            for (i, p) in folded.iter().enumerate() {
                put(*p);
                if let Some(next) = folded.get(i + 1) {
                    let span = (next[0] - p[0]).abs().max((next[1] - p[1]).abs());
                    if span > edge {
                        let pieces = (span / edge).ceil().min(400.0) as usize;
                        for k in 1..pieces {
                            let t = k as f64 / pieces as f64;
                            put([p[0] + t * (next[0] - p[0]), p[1] + t * (next[1] - p[1])]);
                        }
                    }
                }
            }
            out.dedup();
            thin_alone(&out, TOLERANCE * 64.0)
        })
    }

    fn copies(&self, refs: &[ArcRef]) -> Vec<i8> {
        let mut w = Window { x0: f64::MAX, y0: f64::MAX, x1: f64::MIN, y1: f64::MIN };
        for r in refs {
            for c in self.view.arc(r.arc) {
                w.x0 = w.x0.min(c.x);
                w.x1 = w.x1.max(c.x);
                w.y0 = w.y0.min(c.y);
                w.y1 = w.y1.max(c.y);
            }
        }
        [-1i8, 0, 1]
            .into_iter()
            .filter(|s| {
                let by = f64::from(*s) * 360.0;
                Window { x0: w.x0 + by - self.nudge, x1: w.x1 + by + self.nudge, ..w }.meets(&self.window)
            })
            .collect()
    }

    fn walk(&mut self, refs: &[ArcRef], copy: i8) -> Vec<Vertex> {
        let mut out: Vec<Vertex> = Vec::new();
        for r in refs {
            let arc = self.get(r.arc, copy);
            if r.backwards {
                out.extend(arc.iter().rev());
            } else {
                out.extend(arc);
            }
        }
        out.dedup();
        out
    }

    /// A ring clipped to the panel, for every copy that meets it; outer rings wind positively, holes negatively.
    pub fn rings(&mut self, refs: &[ArcRef], outer: bool, keep: &Window, out: &mut Vec<Vec<Vertex>>) {
        for copy in self.copies(refs) {
            let mut ring = self.walk(refs, copy);
            if ring.first() == ring.last() {
                ring.pop();
            }
            if ring.len() < 3 {
                continue;
            }
            if (area2(&ring) > 0) != outer {
                ring.reverse();
            }
            let px: Vec<Pt> = ring.iter().map(|v| [f64::from(v[0]) / 64.0, f64::from(v[1]) / 64.0]).collect();
            let around = Window::around(&px);
            if !around.meets(keep) || (around.width() < 0.4 && around.height() < 0.4) {
                continue;
            }
            if keep.holds(&around) {
                out.push(ring);
            } else {
                let cut = clip::ring(&px, keep);
                if cut.len() >= 3 {
                    out.push(cut.into_iter().map(vertex).collect());
                }
            }
        }
    }

    pub fn lines(&mut self, refs: &[ArcRef], keep: &Window, out: &mut Vec<Vec<Vertex>>) {
        for copy in self.copies(refs) {
            let by = f64::from(copy) * 360.0;
            let whole = refs.iter().all(|r| {
                self.view.arc(r.arc).iter().all(|c| self.window.contains([c.x + by, c.y]) && c.x.abs() < 180.0)
            });
            if !whole {
                // Folded parts and cuts of the plane are edges of areas but no lines: here they are left out.
                self.cut_lines(refs, by, keep, out);
                continue;
            }
            let line = self.walk(refs, copy);
            let px: Vec<Pt> = line.iter().map(|v| [f64::from(v[0]) / 64.0, f64::from(v[1]) / 64.0]).collect();
            let around = Window::around(&px);
            if keep.holds(&around) {
                out.push(line);
            } else if around.meets(keep) {
                out.extend(clip::line(&px, keep).into_iter().map(|l| l.into_iter().map(vertex).collect()));
            }
        }
    }
}

impl Arcs<'_> {
    fn cut_lines(&self, refs: &[ArcRef], by: f64, keep: &Window, out: &mut Vec<Vec<Vertex>>) {
        let mut degrees: Vec<Pt> = Vec::new();
        for r in refs {
            let arc = self.view.arc(r.arc);
            let mut add = |c: &geo::Coord<f64>| {
                let p = [c.x + by, c.y];
                if degrees.last() != Some(&p) {
                    degrees.push(p);
                }
            };
            if r.backwards { arc.iter().rev().for_each(&mut add) } else { arc.iter().for_each(&mut add) }
        }
        let seam = |a: &Pt, b: &Pt| {
            let at = |p: &Pt| (p[0] - by).abs() > 179.99;
            (at(a) && at(b)) || (a[1] < -89.9 && b[1] < -89.9)
        };
        for run in degrees.split_inclusive_at(seam) {
            for piece in clip::line(&run, &self.window) {
                let mut line: Vec<Vertex> = Vec::new();
                for (i, p) in piece.iter().enumerate() {
                    let mut put = |p: Pt| {
                        if let Some(q) = self.frame.px_raw(p[0], p[1]) {
                            line.push(vertex([q[0].clamp(-1e6, 1e6), q[1].clamp(-1e6, 1e6)]));
                        }
                    };
                    put(*p);
                    if let Some(next) = piece.get(i + 1) {
                        let span = (next[0] - p[0]).abs().max((next[1] - p[1]).abs());
                        let pieces = (span / self.edge).ceil().clamp(1.0, 400.0) as usize;
                        for k in 1..pieces {
                            let t = k as f64 / pieces as f64;
                            put([p[0] + t * (next[0] - p[0]), p[1] + t * (next[1] - p[1])]);
                        }
                    }
                }
                line.dedup();
                let px = to_px(&thin_alone(&line, TOLERANCE * 64.0));
                out.extend(clip::line(&px, keep).into_iter().map(|l| l.into_iter().map(vertex).collect()));
            }
        }
    }
}

/// Runs of a line between the edges that are left out.
trait Runs {
    fn split_inclusive_at(&self, out: impl Fn(&Pt, &Pt) -> bool) -> Vec<Vec<Pt>>;
}

impl Runs for Vec<Pt> {
    fn split_inclusive_at(&self, out: impl Fn(&Pt, &Pt) -> bool) -> Vec<Vec<Pt>> {
        let mut runs = vec![Vec::new()];
        for (i, p) in self.iter().enumerate() {
            if i > 0 && out(&self[i - 1], p) {
                runs.push(Vec::new());
            }
            runs.last_mut().expect("one run at least").push(*p);
        }
        runs.retain(|r| r.len() > 1);
        runs
    }
}

/// A line with what lies outside a window pressed onto its edge; inside it is unchanged.
fn fold(points: &[Pt], w: &Window) -> Vec<Pt> {
    if w.holds(&Window::around(points)) {
        return points.to_vec();
    }
    let clamp = |p: Pt| [p[0].clamp(w.x0, w.x1), p[1].clamp(w.y0, w.y1)];
    let mut out: Vec<Pt> = Vec::with_capacity(points.len());
    for (i, p) in points.iter().enumerate() {
        let c = clamp(*p);
        if out.last() != Some(&c) {
            out.push(c);
        }
        let Some(next) = points.get(i + 1) else { break };
        if w.contains(*p) && w.contains(*next) {
            continue;
        }
        // Every line of the window that the edge crosses gives a vertex, in the order of crossing.
        let mut ts: Vec<f64> = Vec::new();
        for (axis, bound) in [(0, w.x0), (0, w.x1), (1, w.y0), (1, w.y1)] {
            let d = next[axis] - p[axis];
            let t = (bound - p[axis]) / d;
            if d != 0.0 && t > 0.0 && t < 1.0 {
                ts.push(t);
            }
        }
        ts.sort_by(f64::total_cmp);
        for t in ts {
            let c = clamp([p[0] + t * (next[0] - p[0]), p[1] + t * (next[1] - p[1])]);
            if out.last() != Some(&c) {
                out.push(c);
            }
        }
    }
    out
}

/// Twice the signed area of a ring.
pub fn area2(ring: &[Vertex]) -> i64 {
    let n = ring.len();
    (0..n)
        .map(|i| {
            let (a, b) = (ring[i], ring[(i + 1) % n]);
            i64::from(a[0]) * i64::from(b[1]) - i64::from(b[0]) * i64::from(a[1])
        })
        .sum()
}

/// Vertices in CSS pixels.
pub fn to_px(ring: &[Vertex]) -> Vec<Pt> {
    ring.iter().map(|v| [f64::from(v[0]) / 64.0, f64::from(v[1]) / 64.0]).collect()
}

/// Lines that continue each other joined into one, so that dashes run on and joints are round.
pub fn joined(lines: &[Vec<Vertex>]) -> Vec<Vec<Vertex>> {
    let mut ends: FxHashMap<Vertex, Vec<usize>> = FxHashMap::default();
    for (i, line) in lines.iter().enumerate() {
        if line.len() > 1 {
            ends.entry(line[0]).or_default().push(i);
            ends.entry(line[line.len() - 1]).or_default().push(i);
        }
    }
    let mut used = vec![false; lines.len()];
    let mut out = Vec::new();
    for start in 0..lines.len() {
        if used[start] || lines[start].len() < 2 {
            continue;
        }
        used[start] = true;
        let mut run = lines[start].clone();
        // On from the end, then from the start.
        for _ in 0..2 {
            loop {
                let tip = run[run.len() - 1];
                let Some(at) = ends.get(&tip).filter(|v| v.len() == 2) else { break };
                let Some(&next) = at.iter().find(|i| !used[**i]) else { break };
                used[next] = true;
                if lines[next][0] == tip {
                    run.extend(&lines[next][1..]);
                } else {
                    run.extend(lines[next].iter().rev().skip(1));
                }
            }
            run.reverse();
        }
        out.push(run);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: Window = Window { x0: 0.0, y0: 0.0, x1: 10.0, y1: 10.0 };

    #[test]
    fn folding_keeps_the_inside_and_does_not_cut_corners() {
        let line = [[-5.0, 2.0], [5.0, 2.0], [20.0, 2.0]];
        assert_eq!(fold(&line, &BOX), vec![[0.0, 2.0], [5.0, 2.0], [10.0, 2.0]]);
        // Around the corner outside: the folded line goes through the corner, not across the window.
        let around = [[-4.0, 8.0], [-1.0, 12.0], [4.0, 14.0]];
        let folded = fold(&around, &BOX);
        assert!(folded.contains(&[0.0, 10.0]), "{folded:?}");
        assert!(folded.iter().all(|p| p[0] == 0.0 || p[1] == 10.0), "{folded:?}");
    }

    #[test]
    fn lines_that_continue_each_other_become_one() {
        let lines = vec![vec![[0, 0], [1, 0]], vec![[5, 5], [1, 0]], vec![[9, 9], [8, 8]]];
        let joined = joined(&lines);
        assert_eq!(joined.len(), 2);
        assert_eq!(joined[0], vec![[0, 0], [1, 0], [5, 5]]);
    }
}
