//! What divisions are called on a map.

use crate::cartography::furniture::Setting;
use crate::cartography::ground::Ground;
use crate::cartography::story::{Spot, name_in};
use crate::model::{LayerKind, Map};
use crate::text::fold;
use std::collections::BTreeMap;

/// Words for divisions that a name can do without where nothing else on the map bears it.
const GENERIC: [&str; 8] =
    [" State", " Province", " Governorate", " Region", " Department", " Prefecture", " County", " Emirate"];

/// Words that are no name by themselves.
const DEPENDENT: [&str; 14] = [
    "Northern", "Southern", "Eastern", "Western", "Central", "North", "South", "East", "West", "Sea", "Nile", "Lake",
    "Coast", "Capital",
];

/// Names of a ground's large divisions, by their place in its list: those that the context knows, in English else those of the
/// basemap.
pub fn division_names(map: &Map, ground: &Ground, spots: &[Spot], set: &Setting<'_>) -> Vec<(usize, String)> {
    if ground.large.is_empty() {
        return Vec::new();
    }
    let english = set.lang == "en";
    let key = format!("name_{}", set.lang.replace('-', "_"));
    let known: BTreeMap<i64, String> = map
        .layers
        .iter()
        .filter(|l| l.kind == LayerKind::Places && l.name == "context")
        .flat_map(|l| &l.features)
        .filter(|f| f.text("kind") == Some("admin1") && (english || f.text(&key).is_some()))
        .filter_map(|f| Some((f.number("geonameid")? as i64, name_in(f, set.lang)?)))
        .collect();
    let named = ground.large.iter().enumerate().filter_map(|(n, d)| {
        let name = known.get(&d.geonameid).cloned().or_else(|| english.then(|| d.name.clone()));
        let name = name.filter(|name| !name.is_empty())?;
        Some((n, if english { short(&name, spots).to_owned() } else { name }))
    });
    let known = |name: &str| {
        let key = fold(name);
        spots.iter().any(|s| s.name == name) || ground.countries.iter().any(|c| fold(&c.name) == key)
    };
    named.filter(|(_, name)| !known(name)).collect()
}

/// A name without its generic word, where it stands for nothing else then.
fn short<'n>(name: &'n str, spots: &[Spot]) -> &'n str {
    let Some(bare) = GENERIC.iter().find_map(|g| name.strip_suffix(g)) else { return name };
    let last = bare.rsplit(' ').next().unwrap_or(bare);
    let taken = spots.iter().any(|s| s.name == bare || s.name.strip_suffix(" City") == Some(bare));
    if taken || DEPENDENT.contains(&last) { name } else { bare }
}
