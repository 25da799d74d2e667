//! Airports, bases, prisons that the gazetteer does not have: the town that they are named after, said to be no more than that.

use super::{Answer, Geocoder, Hit, Query, Tier};
use crate::geodesy::Metres;
use crate::model::{Place, PlaceKind};
use crate::text::fold;
use std::sync::Arc;

/// Words that end the name of an installation, and how far from the town it may lie in km.
const WORDS: [(&str, f64); 27] = [
    ("airport", 30.0),
    ("airbase", 30.0),
    ("airfield", 30.0),
    ("aerodrome", 30.0),
    ("airstrip", 30.0),
    ("heliport", 15.0),
    ("base", 30.0),
    ("barracks", 15.0),
    ("prison", 20.0),
    ("jail", 20.0),
    ("hospital", 10.0),
    ("dam", 30.0),
    ("refinery", 20.0),
    ("crossing", 20.0),
    ("checkpoint", 20.0),
    ("camp", 20.0),
    ("station", 15.0),
    ("plant", 20.0),
    ("port", 15.0),
    ("harbour", 10.0),
    ("harbor", 10.0),
    ("university", 10.0),
    ("bridge", 15.0),
    ("market", 8.0),
    ("mosque", 8.0),
    ("stadium", 10.0),
    ("depot", 20.0),
];
/// Words that may stand before those.
const BEFORE: [&str; 15] = [
    "air",
    "international",
    "military",
    "regional",
    "central",
    "border",
    "power",
    "nuclear",
    "refugee",
    "railway",
    "train",
    "naval",
    "oil",
    "main",
    "civil",
];

/// A name without its words of installation, and how far from its town that may lie.
fn without_words(text: &str) -> Option<(String, f64)> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let last = fold(words.pop()?);
    let (_, km) = WORDS.iter().find(|(word, _)| *word == last)?;
    while words.len() > 1 && words.last().is_some_and(|w| BEFORE.contains(&fold(w).as_str())) {
        words.pop();
    }
    (!words.is_empty()).then(|| (words.join(" "), *km))
}

impl Geocoder<'_> {
    /// The town of an installation that is not known; `None` where the text names none, or its town is not known either.
    pub(super) fn facility(&self, query: &Query) -> Option<Answer> {
        let wanted = query.kinds.is_empty() || query.kinds.contains(&PlaceKind::Facility);
        if query.prefix || !wanted {
            return None;
        }
        // "Kuweires airport, Syria": what stands behind the comma is the town's context too.
        let (head, context) = query.text.split_once(',').unwrap_or((&query.text, ""));
        let (town, km) = without_words(head)?;
        let text = if context.is_empty() { town } else { format!("{town},{context}") };
        let answer = self.search(&Query { text, kinds: vec![PlaceKind::City], ..query.clone() });
        let mut results = answer.results;
        results.retain(|h| h.tier <= Tier::Fuzzy);
        let label = results.first()?.place.label.clone();
        let named = |hit: Hit| {
            let suffix = hit.place.label.strip_prefix(hit.place.name.as_str()).unwrap_or("").to_owned();
            let place = Place {
                name: head.trim().to_owned(),
                label: format!("{}{suffix}", head.trim()),
                geonameid: None,
                kind: PlaceKind::Facility,
                population: 0,
                uncertainty: Some(Metres::from_km(km)),
                names: Arc::default(),
                ..hit.place
            };
            Hit { place, tier: Tier::Relative, ..hit }
        };
        Some(Answer {
            query: query.text.clone(),
            results: results.into_iter().map(named).collect(),
            ambiguous: answer.ambiguous,
            note: Some(format!("not in the gazetteer itself; the position is that of {label}")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_installations_come_off() {
        assert_eq!(without_words("Deir ez-Zor military airport").map(|(t, _)| t).as_deref(), Some("Deir ez-Zor"));
        assert_eq!(without_words("Kuweires air base").map(|(t, _)| t).as_deref(), Some("Kuweires"));
        assert_eq!(without_words("airport"), None);
        assert_eq!(without_words("Hama"), None);
    }

    #[test]
    fn an_unknown_airport_is_told_by_its_town() {
        let answer = Geocoder::embedded().search(&Query::new("Deir ez-Zor airport"));
        let hit = answer.results.first().expect("the town");
        assert_eq!((hit.place.kind, hit.tier), (PlaceKind::Facility, Tier::Relative));
        assert!(answer.note.is_some_and(|n| n.contains("Deir ez-Zor")) && hit.place.uncertainty.is_some());
        // What is known is given itself.
        let known = Geocoder::embedded().best(&Query::new("Aleppo airport")).expect("known");
        assert_eq!((known.place.kind, known.tier), (PlaceKind::Facility, Tier::Alternate));
    }
}
