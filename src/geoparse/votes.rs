//! What the names of a text say about each other: votes for countries and divisions, and nearness.

use super::candidates::{Candidate, NOWHERE};
use super::scan::Entry;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Votes of all entries, each spread over its candidates by their shares.
#[derive(Debug, Default)]
pub struct Votes {
    country: FxHashMap<u32, f32>,
    admin1: FxHashMap<u32, f32>,
    admin2: FxHashMap<u32, f32>,
    total: f32,
    grid: FxHashMap<(i16, i16), Cell>,
}

#[derive(Debug, Clone, Copy)]
struct Anchor {
    entry: u32,
    at: (f32, f32),
    weight: f32,
}

/// The anchors of a cell, field by field: they are measured all at once.
#[derive(Debug, Default)]
struct Cell {
    entries: Vec<u32>,
    /// Longitudes in degrees.
    lons: Vec<f32>,
    /// Latitudes in radians, and their cosines.
    lats: Vec<f32>,
    cosines: Vec<f32>,
    weights: Vec<f32>,
}

/// What the anchors of a cell weigh at a position, and how that fades over some 200 kilometres.
struct Measured {
    weights: [f32; NEIGHBOURS],
    fades: [f32; NEIGHBOURS],
}

impl Cell {
    fn new(anchors: &[Anchor]) -> Self {
        let lats: Vec<f32> = anchors.iter().map(|a| a.at.1.to_radians()).collect();
        Self {
            entries: anchors.iter().map(|a| a.entry).collect(),
            lons: anchors.iter().map(|a| a.at.0).collect(),
            cosines: lats.iter().map(|l| l.cos()).collect(),
            weights: anchors.iter().map(|a| a.weight).collect(),
            lats,
        }
    }

    /// Measures the anchors from a position; those of an entry and those beyond 400 kilometres weigh nothing. No branches, so that the
    /// loop is done four or eight at a time. Returns how many there are.
    fn measure(&self, number: u32, at: (f32, f32), cosine: f32, found: &mut Measured) -> usize {
        let radians = at.1.to_radians();
        let count = self.entries.len().min(NEIGHBOURS);
        let (entries, lons, lats) = (&self.entries[..count], &self.lons[..count], &self.lats[..count]);
        let (cosines, weights) = (&self.cosines[..count], &self.weights[..count]);
        let (weighs, fades) = (&mut found.weights[..count], &mut found.fades[..count]);
        for i in 0..count {
            let up = small_sine((lats[i] - radians) / 2.0);
            let along = small_sine((lons[i] - at.0).to_radians() / 2.0);
            let half = (up * up + cosine * cosines[i] * along * along).sqrt();
            // The arc sine of so small a number.
            let far = 12742.0 * (half + half * half * half / 6.0);
            let counts = f32::from(u8::from(far < 400.0)) * f32::from(u8::from(entries[i] != number));
            weighs[i] = weights[i] * counts;
            fades[i] = faded(far.min(400.0) / 200.0);
        }
        count
    }
}

/// e to the power of minus a number between 0 and 2, to six digits.
fn faded(by: f32) -> f32 {
    let x = by / 16.0;
    let root = 1.0 - x * (1.0 - x / 2.0 * (1.0 - x / 3.0 * (1.0 - x / 4.0 * (1.0 - x / 5.0))));
    let two = root * root;
    let four = two * two;
    let eight = four * four;
    eight * eight
}

/// Support of a candidate by the names other than its own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Support {
    /// Share of the votes for its country, 0–1.
    pub country: f32,
    /// Share of the votes for its first-order division, 0–1.
    pub admin1: f32,
    /// Share of the votes for its second-order division, 0–1.
    pub admin2: f32,
    /// Weight of the names within some 50 km.
    pub near: f32,
    /// Weight of the names within some 200 km.
    pub around: f32,
}

/// Candidates with a smaller share of their name do not count as neighbours.
const LEAST: f32 = 0.04;

fn cell(at: (f32, f32)) -> (i16, i16) {
    ((at.0 / 2.0).floor() as i16, (at.1 / 2.0).floor() as i16)
}

/// The sine of an angle below a twentieth, to seven digits.
fn small_sine(angle: f32) -> f32 {
    angle - angle * angle * angle / 6.0
}

/// The votes of one entry, to be taken off where its own candidates are judged.
pub struct Own {
    country: FxHashMap<u32, f32>,
    admin1: FxHashMap<u32, f32>,
    admin2: FxHashMap<u32, f32>,
    weight: f32,
}

impl Own {
    /// The votes of an entry with a weight and the shares of its candidates.
    pub fn new(entry: &Entry, weight: f32, shares: &[f32]) -> Self {
        let mut own =
            Self { country: FxHashMap::default(), admin1: FxHashMap::default(), admin2: FxHashMap::default(), weight };
        for (candidate, share) in entry.candidates.iter().zip(shares).filter(|(_, share)| weight * **share >= SMALLEST)
        {
            *own.country.entry(candidate.country).or_default() += weight * share;
            *own.admin1.entry(candidate.admin1).or_default() += weight * share;
            *own.admin2.entry(candidate.admin2).or_default() += weight * share;
        }
        own
    }
}

