//! What a crowded tile does without: one ranking, one selection, no second try.
//!
//! Every feature has a rank that is the same in all tiles and all zooms: large shapes before small ones, points in an order that
//! thins them evenly over the map, so that what is drawn at a zoom is drawn at all deeper ones. A tile that would be too large
//! keeps the highest ranks that fit, found by one quickselect.

/// Typical share of a tile's bytes that is left after compression, on the safe side.
const PACKED: f64 = 0.6;

/// The rank of a shape: its size in grid units, then its number.
pub fn of_shape(weight: u32, shape: u32) -> u64 {
    // Shapes come before points.
    1 << 63 | u64::from(weight) << 31 | u64::from(!shape >> 1)
}

/// The rank of a point by its place along the Hilbert curve: bits reversed, so that any share of them is spread evenly.
pub fn of_point(place: u32) -> u64 {
    u64::from(!place.reverse_bits())
}

/// The rank of a feature that has one of its own; `tie` decides among equals.
pub fn of_important(rank: u32, tie: u32) -> u64 {
    u64::from(rank) << 32 | u64::from(tie)
}

/// The features of one tile, while it is decided which to keep.
#[derive(Debug, Default)]
pub struct Thinner {
    ranks: Vec<u64>,
    bytes: usize,
}

impl Thinner {
    /// Begins a tile of so many features.
    pub fn begin(&mut self, features: usize) {
        self.ranks.clear();
        self.ranks.reserve_exact(features);
        self.bytes = 0;
    }
    /// Adds a feature with the bytes of its geometry and the number of its attributes.
    pub fn add(&mut self, rank: u64, geometry: usize, attributes: usize) {
        self.ranks.push(rank);
        // Two numbers a tag; a value of its own for one attribute in three.
        self.bytes += 9 + geometry + 7 * attributes;
    }
    /// The lowest rank to keep and how many features stay below it; nothing where all fit.
    pub fn threshold(&mut self, features: Option<usize>, bytes: Option<usize>, packed: bool) -> (Option<u64>, u32) {
        let n = self.ranks.len();
        let mut keep = features.unwrap_or(n).min(n);
        if let Some(limit) = bytes {
            let expected = self.bytes as f64 * if packed { PACKED } else { 1.0 };
            if expected > limit as f64 {
                keep = keep.min((n as f64 * limit as f64 / expected) as usize);
            }
        }
        let keep = keep.max(1);
        if keep >= n {
            return (None, 0);
        }
        let (_, at, _) = self.ranks.select_nth_unstable(n - keep);
        (Some(*at), (n - keep) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_ranks_stay_and_points_thin_evenly() {
        let mut t = Thinner::default();
        t.begin(1001);
        (0..1000).for_each(|i| t.add(of_point(i), 5, 1));
        t.add(of_shape(10, 0), 20, 1);
        let (threshold, dropped) = t.threshold(Some(101), None, true);
        let threshold = threshold.expect("a crowded tile");
        assert_eq!(dropped, 900);
        assert!(of_shape(10, 0) >= threshold);
        let kept: Vec<u32> = (0..1000).filter(|i| of_point(*i) >= threshold).collect();
        assert_eq!(kept.len(), 100);
        assert!(kept.windows(2).all(|w| w[1] - w[0] <= 16), "{kept:?}");
        t.begin(1);
        t.add(1, 5, 1);
        assert_eq!(t.threshold(Some(5), Some(1000), true), (None, 0));
    }
}
