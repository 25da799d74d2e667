//! `facts.json`: what was claimed and what was measured, areas, and everything that needs an editor's eye.

use super::frames::Frames;
use crate::diag::Note;
use crate::model::Story;
use serde_json::{Value, json};

/// The facts of a story as JSON, ending in a newline.
pub(super) fn facts(story: &Story, frames: &Frames, notes: &[Note]) -> String {
    let name =
        |id: &str| story.places.iter().find(|p| p.id == id).map_or_else(|| id.to_owned(), |p| p.place.name.clone());
    let distances: Vec<Value> = story
        .distances
        .iter()
        .map(|d| {
            json!({
                "from": name(&d.from),
                "to": name(&d.to),
                "stated_km": round(d.stated.km()),
                "stated_bearing": d.bearing.map(|b| b.abbreviation()),
                "measured_km": round(d.measured.km()),
                "verdict": d.verdict.phrase(),
                "quote": d.evidence.text,
            })
        })
        .collect();
    let events: Vec<Value> = story
        .events
        .iter()
        .map(|e| {
            json!({
                "id": e.id,
                "place": name(&e.place),
                "facility": e.facility,
                "action": e.action.word(),
                "actor": e.actor.as_ref().map(|a| a.0.as_str()),
                "from": e.from.as_ref().map(|a| a.0.as_str()),
                "date": e.date.map(|d| d.to_string()),
                "certainty": e.certainty.word(),
                "reason": e.reason,
                "attribution": e.attribution,
            })
        })
        .collect();
    let doubtful: Vec<Value> = story
        .places
        .iter()
        .filter(|p| p.score < 0.6)
        .map(|p| {
            let others: Vec<&str> = p.runners_up.iter().map(|r| r.place.label.as_str()).collect();
            json!({ "place": p.place.label, "score": p.score, "could_also_be": others })
        })
        .collect();
    let areas: Vec<Value> = frames
        .frames
        .iter()
        .filter_map(|f| f.stats.as_ref())
        .map(|s| serde_json::to_value(s).unwrap_or(Value::Null))
        .collect();
    let warnings: Vec<Value> = notes.iter().map(|n| serde_json::to_value(n).unwrap_or(Value::Null)).collect();
    let all = json!({
        "title": story.title,
        "published": story.published.map(|d| d.to_string()),
        "events": events,
        "distances": distances,
        "areas": areas,
        "doubtful_places": doubtful,
        "warnings": warnings,
    });
    let mut text = serde_json::to_string_pretty(&all).unwrap_or_default();
    text.push('\n');
    text
}

fn round(km: f64) -> f64 {
    (km * 10.0).round() / 10.0
}
