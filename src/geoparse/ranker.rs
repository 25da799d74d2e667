//! The ranker: how well a candidate fits, as a weighted sum of what is known of it and what the text says.
//!
//! Weights in front of the features were learned on `toponyms/wotr-train` and the linked places of GUM by
//! `examples/train_ranker.rs`, except where a comment says otherwise.

use super::candidates::{Candidate, NOWHERE};
use super::votes::Support;
use crate::model::PlaceKind;

/// Number of features.
pub const FEATURES: usize = 20;

/// What the words beside a name say about it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cue {
    /// Probability that the place before the comma lies in the one after it, 0–1.
    pub contained: f32,
    /// The name stands beside a container, and that does not hold this candidate.
    pub elsewhere: f32,
    /// "city of", "town": a populated place is meant.
    pub city: bool,
    /// "province", "state of", "countryside": a division is meant.
    pub division: bool,
    /// A government is meant: "Moscow said".
    pub governs: bool,
    /// The country of publication is the candidate's.
    pub home: bool,
}

/// The features of a candidate.
pub fn features(candidate: &Candidate, support: &Support, cue: &Cue) -> [f32; FEATURES] {
    use PlaceKind::{Admin1, Admin2, City, Continent, Country, Region, Terrain, Water};
    let flag = |is: bool| f32::from(u8::from(is));
    let log = |share: f32| (share + 0.02).ln() - 0.02_f32.ln();
    let kind = candidate.kind;
    let area = matches!(kind, Country | Continent | Region);
    let division = matches!(kind, Admin1 | Admin2 | Region);
    // A state is not nearer to its towns than a town of another is, so nearness speaks for places of a town's size alone.
    let local = |value: f32| if area || kind == Admin1 { 0.0 } else { value };
    [
        candidate.prior,
        if candidate.country == NOWHERE { 0.0 } else { log(support.country) },
        local(log(support.admin1)),
        if kind == Admin2 { 0.0 } else { local(log(support.admin2)) },
        local((1.0 + 4.0 * support.near).ln()),
        local((1.0 + 4.0 * support.around).ln()),
        cue.contained,
        cue.elsewhere,
        flag(cue.city && kind == City),
        flag(cue.city && division),
        flag(cue.division && division),
        flag(cue.division && kind == City),
        flag(cue.home),
        flag(area),
        flag(kind == Admin1 && !candidate.twin),
        flag(kind == Admin2),
        flag(matches!(kind, Water | Terrain)),
        flag(candidate.twin && !cue.division),
        flag(candidate.seat == 3),
        flag(cue.governs && candidate.governs()),
    ]
}

/// The weights of the features. Those that `examples/train_ranker.rs` learns from scratch place fewer names of news and of Wikipedia
/// rightly (WikToR .690 instead of .713), for the training texts are letters of 1862; these are set by hand near them, but for that
/// of capitals, which is learned.
pub const WEIGHTS: [f32; FEATURES] =
    [0.7, 1.3, 1.1, 0.5, 1.0, 0.8, 4.5, -0.5, 1.0, -1.0, 3.0, -1.5, 1.0, 2.0, 2.0, 1.0, 1.0, -5.0, 2.3, 2.5];

/// Slope and shift, on the logistic scale, from the share of a reading to the probability that it is right: fitted by
/// `examples/train_ranker.rs` on `toponyms/wotr-train`, where the right place may be missing from the gazetteer.
pub const CALIBRATION: (f32, f32) = (0.32, -0.52);

/// The probability that a reading with this share is right; never quite 0 or 1.
///
/// ```
/// use mapdesk::geoparse::ranker::calibrated;
/// assert!(calibrated(1.0) < 1.0 && calibrated(1.0) > calibrated(0.5) && calibrated(0.5) > calibrated(0.0));
/// ```
pub fn calibrated(share: f32) -> f32 {
    let share = share.clamp(SUREST, 1.0 - SUREST);
    let (slope, shift) = CALIBRATION;
    1.0 / (1.0 + (-(slope * (share / (1.0 - share)).ln() + shift)).exp())
}

/// No share is told from 0 or 1 closer than this.
pub const SUREST: f32 = 1e-4;

/// The score of a candidate, on a logarithmic scale.
pub fn score(features: &[f32; FEATURES], weights: &[f32; FEATURES]) -> f32 {
    features.iter().zip(weights).map(|(f, w)| f * w).sum()
}

/// Shares of candidates that add up to 1, from their scores.
pub fn softmax(scores: &[f32]) -> Vec<f32> {
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let parts: Vec<f32> = scores.iter().map(|s| (s - most).max(-60.0).exp()).collect();
    let sum: f32 = parts.iter().sum();
    parts.iter().map(|p| p / sum).collect()
}
