//! Distance claims: "210 km north of Damascus", measured along the geodesic and judged.
//!
//! Where the sentence leaves open which places are meant, the likeliest by its grammar are taken unless the measure speaks clearly
//! against them and for others of the same sentence. A figure that does not fit is reported, never corrected.

use super::events::{self, located::Stated};
use crate::geodesy::{bearing, distance};
use crate::model::{DistanceClaim, Mention, Place, Verdict};
use crate::text::{Sentence, Token};
use std::sync::Arc;

/// The longest detour a road is believed to make.
const ROAD: f64 = 1.6;
/// A stated direction may be off by this many degrees: one of eight winds to either side.
const OFF: f64 = 50.0;

/// The distances a text states between its places.
///
/// ```
/// use mapdesk::geoparse::distance;
/// use mapdesk::text::{sentences, tokens};
/// let text = "Hama lies 210 km north of Damascus.";
/// let tokens = tokens(text);
/// // Without mentions there are no places to measure between.
/// assert!(distance::extract(text, &tokens, &sentences(text, &tokens), &[]).is_empty());
/// ```
pub fn extract(text: &str, tokens: &[Token], sentences: &[Sentence], mentions: &[Mention]) -> Vec<DistanceClaim> {
    measured(&events::extract(text, tokens, sentences, mentions, None).stated, mentions)
}

/// The distances that a text states, measured.
pub(super) fn measured(stated: &[Stated], mentions: &[Mention]) -> Vec<DistanceClaim> {
    stated.iter().filter_map(|s| measure(s, mentions)).collect()
}

fn measure(stated: &Stated, mentions: &[Mention]) -> Option<DistanceClaim> {
    let places = |ends: &[usize]| -> Vec<Arc<Place>> {
        ends.iter().take(6).filter_map(|m| mentions[*m].place.clone()).collect()
    };
    let (froms, tos) = (places(&stated.from), places(&stated.to));
    let pairs =
        || froms.iter().flat_map(|f| tos.iter().map(move |t| (f, t))).filter(|(f, t)| distance(f.at, t.at).0 > 100.0);
    let (from, to) = pairs().find(|(f, t)| judge(stated, f, t) != Verdict::DoesNotFit).or_else(|| pairs().next())?;
    Some(DistanceClaim {
        stated: stated.length,
        bearing: stated.bearing,
        from: Place::clone(from),
        to: Place::clone(to),
        measured: distance(from.at, to.at),
        verdict: judge(stated, from, to),
        evidence: stated.span,
    })
}

fn judge(stated: &Stated, from: &Place, to: &Place) -> Verdict {
    let measured = distance(from.at, to.at);
    if let Some(compass) = stated.bearing {
        let off = (bearing(from.at, to.at).0 - compass.bearing().0).rem_euclid(360.0);
        if off.min(360.0 - off) > OFF {
            return Verdict::DoesNotFit;
        }
    }
    // Towns are not points: the figure may be from edge to edge or from centre to centre.
    let slack = (stated.rounding.0 / 2.0).max(1000.0) + measured.0 * 0.03;
    if (stated.length.0 - measured.0).abs() <= slack {
        Verdict::FitsStraightLine
    } else if stated.length.0 >= measured.0 && stated.length.0 <= measured.0 * ROAD {
        Verdict::PlausibleByRoad
    } else {
        Verdict::DoesNotFit
    }
}
