//! The places of the event sets: are they found, told apart from governments, and put where they are?

use super::{near, span_text};
use mapdesk::geodesy::LonLat;
use mapdesk::geoparse::{self, Options};
use mapdesk::model::MentionKind;
use mapdesk::text::Span;
use serde_json::Value;
use std::io::Write;

/// Counts over all mentions of a kind.
#[derive(Default)]
struct Tally {
    gold: usize,
    told: usize,
    exact: usize,
    kind: usize,
    placed: usize,
    within: usize,
    right: usize,
}

/// What a kind is called in the sets.
fn word(kind: MentionKind) -> &'static str {
    match kind {
        MentionKind::Location => "location",
        MentionKind::Metonym => "metonym",
        MentionKind::Organisation => "organisation",
        MentionKind::Demonym => "demonym",
    }
}

/// Scores the reader's own mentions: exact spans, then places within 161 km of the set's (`within`), and those or in the area
/// that the set means (`right`: within its radius, or the same country, or the same GeoNames id).
pub fn score(docs: &[Value], verbose: bool, out: &mut impl Write) -> std::io::Result<()> {
    for (name, narrow) in [("places, every kind", false), ("places, locations and metonyms", true)] {
        let mut tally = Tally::default();
        for doc in docs {
            document(doc, narrow, verbose && !narrow, &mut tally, out)?;
        }
        let (p, r) = (tally.exact as f64 / tally.told.max(1) as f64, tally.exact as f64 / tally.gold.max(1) as f64);
        writeln!(
            out,
            "{name}: P {p:.3} R {r:.3} F1 {:.3}, kind right of those found {:.3}, acc@161 {:.3}, right place {:.3} of {}",
            2.0 * p * r / (p + r).max(1e-9),
            tally.kind as f64 / tally.exact.max(1) as f64,
            tally.within as f64 / tally.placed.max(1) as f64,
            tally.right as f64 / tally.placed.max(1) as f64,
            tally.placed,
        )?;
    }
    Ok(())
}

fn document(doc: &Value, narrow: bool, verbose: bool, tally: &mut Tally, out: &mut impl Write) -> std::io::Result<()> {
    let text = doc["text"].as_str().unwrap_or("");
    let id = doc["id"].as_str().unwrap_or("");
    let published = doc["pub_date"].as_str().and_then(|d| d.parse().ok());
    let mut mentions = geoparse::read(text, &Options { published, ..Options::default() }).value.mentions;
    mentions.retain(|m| !narrow || matches!(m.kind, MentionKind::Location | MentionKind::Metonym));
    let wanted = |p: &&Value| !narrow || matches!(p["kind"].as_str(), Some("location" | "metonym"));
    let gold: Vec<&Value> = doc["places"].as_array().into_iter().flatten().filter(wanted).collect();
    let span = |p: &Value| {
        let number = |key: &str| p[key].as_u64().unwrap_or(0) as usize;
        Span::new(number("start"), number("end"))
    };
    let around = |s: Span| span_text(text, Some(Span::new(s.start.saturating_sub(40), s.end + 40)));
    tally.gold += gold.len();
    tally.told += mentions.len();
    let mut used = vec![false; mentions.len()];
    for p in &gold {
        let at = span(p);
        let exact = mentions.iter().position(|m| m.span == at);
        let found = exact.or_else(|| (0..mentions.len()).find(|i| !used[*i] && mentions[*i].span.overlaps(at)));
        if let Some(i) = found {
            used[i] = true;
        }
        let mention = found.map(|i| &mentions[i]);
        let kind = p["kind"].as_str().unwrap_or("");
        let same = mention.is_some_and(|m| word(m.kind) == kind);
        tally.exact += usize::from(exact.is_some());
        tally.kind += usize::from(exact.is_some() && same);
        if verbose && (exact.is_none() || !same) {
            let told = mention.map_or("nothing".to_owned(), |m| format!("{} {}", m.text, word(m.kind)));
            writeln!(out, "{id}  {} {kind}: told {told} <{}>", p["text"], around(at))?;
        }
        let position = p["lon"].as_f64().zip(p["lat"].as_f64()).and_then(|(lon, lat)| LonLat::new(lon, lat).ok());
        if position.is_none() {
            continue;
        }
        tally.placed += 1;
        let place = mention.and_then(|m| m.place.as_ref());
        let within = near(position, place.map(|p| p.at), 161.0);
        let right = within || place.is_some_and(|place| same_area(p, place, position));
        tally.within += usize::from(within);
        tally.right += usize::from(right);
        if verbose && !right && mention.is_some() {
            let told = place.map_or("nowhere".to_owned(), |p| p.label.clone());
            writeln!(out, "{id}  {} put at {told} <{}>", p["text"], around(at))?;
        }
    }
    if verbose {
        for (mention, _) in mentions.iter().zip(&used).filter(|(_, used)| !**used) {
            writeln!(out, "{id}  told {} {} <{}>", mention.text, word(mention.kind), around(mention.span))?;
        }
    }
    Ok(())
}

/// Whether a place is the area that the set means, wherever its label point lies.
fn same_area(gold: &Value, place: &mapdesk::model::Place, position: Option<LonLat>) -> bool {
    let id =
        gold["coord_source"].as_str().and_then(|s| s.strip_prefix("geonames:")).and_then(|s| s.parse::<u32>().ok());
    let radius = gold["radius_km"].as_f64().unwrap_or(0.0);
    let country = gold["feature"] == "country" && place.kind == mapdesk::model::PlaceKind::Country;
    (id.is_some() && id == place.geonameid)
        || near(position, Some(place.at), radius)
        || (country && gold["country"].as_str() == place.country.as_deref())
}
