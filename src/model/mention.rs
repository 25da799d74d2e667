//! A place name where it stands in a text, and a statement of distance.

use super::Place;
use crate::geodesy::{Compass, Metres};
use crate::text::Span;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a name in the text stands for; only a location is a place on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MentionKind {
    /// The place itself.
    Location,
    /// A country or capital standing for its government ("Damascus' main allies").
    Metonym,
    /// People or things of a country ("Syrian", "Russians").
    Demonym,
    /// Part of the name of an organisation ("Syrian Observatory").
    Organisation,
}

/// A possible reading of a name, with its calibrated score.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The place it would be; shared, since a text names a place many times.
    pub place: Arc<Place>,
    /// Probability in 0–1 that the name means this place.
    pub score: f64,
}

/// A name found in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// Where it stands, in code points.
    pub span: Span,
    /// As it is written there.
    pub text: String,
    /// What it stands for.
    pub kind: MentionKind,
    /// The place it was resolved to; `None` where the gazetteer has none.
    pub place: Option<Arc<Place>>,
    /// Probability in 0–1 that the resolution is right; 0 where there is none.
    pub score: f64,
    /// Other readings, best first.
    pub runners_up: Vec<Candidate>,
}

/// How a stated distance compares with the geodesic one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Within rounding of the straight line.
    FitsStraightLine,
    /// Longer than the straight line, as roads are.
    PlausibleByRoad,
    /// Neither.
    DoesNotFit,
}

impl Verdict {
    /// How a stated distance compares with the geodesic one between the same two places.
    ///
    /// A figure in news is rounded to 5 or 10, and towns are not points: the straight line fits within 5 % or 5 km. Roads are
    /// longer than the straight line by up to about 60 %.
    pub fn judge(stated: Metres, measured: Metres) -> Self {
        let difference = stated.0 - measured.0;
        if difference.abs() <= (measured.0 * 0.05).max(5_000.0) {
            Self::FitsStraightLine
        } else if difference > 0.0 && stated.0 <= measured.0 * 1.6 + 5_000.0 {
            Self::PlausibleByRoad
        } else {
            Self::DoesNotFit
        }
    }

    /// The verdict in words a caption can use.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::FitsStraightLine => "fits the straight line",
            Self::PlausibleByRoad => "plausible as a road distance",
            Self::DoesNotFit => "does not fit",
        }
    }
}

/// A stated distance between two places, measured.
#[derive(Debug, Clone, PartialEq)]
pub struct DistanceClaim {
    /// The distance as stated.
    pub stated: Metres,
    /// Direction of `to` seen from `from`, as stated.
    pub bearing: Option<Compass>,
    /// The place it is measured from ("of Damascus").
    pub from: Place,
    /// The place that is located by it.
    pub to: Place,
    /// The geodesic distance.
    pub measured: Metres,
    /// Whether the two fit.
    pub verdict: Verdict,
    /// The words that state it.
    pub evidence: Span,
}
