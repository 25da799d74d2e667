//! Cities around a story that help a reader find their way: quieter than the story's own places.

use super::CREDIT;
use crate::gazetteer::{Gazetteer, Record};
use crate::geodesy::BBox;
use crate::model::{Feature, Layer, LayerKind, PlaceKind, Story};
use std::collections::BTreeSet;

/// More than a map can name; the placement chooses among them.
const MOST: usize = 240;

/// The largest cities and all capitals in a box, less the story's own places, largest first.
///
/// `langs` are the languages a map is labelled in; each gives a `name_xx` attribute.
pub fn context(gazetteer: &Gazetteer, around: BBox, story: &Story, langs: &[String]) -> Layer {
    let home: BTreeSet<&str> = story.places.iter().filter_map(|p| p.place.country.as_deref()).collect();
    let own: BTreeSet<u32> = story.places.iter().filter_map(|p| p.place.geonameid).collect();
    let mut found: Vec<Record<'_>> = gazetteer
        .iter()
        .filter(|r| r.kind() == PlaceKind::City && around.contains(r.at()))
        .filter(|r| r.population() >= 1_000 || r.is_admin1_seat())
        .filter(|r| r.geonameid().is_none_or(|id| !own.contains(&id)))
        .collect();
    let rank = |r: &Record<'_>| {
        // A capital orients a reader whatever its size; a seat a little more than its size says.
        let weight = if r.is_capital() {
            50
        } else if r.is_admin1_seat() {
            3
        } else {
            1
        };
        // The towns of the story's own countries tell its readers more than those of others.
        let near = if r.country().is_some_and(|c| home.contains(c)) { 6 } else { 1 };
        r.population().saturating_mul(weight * near)
    };
    found.sort_by_key(|r| (std::cmp::Reverse(rank(r)), r.geonameid()));
    found.truncate(MOST);
    Layer {
        kind: LayerKind::Places,
        name: "context".to_owned(),
        features: found.iter().map(|r| feature(r, langs)).collect(),
    }
}

fn feature(record: &Record<'_>, langs: &[String]) -> Feature {
    let place = record.place();
    let mut feature = Feature::new(geo::Point::from(place.at))
        .with("layer", "context")
        .with("name", place.name.clone())
        .with("label", place.label.clone())
        .with("geonameid", place.geonameid.map(i64::from))
        .with("kind", place.kind.word())
        .with("country", place.country.clone())
        .with("admin1", place.admin1.clone())
        .with("population", place.population as i64)
        .with("capital", record.is_capital())
        .with("role", "context");
    for lang in langs.iter().filter(|l| l.as_str() != "en") {
        let name = place.names.iter().find(|(tag, _)| tag == lang).map(|(_, name)| name.clone());
        feature = feature.with(&format!("name_{}", lang.replace('-', "_")), name);
    }
    feature.with("credit", CREDIT)
}
