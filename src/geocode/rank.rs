//! How likely a place is meant when nothing but its name is known.

use super::{Candidate, Found, Query, Tier};
use crate::gazetteer::Record;
use crate::geodesy::distance;
use crate::model::PlaceKind;

/// How much a place is spoken of, in arbitrary units: the square root of its inhabitants, more for countries and seats, less for
/// divisions than for the town they are named after.
pub fn importance(record: &Record<'_>) -> f64 {
    let people = (record.population() as f64 + 100.0).sqrt();
    let extent = record.radius().map_or(30.0, |r| r.km()).max(1.0);
    match record.kind() {
        PlaceKind::Country => people.max(300.0) * 5.0,
        PlaceKind::Continent => 50_000.0,
        PlaceKind::Admin1 => people.max(100.0) * 0.3,
        PlaceKind::Admin2 => people.max(20.0) * 0.1,
        // Of areas without inhabitants the wide ones are spoken of more.
        PlaceKind::Region => 40.0 * extent.sqrt(),
        PlaceKind::Water => 15.0 * extent.sqrt(),
        PlaceKind::Terrain => 12.0 * extent.sqrt(),
        PlaceKind::Facility => 60.0,
        PlaceKind::City | PlaceKind::Position => {
            let part = if record.feature_code() == "PPLX" { 0.1 } else { 1.0 };
            let seat = match (record.is_capital(), record.is_admin1_seat(), record.is_admin2_seat()) {
                (true, ..) => 2.5,
                (_, true, _) => 1.4,
                (.., true) => 1.1,
                _ => 1.0,
            };
            // A place of the project's own table is there because the news speaks of it.
            let own = if record.is_own() { 8.0 } else { 1.0 };
            people * part * seat * own
        }
    }
}

/// The factor by which nearness to what the query gives makes a place likelier; 1 where it gives nothing.
pub(super) fn nearness(record: &Record<'_>, query: &Query) -> f64 {
    let near = query.near.map_or(1.0, |at| {
        let inside = record.radius().map_or(0.0, |r| r.km());
        let km = (distance(at, record.at()).km() - inside).max(0.0);
        (1.0 + km / 50.0).powf(-1.5)
    });
    let boxed = match query.bbox {
        Some(bbox) if query.bbox_bias && !bbox.contains(record.at()) => 0.05,
        _ => 1.0,
    };
    near * boxed
}

/// Abbreviations are written in capitals; "us" is rarely the country.
pub(super) fn abbreviation(text: &str) -> f64 {
    if text.chars().any(char::is_uppercase) { 0.9 } else { 0.3 }
}

/// Power of the weights that makes shares of them probabilities, fitted to the graded queries (`examples/score_geocode.rs` prints how
/// well): importance differs less between places than how often they are meant.
const SHARPNESS: i32 = 2;

/// What the weights of everything found sum up to.
pub(super) fn total(candidates: &[Candidate<'_>]) -> f64 {
    candidates.iter().map(|c| c.weight.powi(SHARPNESS)).sum()
}

/// Weight at which a guess is as likely wrong as right: a name that nothing listed has may well be a place that is not listed. Judged by
/// the typing errors of the graded queries and by the names in GeoVirus that the gazetteer lacks.
const GUESSED: f64 = 60.0;
/// By how much a typing error lowers a weight more than it should count here.
const SLIP: f64 = 5.0;

/// Weight at which a place of a listed name is as likely as one of that name that nothing lists, for a name of its own and for one of its
/// other names; it grows with the namesakes that are listed. Fitted to the names of WoTR's training part and of GeoVirus.
const UNLISTED: (f64, f64) = (8.0, 16.0);
/// Namesakes that count.
const NAMESAKES: usize = 8;
/// What is left of that doubt where a country or other context is given, and the place lies in it.
const NARROWED: f64 = 0.2;

/// The probability that what is meant is among what was found, were this the likeliest of so many: the more important it is, the rarer
/// is it a namesake that is not listed, or, where the name was only guessed, another place altogether.
pub(super) fn listed(candidate: &Candidate<'_>, namesakes: usize, narrowed: bool) -> f64 {
    let weight = candidate.weight;
    let among = |unlisted: f64| weight / (weight + unlisted);
    let rest = if narrowed { NARROWED } else { 1.0 } * namesakes.min(NAMESAKES) as f64;
    match candidate.tier {
        Tier::Transliterated => 0.92 * among(GUESSED),
        Tier::Fuzzy => 0.92 * among(GUESSED / SLIP),
        Tier::Prefix => 0.6,
        Tier::Alternate => 0.99 * among(UNLISTED.1 * rest),
        _ => 0.99 * among(UNLISTED.0 * rest),
    }
}

/// The probability that this is the place meant: its share of everything found, less the doubt whether it was found.
pub(super) fn score(candidate: &Candidate<'_>, total: f64) -> f64 {
    let share = candidate.weight.powi(SHARPNESS) / total.max(f64::MIN_POSITIVE);
    (share.min(1.0) * candidate.listed * 1e4).round() / 1e4
}

/// The factor by which a division is likelier than [`importance`] says where no town of its name that counts beside it lies in it:
/// nobody who says Wyoming means a suburb in Michigan. 1 for everything else.
pub(super) fn namesake((division, _, factor): &Found<'_>, found: &[Found<'_>]) -> f64 {
    let likelier = match division.kind() {
        PlaceKind::Admin1 => 2.0,
        PlaceKind::Admin2 => 4.0,
        _ => return 1.0,
    };
    let least = importance(division) * factor / 4.0;
    let within = |(town, _, factor): &Found<'_>| {
        town.kind() == PlaceKind::City
            && std::ptr::eq(town.gazetteer(), division.gazetteer())
            && [town.admin1_ix(), town.admin2_ix()].contains(&Some(division.ix()))
            && importance(town) * factor >= least
    };
    if found.iter().any(within) { 1.0 } else { likelier }
}

/// Share of the first's weight from which a runner-up is close.
const CLOSE: f64 = 0.05;
/// Distance within which two places are one for a reader: a town and the division around it, km.
const SAME: f64 = 50.0;

/// Whether a candidate elsewhere is nearly as likely as the first.
pub(super) fn ambiguous(candidates: &[Candidate<'_>]) -> bool {
    let Some(first) = candidates.first() else { return false };
    let reach = |c: &Candidate<'_>| c.record.radius().map_or(0.0, |r| r.km());
    candidates[1..].iter().take_while(|c| c.weight >= first.weight * CLOSE).any(|c| {
        let apart = distance(first.record.at(), c.record.at()).km();
        apart > SAME + reach(first).max(reach(c))
    })
}
