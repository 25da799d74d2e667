//! Cities around a story that help a reader find their way, and the names of its countries' divisions: quieter than the story's own
//! places.

use super::CREDIT;
use crate::gazetteer::{Gazetteer, Record};
use crate::geodesy::BBox;
use crate::model::{Feature, Layer, LayerKind, PlaceKind, Role, Story};
use std::collections::BTreeSet;

/// More than a map can name; the placement chooses among them.
const MOST: usize = 240;

/// The largest cities and all capitals in a box, less the story's own places, largest first; then the first-order divisions of the
/// story's countries, wherever they are.
///
/// `langs` are the languages a map is labelled in; each gives a `name_xx` attribute.
pub fn context(gazetteer: &Gazetteer, around: BBox, story: &Story, langs: &[String]) -> Layer {
    let home: BTreeSet<&str> = story.places.iter().filter_map(|p| p.place.country.as_deref()).collect();
    let told = story.places.iter().filter(|p| p.role != Role::Hidden);
    let own: BTreeSet<u32> = told.filter_map(|p| p.place.geonameid).collect();
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
    let ours = |r: &Record<'_>| r.country().is_some_and(|c| home.contains(c)) && r.geonameid().is_some();
    found.extend(gazetteer.iter().filter(|r| r.kind() == PlaceKind::Admin1 && ours(r)));
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
        .with("name", one_name(&place.name, place.country.as_deref()))
        .with("label", place.label.clone())
        .with("geonameid", place.geonameid.map(i64::from))
        .with("kind", place.kind.word())
        .with("country", place.country.clone())
        .with("admin1", place.admin1.clone())
        .with("population", place.population as i64)
        .with("capital", record.is_capital())
        .with("names", record.names().count() as i64)
        .with("role", "context");
    for lang in langs.iter().filter(|l| l.as_str() != "en") {
        // A name in Arabic letters serves Persian better than one in Latin letters.
        let arabic = matches!(lang.as_str(), "fa" | "ur" | "ps" | "ckb").then_some("ar");
        let named = |l: &str| place.names.iter().find(|(tag, _)| tag == l).map(|(_, name)| name.clone());
        let name = named(lang).or_else(|| named(arabic?));
        feature = feature.with(&format!("name_{}", lang.replace('-', "_")), name);
    }
    feature.with("credit", CREDIT)
}

/// Of a town's names in two languages of its country, the one that English takes: the Spanish one in Spain, else the first.
fn one_name(name: &str, country: Option<&str>) -> String {
    let one = if country == Some("ES") { name.rsplit(" / ").next() } else { name.split(" / ").next() };
    one.unwrap_or(name).to_owned()
}
