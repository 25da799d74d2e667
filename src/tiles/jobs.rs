//! Which tiles of a zoom hold what: their own points, those of their neighbours in their buffers, and pieces of lines and polygons.

use super::TilesError;
use super::features::Features;
use super::prints::OfZoom;
use super::slice::Sliced;
use super::world::{Grid, Pt, WORLD_BITS, hilbert};
use rayon::prelude::*;

/// What goes into one tile.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// Place along the curve.
    pub tile: u64,
    /// Its own points, by their numbers.
    pub points: (u32, u32),
    /// Points of its neighbours, by their places among all guests.
    pub guests: (u32, u32),
    /// Lines and polygons, by their places among the pieces of the window.
    pub pieces: (u32, u32),
}

impl Job {
    fn empty(tile: u64) -> Self {
        Self { tile, points: (0, 0), guests: (0, 0), pieces: (0, 0) }
    }
    /// How many features there are at most.
    pub fn size(&self) -> usize {
        (self.points.1 - self.points.0 + self.guests.1 - self.guests.0 + self.pieces.1 - self.pieces.0) as usize
    }
}

/// Points that a tile sees in its buffer: tile and point.
pub fn point_guests(features: &Features, grid: Grid) -> Result<Vec<(u64, u32)>, TilesError> {
    if grid.buffer == 0 || grid.zoom == 0 {
        return Ok(Vec::new());
    }
    let (e, b, n) = (grid.extent(), grid.buffer, grid.tiles());
    let shift = WORLD_BITS - u32::from(grid.zoom);
    let of = |i: u32, p: Pt| {
        let home = [(p[0] >> shift).min(n - 1), (p[1] >> shift).min(n - 1)];
        let g = grid.snap(p);
        let local = [g[0] - home[0] * e, g[1] - home[1] * e];
        let reach = |v: i32| if v <= b { -1 } else { i32::from(v >= e - b) };
        let (dx, dy) = (reach(local[0]), reach(local[1]));
        let tile = |dx: i32, dy: i32| {
            let (x, y) = ((home[0] + dx).rem_euclid(n), home[1] + dy);
            (0..n).contains(&y).then(|| (hilbert(grid.zoom, x as u32, y as u32), i))
        };
        let mut found = [None; 3];
        if dx != 0 {
            found[0] = tile(dx, 0);
        }
        if dy != 0 {
            found[1] = tile(0, dy);
            if dx != 0 {
                found[2] = tile(dx, dy);
            }
        }
        found.into_iter().flatten()
    };
    const STRETCH: usize = 1 << 16;
    let count = features.point_count();
    let stretches: Vec<Result<Vec<(u64, u32)>, TilesError>> = (0..count.div_ceil(STRETCH))
        .into_par_iter()
        .map(|k| {
            let mut cursor = features.cursor();
            let mut found = Vec::new();
            for i in k * STRETCH..((k + 1) * STRETCH).min(count) {
                found.extend(of(i as u32, cursor.get(i).0));
            }
            cursor.checked().map(|()| found)
        })
        .collect();
    let mut guests = Vec::new();
    for stretch in stretches {
        guests.extend(stretch?);
    }
    guests.par_sort_unstable();
    Ok(guests)
}

/// The tiles of a zoom that hold points, or are taken over, along the curve.
pub fn of_points(
    features: &Features,
    grid: Grid,
    guests: &[(u64, u32)],
    of_zoom: &OfZoom,
) -> Result<Vec<Job>, TilesError> {
    let shift = WORLD_BITS - u32::from(grid.zoom);
    let last = grid.tiles() - 1;
    let home = |p: Pt| [(p[0] >> shift).min(last), (p[1] >> shift).min(last)];
    let mut cursor = features.cursor();
    let mut at = |i: usize| home(cursor.get(i).0);
    let count = features.point_count();
    let mut list: Vec<Job> = Vec::new();
    let mut i = 0;
    while i < count {
        let t = at(i);
        // Points of one tile stand together; in memory the end is found by leaps.
        let mut hi = i + 1;
        if features.is_spilled() {
            while hi < count && at(hi) == t {
                hi += 1;
            }
        } else {
            let (mut lo, mut step) = (i, 1);
            while lo + step < count && at(lo + step) == t {
                lo += step;
                step *= 2;
            }
            hi = (lo + step).min(count);
            while lo + 1 < hi {
                let middle = lo + (hi - lo) / 2;
                if at(middle) == t { lo = middle } else { hi = middle }
            }
        }
        let tile = hilbert(grid.zoom, t[0] as u32, t[1] as u32);
        list.push(Job { points: (i as u32, hi as u32), ..Job::empty(tile) });
        i = hi;
    }
    cursor.checked()?;
    let mut start = 0u32;
    let guest_runs = guests.chunk_by(|a, b| a.0 == b.0).map(|run| {
        let range = (start, start + run.len() as u32);
        start = range.1;
        Job { guests: range, ..Job::empty(run[0].0) }
    });
    let list = merge(list, guest_runs, |j, r| j.guests = r.guests);
    let mut kept: Vec<u64> = of_zoom.kept.iter().copied().collect();
    kept.sort_unstable();
    Ok(merge(list, kept.into_iter().map(Job::empty), |_, _| {}))
}

/// The tiles of a stretch of the curve that hold anything, given those that hold points.
pub fn with_pieces(of_points: &[Job], sliced: &Sliced) -> Vec<Job> {
    let mut start = 0u32;
    let piece_runs = sliced.pieces.chunk_by(|a, b| a.tile == b.tile).map(|run| {
        let range = (start, start + run.len() as u32);
        start = range.1;
        Job { pieces: range, ..Job::empty(run[0].tile) }
    });
    merge(of_points.to_vec(), piece_runs, |j, r| j.pieces = r.pieces)
}

/// Two lists of tiles in order as one; `put` adds what the second has of a tile of the first.
fn merge(list: Vec<Job>, runs: impl Iterator<Item = Job>, put: fn(&mut Job, &Job)) -> Vec<Job> {
    let mut out: Vec<Job> = Vec::with_capacity(list.len());
    let mut left = list.into_iter().peekable();
    for run in runs {
        while let Some(j) = left.next_if(|j| j.tile < run.tile) {
            out.push(j);
        }
        if let Some(mut j) = left.next_if(|j| j.tile == run.tile) {
            put(&mut j, &run);
            out.push(j);
        } else {
            out.push(run);
        }
    }
    out.extend(left);
    out
}
