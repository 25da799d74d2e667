//! Which face a point lies in: the side of the nearest edge on the ray that runs east from it.

use super::overlay::{Moved, Segment};
use geo::Orientation;
use geo::kernels::{Kernel, RobustKernel};

/// Whether `c` is left of the directed line `a → b`, the tie settled by which of them is moved the infinitesimal step (ε, ε²).
pub(super) fn is_left(a: [f64; 2], b: [f64; 2], c: [f64; 2], moved: Moved) -> bool {
    let coord = |p: [f64; 2]| geo::Coord { x: p[0], y: p[1] };
    match RobustKernel::orient2d(coord(a), coord(b), coord(c)) {
        Orientation::CounterClockwise => true,
        Orientation::Clockwise => false,
        Orientation::Collinear => {
            let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
            // The line moved by δ sees the point at c − δ; the point moved stands at c + δ.
            match moved {
                Moved::Line => dy > 0.0 || (dy == 0.0 && dx < 0.0),
                Moved::Point => dy < 0.0 || (dy == 0.0 && dx > 0.0),
            }
        }
    }
}

/// Bands of latitude with the edges that pass through each.
pub struct Locator<'a> {
    segments: &'a [Segment],
    moved: Moved,
    outside: u32,
    south: f64,
    height: f64,
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl<'a> Locator<'a> {
    /// A locator in the faces that `segments` bound; a point east of which there is no edge lies in `outside`.
    pub(crate) fn new(segments: &'a [Segment], moved: Moved, outside: u32) -> Self {
        let (mut south, mut north) = (f64::INFINITY, f64::NEG_INFINITY);
        for s in segments {
            south = south.min(s.a[1]).min(s.b[1]);
            north = north.max(s.a[1]).max(s.b[1]);
        }
        if segments.is_empty() {
            (south, north) = (0.0, 1.0);
        }
        // As many bands as let a segment pass through about three.
        let tall: f64 = segments.iter().map(|s| (s.b[1] - s.a[1]).abs()).sum();
        let most = 3.0 * (north - south) * segments.len() as f64 / tall.max(1.0);
        let bands = (segments.len() / 2).min(most as usize).clamp(1, 1 << 20);
        let height = ((north - south) / bands as f64).max(1e-3);
        let mut locator = Self { segments, moved, outside, south, height, starts: Vec::new(), items: Vec::new() };
        let mut counts = vec![0u32; bands + 1];
        for s in segments {
            for b in locator.bands(s, bands) {
                counts[b + 1] += 1;
            }
        }
        for i in 1..counts.len() {
            counts[i] += counts[i - 1];
        }
        let mut next = counts.clone();
        let mut items = vec![0; counts[bands] as usize];
        for (i, s) in segments.iter().enumerate() {
            for b in locator.bands(s, bands) {
                items[next[b] as usize] = i as u32;
                next[b] += 1;
            }
        }
        (locator.starts, locator.items) = (counts, items);
        locator
    }

    fn bands(&self, s: &Segment, bands: usize) -> std::ops::RangeInclusive<usize> {
        let band = |y: f64| ((y - self.south) / self.height).floor().clamp(0.0, bands as f64 - 1.0) as usize;
        band(s.a[1].min(s.b[1]))..=band(s.a[1].max(s.b[1]))
    }

    /// The label of the face that `c` lies in.
    pub(crate) fn locate(&self, c: [f64; 2]) -> u32 {
        let band = ((c[1] - self.south) / self.height).floor();
        let bands = self.starts.len() - 1;
        // A point on the upper end of the last band, to the bit, still belongs to it.
        if band < 0.0 || band > bands as f64 {
            return self.outside;
        }
        let band = (band as usize).min(bands - 1);
        let above = |p: [f64; 2]| match self.moved {
            Moved::Line => p[1] >= c[1],
            Moved::Point => p[1] > c[1],
        };
        let mut nearest: Option<(f64, f64, u32)> = None;
        for &i in &self.items[self.starts[band] as usize..self.starts[band + 1] as usize] {
            let s = &self.segments[i as usize];
            let (up, down) = (above(s.b) && !above(s.a), above(s.a) && !above(s.b));
            if !up && !down {
                continue;
            }
            let (low, high) = if up { (s.a, s.b) } else { (s.b, s.a) };
            if !is_left(low, high, c, self.moved) {
                continue;
            }
            let slope = (high[0] - low[0]) / (high[1] - low[1]);
            let x = low[0] + slope * (c[1] - low[1]);
            // Edges that leave one node are told apart a hair below it, or above, where the moved ray really runs.
            let lean = if self.moved == Moved::Line { -slope } else { slope };
            let closer = nearest.is_none_or(|(nx, nl, _)| x < nx - 1e-7 || (x < nx + 1e-7 && lean < nl));
            if closer {
                nearest = Some((x, lean, if up { s.left } else { s.right }));
            }
        }
        nearest.map_or(self.outside, |(_, _, label)| label)
    }
}