/// Votes smaller than this are not counted.
const SMALLEST: f32 = 1e-4;
/// So many neighbours of a cell count, the weightiest first: a text of any length stays linear.
const NEIGHBOURS: usize = 40;

impl Votes {
    /// Counts the votes of entries with their weights and the shares of their candidates.
    pub fn count(entries: &[Arc<Entry>], weights: &[f32], shares: &[Vec<f32>]) -> Self {
        let mut votes = Self::default();
        let mut grid: FxHashMap<(i16, i16), Vec<Anchor>> = FxHashMap::default();
        for (number, ((entry, weight), shares)) in entries.iter().zip(weights).zip(shares).enumerate() {
            if *weight <= 0.0 {
                continue;
            }
            votes.total += weight;
            for (candidate, share) in entry.candidates.iter().zip(shares) {
                let vote = weight * share;
                if vote < SMALLEST {
                    continue;
                }
                for (table, key) in [
                    (&mut votes.country, candidate.country),
                    (&mut votes.admin1, candidate.admin1),
                    (&mut votes.admin2, candidate.admin2),
                ] {
                    if key != NOWHERE {
                        *table.entry(key).or_default() += vote;
                    }
                }
                let area = matches!(
                    candidate.kind,
                    crate::model::PlaceKind::Country
                        | crate::model::PlaceKind::Continent
                        | crate::model::PlaceKind::Region
                );
                if *share >= LEAST && !area {
                    let at = (candidate.lon, candidate.lat);
                    let anchor = Anchor { entry: number as u32, at, weight: vote };
                    grid.entry(cell(at)).or_default().push(anchor);
                }
            }
        }
        for anchors in grid.values_mut().filter(|a| a.len() > NEIGHBOURS) {
            anchors.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.entry.cmp(&b.entry)));
            anchors.truncate(NEIGHBOURS);
        }
        votes.grid = grid.into_iter().map(|(at, anchors)| (at, Cell::new(&anchors))).collect();
        votes
    }

    /// Whether a fair share of the votes is for a candidate's country or for places close by.
    pub fn is_about(&self, candidate: &Candidate) -> bool {
        let country = self.country.get(&candidate.country).copied().unwrap_or(0.0);
        let close = self.near(u32::MAX, (candidate.lon, candidate.lat)).0;
        country > 0.15 * (self.total + 0.5) || close > 0.5
    }

    /// The support of a candidate of an entry, the entry's own votes taken off.
    pub fn support(&self, number: u32, own: &Own, candidate: &Candidate) -> Support {
        let rest = (self.total - own.weight).max(0.0) + 0.5;
        let share = |table: &FxHashMap<u32, f32>, own: &FxHashMap<u32, f32>, key: u32| {
            let votes = |table: &FxHashMap<u32, f32>| table.get(&key).copied().unwrap_or(0.0);
            if key == NOWHERE { 0.0 } else { ((votes(table) - votes(own)).max(0.0) / rest).min(1.0) }
        };
        let mut support = Support {
            country: share(&self.country, &own.country, candidate.country),
            admin1: share(&self.admin1, &own.admin1, candidate.admin1),
            admin2: share(&self.admin2, &own.admin2, candidate.admin2),
            ..Support::default()
        };
        (support.near, support.around) = self.near(number, (candidate.lon, candidate.lat));
        support
    }

    /// Weight of the names within some 50 and some 200 km of a position, without those of one entry.
    fn near(&self, number: u32, at: (f32, f32)) -> (f32, f32) {
        let (mut near, mut around) = (0.0, 0.0);
        let (x, y) = cell(at);
        let cosine = at.1.to_radians().cos();
        let mut found = Measured { weights: [0.0; NEIGHBOURS], fades: [0.0; NEIGHBOURS] };
        for dx in -2..=2 {
            for dy in -1..=1 {
                // Cells are two degrees; the grid does not wrap, which costs nothing but the Bering Strait.
                let Some(cell) = self.grid.get(&(x + dx, y + dy)) else { continue };
                let count = cell.measure(number, at, cosine, &mut found);
                for (weight, once) in found.weights[..count].iter().zip(&found.fades[..count]) {
                    let twice = once * once;
                    near += weight * twice * twice;
                    around += weight * once;
                }
            }
        }
        (near, around)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_roads_to_functions_end_where_the_long_ones_do() {
        for n in 0..=200 {
            let x = n as f32 / 100.0;
            assert!((faded(x) - (-x).exp()).abs() < 2e-6, "{x}");
            assert!((small_sine(x / 40.0) - (x / 40.0).sin()).abs() < 2e-8, "{x}");
        }
    }
}
